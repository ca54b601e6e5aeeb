"""Reading the metrics of one run into the cache: what it logged, and what Azure Monitor measured on its nodes.

Both ask for what is new alone: a metric whose last value is the cached one is not read again, and a run that has ended
is read once more and then no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from math import isfinite, nan
from typing import Any

from app.handed import Reading
from app.series_kinds import LOGGED, MEASURED
from cache.series import Series
from services.metric_series import MetricPoint, read_history
from services.monitor_metrics import Measured
from services.records import Page
from services.run import ENDED_RUNS, Run
from services.run_metrics import RunMetric, read_metrics
from services.system_metrics import KEPT_FOR, question_of, read_system_metrics
from services.workspaces import get_workspace

SETTLES = timedelta(minutes=15)
"""How long after it ended a run may still get values: metrics come late."""


def read_logged(reading: Reading, key: str) -> Iterator[Page[Any]]:
    """Read every metric of a run, the one it is judged by first. Its last values become those of the run's row."""
    run, shelf = _run(reading, key), reading.store.series
    known = {one.name: one for one in shelf.read(reading.scope, key, LOGGED)}
    if _is_settled(run, known.values()) and not reading.is_forced:
        return
    connection, workspace = reading.azure
    last = read_metrics(connection, workspace, key)
    yield last
    numbers = {one.name: one.value for one in last.records if one.value is not None}
    if numbers:
        reading.store.fill("runs", reading.scope, {key: {"metrics": numbers}})
    for metric in sorted(last.records, key=lambda one: one.name != (run.primary_metric if run else None)):
        if not reading.stop():
            yield from _metric(reading, key, metric, known.get(metric.name))


def _metric(reading: Reading, key: str, metric: RunMetric, before: Series | None) -> Iterator[Page[Any]]:
    """Read what is new of one metric. One that holds tables or images is noted by name, with its kind for a unit."""
    shelf, where = reading.store.series, (reading.scope, key, LOGGED)
    if metric.kind is not None and not metric.kind.endswith(".scalar"):
        shelf.put(*where, [Series(name=metric.name, unit=metric.kind, times=(), values=())], reading.now)
        return
    if before is not None and _is_last(before, metric):
        shelf.add(*where, [Series(name=metric.name, times=(), values=())], reading.now)
        return
    known = [at for at in before.times if at is not None] if before is not None else []
    since = datetime.fromtimestamp(max(known), UTC) if known else None
    points: list[MetricPoint] = []
    is_all = since is None
    for page in read_history(*reading.azure, key, metric.name, since=since, stop=reading.stop):
        points += page.records
        is_all = is_all or page.provenance.route.endswith("/get-history")
        yield page
    if reading.stop():
        return
    if is_all or before is None:
        shelf.put(*where, [_series(metric.name, points)], reading.now)
    else:
        shelf.add(*where, [_series(metric.name, _unseen(points, before, max(known)))], reading.now)


def _series(name: str, points: Sequence[MetricPoint]) -> Series:
    return Series(
        name=name,
        steps=[one.step for one in points],
        times=[None if one.at is None else one.at.timestamp() for one in points],
        values=[one.value for one in points],
    )


def _unseen(points: Sequence[MetricPoint], before: Series, since: float) -> list[MetricPoint]:
    """The points that are not among those of the last moment that was read: that moment is asked for again."""
    seen = {
        step for step, at in zip(before.steps, before.times, strict=True) if at is not None and at >= since - 0.0005
    }
    return [one for one in points if one.at is None or one.at.timestamp() > since + 0.0005 or one.step not in seen]


def _is_last(before: Series, metric: RunMetric) -> bool:
    """Whether the newest point of a series is the one that the metric store calls the last."""
    if not before.values or metric.at is None or before.times[-1] is None:
        return False
    is_same_value = before.values[-1] == metric.value if metric.value is not None else not isfinite(before.values[-1])
    return (
        is_same_value
        and before.steps[-1] == (metric.step or 0)
        and abs(before.times[-1] - metric.at.timestamp()) < 1e-3
    )


def read_measured_on_nodes(reading: Reading, key: str) -> Iterator[Page[Any]]:
    """Read what Azure Monitor measured on the nodes of a run; nothing for one that had none, or long ago."""
    run, shelf = _run(reading, key), reading.store.series
    known = shelf.read(reading.scope, key, MEASURED)
    if run is None or run.started is None or (_is_settled(run, known) and not reading.is_forced):
        return
    end = min(run.ended or reading.now, reading.now)
    if reading.now - end > KEPT_FOR:
        return
    connection, workspace = reading.azure
    region = region_of(reading)
    if region is None:
        return
    since = _measured_until(known, question_of(workspace, region, key, run.started, end).grain)
    start = run.started if since is None else max(run.started, since - SETTLES)
    pages = read_system_metrics(
        connection, workspace, region=region, run_id=key, start=start, end=end, stop=reading.stop
    )
    found: list[Measured] = []
    for page in pages:
        found += page.records
        yield page
    if not reading.stop():
        shelf.put(reading.scope, key, MEASURED, _merged(known if since is not None else [], found), reading.now)


def _measured_until(known: Sequence[Series], grain: timedelta) -> datetime | None:
    """The last moment of what is cached, where it is of the grain that is asked for; None: all is to be read."""
    times = [at for one in known for at in one.times[-1:] if at is not None]
    pairs = [one.times[1] - one.times[0] for one in known if len(one.times) > 1 and one.times[0] is not None
             and one.times[1] is not None]  # fmt: skip
    if not times or any(abs(apart - grain.total_seconds()) > 1 for apart in pairs):
        return None
    return datetime.fromtimestamp(max(times), UTC)


def _merged(known: Sequence[Series], found: Sequence[Measured]) -> list[Series]:
    """What was measured before and what is new, which counts where both know a moment."""
    earlier = {(one.name, one.part): one for one in known}
    merged: list[Series] = []
    for one in found:
        node = one.dimensions.get("instanceid", "")
        before = earlier.get((one.name, node))
        values = dict(zip(before.times, before.values, strict=True)) if before is not None else {}
        for at, value in zip(one.times, one.values, strict=True):
            values[at.timestamp()] = nan if value is None else value
        times = sorted(at for at in values if at is not None)
        merged.append(
            Series(name=one.name, part=node, unit=one.unit or "", times=times, values=[values[at] for at in times])
        )
    return merged


def _run(reading: Reading, key: str) -> Run | None:
    seen = reading.store.get("runs", reading.scope, key)
    return seen.record if seen is not None else None


def _is_settled(run: Run | None, known: Any) -> bool:
    """Whether the run ended so long before what is cached was read that nothing can be new."""
    if run is None or run.status not in ENDED_RUNS or run.ended is None:
        return False
    read = [one.fetched_at for one in known if one.fetched_at is not None]
    return bool(read) and min(read) > run.ended + SETTLES


def region_of(reading: Reading) -> str | None:
    """Where the workspace is: from its cached settings, else asked."""
    seen = next(reading.store.records("workspace_settings", reading.scope, limit=1), None)
    if seen is not None and seen.record.location:
        return seen.record.location
    return next((one.location for one in get_workspace(*reading.azure).records), None)
