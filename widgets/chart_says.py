"""The line under the charts: where the cursor is, what it reads there, and how the charts are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from widgets.chart_plot import Read, View, reads, word_of, x_text
from widgets.chart_scale import value_text
from widgets.chart_series import Axis, Figure
from widgets.lines import GAP, ends, line_width, spaced
from widgets.pane import Line, Span
from widgets.safe import Safe, plain

ROOMY = 60
"""Cells that what the cursor reads has for itself, before the line also says how the charts are drawn."""


def cursor_line(
    figures: Sequence[Figure],
    focused: int,
    view: View,
    places: Sequence[float | None],
    seen: int,
    width: int,
    *,
    dash: Safe,
) -> Line:
    """What the cursor reads: the focused chart first, then the others as far as there is room.

    `places` says where the cursor stands on each figure's own axis, `seen` how many of them are on the screen; `dash`
    is a piece of a line, for its colour.
    """
    if not figures:
        return ()
    at = places[focused]
    some: Line = (Span(Safe(f"{seen} of {len(figures)} charts"), "muted"),) if seen < len(figures) else ()
    if at is None:
        left: Line = (Span(plain("no cursor: ← and → set it"), "muted"),)
        room = width - line_width(left) - line_width(some) - 2 * len(GAP.text)
        return ends(left, spaced((some, _how(figures[focused], view, room))), width)
    right = spaced((some, _how(figures[focused], view, width - ROOMY)))
    axis = figures[focused].axis_for(view.axis)
    order = [focused, *(number for number in range(len(figures)) if number != focused)]
    where = Safe(f"{word_of(figures[focused], axis)} {x_text(at, axis, view)}")
    read: list[Span] = [Span(plain("cursor "), "muted"), Span(where, "strong", bold=True)]
    for number in order:
        place = places[number]
        if place is not None:
            read += _readings(figures[number], view, place, axis, dash)
    return ends(tuple(read), right, width)


def _readings(figure: Figure, view: View, at: float, axis: Axis, dash: Safe) -> list[Span]:
    found = reads(figure, view, at)
    if len(found) == 1:
        return [GAP, Span(figure.title, "muted"), Span(plain(" ")), *_value(found[0], view, axis)]
    spans: list[Span] = [GAP, Span(figure.title, "muted")]
    for one in found:
        spans += [GAP, Span(dash, one.series.tone), Span(plain(" ")), *_value(one, view, axis)]
    return spans


def _value(one: Read, view: View, axis: Axis) -> list[Span]:
    if one.value is None:
        return [Span(plain("–"), "muted")]
    if one.ended is not None:
        return [Span(Safe(f"ended at {x_text(one.ended, axis, view)}"), "muted")]
    span = one.series.spread
    is_odd = not isfinite(one.value)
    spans = [Span(value_text(one.value, span), "warn" if is_odd else "text")]
    if one.smooth is not None:
        spans.append(Span(Safe(f" (smoothed {value_text(one.smooth, span)})"), "warn"))
    return spans


def _how(figure: Figure, view: View, room: int) -> Line:
    """How it is drawn, as much as there is room for: every column keeps its least and its greatest value."""
    count = sum(len(one.ys) for one in figure.series)
    smoothing = Span(Safe(f"smoothing {view.smoothing:g}" if view.smoothing else "smoothing off"), "muted")
    whole: Line = (smoothing, GAP, Span(Safe(f"{count:,} points drawn as min and max per column"), "muted"))
    if line_width(whole) <= room:
        return whole
    return (smoothing,) if view.smoothing or line_width((smoothing,)) <= room else ()
