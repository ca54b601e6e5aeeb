"""What Azure Monitor measured on the machines of a workspace, split by compute or by run instead of asked of one run.

Of each stretch one minute stands for all. A machine that is off, or a cluster without a run, measures nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from services.emulator.compute_documents import instance_since
from services.emulator.dice import noise
from services.emulator.fleet import CLUSTERS, Instance
from services.emulator.gauges import LATE, Gauge, nodes_measured
from services.emulator.overlays import instances_of
from services.emulator.places import Place
from services.emulator.plans import Plan
from services.emulator.run_facts import compute_of, is_orchestrator
from services.emulator.sizes import size_of
from services.emulator.ticks import MINUTE, stamp

if TYPE_CHECKING:
    from services.emulator.route_measures import Wanted
    from services.emulator.world import World

Json = dict[str, Any]
Value = Callable[[int], float | None]
"""What was measured in the minute that begins there."""


def used_machines(world: World, place: Place, gauge: Gauge, wanted: Wanted) -> list[Json] | None:
    """Return a series a compute or a run, as `wanted` splits; None where it does neither."""
    now = world.now()
    if wanted.terms.get("runid") == "*":
        found, name = _runs(world, place, gauge, wanted, now), "RunId"
    elif wanted.terms.get("computename") == "*" and "runid" not in wanted.terms:
        found, name = _computes(world, place, gauge, wanted, now), "ComputeName"
    else:
        return None
    series = (_series(name, part, value, wanted, now) for part, value in found)
    return list(islice((one for one in series if one is not None), wanted.top))


def _series(name: str, part: str, value: Value, wanted: Wanted, now: int) -> Json | None:
    first = wanted.start // wanted.step * wanted.step
    values = {at: value(at + wanted.step // 2) for at in range(first, wanted.end, wanted.step) if at < now - LATE}
    if all(one is None for one in values.values()):
        return None
    data = [_point(at, values.get(at), wanted) for at in range(first, wanted.end, wanted.step)]
    return {"metadatavalues": [{"name": {"value": name, "localizedValue": name}, "value": part}], "data": data}


def _point(at: int, value: float | None, wanted: Wanted) -> Json:
    point: Json = {"timeStamp": stamp(at, "Z")}
    return point if value is None else {**point, **dict.fromkeys(wanted.aggregations, value)}


def _working(world: World, place: Place, wanted: Wanted, now: int) -> Iterator[Plan]:
    """Yield the runs that held a machine in the time that is asked about."""
    for plan in world.book(place).recent(now, wanted.start):
        if plan.has_started(now) and plan.ended > wanted.start and not is_orchestrator(plan) and not plan.is_absent:
            yield plan


def _runs(world: World, place: Place, gauge: Gauge, wanted: Wanted, now: int) -> Iterator[tuple[str, Value]]:
    book = world.book(place)
    for plan in _working(world, place, wanted, now):
        if not plan.has_ended(now):
            run = book.run_id(plan)
            nodes = nodes_measured(place, plan, run)[:1]
            if nodes and nodes[0].has(gauge):
                yield run, lambda at, node=nodes[0]: node.value(gauge, at // MINUTE * MINUTE, now)


def _computes(world: World, place: Place, gauge: Gauge, wanted: Wanted, now: int) -> Iterator[tuple[str, Value]]:
    busy: dict[str, list[tuple[int, int]]] = {}
    for plan in _working(world, place, wanted, now):
        busy.setdefault(compute_of(plan) or "", []).append((plan.started, min(plan.ended, now - LATE)))
    for cluster in CLUSTERS.get(place.name, ()):
        if cluster.name in busy and (size_of(cluster.size).gpus or not gauge.is_gpu):
            key = f"{place.name}{cluster.name}{gauge.name}"
            yield cluster.name, lambda at, key=key, times=busy[cluster.name]: _shared(gauge, key, times, at)
    for instance in instances_of(world.changes, place, now):
        if size_of(instance.size).gpus or not gauge.is_gpu:
            yield instance.name, lambda at, one=instance: _worked(place, one, gauge, at, now)


def _shared(gauge: Gauge, key: str, times: list[tuple[int, int]], at: int) -> float | None:
    if not any(since <= at < until for since, until in times):
        return None
    level = 0.5 + 0.4 * noise(f"{key}{at}")
    return round(100 * (gauge.low + (gauge.high - gauge.low) * level), 3)


def _worked(place: Place, instance: Instance, gauge: Gauge, at: int, now: int) -> float | None:
    """Return what an instance did in a minute: nothing is measured before it was started, or while it is off."""
    state, since, _ = instance_since(instance, now)
    if state != "Running" or at < since:
        return None
    usual = instance.gpu if gauge.is_gpu else 38.0 if "Memory" in gauge.name else instance.cpu
    return round(max(0.0, usual * (1 + 0.25 * noise(f"{place.name}{instance.name}{gauge.name}{at}"))), 3)
