"""A figure made ready to be drawn on so many columns of dots: scales, ticks, samples and what stands at the ends.

The terminal, SVG and PNG all draw a `Plot`; none of them looks at the points again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite

from widgets.chart_sample import Sample, bounds, nearest, sample
from widgets.chart_scale import Scale, scale_of, tick_text, ticks, value_text
from widgets.chart_series import Axis, Figure, Mark, Points, Series
from widgets.format import duration
from widgets.safe import Safe, plain

_WORDS: dict[Axis, Safe] = {"time": plain("time"), "relative": plain("after"), "epoch": plain("epoch")}

_ROUND_TIMES = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)


@dataclass(frozen=True)
class View:
    """How figures are looked at: the axis, the window on it (None: all), and what was asked for with a key."""

    axis: Axis = "step"
    low: float | None = None
    high: float | None = None
    is_log: bool = False
    smoothing: float = 0.0
    has_guides: bool = True
    is_local: bool = False


@dataclass(frozen=True)
class Trace:
    """One series on the columns. A faint one is the raw line behind its smoothed one."""

    series: Series
    sample: Sample
    is_faint: bool = False


@dataclass(frozen=True)
class End:
    """What stands at the end of a line: where it ends (shares of both axes), its last value, whether it broke off."""

    series: Series
    x: float
    y: float
    text: Safe
    has_stopped: bool


@dataclass(frozen=True)
class Plot:
    """A figure, ready to be drawn. Shares run from 0 (left, bottom) to 1 (right, top)."""

    figure: Figure
    view: View
    axis: Axis
    columns: int
    x: Scale
    y: Scale
    y_ticks: tuple[tuple[float, Safe], ...]
    x_labels: tuple[Safe, Safe, Safe]
    middle: float
    """The share at which the middle label stands."""
    traces: tuple[Trace, ...]
    ends: tuple[End, ...]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The figure's marks on the axis that is drawn."""
        return tuple(mark for mark in self.figure.marks if mark.axis == self.axis)

    @property
    def is_empty(self) -> bool:
        """Whether there is no number to draw."""
        return not any(trace.sample.buckets for trace in self.traces)

    @property
    def holes(self) -> tuple[int, ...]:
        """The columns with a value that cannot be drawn: NaN, infinite, or not above zero on a logarithmic axis."""
        marked = (trace.sample.holes for trace in self.traces if not trace.series.has_gaps)
        return tuple(sorted({column for holes in marked for column in holes}))


def plot(figure: Figure, view: View, columns: int) -> Plot:
    """Make a figure ready for so many columns."""
    axis = figure.axis_for(view.axis)
    window = _window(figure, view, axis)
    drawn = sorted(figure.series, key=lambda one: one.is_thick)
    traces = tuple(trace for one in drawn for trace in _traces(one, view, axis, window, columns))
    y = _y_scale(figure, view, traces)
    found = ticks(y)
    middle = _middle(window, axis)
    words = (_x_text(window.low, axis, window, view), _middle_text(figure, middle, axis, window, view))
    return Plot(
        figure, view, axis, columns, window, y,
        tuple((one, tick_text(one, found)) for one in found),
        (*words, _x_text(window.high, axis, window, view)), window.share(middle), traces,
        tuple(end for one in drawn if (end := _end(one, view, axis, window, y)) is not None),
    )  # fmt: skip


def span_of(figures: tuple[Figure, ...], axis: Axis) -> tuple[float, float] | None:
    """From where to where the points of some figures reach on an axis; None when none lies on it."""
    found = [one.on(axis).xs for figure in figures for one in figure.series if one.has(axis)]
    return (min(xs[0] for xs in found), max(xs[-1] for xs in found)) if found else None


def shown(series: Series, view: View, axis: Axis) -> Points:
    """The points of a series as a view draws them."""
    found = series.on(axis)
    return found.positive if view.is_log else found


@dataclass(frozen=True)
class Read:
    """What the cursor reads off one series: a point that was really logged, and its smoothed value when there is one.

    `value` is None when the series has no point; `ended` is its last x when it ended before the cursor.
    """

    series: Series
    x: float | None
    value: float | None
    smooth: float | None = None
    ended: float | None = None


def reads(figure: Figure, view: View, at: float) -> tuple[Read, ...]:
    """The points nearest to the cursor, one of each series."""
    axis = figure.axis_for(view.axis)
    return tuple(_read(one, view, axis, at) for one in figure.series)


