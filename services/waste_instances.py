"""Waste of machines people work on: instances nobody stops (W1 to W3), GPUs nobody uses (W11).

A machine whose use nobody measured is never idle here: then a rule says what it costs and that it does not know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from services.compute import Compute
from services.hourly import PerHour, of_machines, priority_of
from services.planning import length
from services.records import Money
from services.utilization import known
from services.waste_facts import IDLE, Facts, a_day, at, is_gpu, money
from services.waste_finding import Confidence, Finding

INSTANCE, CLUSTER = "ComputeInstance", "AmlCompute"
UP = ("running", "jobrunning")
LONG_STOPPED = timedelta(days=14)
SETTLED = timedelta(hours=48)
"""How long after a day Azure may still add to its bill."""
SPARE = timedelta(hours=2)
"""How much longer than its idle shutdown an instance may be up before that is odd."""
LEAST_HOURS = 3
"""Hours that must have been measured before they say that a machine idles."""


def hourly(facts: Facts, one: Compute, count: int | None) -> PerHour:
    """What so many machines of a compute cost an hour."""
    return of_machines(facts.prices, count, one.vm_size, one.location, priority=priority_of(one.priority))


def _idle_hours(facts: Facts, one: Compute) -> tuple[int, int] | None:
    """Hours in which it did nothing, of those measured since it is up; None where too few were measured."""
    used = facts.used(f"compute/{one.name}")
    if used is None:
        return None
    since = one.changed or used.since
    hours = [
        value
        for place, value in enumerate(used.cpu)
        if value is not None and used.since + timedelta(seconds=used.grain * place) >= since
    ]
    return (sum(value < IDLE for value in hours), len(hours)) if len(hours) >= LEAST_HOURS else None


def _instances(facts: Facts, states: Sequence[str]) -> Iterator[Compute]:
    for one in facts.computes or ():
        if one.kind == INSTANCE and (one.state or "").lower() in states:
            yield one


def never_stops(facts: Facts) -> Iterator[Finding]:
    """W1: an instance that runs and has no idle shutdown."""
    for one in _instances(facts, UP):
        if one.idle_shutdown is None:
            yield _never_stops(facts, one, _idle_hours(facts, one))


def _never_stops(facts: Facts, one: Compute, idle: tuple[int, int] | None) -> Finding:
    cost = hourly(facts, one, 1)
    up = f"{one.name} runs since {at(one.changed)} and has no idle shutdown; a day of it is {money(a_day(cost))}"
    if idle is None:
        evidence, share = f"{up}. Its CPU was not measured, so how much of that is for nothing is not known.", None
    else:
        evidence = f"{up}. In {idle[0]} of {idle[1]} measured hours its CPU was below {IDLE:g} %."
        share = idle[0] / idle[1]
    confidence: Confidence = "unknown" if share is None else "sure" if share > 0.9 else "likely"
    is_idle = share is not None and share > 0.9
    return Finding(
        id=f"W1/{one.name}", rule="W1", why="idle" if is_idle else "never stops", what=one.name, kind="instance",
        since=one.changed, per_day=a_day(cost, share) if share else None, basis=cost.basis, confidence=confidence,
        evidence=evidence, unless="a kernel or a terminal that works without CPU is not seen",
        save="stop it" if is_idle else "stop when idle", verb="stop" if is_idle else "idle-shutdown",
        target=f"/computes/{one.name}", answers={} if is_idle else {"idle": "60"}, owner=one.assigned_to or one.owner,
        command=("compute", "stop", "--name", one.name) if is_idle else (),
        pane="compute", query=f'name="{one.name}"', as_of=facts.as_of("computes"),
    )  # fmt: skip


def idles_on(facts: Facts) -> Iterator[Finding]:
    """W2: an instance that should have stopped by itself and did not, though its CPU does nothing."""
    for one in _instances(facts, UP):
        idle, limit = _idle_hours(facts, one), one.idle_shutdown
        if limit is None or one.changed is None or idle is None or idle[0] < idle[1]:
            continue
        if facts.now - one.changed > timedelta(seconds=limit) + SPARE:
            cost = hourly(facts, one, 1)
            yield Finding(
                id=f"W2/{one.name}", rule="W2", why="idle", what=one.name, kind="instance", since=one.changed,
                per_day=a_day(cost), basis=cost.basis, confidence="likely",
                evidence=f"{one.name} runs since {at(one.changed)}, though it should stop after {length(limit)} "
                f"without use; in all of {idle[1]} measured hours its CPU was below {IDLE:g} %.",
                unless="an open kernel counts as use for Azure, and may be meant",
                save="stop it", verb="stop", target=f"/computes/{one.name}", owner=one.assigned_to or one.owner,
                command=("compute", "stop", "--name", one.name),
                pane="compute", query=f'name="{one.name}"', as_of=facts.as_of("computes", "utilization"),
            )  # fmt: skip


def stopped_long(facts: Facts) -> Iterator[Finding]:
    """W3: an instance that is stopped for weeks: its disk, address and load balancer are paid for."""
    for one in _instances(facts, ("stopped",)):
        if one.changed is not None and facts.now - one.changed > LONG_STOPPED:
            billed = _billed(facts, one.name, one.changed)
            basis = "billed, an average of its complete days since then" if billed else "the bill does not name it"
            yield Finding(
                id=f"W3/{one.name}", rule="W3", why="stopped long", what=one.name, kind="instance", since=one.changed,
                per_day=billed, basis=basis, confidence="sure" if billed else "unknown",
                evidence=f"{one.name} is stopped since {at(one.changed)}; a stopped instance still pays for its disk, "
                "its address and its load balancer.",
                unless="what is on its disk is wanted: deleting it deletes that",
                save="delete it", verb="delete-compute", target=f"/computes/{one.name}",
                owner=one.assigned_to or one.owner, command=("compute", "delete", "--name", one.name),
                pane="compute", query=f'name="{one.name}"', as_of=facts.as_of("computes", "costs"),
            )  # fmt: skip


def _billed(facts: Facts, name: str, since: datetime) -> Money | None:
    """What a compute was billed on an average complete day of the last week, since it stopped; None for no line."""
    ending = f"/computes/{name.lower()}"
    oldest = max(since + timedelta(days=1), facts.now - timedelta(days=9))
    days: dict[datetime, Decimal] = {}
    currency = ""
    for line in facts.costs or ():
        is_its = line.cost is not None and (line.resource or "").endswith(ending) and not line.is_total
        if is_its and line.cost is not None and oldest <= line.day <= facts.now - SETTLED - timedelta(days=1):
            days[line.day] = days.get(line.day, Decimal(0)) + line.cost.amount
            currency = line.cost.currency
    return Money(sum(days.values(), Decimal(0)) / len(days), currency) if days else None


def unused_gpus(facts: Facts) -> Iterator[Finding]:
    """W11: a compute whose GPUs do nothing while its CPU works."""
    for one in facts.computes or ():
        used = facts.used(f"compute/{one.name}")
        values = known(used.gpu) if used is not None else []
        works = any(value >= IDLE for value in known(used.cpu)) if used is not None else False
        is_up = one.kind == CLUSTER or (one.state or "").lower() in UP
        if used is None or not works or not is_up or not is_gpu(one.vm_size):
            continue  # what does nothing at all is another rule's
        if len(values) < 2 * LEAST_HOURS or max(values) >= IDLE:
            continue
        yield Finding(
            id=f"W11/{one.name}", rule="W11", why="unused GPU", what=one.name,
            kind="cluster" if one.kind == CLUSTER else "instance", since=used.since,
            basis="what a size without GPU would save depends on which", confidence="likely",
            evidence=f"{one.name} is a {one.vm_size}; in {len(values)} measured hours until {at(used.until)} its GPUs "
            f"were at {max(values):.1f} % at most.",
            unless="its GPUs are used at other times of the week", save="a size without GPU",
            owner=one.assigned_to or one.owner, pane="compute", query=f'name="{one.name}"',
            as_of=facts.as_of("computes", "utilization"),
        )  # fmt: skip
