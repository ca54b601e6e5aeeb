"""Deployments with what stands elsewhere: their part of the traffic, their price, their autoscale setting."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from app.deployment_row import DeploymentRow
from app.derived.scalings import Scaling, last_scalings
from services.activity import Event
from services.autoscale import Autoscale
from services.autoscale_rules import rule_text
from services.deployments import Deployment
from services.endpoints import Endpoint
from services.hourly import PriceBook, of_deployment

NO_PRICES = PriceBook(())
"""Nobody asked what anything costs."""


def deployment_rows(
    deployments: Iterable[Deployment],
    endpoints: Iterable[Endpoint],
    settings: Iterable[Autoscale],
    scale_actions: Iterable[Event] = (),
    prices: PriceBook = NO_PRICES,
    *,
    are_settings_known: bool,
) -> Iterator[DeploymentRow]:
    """Yield one row a deployment. While no settings were ever read, whether it has one is None and not False."""
    owners = {endpoint.name.lower(): endpoint for endpoint in endpoints}
    scaled = {one.id.lower(): one for one in settings}
    scalings = last_scalings(scale_actions)
    for one in deployments:
        owner, setting = owners.get(one.endpoint.lower()), scaled.get(one.id.lower())
        cost = of_deployment(one, owner.location if owner else None, prices)
        row = DeploymentRow(
            **msgspec.structs.asdict(one),
            traffic=_share(owner.traffic if owner else None, one.name),
            mirror=_share(owner.mirror if owner else None, one.name),
            per_hour=cost.money,
            priced=cost.basis,
            has_autoscale=True if setting is not None else False if are_settings_known else None,
        )
        yield _last(row if setting is None else _scaled(row, setting), scalings.get(one.id.lower()))


def _last(row: DeploymentRow, scaling: Scaling | None) -> DeploymentRow:
    if scaling is None:
        return row
    said = f"{scaling.before} to {scaling.after}{', which failed' if scaling.is_failed else ''}"
    return msgspec.structs.replace(row, last_scaled=scaling.at, last_scale=said)


def _share(split: Mapping[str, float] | None, name: str) -> float | None:
    if split is None:
        return None
    return next((share for known, share in split.items() if known.lower() == name.lower()), 0.0)


def _scaled(row: DeploymentRow, setting: Autoscale) -> DeploymentRow:
    return msgspec.structs.replace(
        row,
        autoscale_name=setting.name,
        autoscale_on=setting.is_on,
        autoscale_min=setting.minimum,
        autoscale_max=setting.maximum,
        autoscale_default=setting.default,
        autoscale_rules=tuple(rule_text(rule) for rule in setting.rules),
        autoscale_problems=setting.problems,
    )


def bounds_text(setting: Autoscale) -> str:
    """Return how far a deployment is scaled: `blue 2 to 10`, with what Azure did not say as a dash."""
    low, high = (str(number) if number is not None else "–" for number in (setting.minimum, setting.maximum))
    return f"{setting.deployment} {low} to {high}{'' if setting.is_on is not False else ', switched off'}"
