"""How many hours of nodes a compute was up on a day: what the bill is made of.

A cluster's nodes follow from the runs at work, as in `load`: a node is paid from the moment it prepares for a run until
it has idled for the cluster's timeout. A round of a script is worked out once a process, whatever is asked; what
somebody changed in a world since it began is on no bill.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from threading import Lock
from typing import NamedTuple

from services.emulator.compute_documents import CYCLE, UP_FOR
from services.emulator.fleet import Cluster, Instance
from services.emulator.ledger import Ledger
from services.emulator.lives import make_plan
from services.emulator.load import kept_for
from services.emulator.plans import NEVER
from services.emulator.run_facts import compute_of, is_orchestrator, nodes_of
from services.emulator.ticks import DAY, HOUR

OFFICE = (8.4, 18.9)
"""When people start the instances that stop by themselves, and when those have stopped, on weekdays."""
MOST = 50_000
"""Rounds that are remembered: a year of them."""


class Held(NamedTuple):
    """Nodes of a compute that a run held, in ticks; it left them idle at the end unless it never began."""

    compute: str
    start: int
    end: int
    nodes: int
    has_begun: bool


_rounds: dict[tuple[str, int, int], tuple[Held, ...]] = {}
_days: dict[tuple[tuple[str, ...], str, int], int] = {}
_guard = Lock()


def cluster_ticks(cluster: Cluster, ledgers: Sequence[Ledger], start: int, end: int) -> int:
    """Return how long all nodes of a cluster together were up in a span, in ticks."""
    kept, base = kept_for(cluster), int(cluster.trouble == "disk")
    changes: list[tuple[int, int]] = []
    for held in _held(cluster.name, ledgers, start - kept, end):
        until = min(end, held.end + (kept if held.has_begun else 0))
        if until > max(start, held.start):
            changes += ((max(start, held.start), held.nodes), (until, -held.nodes))
    changes.sort()
    total, count, at = 0, base, start
    for moment, change in (*changes, (end, 0)):
        total += (moment - at) * min(cluster.high, max(cluster.low, count))
        count, at = count + change, moment
    return total


def cluster_day(place: str, cluster: Cluster, ledgers: Sequence[Ledger], day: int, until: int) -> int:
    """Return how long all nodes of a cluster together were up on a day, up to a moment, in ticks."""
    start, end = day * DAY, (day + 1) * DAY
    if until < end:
        return cluster_ticks(cluster, ledgers, start, max(start, until))
    key = (tuple(f"{one.key}/{one.period}" for one in ledgers), f"{place}/{cluster.name}", day)
    if key not in _days:
        found = cluster_ticks(cluster, ledgers, start, end)
        with _guard:
            _days[key] = found
    return _days[key]


def _held(compute: str, ledgers: Iterable[Ledger], start: int, end: int) -> Iterator[Held]:
    for ledger in ledgers:
        if ledger.seats:
            first, last = (ledger.round_at(at) for at in (start - ledger.longest, end))
            for number in range(first, last + 1):
                yield from (one for one in _round(ledger, number) if one.compute == compute)


def _round(ledger: Ledger, number: int) -> tuple[Held, ...]:
    key = (ledger.key, ledger.period, number)
    if key not in _rounds:
        seats = len(ledger.seats)
        found = tuple(_of_runs(ledger, range(number * seats, (number + 1) * seats)))
        with _guard:
            if len(_rounds) >= MOST:
                _rounds.clear()
            _rounds[key] = found
        return found
    return _rounds.get(key, ())


def _of_runs(ledger: Ledger, numbers: Iterable[int]) -> Iterator[Held]:
    for index in numbers:
        plan = make_plan(ledger, index)
        compute = compute_of(plan)
        if compute is None or plan.is_absent or is_orchestrator(plan) or plan.ready >= plan.ended:
            continue
        yield Held(compute, plan.ready, plan.ended, nodes_of(plan), plan.started != NEVER)


def instance_day(instance: Instance, day: int, until: int) -> int:
    """Return how long an instance was up on a day, up to a moment, in ticks.

    Those that stop by themselves are up in office hours, those that do not are up day and night.
    """
    start, end = day * DAY, max(day * DAY, min((day + 1) * DAY, until))
    if instance.cycles:
        return sum(max(0, min(end, at + UP_FOR) - at) for at in range(start, end, CYCLE))
    if instance.state != "Running":
        return 0
    if instance.idle_shutdown is None:
        return end - start
    opens, closes = (start + int(hour * HOUR) for hour in OFFICE)
    return max(0, min(end, closes) - opens) if (day + 3) % 7 < 5 else 0
