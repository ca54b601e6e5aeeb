"""The bill of machines against the estimates, for days Azure adds nothing to: jobs, idling, endpoints, instances.

Pure reasoning, no I/O. The parts of a day add up to what was billed, since the last of them, what nobody can explain,
is what the others leave. It may be below zero: a bill with a discount is smaller than list prices say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from services.costs import CostLine
from services.estimates import FINEST
from services.records import Money

PARTS: tuple[str, ...] = ("jobs", "idle", "endpoints", "instances", "unexplained")
"""Jobs are the machines while runs worked on them; idle what a cluster kept up beside that."""

MACHINES = "virtual machines"
"""The service machines are billed under, whatever uses them."""

_DAY = timedelta(days=1)


class Stay(msgspec.Struct, frozen=True):
    """A run on a compute: from when to when (aware UTC), on how many nodes, and its estimate; None is not known."""

    compute: str
    start: datetime
    end: datetime
    nodes: int
    cost: Decimal | None


class Pool(msgspec.Struct, frozen=True):
    """A cluster as it is now: least and most nodes, seconds a node is kept idle, what an hour of one costs."""

    name: str
    low: int
    high: int | None
    kept: float
    each: Decimal | None


class Standing(msgspec.Struct, frozen=True):
    """Machines that are up whatever is done with them: of a deployment, or an instance. `since` None: always."""

    part: Literal["endpoints", "instances"]
    name: str
    since: datetime | None
    per_hour: Decimal | None


class Day(msgspec.Struct, frozen=True):
    """One day: what was billed for machines, and what the estimates say it was."""

    day: datetime
    billed: Decimal
    parts: dict[str, Decimal]
    busy: float = 0.0
    """Hours of cluster nodes that runs held."""
    idle: float = 0.0
    """Hours of cluster nodes that were up without a run, priced or not."""


class Reconciliation(msgspec.Struct, frozen=True, kw_only=True):
    """Some closed days, oldest first, in one currency. `why_not` says why there are none."""

    days: tuple[Day, ...] = ()
    currency: str = ""
    beside: Decimal = Decimal(0)
    """What was billed in these days for other things than machines. No estimate is held against it."""
    unknown: dict[str, int] = {}
    """How many runs, deployments, clusters and instances have no price: they are in what is unexplained."""
    why_not: str = ""

    @property
    def billed(self) -> Decimal:
        """What was billed for machines."""
        return sum((one.billed for one in self.days), Decimal(0))

    def part(self, name: str) -> Decimal:
        """One part over all days."""
        return sum((one.parts[name] for one in self.days), Decimal(0))

    def share(self, name: str) -> float | None:
        """A part as a share of what was billed for machines; None where nothing was."""
        return float(self.part(name) / self.billed) if self.billed else None

    def money(self, name: str = "") -> Money:
        """A part, or without a name all that was billed for machines."""
        return Money(self.part(name) if name else self.billed, self.currency)


def closed_days(now: datetime, number: int = 7) -> list[datetime]:
    """Return the newest days that ended at least 48 hours ago, oldest first: Azure adds nothing to them any more."""
    last = (now - 3 * _DAY).replace(hour=0, minute=0, second=0, microsecond=0)
    return [last - back * _DAY for back in range(number - 1, -1, -1)]


def reconcile(
    days: Sequence[datetime],
    lines: Iterable[CostLine],
    workspace: str,
    stays: Sequence[Stay],
    pools: Sequence[Pool],
    standing: Sequence[Standing],
    currency: str,
) -> Reconciliation:
    """Return what the bill of a workspace is made of. `workspace` is its ARM id, `currency` that of the estimates.

    Days without any line of machines are left out: they are not on the bill yet, or were never read.
    """
    machines, beside, other = _billed(days, lines, workspace, currency)
    if not machines:
        return Reconciliation(currency=currency, why_not=_why_not(currency, other))
    parts: dict[datetime, dict[str, Decimal]] = {day: dict.fromkeys(PARTS, Decimal(0)) for day in machines}
    _add_jobs(parts, stays)
    own = [(pool, [one for one in stays if one.compute.lower() == pool.name.lower()]) for pool in pools]
    idle = {day: sum(idle_seconds(pool, held, day, day + _DAY) for pool, held in own) / 3600 for day in machines}
    for pool, held in own:
        _add_idle(parts, pool, held)
    for one in standing:
        _add_standing(parts, one)
    for day, found in parts.items():
        found["unexplained"] = machines[day] - sum(found.values())
    made = tuple(
        Day(day, machines[day], parts[day], _busy_hours(day, stays), idle[day])
        for day in days if day in machines
    )  # fmt: skip
    return Reconciliation(days=made, currency=currency, beside=beside, unknown=_unknown(stays, pools, standing))


def _billed(
    days: Sequence[datetime], lines: Iterable[CostLine], workspace: str, currency: str
) -> tuple[dict[datetime, Decimal], Decimal, set[str]]:
    """What machines were billed by day, what everything else was, and the other currencies there are."""
    machines: dict[datetime, Decimal] = defaultdict(Decimal)
    beside, other, wanted, own = Decimal(0), set[str](), set(days), workspace.lower().rstrip("/")
    for line in lines:
        if line.cost is None or line.day not in wanted or line.is_total:
            continue
        if line.cost.currency != currency:
            other.add(line.cost.currency)
        elif (line.service or "").lower() == MACHINES and f"{line.resource or ''}/".startswith(f"{own}/"):
            machines[line.day] += line.cost.amount
        else:
            beside += line.cost.amount
    return machines, beside, other


def _why_not(currency: str, other: set[str]) -> str:
    if other:
        return f"The bill is in {' and '.join(sorted(other))}, prices are in {currency or 'no currency'}."
    return "No machine of this workspace is on the bill of the closed days that were read."


def _share(start: datetime, end: datetime, day: datetime) -> Decimal:
    """Which share of a span is on a day."""
    inside = (min(end, day + _DAY) - max(start, day)).total_seconds()
    whole = (end - start).total_seconds()
    return Decimal(repr(max(0.0, inside) / whole)) if whole > 0 else Decimal(0)


def _add_jobs(parts: Mapping[datetime, dict[str, Decimal]], stays: Iterable[Stay]) -> None:
    for one in stays:
        for day in parts:
            if one.cost is not None and one.start < day + _DAY and one.end > day:
                parts[day]["jobs"] += (one.cost * _share(one.start, one.end, day)).quantize(FINEST)


def _add_idle(parts: Mapping[datetime, dict[str, Decimal]], pool: Pool, stays: Sequence[Stay]) -> None:
    """A cluster keeps its least nodes, and each node for a while after its run: what of that no run used is idle."""
    if pool.each is None:
        return
    for day in parts:
        seconds = idle_seconds(pool, stays, day, day + _DAY)
        parts[day]["idle"] += (pool.each * Decimal(repr(round(seconds, 3))) / 3600).quantize(FINEST)


def _busy_hours(day: datetime, stays: Iterable[Stay]) -> float:
    spans = ((max(day, one.start), min(day + _DAY, one.end), one.nodes) for one in stays)
    return sum(max(0.0, (end - start).total_seconds()) * nodes for start, end, nodes in spans) / 3600


def idle_seconds(pool: Pool, stays: Iterable[Stay], start: datetime, end: datetime) -> float:
    """Return for how many seconds nodes of a cluster were up in a span without a run on them."""
    kept = timedelta(seconds=pool.kept)
    changes: list[tuple[datetime, int, int]] = []
    for one in stays:
        first, last, until = max(start, one.start), min(end, one.end), min(end, one.end + kept)
        if until > first:
            changes += ((first, one.nodes, 0), (until, -one.nodes, 0))
        if last > first:
            changes += ((first, 0, one.nodes), (last, 0, -one.nodes))
    changes.sort()
    idle, up, busy, at = 0.0, 0, 0, start
    for moment, more, work in (*changes, (end, 0, 0)):
        there = max(pool.low, up if pool.high is None else min(pool.high, up))
        idle += (moment - at).total_seconds() * max(0, there - busy)
        up, busy, at = up + more, busy + work, moment
    return idle


def _add_standing(parts: Mapping[datetime, dict[str, Decimal]], one: Standing) -> None:
    if one.per_hour is None:
        return
    for day in parts:
        since = day if one.since is None else max(day, one.since)
        hours = Decimal(repr(max(0.0, (day + _DAY - since).total_seconds()))) / 3600
        parts[day][one.part] += (one.per_hour * hours).quantize(FINEST)


def _unknown(stays: Iterable[Stay], pools: Iterable[Pool], standing: Iterable[Standing]) -> dict[str, int]:
    found = {
        "runs": sum(one.cost is None for one in stays),
        "clusters": sum(one.each is None for one in pools),
        "deployments": sum(one.per_hour is None for one in standing if one.part == "endpoints"),
        "instances": sum(one.per_hour is None for one in standing if one.part == "instances"),
    }
    return {name: number for name, number in found.items() if number}
