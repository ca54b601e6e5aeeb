"""The cursor and the window that all charts of a board share. Pure: no screen."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from widgets.chart_plot import View, span_of
from widgets.chart_sample import nearest
from widgets.chart_series import AXES, Axis, Figure, Series

ZOOM = 2.0
DEEPEST = 1e-6
"""The smallest window, as a share of the whole."""


def axes_of(figures: Sequence[Figure]) -> tuple[Axis, ...]:
    """The axes that some series lies on, in the order `x` goes through them."""
    return tuple(axis for axis in AXES if any(one.has(axis) for figure in figures for one in figure.series))


def crossed(figures: Iterable[Figure], at: float, axis: Axis, other: Axis) -> float | None:
    """A place on one axis as a place on another, by the first series that lies on both; None without any."""
    if axis == other:
        return at
    series = (one for figure in figures for one in figure.series)
    return next((found for one in series if (found := one.across(at, axis, other)) is not None), None)


def view_for(figure: Figure, figures: Sequence[Figure], view: View) -> View:
    """The view a figure is drawn with: the same window, on its own axis when it does not lie on the chosen one.

    Charts without a window of their own begin and end where all of that axis do, so that the cursor is one line.
    """
    axis = figure.axis_for(view.axis)
    low = None if view.low is None else crossed(figures, view.low, view.axis, axis)
    high = None if view.high is None else crossed(figures, view.high, view.axis, axis)
    same = tuple(one for one in figures if one.axis_for(view.axis) == axis)
    span = span_of(same, axis)
    if span is not None:
        low, high = span[0] if low is None else low, span[1] if high is None else high
    return replace(view, low=low, high=high)


def lead(figure: Figure) -> Series | None:
    """The series whose points the cursor stops at."""
    return next((one for one in figure.series if one.is_thick), figure.series[0] if figure.series else None)


def moved(series: Series, axis: Axis, at: float, by: float) -> float:
    """The cursor moved by so much along x, to the nearest point that was logged; at least to the next one."""
    xs = series.on(axis).xs
    index = nearest(xs, at + by)
    if index is None:
        return at
    if by > 0 and xs[index] <= at:
        index = min(len(xs) - 1, bisect_right(xs, at))
    elif by < 0 and xs[index] >= at:
        index = max(0, bisect_left(xs, at) - 1)
    return xs[index]


def zoomed(view: View, span: tuple[float, float], about: float, factor: float) -> View:
    """A window so much narrower (factor above 1) or wider around a place; the whole when it would be that wide."""
    low, high = window(view, span)
    width = (high - low) / factor
    whole = span[1] - span[0]
    if width >= whole:
        return replace(view, low=None, high=None)
    width = max(width, whole * DEEPEST)
    share = (about - low) / (high - low) if high > low else 0.5
    return _at(view, span, about - width * min(1.0, max(0.0, share)), width)


def panned(view: View, span: tuple[float, float], at: float) -> View:
    """The window moved so far that a place is in it."""
    low, high = window(view, span)
    if view.low is None or low <= at <= high:
        return view
    return _at(view, span, low + (at - high if at > high else at - low), high - low)


def window(view: View, span: tuple[float, float]) -> tuple[float, float]:
    """The window's ends."""
    return span[0] if view.low is None else view.low, span[1] if view.high is None else view.high


def _at(view: View, span: tuple[float, float], low: float, width: float) -> View:
    low = min(max(low, span[0]), span[1] - width)
    return replace(view, low=low, high=low + width)
