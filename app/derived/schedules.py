"""Schedules with their last runs: whether they run when they should, and whether their signals pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from app.monitor_rows import ScheduleRow
from services.run import Run
from services.schedules import Schedule, Signal, Threshold

LATE = 1.5
"""How many of its longest gaps may go by without a run before it is late."""
BAD = ("failed", "canceled", "cancelled", "notresponding")

LastRun = Callable[[str], Run | None]
"""The newest run that a schedule started, as far as the cache knows."""


def schedule_rows(schedules: Iterable[Schedule], last_run: LastRun, now: datetime) -> Iterator[ScheduleRow]:
    """Yield a row for each schedule."""
    for one in schedules:
        run = last_run(one.name)
        at = (run.started or run.created) if run is not None else None
        late = _late(one, at, now)
        checked = [_checked(signal, limit, run.metrics if run else {}) for signal, limit in _limits(one)]
        failing = tuple(text for text, is_over in checked if is_over)
        yield ScheduleRow(
            id=one.id, name=one.name, title=one.title, is_on=one.is_on, standing=_standing(one, run, failing, late),
            action=one.action, due=one.due, gap=one.gap, late=late, last_run=run.id if run else None,
            last_name=run.name if run else None, last_status=run.status if run else None, last_at=at,
            endpoint=one.endpoint, deployment=one.deployment, model=one.model, watches=tuple(_watches(one)),
            passed=sum(is_over is False for _, is_over in checked), failing=failing, emails=one.emails,
            compute=one.compute, experiment=one.experiment, state=one.state, description=one.description,
            starts=one.starts, ends=one.ends, created=one.created, created_by=one.created_by, tags=one.tags,
        )  # fmt: skip


def _standing(one: Schedule, run: Run | None, failing: tuple[str, ...], late: float | None) -> str:
    if one.is_on is False:
        return "off"
    if run is None:
        return "unknown"
    if run.status.lower() in BAD:
        return "failed"
    return "failing" if failing else "late" if late is not None else "fine"


def _late(one: Schedule, at: datetime | None, now: datetime) -> float | None:
    """Return how long ago it should have run again. A schedule that is off or over is never late."""
    if at is None or one.gap is None or one.is_on is not True or (one.ends is not None and one.ends < now):
        return None
    ago = now - at
    return (ago - timedelta(seconds=one.gap)).total_seconds() if ago.total_seconds() > LATE * one.gap else None


def _limits(one: Schedule) -> Iterator[tuple[Signal, Threshold]]:
    return ((signal, limit) for signal in one.signals for limit in signal.thresholds)


def _watches(one: Schedule) -> Iterator[str]:
    for signal in one.signals:
        kind = f"{signal.name}: {signal.kind or 'a signal'}{'' if signal.is_on is not False else ' (off)'}"
        if not signal.thresholds:
            yield kind
        for limit in signal.thresholds:
            of = f" of {limit.of.lower()} features" if limit.of else ""
            most = f"at most {limit.limit:g}" if limit.limit is not None else "at most what the service thinks right"
            yield f"{kind}, {limit.metric}{of} {most}"


def _checked(signal: Signal, limit: Threshold, metrics: Mapping[str, float]) -> tuple[str, bool | None]:
    """Return a metric of the last run beside its limit, and whether it is over it; None where nobody can tell.

    A monitor logs a metric under its name alone, or with the signal's before it.
    """
    wanted, named = limit.metric.lower(), signal.name.lower()
    found = [(name, value) for name, value in metrics.items() if name.lower() in (wanted, f"{named}.{wanted}")]
    if not found or limit.limit is None:
        return limit.metric, None
    value = max(value for _, value in found)
    return f"{signal.name}: {limit.metric} {value:.4g}, at most {limit.limit:g}", value > limit.limit
