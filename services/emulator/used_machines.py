"""What Azure Monitor measured on compute instances, and on runs where a question splits by them. Clusters: see there.

Of each stretch one minute stands for all. A machine that is off measures nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from services.emulator.compute_documents import instance_since
from services.emulator.dice import noise
from services.emulator.fleet import Instance
from services.emulator.gauges import GAUGES, LATE, Gauge, nodes_measured
from services.emulator.overlays import instances_of
from services.emulator.places import Place
from services.emulator.plans import Plan
from services.emulator.run_facts import is_orchestrator
from services.emulator.sizes import size_of
from services.emulator.ticks import MINUTE, stamp

if TYPE_CHECKING:
    from services.emulator.wanted_measures import Wanted
    from services.emulator.world import World

Json = dict[str, Any]
Value = Callable[[int], float | None]
"""What was measured in the minute that begins there."""


def instances(world: World, place: Place, name: str, wanted: Wanted) -> list[Json]:
    """Return a series for each compute instance that measured anything, where the question splits by compute."""
    now, gauge = world.now(), GAUGES.get(name.lower())
    if gauge is None or wanted.terms.get("computename") != "*":
        return []
    known = [one for one in instances_of(world.changes, place, now) if size_of(one.size).gpus or not gauge.is_gpu]
    found = (_series("ComputeName", one.name, _worker(place, one, gauge, now), wanted, now) for one in known)
    return [one for one in found if one is not None]


def runs_at_work(world: World, place: Place, gauge: Gauge, wanted: Wanted) -> list[Json]:
    """Return a series for each run that goes on, as many as are wanted."""
    now = world.now()
    found = (_series("RunId", run, value, wanted, now) for run, value in _runs(world, place, gauge, wanted, now))
    return list(islice((one for one in found if one is not None), wanted.top))


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


def _worker(place: Place, instance: Instance, gauge: Gauge, now: int) -> Value:
    return lambda at: _worked(place, instance, gauge, at, now)


def _worked(place: Place, instance: Instance, gauge: Gauge, at: int, now: int) -> float | None:
    """Return what an instance did in a minute: nothing is measured before it was started, or while it is off."""
    state, since, _ = instance_since(instance, now)
    if state != "Running" or at < since:
        return None
    usual = instance.gpu if gauge.is_gpu else 38.0 if "Memory" in gauge.name else instance.cpu
    return round(max(0.0, usual * (1 + 0.25 * noise(f"{place.name}{instance.name}{gauge.name}{at}"))), 3)
