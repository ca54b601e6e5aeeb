"""A plot as lines of a terminal: title, ticks, dots, last values at the ends, and the cursor through it all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from widgets.chart_plot import End, Plot, View, mark_text, plot
from widgets.chart_raster import BLANK, GRAIN, Cells, Dot, Dots, raster, row_of
from widgets.chart_series import Figure
from widgets.lines import GAP, NO_LINE, blank, fit_line, line_width, titled
from widgets.pane import Line, Span, Tone
from widgets.safe import Safe, cell_width, clip_middle, plain

CHROME = 3
"""Lines of a chart that are no plot: title, rule, labels of x."""
LEAST_WIDTH, LEAST_HEIGHT = 24, CHROME + 3

GUTTER, MARGIN = 6, 8
"""Cells beside the plot: for most numbers, so that charts above each other begin and end in one column."""

_NAME = 12
"""Cells the name of a series may take at its end, where colour cannot tell lines apart."""


class Written(NamedTuple):
    """Text on the plot: where it starts, and what it says."""

    row: int
    column: int
    text: Safe
    tone: Tone


@dataclass(frozen=True)
class Drawing:
    """One chart, drawn without its cursor: what `lines` needs to put the cursor in."""

    plot: Plot
    width: int
    gutter: int
    cells: Cells
    margin: tuple[Line, ...]
    """What stands right of each row of the plot."""
    notes: Line
    dots: Dots

    @property
    def columns(self) -> int:
        """Cells the plot is wide."""
        return len(self.cells[0])


def draw(figure: Figure, view: View, width: int, height: int, dots: Dots, *, is_named: bool = False) -> Drawing:
    """Draw a chart that takes so many cells and lines. `is_named`: lines carry their names, as where colour cannot."""
    width, height = max(LEAST_WIDTH, width), max(LEAST_HEIGHT, height)
    names = is_named and len(figure.series) > 1
    gutter, room, rows = GUTTER, MARGIN, height - CHROME
    made = plot(figure, view, _columns(width, gutter, room) * GRAIN[dots][0])
    wider = _room(made, names)
    if wider[0] > gutter or wider[1] > room:
        gutter, room = max(gutter, wider[0]), max(room, wider[1])
        made = plot(figure, view, _columns(width, gutter, room) * GRAIN[dots][0])
    columns = _columns(width, gutter, room)
    cells = raster(made, columns, rows, dots)
    beside = [end for end in made.ends if not _write_end(cells, end, names, is_ascii=dots == "ascii")]
    margin = _margin(beside, rows, names)
    return Drawing(made, width, gutter, cells, margin, _notes(made), dots)


def _columns(width: int, gutter: int, room: int) -> int:
    return max(8, width - gutter - room)


def _room(made: Plot, names: bool) -> tuple[int, int]:
    """The cells its labels take, left and right."""
    left = max([cell_width(text) for _value, text in made.y_ticks], default=0) + 1
    return left, max([cell_width(_label(end, names)) for end in made.ends if _is_at_edge(end, names)], default=0) + 1


def lines(drawing: Drawing, at: float | None = None, *, is_focused: bool = False) -> list[Line]:
    """The chart's lines, each as wide as the chart; `at` is where the cursor stands on its axis."""
    made, dots = drawing.plot, drawing.dots
    cursor = None if at is None else _column(drawing, at)
    ticks = {row_of(made.y.share(value), len(drawing.cells)): text for value, text in made.y_ticks}
    head = (Span(made.figure.title, "accent" if is_focused else "strong", bold=True), *drawing.notes)
    rule = "-" if dots == "ascii" else "─"
    found = [titled(head, NO_LINE, drawing.width, is_focused=is_focused)]
    for row, cells in enumerate(drawing.cells):
        label = ticks.get(row, plain(""))
        left = Span(Safe(label.rjust(drawing.gutter - 1) + " "), "muted")
        found.append(fit_line((left, *_spans(cells, cursor, dots), *drawing.margin[row]), drawing.width))
    under = (blank(drawing.gutter), *_spans(_rule(drawing, rule), None, dots))
    return [*found, fit_line(under, drawing.width), fit_line(_x_line(drawing), drawing.width)]


def _column(drawing: Drawing, at: float) -> int | None:
    share = drawing.plot.x.share(at)
    return round(share * (drawing.columns - 1)) if -1e-9 <= share <= 1 + 1e-9 else None


def _spans(cells: list[Dot], cursor: int | None, dots: Dots) -> Line:
    """Cells of one row as few spans."""
    if cursor is not None and (cells[cursor] is BLANK or cells[cursor].tone == "line"):
        cells = [*cells[:cursor], Dot(":" if dots == "ascii" else "┊", "edge"), *cells[cursor + 1 :]]
    spans: list[Span] = []
    text, tone = "", cells[0].tone
    for char, here in cells:
        if here != tone and char != " ":
            if text:
                spans.append(Span(Safe(text), tone))
            text, tone = "", here
        text += char
    return (*spans, Span(Safe(text), tone))