def _read(series: Series, view: View, axis: Axis, at: float) -> Read:
    found = series.on(axis)
    index = nearest(found.xs, at)
    if index is None:
        return Read(series, None, None)
    x, last = found.xs[index], found.xs[-1]
    smooth = series.smooth(view.smoothing).on(axis).ys[index] if view.smoothing else None
    gap = (last - found.xs[0]) / max(1, len(found.xs) - 1)
    return Read(series, x, found.ys[index], smooth, last if at > last + gap else None)


def word_of(figure: Figure, axis: Axis) -> Safe:
    """What stands before a value of x: `step`, `after`."""
    return _WORDS.get(axis, figure.counts)


def x_text(value: float, axis: Axis, view: View) -> Safe:
    """A value of x as the cursor's line says it: `6,340`, `13:58:07`, `2h 10m`."""
    if axis == "time":
        moment = _moment(value, view)
        return Safe(f"{moment:%H:%M:%S}{'' if view.is_local else 'Z'}")
    return _x_text(value, axis, Scale(0.0, 1.0), view)


def mark_text(made: Plot) -> Safe:
    """Where the first of the marks is: `parts at step 1,240`. There is one."""
    first = min(made.marks, key=lambda mark: mark.at)
    return Safe(f"{first.word} at {word_of(made.figure, made.axis)} {x_text(first.at, made.axis, made.view)}")


def _window(figure: Figure, view: View, axis: Axis) -> Scale:
    span = span_of((figure,), axis) or (0.0, 1.0)
    low = span[0] if view.low is None else view.low
    high = span[1] if view.high is None else view.high
    return Scale(low, high) if high > low else Scale(low - 0.5, low + 0.5)


def _traces(series: Series, view: View, axis: Axis, window: Scale, columns: int) -> tuple[Trace, ...]:
    raw = shown(series, view, axis)
    rough = Trace(series, sample(raw.xs, raw.ys, window.low, window.high, columns), is_faint=bool(view.smoothing))
    if not view.smoothing:
        return (rough,)
    fine = shown(series.smooth(view.smoothing), view, axis)
    return rough, Trace(series, sample(fine.xs, fine.ys, window.low, window.high, columns))


def _y_scale(figure: Figure, view: View, traces: tuple[Trace, ...]) -> Scale:
    seen = bounds([trace.sample for trace in traces])
    if seen is None:
        return Scale(1.0, 10.0, is_log=True) if view.is_log else Scale(0.0, 1.0)
    if view.is_log:
        return scale_of(*seen, is_log=True)
    low, high = seen
    if figure.low is not None and figure.high is not None and figure.low <= low and high <= figure.high:
        return Scale(figure.low, figure.high)
    return scale_of(low, high)


def _end(series: Series, view: View, axis: Axis, window: Scale, y: Scale) -> End | None:
    """The last value in the window; it stands where the line was last a number. The last of many dots says nothing."""
    if series.shape == "dots":
        return None
    found = shown(series, view, axis)
    index = nearest(found.xs, window.high)
    while index is not None and index >= 0 and (found.xs[index] > window.high or not isfinite(found.ys[index])):
        index -= 1
    if index is None or index < 0 or found.xs[index] < window.low:
        return None
    raw = series.on(axis)
    last = nearest(raw.xs, window.high)
    # What was logged last is said as it is, also when it is NaN; a moment without a measurement is no value.
    if last is None or raw.xs[last] > window.high or series.has_gaps:
        last = index
    text = value_text(raw.ys[last], y.high - y.low)
    has_stopped = series.has_stopped and index == len(found.xs) - 1
    return End(series, window.share(found.xs[index]), y.share(found.ys[index]), text, has_stopped)


def _middle(window: Scale, axis: Axis) -> float:
    """A round value in the middle of the window."""
    half = window.value(0.5)
    if axis not in ("time", "relative"):
        return min(ticks(window), key=lambda one: abs(one - half), default=half)
    span = window.high - window.low
    step = next((one for one in reversed(_ROUND_TIMES) if one <= span / 3), 1)
    return min(max(round(half / step) * step, window.low), window.high)


def _middle_text(figure: Figure, value: float, axis: Axis, window: Scale, view: View) -> Safe:
    text = _x_text(value, axis, window, view)
    return text if axis in ("time", "relative") else Safe(f"{word_of(figure, axis)} {text}")


def _x_text(value: float, axis: Axis, window: Scale, view: View) -> Safe:
    if axis == "relative":
        return duration(value) if value > -1 else Safe(f"−{duration(-value)}")
    if axis == "time":
        moment = _moment(value, view)
        return Safe(f"{moment.day} {moment:%b %H:%M}" if window.high - window.low > 43_200 else f"{moment:%H:%M}")
    return Safe(f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:.4g}")


def _moment(value: float, view: View) -> datetime:
    moment = datetime.fromtimestamp(value, UTC)
    return moment.astimezone() if view.is_local else moment
