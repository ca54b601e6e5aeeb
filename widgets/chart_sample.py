"""Many points on few columns, without losing a peak: each column keeps first, last, least and greatest. Pure functions.

Values that are no finite number draw nothing: they break the line, and their column says so.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, nan


@dataclass(frozen=True, slots=True)
class Bucket:
    """What one column has to show. `is_broken`: a value that is no number lies between its first and its last."""

    column: int
    first: float
    last: float
    least: float
    greatest: float
    count: int
    is_broken: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """A series brought to columns: buckets from left to right, and the columns where no number was logged."""

    buckets: tuple[Bucket, ...]
    holes: tuple[int, ...]
    points: int
    """How many points lie in the window, holes included."""


NOTHING = Sample((), (), 0)


def sample(xs: Sequence[float], ys: Sequence[float], low: float, high: float, columns: int) -> Sample:
    """The points with `low <= x <= high` on so many columns. `xs` ascend. A few C loops, however many."""
    start, stop = bisect_left(xs, low), bisect_right(xs, high)
    if start >= stop or columns <= 0:
        return NOTHING
    buckets: list[Bucket] = []
    holes: list[int] = []
    each = (high - low) / columns
    at = start
    while at < stop:
        column = min(columns - 1, int((xs[at] - low) / each)) if each > 0 else columns - 1
        end = stop if column >= columns - 1 else bisect_left(xs, low + each * (column + 1), at, stop)
        # Rounding may put the border a point too early.
        while end < stop and (end == at or int((xs[end] - low) / each) == column):
            end += 1
        bucket, has_hole = _bucket(column, ys[at:end])
        if bucket is not None:
            buckets.append(bucket)
        if has_hole:
            holes.append(column)
        at = end
    return Sample(tuple(buckets), tuple(dict.fromkeys(holes)), stop - start)


def _bucket(column: int, values: Sequence[float]) -> tuple[Bucket | None, bool]:
    """A column's bucket, None without a number in it; and whether something in it is none."""
    if isfinite(sum(values)) or all(map(isfinite, values)):
        return Bucket(column, values[0], values[-1], min(values), max(values), len(values)), False
    known = [value for value in values if isfinite(value)]
    if not known:
        return None, True
    return Bucket(column, known[0], known[-1], min(known), max(known), len(known), is_broken=True), True


def smoothed(ys: Sequence[float], weight: float) -> array[float]:
    """An exponential moving average, without the pull to zero at its start. What is no number stays so, and is skipped.

    `weight` is how much of the value before is kept: from 0 (nothing changes) to below 1.
    """
    kept, worth = 0.0, 0.0
    found = array("d")
    for value in ys:
        if isfinite(value):
            kept = kept * weight + value * (1 - weight)
            worth = worth * weight + (1 - weight)
            found.append(kept / worth)
        else:
            found.append(nan if value != value else value)
    return found


def nearest(xs: Sequence[float], at: float) -> int | None:
    """The index of the point whose x is nearest; of several with that x the last. None for no points."""
    if not xs:
        return None
    right = bisect_right(xs, at)
    if right == 0:
        return bisect_right(xs, xs[0]) - 1
    left = right - 1
    if right < len(xs) and xs[right] - at < at - xs[left]:
        return bisect_right(xs, xs[right]) - 1
    return left


def bounds(samples: Sequence[Sample]) -> tuple[float, float] | None:
    """The least and greatest value of all buckets; None without any."""
    buckets = [bucket for one in samples for bucket in one.buckets]
    return (min(one.least for one in buckets), max(one.greatest for one in buckets)) if buckets else None
