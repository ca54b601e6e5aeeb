"""Waste of endpoints: what nobody calls (W7, W8), and what failed and holds machines (W9).

No data is not zero: that nothing was asked counts only where it was measured that instances were held meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from services.deployments import Deployment
from services.endpoints import Endpoint
from services.hourly import of_deployment, of_endpoint
from services.planning import counted
from services.utilization import Utilization, covered, known
from services.waste_facts import ENOUGH, Facts, a_day, at
from services.waste_finding import Finding

WEEK = timedelta(days=7)


class _Behind:
    """The deployments of an endpoint, by its name."""

    def __init__(self, facts: Facts) -> None:
        self._by: dict[str, list[Deployment]] = {}
        for one in facts.deployments or ():
            if (one.kind or "").lower() != "kubernetes":
                self._by.setdefault(one.endpoint.lower(), []).append(one)

    def __call__(self, endpoint: Endpoint) -> list[Deployment]:
        return self._by.get(endpoint.name.lower(), [])


def _share(split: dict[str, float] | None, name: str) -> float:
    return next((share for known, share in (split or {}).items() if known.lower() == name.lower()), 0.0)


def used_of(facts: Facts, one: Deployment) -> Utilization | None:
    """What was measured on a deployment."""
    return facts.used(f"deployment/{one.endpoint}/{one.name}")


def _silence(used: Utilization | None) -> int | None:
    """Hours in which instances were held and nobody asked them anything; None where that is not known for a week."""
    if used is None or covered(used.capacity) < ENOUGH or not any(known(used.capacity)) or any(known(used.requests)):
        return None
    return len(known(used.capacity))


def not_called(facts: Facts) -> Iterator[Finding]:
    """W7: an endpoint that nobody has called for seven days."""
    behind = _Behind(facts)
    for endpoint in facts.endpoints or ():
        own = behind(endpoint)
        hours = [_silence(used_of(facts, one)) for one in own]
        is_new = endpoint.created is None or facts.now - endpoint.created < WEEK
        if not own or is_new or any(one is None for one in hours):
            continue
        least = min(one for one in hours if one is not None)
        verb, target = _deleting(endpoint, own)
        cost = of_endpoint([(one.name, of_deployment(one, endpoint.location, facts.prices)) for one in own])
        yield Finding(
            id=f"W7/{endpoint.name}", rule="W7", why="no calls", what=endpoint.name, kind="endpoint",
            since=facts.now - WEEK, per_day=a_day(cost), basis=cost.basis, confidence="sure",
            evidence=f"{endpoint.name} held instances in {least} measured hours of seven days, and not one request "
            "was measured.",
            unless="it is kept for a case that seldom comes", save="delete it", verb=verb, target=target,
            owner=endpoint.created_by,
            command=("online-endpoint", "delete", "--name", endpoint.name),
            pane="endpoints", query=f'name="{endpoint.name}"', as_of=facts.as_of("deployments", "utilization"),
        )  # fmt: skip


def _deleting(endpoint: Endpoint, own: Sequence[Deployment]) -> tuple[str, str]:
    """The verb that gives its machines back: of one deployment without traffic; several are deleted by hand."""
    if len(own) == 1 and not _share(endpoint.traffic, own[0].name):
        return "delete-deployment", f"/onlineEndpoints/{endpoint.name}/deployments/{own[0].name}"
    return "", f"/onlineEndpoints/{endpoint.name}"


def no_traffic(facts: Facts) -> Iterator[Finding]:
    """W8: a deployment that gets no part of the traffic, not even mirrored, while others do."""
    behind = _Behind(facts)
    for endpoint in facts.endpoints or ():
        own = behind(endpoint)
        is_live = any(_share(endpoint.traffic, one.name) for one in own)
        for one in own:
            is_out = not _share(endpoint.traffic, one.name) and not _share(endpoint.mirror, one.name)
            if is_live and is_out and one.state == "Succeeded" and one.instances:
                finding = _no_traffic(facts, endpoint, one, own)
                if finding is not None:
                    yield finding


def _no_traffic(facts: Facts, endpoint: Endpoint, one: Deployment, own: Sequence[Deployment]) -> Finding | None:
    used = used_of(facts, one)
    last_hours = used.requests[-24:] if used is not None else ()
    if any(known(last_hours)):
        return None  # somebody calls it by its name, or it had traffic until lately: a way back is no waste
    is_quiet = used is not None and covered(used.capacity[-24:]) >= ENOUGH
    cost = of_deployment(one, endpoint.location, facts.prices)
    live = [other for other in own if _share(endpoint.traffic, other.name)]
    may_return = any(_version(one.model) < _version(other.model) for other in live)
    held = counted(one.instances or 0, "instance")
    quiet = (
        f"no request reached it in the {len(known(last_hours)) or len(known(used.capacity[-24:]))} newest measured "
        "hours" if used is not None and is_quiet else "whether somebody calls it by its name was not measured"
    )  # fmt: skip
    return Finding(
        id=f"W8/{one.id}", rule="W8", why="no traffic", what=one.id, kind="deployment", since=endpoint.modified,
        per_day=a_day(cost) if is_quiet else None, basis=cost.basis,
        confidence="unknown" if not is_quiet else "likely" if may_return else "sure",
        evidence=f"{one.id} gets 0 % of the traffic, mirrors none and holds {held}; {quiet}.",
        unless="its model is older than the one in use, so it may be the way back" if may_return else
        "it is about to get traffic",
        save="delete it", verb="delete-deployment", target=f"/onlineEndpoints/{one.endpoint}/deployments/{one.name}",
        owner=one.created_by, command=("online-deployment", "delete", "--name", one.name, "--endpoint-name",
        one.endpoint), pane="deployments", query=f'id="{one.id}"',
        as_of=facts.as_of("endpoints", "deployments", "utilization"),
    )  # fmt: skip


def _version(model: str | None) -> int:
    text = (model or "").rpartition(":")[2]
    return int(text) if text.isdigit() else -1


def failed_but_held(facts: Facts) -> Iterator[Finding]:
    """W9: a deployment that failed and still holds instances."""
    places = {one.name.lower(): one for one in facts.endpoints or ()}
    for one in facts.deployments or ():
        if one.state != "Failed" or (one.kind or "").lower() == "kubernetes":
            continue
        used, owner = used_of(facts, one), places.get(one.endpoint.lower())
        held = known(used.capacity[-6:]) if used is not None else []
        if held and not held[-1]:
            continue
        cost = of_deployment(one, owner.location if owner else None, facts.prices)
        said = f"instances were held in the last measured hour, until {at(used.until)}" if used and held else (
            "whether it still holds instances was not measured")  # fmt: skip
        yield Finding(
            id=f"W9/{one.id}", rule="W9", why="failed", what=one.id, kind="deployment", since=one.modified,
            per_day=a_day(cost) if held else None, basis=cost.basis, confidence="sure" if held else "unknown",
            evidence=f"{one.id} failed, and {said}; a failed deployment can hold machines and bill them.",
            unless="somebody is looking into why it failed", save="delete it", verb="delete-deployment",
            target=f"/onlineEndpoints/{one.endpoint}/deployments/{one.name}", owner=one.created_by,
            command=("online-deployment", "delete", "--name", one.name, "--endpoint-name", one.endpoint),
            pane="deployments", query=f'id="{one.id}"', as_of=facts.as_of("deployments", "utilization"),
        )  # fmt: skip
