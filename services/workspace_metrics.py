"""What Azure Monitor counts in a workspace: runs, deployments and registrations of models, nodes and quota, over time.

Two stretches are asked for, each in its own grain, and a window of the screen is made of one of them: what is counted
adds up, of a level the highest is kept. Where nothing was measured nothing is said, which is not zero.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from services.monitor_metrics import Aggregation, Measured, MetricsQuestion, read_measured
from services.records import Page, Provenance, Stop, WorkspaceRef, never
from services.system_metrics import NAMESPACE

if TYPE_CHECKING:
    from services.connection import Connection


class WorkspaceMetric(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of a workspace in one window. `points` are oldest first; None where nothing was measured."""

    id: str
    """`window/metric`."""
    window: str
    """6h, 24h, 7d or 30d."""
    name: str
    kind: str
    """runs, models, nodes or quota."""
    metric: str
    """As Azure Monitor calls it."""
    number: int
    """Its place in the list."""
    is_level: bool = False
    """It is a level, so its points do not add up."""
    total: float | None = None
    """The sum of what was counted; None for a level, and where nothing was measured."""
    last: float | None = None
    """The newest point that was measured."""
    peak: float | None = None
    grain: float
    """Seconds a point stands for."""
    since: datetime
    """When the first point begins."""
    points: tuple[float | None, ...] = ()


class _Kind(NamedTuple):
    name: str
    kind: str
    metric: str
    is_level: bool = False


METRICS = (
    _Kind("runs started", "runs", "Started Runs"),
    _Kind("runs completed", "runs", "Completed Runs"),
    _Kind("runs failed", "runs", "Failed Runs"),
    _Kind("runs canceled", "runs", "Cancelled Runs"),
    _Kind("deployments started", "models", "Model Deploy Started"),
    _Kind("deployments succeeded", "models", "Model Deploy Succeeded"),
    _Kind("deployments failed", "models", "Model Deploy Failed"),
    _Kind("models registered", "models", "Model Register Succeeded"),
    _Kind("registrations failed", "models", "Model Register Failed"),
    _Kind("unusable nodes", "nodes", "Unusable Nodes", True),
    _Kind("quota used %", "quota", "Quota Utilization Percentage", True),
)
"""In the order they are shown."""


class Window(NamedTuple):
    """One stretch of time as it is shown: how many points of which length."""

    name: str
    grain: timedelta
    points: int


class _Stretch(NamedTuple):
    grain: timedelta
    windows: tuple[Window, ...]


_STRETCHES = (
    _Stretch(timedelta(minutes=15), (Window("6h", timedelta(minutes=15), 24), Window("24h", timedelta(hours=1), 24))),
    _Stretch(timedelta(hours=6), (Window("7d", timedelta(hours=6), 28), Window("30d", timedelta(days=1), 30))),
)
WINDOWS = tuple(window for stretch in _STRETCHES for window in stretch.windows)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_workspace_metrics(
    connection: Connection, ref: WorkspaceRef, *, region: str, now: datetime, stop: Stop = never
) -> Iterator[Page[WorkspaceMetric]]:
    """Yield every metric in every window, two windows a page. `now` is aware UTC. Raises ServiceError.

    Reads POST {region}.metrics.monitor.azure.com/subscriptions/{s}/metrics:getBatch, four times.
    """
    for at, stretch in enumerate(_STRETCHES, 1):
        found: list[Measured] = []
        asked: Provenance | None = None
        for is_level in (False, True):
            question = _question(ref, region, stretch, is_level, now)
            for page in read_measured(connection, question, stop=stop):
                found, asked = [*found, *page.records], page.provenance
        if stop() or asked is None:
            return
        by_name = {one.name.lower(): one for one in found}
        records = [
            _record(kind, number, window, by_name.get(kind.metric.lower()), now)
            for window in stretch.windows for number, kind in enumerate(METRICS)
        ]  # fmt: skip
        documents = tuple(msgspec.json.encode(one) for one in records)
        yield Page(tuple(records), documents, asked, is_last=at == len(_STRETCHES))


def _question(ref: WorkspaceRef, region: str, stretch: _Stretch, is_level: bool, now: datetime) -> MetricsQuestion:
    how: Aggregation = "maximum" if is_level else "total"
    start = min(_start(window, now) for window in stretch.windows)
    names = tuple(kind.metric for kind in METRICS if kind.is_level == is_level)
    return MetricsQuestion(
        resources=(ref.id,), region=region, namespace=NAMESPACE, names=names, aggregations=(how,), start=start,
        end=now, grain=stretch.grain,
    )  # fmt: skip


def _start(window: Window, now: datetime) -> datetime:
    """Return where the first point of a window begins: the last one holds `now`."""
    return _EPOCH + (now - _EPOCH) // window.grain * window.grain - (window.points - 1) * window.grain


def _record(kind: _Kind, number: int, window: Window, found: Measured | None, now: datetime) -> WorkspaceMetric:
    start = _start(window, now)
    points = _points(kind, window, start, found)
    known = [one for one in points if one is not None]
    return WorkspaceMetric(
        id=f"{window.name}/{kind.metric}", window=window.name, name=kind.name, kind=kind.kind, metric=kind.metric,
        number=number, is_level=kind.is_level, total=sum(known) if known and not kind.is_level else None,
        last=known[-1] if known else None, peak=max(known, default=None), grain=window.grain.total_seconds(),
        since=start, points=tuple(points),
    )  # fmt: skip


def _points(kind: _Kind, window: Window, start: datetime, found: Measured | None) -> Sequence[float | None]:
    """Return the points of a window; one of which only a part was measured says that part."""
    parts: list[list[float]] = [[] for _ in range(window.points)]
    for at, value in zip(found.times, found.values, strict=True) if found is not None else ():
        place = (at - start) // window.grain
        if value is not None and 0 <= place < window.points:
            parts[place].append(value)
    return [(max(one) if kind.is_level else sum(one)) if one else None for one in parts]