def _rule(drawing: Drawing, rule: str) -> list[Dot]:
    """The line under the plot, with a sign where something begins."""
    row = [Dot(rule, "line")] * drawing.columns
    for mark in drawing.plot.marks:
        column = _column(drawing, mark.at)
        if column is not None:
            row[column] = Dot("^" if drawing.dots == "ascii" else "▲", mark.tone)
    return row


def _x_line(drawing: Drawing) -> Line:
    """The labels under the plot: its ends, and a round value where that stands."""
    low, middle, high = drawing.plot.x_labels
    width = drawing.columns
    row = [" "] * width

    def put(text: Safe, start: int) -> None:
        start = min(max(0, start), width - len(text))
        around = row[max(0, start - 1) : start + len(text) + 1]
        if start >= 0 and not "".join(around).strip():
            row[start : start + len(text)] = text

    put(low, 0)
    put(high, width - len(high))
    put(middle, round(drawing.plot.middle * (width - 1)) - len(middle) // 2)
    return (blank(drawing.gutter), Span(Safe("".join(row)), "muted"))


def _is_at_edge(end: End, names: bool) -> bool:
    """Whether a line reaches the right side, so that its label stands beside the plot."""
    return end.x > 0.86 or names


def _label(end: End, names: bool) -> Safe:
    return Safe(f"{end.text} {clip_middle(end.series.label, _NAME - 1)}") if names else end.text


def _margin(ends: list[End], rows: int, names: bool) -> tuple[Line, ...]:
    """Labels beside the plot, each on the free row nearest to the end of its line."""
    taken: dict[int, End] = {}
    for end in sorted(ends, key=lambda one: -one.y):
        wanted = row_of(end.y, rows)
        free = [row for row in range(rows) if row not in taken]
        if free:
            taken[min(free, key=lambda row: (abs(row - wanted), row))] = end
    ordered = sorted(taken.values(), key=lambda one: -one.y)
    return tuple(
        (blank(1), Span(_label(end, names), end.series.tone, bold=True)) if (end := found.get(row)) else NO_LINE
        for found in (dict(zip(sorted(taken), ordered, strict=True)),)
        for row in range(rows)
    )


def _write_end(cells: Cells, end: End, names: bool, *, is_ascii: bool) -> bool:
    """Mark on the plot where a line broke off, and write its last value beside that; whether there was room for it."""
    row, column = row_of(end.y, len(cells)), round(end.x * (len(cells[0]) - 1))
    if end.has_stopped:
        cells[row][column] = Dot("x" if is_ascii else "✗", "err")
    text = _label(end, names)
    after = column + 2 + len(text)
    if _is_at_edge(end, names) or after > len(cells[0]):
        return False
    for y in (row + away for away in (0, -1, 1, -2, 2)):
        if 0 <= y < len(cells) and _is_free(cells[y][column + 1 : after + 1]):
            cells[y][column + 2 : after] = [Dot(char, end.series.tone) for char in text]
            return True
    return False


def _is_free(cells: list[Dot]) -> bool:
    return all(dot is BLANK or dot.tone == "line" for dot in cells)


def _notes(made: Plot) -> Line:
    """What has to be said about a chart beside its title: unit, scale, smoothing, and what it cannot show."""
    figure, view = made.figure, made.view
    odd = sum(one.odd for one in figure.series)
    low = sum(one.not_above_zero for one in figure.series) if view.is_log else 0
    parts: list[Span] = [Span(figure.unit, "muted")] if figure.unit else []
    if view.is_log:
        parts.append(Span(plain("log"), "muted"))
    if view.smoothing:
        parts.append(Span(Safe(f"smoothed {view.smoothing:g}"), "warn"))
    if made.is_empty:
        parts.append(Span(plain("no number to draw here"), "muted"))
    if odd:
        parts.append(Span(Safe(f"{odd:,} NaN or infinite"), "warn"))
    if low:
        parts.append(Span(Safe(f"{low:,} not above 0, left out"), "warn"))
    if made.marks:
        parts.append(Span(mark_text(made), "warn"))
    if figure.more:
        parts.append(Span(Safe(f"+{figure.more:,} more"), "muted"))
    return tuple(span for part in parts for span in (GAP, part))


def with_window(view: View, low: float | None, high: float | None) -> View:
    """The same view on another window."""
    return replace(view, low=low, high=high)


__all__ = ["CHROME", "LEAST_HEIGHT", "LEAST_WIDTH", "Drawing", "draw", "line_width", "lines", "with_window"]
