"""What the clusters of a workspace did in the last day, as Azure Monitor measured it: nodes by state, CPU, GPU, memory.

Where nothing was measured nothing is said, which is not zero.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from services.monitor_metrics import Measured, MetricsQuestion, read_measured
from services.records import Page, Provenance, Stop, WorkspaceRef, never
from services.system_metrics import NAMESPACE

if TYPE_CHECKING:
    from services.connection import Connection

Points = tuple[float | None, ...]

GRAIN, COUNT = timedelta(minutes=30), 48
"""How long a point stands for, and how many make the day."""


class ComputeUse(msgspec.Struct, frozen=True, kw_only=True):
    """One compute in the last 24 hours. Points are oldest first, half an hour each; None where nothing was measured."""

    id: str
    """The name of the compute."""
    name: str
    since: datetime
    """When the first point begins."""
    busy: Points = ()
    """Nodes at work, on average; so are the other states."""
    idle: Points = ()
    preparing: Points = ()
    leaving: Points = ()
    unusable: Points = ()
    preempted: Points = ()
    cpu: Points = ()
    """Per cent, on average over its nodes; so are the other shares."""
    memory: Points = ()
    gpu: Points = ()
    gpu_memory: Points = ()
    busy_hours: float | None = None
    """Node-hours at work in the day."""
    idle_hours: float | None = None
    """Node-hours that were paid for without work."""
    peak: float | None = None
    """Most nodes at once."""
    cpu_mean: float | None = None
    gpu_mean: float | None = None


STATES = {
    "busy": "Active Nodes", "idle": "Idle Nodes", "preparing": "Preparing Nodes", "leaving": "Leaving Nodes",
    "unusable": "Unusable Nodes", "preempted": "Preempted Nodes",
}  # fmt: skip
"""Metrics of nodes by state, split by ClusterName."""
SHARES = {
    "cpu": "CpuUtilizationPercentage", "memory": "CpuMemoryUtilizationPercentage", "gpu": "GpuUtilizationPercentage",
    "gpu_memory": "GpuMemoryUtilizationPercentage",
}  # fmt: skip
"""Metrics of what nodes do, split by ComputeName."""


def read_compute_use(
    connection: Connection, ref: WorkspaceRef, *, region: str, now: datetime, stop: Stop = never
) -> Iterator[Page[ComputeUse]]:
    """Yield what was measured on every compute of a workspace, one page. `now` is aware UTC. Raises ServiceError.

    Reads POST {region}.metrics.monitor.azure.com/subscriptions/{s}/metrics:getBatch, twice.
    """
    since = _first(now)
    found: dict[str, dict[str, Measured]] = defaultdict(dict)
    asked: Provenance | None = None
    for names, dimension in ((STATES, "ClusterName"), (SHARES, "ComputeName")):
        question = MetricsQuestion(
            resources=(ref.id,), region=region, namespace=NAMESPACE, names=tuple(names.values()), start=since, end=now,
            grain=GRAIN, dimensions={dimension: "*"},
        )  # fmt: skip
        for page in read_measured(connection, question, stop=stop):
            asked = page.provenance
            _sort(found, page.records, names, dimension)
    if stop() or asked is None:
        return
    records = tuple(_use(name, series, since) for name, series in sorted(found.items()))
    yield Page(records, tuple(msgspec.json.encode(one) for one in records), asked, is_last=True)


def _first(now: datetime) -> datetime:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    return epoch + (now - epoch) // GRAIN * GRAIN - (COUNT - 1) * GRAIN


def _sort(
    found: dict[str, dict[str, Measured]], measured: Iterable[Measured], names: Mapping[str, str], dimension: str
) -> None:
    """Put series under the compute they are of; what names none is of no compute."""
    fields = {metric.lower(): field for field, metric in names.items()}
    for one in measured:
        compute = one.dimensions.get(dimension.lower())
        if compute and one.name.lower() in fields:
            found[compute][fields[one.name.lower()]] = one


def _use(name: str, series: Mapping[str, Measured], since: datetime) -> ComputeUse:
    points = {field: points_of(one, since) for field, one in series.items()}
    busy, idle = points.get("busy", ()), points.get("idle", ())
    return ComputeUse(
        id=name, name=name, since=since, **points, busy_hours=_hours(busy), idle_hours=_hours(idle),
        peak=_peak(points), cpu_mean=_mean(points.get("cpu", ())), gpu_mean=_mean(points.get("gpu", ())),
    )  # fmt: skip


def points_of(one: Measured, since: datetime) -> Points:
    """Return a series as the points of the day: what was measured in each half hour, None where nothing was."""
    found: dict[int, list[float]] = defaultdict(list)
    for at, value in zip(one.times, one.values, strict=True):
        if value is not None:
            found[(at - since) // GRAIN].append(value)
    return tuple(sum(found[at]) / len(found[at]) if at in found else None for at in range(COUNT))


def _hours(points: Points) -> float | None:
    known = [point for point in points if point is not None]
    return sum(known) * GRAIN.total_seconds() / 3_600 if known else None


def _mean(points: Points) -> float | None:
    known = [point for point in points if point is not None]
    return sum(known) / len(known) if known else None


def _peak(points: Mapping[str, Points]) -> float | None:
    counted = [points[state] for state in STATES if state in points]
    sums = [sum(point or 0.0 for point in at) for at in zip(*counted, strict=True) if any(p is not None for p in at)]
    return max(sums, default=None)
