"""What is wrong with runs that still run: far longer than usual, a metric that became NaN, no metric any more.

Pure, from what the cache holds. Unknown is not wrong: a run of an experiment without a past, or whose metrics nobody
read, is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import isfinite
from statistics import median

import msgspec

from services.attention import WARNING, Attention, noted
from services.planning import length
from services.run import Run

TIMES_USUAL = 3.0
LEAST_ENDED = 5
"""Runs of the same experiment that must have ended before there is anything usual."""
LEAST_LENGTH = timedelta(minutes=10)
"""A run that is this young is not long, whatever the others took."""
LEAST_GAPS = 8
"""Times between metrics that must be known before they are regular."""
TIMES_GAP = 10.0
LEAST_STILL = timedelta(minutes=15)
NEWEST = 40
"""The last moments of logging that say how regular it is."""


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of a run, in the order it was logged."""

    name: str
    times: Sequence[float | None]
    """Seconds since 1970 UTC."""
    values: Sequence[float]
    read_at: datetime | None = None
    """When it was last asked for: what came later is not known."""


class Running(msgspec.Struct, frozen=True, kw_only=True):
    """A run that runs, with how long others of its experiment took and what it logged."""

    run: Run
    lengths: Sequence[float] = ()
    """Seconds of runs that ended well, newest first."""
    metrics: Sequence[Logged] = ()


def of_running(running: Iterable[Running], now: datetime) -> Iterator[Attention]:
    """Yield at most one line for each run, the worst that is wrong with it."""
    for one in running:
        found = _not_a_number(one) or _stalled(one) or _long(one, now)
        if found is not None:
            yield found


def _not_a_number(one: Running) -> Attention | None:
    odd = [metric for metric in one.metrics if metric.values and not isfinite(metric.values[-1])]
    if not odd:
        return None
    first = min(odd, key=lambda metric: (metric.name != one.run.primary_metric, metric.name))
    since, place = _since(first)
    is_nan = first.values[-1] != first.values[-1]
    why = f"{first.name} since its value {place + 1:,} of {len(first.values):,}"
    return _noted(one.run, "nan", f"is at {'NaN' if is_nan else 'infinity'}", why, since, weight=65)


def _since(metric: Logged) -> tuple[datetime | None, int]:
    """Return when a metric became no number for good, and at which of its values."""
    place = len(metric.values) - 1
    while place > 0 and not isfinite(metric.values[place - 1]):
        place -= 1
    at = metric.times[place] if place < len(metric.times) else None
    return _moment(at), place


def _stalled(one: Running) -> Attention | None:
    times = sorted({at for metric in one.metrics for at in metric.times[-NEWEST:] if at is not None})[-NEWEST:]
    read = [metric.read_at for metric in one.metrics if metric.read_at is not None]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    last = _moment(times[-1]) if times else None
    if len(gaps) < LEAST_GAPS or not read or last is None:
        return None
    usual, still = median(gaps), (min(read) - last).total_seconds()
    if still < max(TIMES_GAP * usual, LEAST_STILL.total_seconds()):
        return None
    why = f"no metric for {length(still)}, one came every {_brief(usual)}"
    return _noted(one.run, "stalled", "has stalled", why, last, weight=55)


def _long(one: Running, now: datetime) -> Attention | None:
    if one.run.started is None or len(one.lengths) < LEAST_ENDED:
        return None
    usual, ran = median(one.lengths), (now - one.run.started).total_seconds()
    if usual <= 0 or ran < max(TIMES_USUAL * usual, LEAST_LENGTH.total_seconds()):
        return None
    why = f"{length(ran)}, while runs of {one.run.experiment} take {_brief(usual)}"
    return _noted(one.run, "long", f"runs {ran / usual:.0f} × as long as usual", why, one.run.started, weight=30)


def _noted(run: Run, key: str, what: str, why: str, since: datetime | None, *, weight: float) -> Attention:
    return noted(
        WARNING, "runs", f"{run.id}/{key}", f"run {run.name} {what}", why, since, query=f'id="{run.id}"',
        owner=run.user, weight=weight,
    )  # fmt: skip


def _moment(at: float | None) -> datetime | None:
    try:
        return None if at is None else datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _brief(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 90 else length(seconds)
