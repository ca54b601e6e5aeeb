"""What a chart shows, as data: series of points, and the figures they stand in. No Textual, no screen.

A `Series` is logged by step, by time or by both; `Axis` says which of them lies along x.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import isfinite, nan
from typing import Literal

from widgets.chart_sample import nearest, smoothed
from widgets.pane import Tone
from widgets.safe import Safe, plain

Axis = Literal["step", "time", "relative", "epoch"]
"""Steps as logged, seconds since 1970, seconds since the start of the run, or epochs."""

Shape = Literal["line", "steps", "dots"]
"""Points joined by straight lines, by steps (each value holds until the next one), or by nothing."""

AXES: tuple[Axis, ...] = ("step", "relative", "time", "epoch")

TONES: tuple[Tone, ...] = (
    "series1", "series2", "series3", "series4", "series5", "series6", "series7", "series8",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Series:
    """One line. Values may be NaN or infinite: that is what was logged, and it is shown as such.

    Any of `steps`, `times` (seconds since 1970) and `epochs` may be empty: then there is no such axis. Compared by
    identity: make a new one when points were added, and keep the old one while nothing changed.
    """

    label: Safe
    ys: Sequence[float]
    steps: Sequence[float] = ()
    times: Sequence[float] = ()
    epochs: Sequence[float] = ()
    start: float | None = None
    """Where relative time begins, in seconds since 1970; the first point when None."""
    tone: Tone = "series1"
    is_thick: bool = False
    """Two dots thick and drawn last: the one the cursor is on."""
    has_stopped: bool = False
    """Ended before it should have: ✗ at its last point."""
    has_gaps: bool = False
    """NaN here means that nothing was measured: the line is broken there, and no more is said about it."""
    has_clock: bool = True
    """Whether the time of day says something; beside runs of other days it does not, and there is no such axis."""
    shape: Shape = "line"
    _on: dict[Axis, Points] = field(default_factory=dict["Axis", "Points"], repr=False)
    _smooth: dict[float, Series] = field(default_factory=dict[float, "Series"], repr=False)
    _across: dict[tuple[Axis, Axis], Points] = field(default_factory=dict["tuple[Axis, Axis]", "Points"], repr=False)

    def has(self, axis: Axis) -> bool:
        """Whether the points lie on an axis."""
        return bool(self.times if axis == "relative" else self._places(axis))

    def on(self, axis: Axis) -> Points:
        """The points along an axis, ascending; no points when they do not lie on it. Worked out once."""
        if axis not in self._on:
            self._on[axis] = points(self._places(axis), self.ys)
        return self._on[axis]

    def smooth(self, weight: float) -> Series:
        """The same series smoothed in the order it was logged, worked out once."""
        if weight not in self._smooth:
            self._smooth[weight] = Series(
                self.label, smoothed(self.ys, weight), self.steps, self.times, self.epochs, self.start, self.tone,
                self.is_thick, self.has_stopped, self.has_gaps, self.has_clock, self.shape,
            )  # fmt: skip
        return self._smooth[weight]

    def across(self, at: float, axis: Axis, other: Axis) -> float | None:
        """Where the point nearest to `at` on one axis lies on another; None when it lies on one of them alone."""
        if not (self.has(axis) and self.has(other)):
            return None
        if (axis, other) not in self._across:
            self._across[axis, other] = points(self._places(axis), self._places(other))
        found = self._across[axis, other]
        index = nearest(found.xs, at)
        return None if index is None else found.ys[index]

    @cached_property
    def odd(self) -> int:
        """How many of the values that were logged are no finite number."""
        return 0 if self.has_gaps else sum(1 for value in self.ys if not isfinite(value))

    @cached_property
    def spread(self) -> float:
        """How far apart its least and greatest number are; 0 without any."""
        known = [value for value in self.ys if isfinite(value)]
        return max(known) - min(known) if known else 0.0

    @cached_property
    def not_above_zero(self) -> int:
        """How many values a logarithmic axis cannot show."""
        return sum(1 for value in self.ys if value <= 0)

    def _places(self, axis: Axis) -> Sequence[float]:
        """Where the points lie on an axis, in the order they were logged."""
        if axis == "relative":
            return self._relative
        if axis == "time":
            return self.times if self.has_clock else ()
        return self.steps if axis == "step" else self.epochs

    @cached_property
    def _relative(self) -> Sequence[float]:
        start = min(self.times, default=0.0) if self.start is None else self.start
        return [at - start for at in self.times]


@dataclass(frozen=True, eq=False)
class Points:
    """Points in the order of their x."""

    xs: Sequence[float]
    ys: Sequence[float]

    @cached_property
    def positive(self) -> Points:
        """The same with what is not above zero left out: what a logarithmic axis can show."""
        return Points(self.xs, [value if value > 0 else nan for value in self.ys])


NO_POINTS = Points((), ())


def points(xs: Sequence[float], ys: Sequence[float]) -> Points:
    """Points sorted by x; those with one x stay in the order they were logged. Steps may go back after a restart."""
    if not xs:
        return NO_POINTS
    # Lists, because slices of arrays make their floats anew each time.
    xs, ys = list(xs), list(ys)
    if xs == sorted(xs):
        return Points(xs, ys)
    order = sorted(range(len(xs)), key=xs.__getitem__)
    return Points([xs[index] for index in order], [ys[index] for index in order])


@dataclass(frozen=True)
class Mark:
    """A place on one axis that something begins at, with a word for it: `parts`. In the colour of a series."""

    axis: Axis
    at: float
    word: Safe
    tone: Tone = "warn"


@dataclass(frozen=True)
class Figure:
    """One chart: its title and the series in it, the most important last in `is_thick`.

    `axis` is what it falls back to when its series do not lie on the chosen axis. `low` and `high` pin its y axis:
    a share of the machine is best seen between 0 and 100.
    """

    title: Safe
    series: tuple[Series, ...]
    unit: Safe = plain("")  # noqa: RUF009 (an immutable text)
    axis: Axis = "relative"
    low: float | None = None
    high: float | None = None
    more: int = 0
    """Series there is no room for: said as `+3 more`."""
    marks: tuple[Mark, ...] = ()
    """Shown under the plot on their axis, and the first of them beside the title."""
    counts: Safe = plain("step")  # noqa: RUF009 (an immutable text)
    """What the steps on its axis are: `step`, `trial`."""

    def axis_for(self, axis: Axis) -> Axis:
        """The axis it is drawn along when `axis` is chosen."""
        for other in (axis, self.axis, *AXES):
            if any(one.has(other) for one in self.series):
                return other
        return axis


@dataclass(frozen=True)
class Group:
    """Figures under one title line. `note` is a sentence in their place, or about them: why there are none."""

    title: Safe
    figures: tuple[Figure, ...] = ()
    note: Safe = plain("")  # noqa: RUF009 (an immutable text)
    has_large: bool = False
    """Whether its first figures are drawn large."""
