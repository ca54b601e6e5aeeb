"""Where two curves part: the first place from which they stay apart. Pure, over numbers; no reading.

Both are read as lines between their points and compared at every place where either has one, as far as both go.
They are apart at a place where the distance is more than `TOLERANCE` of the range both cover there together, and
more than `NOISE` of the larger value: rounding is no difference. They part at the first place from which they are
apart `HOLDS` times in a row, or to the end: one outlier is no parting. A NaN is apart from every number.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import Literal

import msgspec

TOLERANCE = 0.05
NOISE = 0.001
HOLDS = 3

Axis = Literal["step", "time", "epoch"]
AXES: tuple[Axis, ...] = ("step", "time", "epoch")


class Curve(msgspec.Struct, frozen=True):
    """One metric of one run along one axis: `xs` rise, and each has its value."""

    xs: tuple[float, ...]
    ys: tuple[float, ...]


class Parting(msgspec.Struct, frozen=True, kw_only=True):
    """What became of two curves. `at` is None where they do not part, or have no place in common (`places` is 0)."""

    at: float | None
    left: float | None = None
    right: float | None = None
    """Their values there."""
    places: int
    """How many places were compared."""
    until: float | None = None
    """How far both go."""


def curve(points: Sequence[tuple[float | None, float]]) -> Curve:
    """Return a curve of points in any order. A point without a place is left out; of two at one the later counts."""
    placed = {x: y for x, y in points if x is not None and math.isfinite(x)}
    xs = tuple(sorted(placed))
    return Curve(xs, tuple(placed[x] for x in xs))


def part(left: Curve, right: Curve, *, tolerance: float = TOLERANCE) -> Parting:
    """Return where two curves part, read from the left one's side. Takes time by the number of points: for workers."""
    places = _common(left, right)
    if not places:
        return Parting(at=None, places=0)
    ours, theirs = _values(left, places), _values(right, places)
    allowed = tolerance * _range((*ours, *theirs))
    held = 0
    for place, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        held = held + 1 if _is_apart(a, b, allowed) else 0
        if held == HOLDS or (held and place == len(places) - 1):
            first = place - held + 1
            return Parting(at=places[first], left=ours[first], right=theirs[first], places=len(places),
                           until=places[-1])  # fmt: skip
    return Parting(at=None, places=len(places), until=places[-1])


def _common(left: Curve, right: Curve) -> list[float]:
    if not left.xs or not right.xs:
        return []
    low, high = max(left.xs[0], right.xs[0]), min(left.xs[-1], right.xs[-1])
    return sorted({x for xs in (left.xs, right.xs) for x in xs if low <= x <= high})


def _values(given: Curve, places: Sequence[float]) -> list[float]:
    """Return the curve's values at rising places within it."""
    found: list[float] = []
    for x in places:
        after = bisect_right(given.xs, x)
        at = after - 1
        if given.xs[at] == x or after == len(given.xs):
            found.append(given.ys[at])
        else:
            share = (x - given.xs[at]) / (given.xs[after] - given.xs[at])
            found.append(given.ys[at] + share * (given.ys[after] - given.ys[at]))
    return found


def _range(values: Sequence[float]) -> float:
    finite = [value for value in values if math.isfinite(value)]
    return max(finite) - min(finite) if finite else 0.0


def _is_apart(a: float, b: float, allowed: float) -> bool:
    if a == b or (math.isnan(a) and math.isnan(b)):
        return False
    if not (math.isfinite(a) and math.isfinite(b)):
        return True
    distance = abs(a - b)
    return distance > allowed and distance > NOISE * max(abs(a), abs(b))
