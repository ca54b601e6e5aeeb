"""Online endpoints with the sum of what stands behind them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from app.derived.deployments import NO_PRICES, bounds_text
from app.rows import EndpointHealth, EndpointRow
from services.activity import Event
from services.autoscale import Autoscale
from services.deployments import Deployment
from services.endpoints import Endpoint
from services.hourly import PriceBook, of_deployment, of_endpoint
from services.parsing import id_part

_SETTLED = "Succeeded"


def endpoint_rows(
    endpoints: Iterable[Endpoint],
    deployments: Iterable[Deployment],
    health: Iterable[EndpointHealth] = (),
    settings: Iterable[Autoscale] = (),
    regenerations: Iterable[Event] = (),
    prices: PriceBook = NO_PRICES,
    *,
    are_deployments_known: bool,
) -> Iterator[EndpointRow]:
    """Yield one row an endpoint. While its deployments were never read, their number is None and not 0."""
    behind: dict[str, list[Deployment]] = defaultdict(list)
    for deployment in deployments:
        behind[deployment.endpoint.lower()].append(deployment)
    scaled: dict[str, list[Autoscale]] = defaultdict(list)
    for setting in settings:
        scaled[setting.endpoint.lower()].append(setting)
    renewed = keys_changed(regenerations)
    known = {one.id: one for one in health}
    for endpoint in endpoints:
        own = behind[endpoint.name.lower()]
        row = _row(endpoint, own, len(own) if are_deployments_known or own else None, known.get(endpoint.name))
        row = msgspec.structs.replace(_priced(row, endpoint, own, prices), keys_changed=renewed.get(row.name.lower()))
        yield _scaled(row, scaled[endpoint.name.lower()])


def keys_changed(events: Iterable[Event]) -> dict[str, datetime]:
    """When a key of each endpoint was last made anew, by its name in lower case; `events` may be of anything."""
    found: dict[str, datetime] = {}
    for event in events:
        name = (id_part(event.resource, "onlineEndpoints") or "").lower()
        is_one = (event.operation or "").lower().endswith("/onlineendpoints/regeneratekeys/action")
        if is_one and name and (event.status or "").lower() in ("succeeded", "accepted"):
            found[name] = max(event.at, found.get(name, event.at))
    return found


def _priced(row: EndpointRow, endpoint: Endpoint, own: list[Deployment], prices: PriceBook) -> EndpointRow:
    """Return a row with what its deployments cost an hour; of one whose deployments nobody read, nothing."""
    if not own:
        return row
    cost = of_endpoint([(one.name, of_deployment(one, endpoint.location, prices)) for one in own])
    return msgspec.structs.replace(row, per_hour=cost.money, priced=tuple(cost.basis.split("\n")))


def _scaled(row: EndpointRow, settings: list[Autoscale]) -> EndpointRow:
    """Return a row with what scales its deployments."""
    if not settings:
        return row
    problems = [f"{one.deployment}: {problem}" for one in settings for problem in one.problems]
    return msgspec.structs.replace(
        row, autoscale=tuple(bounds_text(one) for one in settings), autoscale_problems=tuple(problems)
    )


def worst_state(deployments: Iterable[Deployment]) -> str | None:
    """Failed before anything that moves or is unknown, before Succeeded; None without a deployment that says."""
    states = [deployment.state for deployment in deployments if deployment.state]
    return min(states, key=_badness, default=None)


def _badness(state: str) -> int:
    return {"Failed": 0, _SETTLED: 2}.get(state, 1)


def _row(endpoint: Endpoint, own: list[Deployment], number: int | None, health: EndpointHealth | None) -> EndpointRow:
    instances = [deployment.instances for deployment in own if deployment.instances is not None]
    return EndpointRow(
        id=endpoint.id,
        name=endpoint.name,
        state=endpoint.state,
        worst=worst_state(own),
        kind=endpoint.kind,
        compute=endpoint.compute,
        auth_mode=endpoint.auth_mode,
        public_access=endpoint.public_access,
        scoring_uri=endpoint.scoring_uri,
        location=endpoint.location,
        identity=endpoint.identity,
        deployments=number,
        instances=sum(instances) if len(instances) == len(own) and number is not None else None,
        models=tuple(sorted({deployment.model for deployment in own if deployment.model})),
        health=health.state if health else None,
        is_unhealthy=health.is_unhealthy if health else None,
        failed=health.failed if health else None,
        p95=health.p95 if health else None,
        rate=health.rate if health else None,
        traffic=endpoint.traffic,
        mirror=endpoint.mirror,
        created=endpoint.created,
        created_by=endpoint.created_by,
        modified=endpoint.modified,
        description=endpoint.description,
        tags=endpoint.tags,
    )
