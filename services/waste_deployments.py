"""Waste of deployments: too large (W10), on GPUs they do not use (W11), badly scaled (W15)."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from services.autoscale import Autoscale
from services.deployments import Deployment
from services.endpoints import Endpoint
from services.fit import MIR
from services.hourly import PerHour, of_machines
from services.records import Money
from services.utilization import Points, Utilization, covered, high, known
from services.waste_endpoints import used_of
from services.waste_facts import ENOUGH, IDLE, Facts, a_day, at, is_gpu
from services.waste_finding import Finding
from services.waste_sizes import Instead, instead_of

LOW, AIM, MOST_USED = 20.0, 40.0, 80.0
"""Per cent: what is oversized, how much the rest may have to do afterwards, and how much at most."""
MANY = 3
"""Instances from which on a fixed number of them, day and night, is odd."""


def _measured(one: Deployment, used: Utilization) -> dict[str, Points] | None:
    """What says how large a deployment must be, by its name; None where one of these was not measured enough."""
    wanted = {"CPU": used.cpu, "memory": used.memory}
    if is_gpu(one.instance_type):
        wanted["GPU"] = used.gpu
    return wanted if all(covered(points) >= ENOUGH for points in wanted.values()) else None


def oversized(facts: Facts) -> Iterator[Finding]:
    """W10: a deployment that is asked, but whose machines had next to nothing to do for a week."""
    places = {one.name.lower(): one for one in facts.endpoints or ()}
    scaled = {one.id.lower(): one for one in facts.autoscale or ()}
    for one in facts.deployments or ():
        used, owner = used_of(facts, one), places.get(one.endpoint.lower())
        measured = _measured(one, used) if used is not None and any(known(used.requests)) else None
        if used is None or measured is None or owner is None:
            continue
        highs = {name: high(points) or 0.0 for name, points in measured.items()}
        if max(highs.values()) < LOW:
            yield _oversized(facts, one, owner, used, highs, scaled.get(one.id.lower()))


def _oversized(
    facts: Facts, one: Deployment, owner: Endpoint, used: Utilization, highs: dict[str, float], scaled: Autoscale | None
) -> Finding:
    now = one.instances or 1
    enough = max(1, ceil(now * max(highs.values()) / AIM))
    can_scale = enough < now and not (scaled is not None and scaled.is_on)
    cost = of_machines(facts.prices, now - enough, one.instance_type, owner.location)
    other = None if can_scale else _smaller(facts, one, owner, highs)
    if not can_scale:
        cost = _by_size(one, other, "what a smaller size would save depends on which")
    said = ", ".join(f"{name} {value:.0f} %" for name, value in highs.items())
    path = f"/onlineEndpoints/{one.endpoint}/deployments/{one.name}"
    return Finding(
        id=f"W10/{one.id}", rule="W10", why="oversized", what=one.id, kind="deployment", since=used.since,
        per_day=a_day(cost), basis=cost.basis, confidence="likely",
        evidence=f"In 95 of 100 measured hours since {at(used.since)} {one.id} stayed below {said} on {now} × "
        f"{one.instance_type}.",
        unless="minutes within an hour are busier: these are averages of hours",
        save=f"scale {now} to {enough}" if can_scale else _named(other, "a smaller size"),
        verb="scale" if can_scale else "",
        target=path if can_scale else "", answers={"instances": str(enough)} if can_scale else {},
        command=("online-deployment", "update", "--name", one.name, "--endpoint-name", one.endpoint, "--set",
        f"instance_count={enough}") if can_scale else (), owner=one.created_by,
        pane="deployments", query=f'id="{one.id}"', as_of=facts.as_of("deployments", "utilization"),
    )  # fmt: skip


def _smaller(facts: Facts, one: Deployment, owner: Endpoint, highs: dict[str, float]) -> Instead | None:
    return instead_of(
        facts, one.instance_type, owner.location, cpu=highs["CPU"] / AIM, memory=highs["memory"] / AIM, gpus=None,
        used_for=MIR,
    )  # fmt: skip


def _named(other: Instead | None, without: str) -> str:
    return other.size.name if other is not None else without


def _by_size(one: Deployment, other: Instead | None, without: str) -> PerHour:
    """What another size would save an hour."""
    if other is None:
        return PerHour(None, without)
    count = one.instances or 1
    saved = Money(other.saved.amount * count, other.saved.currency)
    return PerHour(saved, f"{count} × {other.size.name} instead of {one.instance_type}, list prices: estimated")


def unused_gpus(facts: Facts) -> Iterator[Finding]:
    """W11: a deployment on GPU machines whose GPUs do nothing while requests are answered."""
    places = {one.name.lower(): one for one in facts.endpoints or ()}
    for one in facts.deployments or ():
        used, owner = used_of(facts, one), places.get(one.endpoint.lower())
        is_asked = used is not None and any(known(used.requests)) and covered(used.gpu) >= ENOUGH
        most = high(used.gpu) if used is not None and is_asked else None
        if used is None or most is None or most >= IDLE or not is_gpu(one.instance_type):
            continue
        other = instead_of(
            facts, one.instance_type, owner.location if owner else None, cpu=(high(used.cpu) or 100.0) / MOST_USED,
            memory=(high(used.memory) or 100.0) / MOST_USED, gpus=0, used_for=MIR,
        )  # fmt: skip
        cost = _by_size(one, other, "what a size without GPU would save depends on which")
        yield Finding(
            id=f"W11/{one.id}", rule="W11", why="unused GPU", what=one.id, kind="deployment", since=used.since,
            per_day=a_day(cost), basis=cost.basis, confidence="likely",
            evidence=f"{one.id} answers on {one.instance_type}; in 95 of 100 measured hours since {at(used.since)} its "
            f"GPUs were below {most:.1f} %.",
            unless="its model needs the GPU for the few requests there are",
            save=_named(other, "a size without GPU"),
            owner=one.created_by, pane="deployments", query=f'id="{one.id}"',
            as_of=facts.as_of("deployments", "utilization"),
        )  # fmt: skip


def badly_scaled(facts: Facts) -> Iterator[Finding]:
    """W15: an autoscale setting that contradicts itself, and many instances without any."""
    settings = {one.id.lower(): one for one in facts.autoscale or ()}
    for setting in settings.values():
        if setting.problems and setting.is_on is not False:
            yield _scaled(facts, setting.id, "sure", f"Autoscale of {setting.id}: {setting.problems[0]}.",
                          "mend its rules", setting.name)  # fmt: skip
    for one in facts.deployments or ():
        is_fixed = one.id.lower() not in settings and (one.scale_type or "Default") == "Default"
        if is_fixed and (one.instances or 0) >= MANY and one.state == "Succeeded":
            said = f"{one.id} has {one.instances} instances day and night and no autoscale setting."
            yield _scaled(facts, one.id, "likely", said, "scale by load", "")


def _scaled(facts: Facts, id: str, confidence: str, evidence: str, save: str, setting: str) -> Finding:
    return Finding(
        id=f"W15/{id}", rule="W15", why="autoscale", what=id, kind="deployment",
        basis="how much load there will be is not known", confidence="sure" if confidence == "sure" else "likely",
        evidence=evidence, unless="the load is the same at all hours", save=save, pane="deployments",
        query=f'id="{id}"', as_of=facts.as_of("autoscale", "deployments"),
    )  # fmt: skip
