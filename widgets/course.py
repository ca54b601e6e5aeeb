"""The course of a signal: what is usual as a thin line, what is not as a filled area, with the moments of changes.

Every column stands for an equal share of the values; the largest of a share is kept, so no spike is lost. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import NamedTuple

from widgets.chart_raster import BLANK, GRAIN, Canvas, Cells, Dot, Dots
from widgets.pane import Line, Span, Tone
from widgets.safe import Safe

_EIGHTHS = " ▁▂▃▄▅▆▇█"
_ASCII_EIGHTHS = " ...oo##"
STEM, ASCII_STEM = "┊", ":"


class Mark(NamedTuple):
    """A moment on the strip: the index of the value it belongs to, a sign, and how it is coloured."""

    at: int
    sign: Safe
    tone: Tone


def column_of(index: int, count: int, width: int) -> int:
    """The column in which the value of this index is drawn."""
    return min(width - 1, max(0, index * width // max(1, count)))


def index_of(column: int, count: int, width: int) -> int:
    """The first value that is drawn in a column."""
    return min(count - 1, -(-column * count // width)) if count else 0


def course(
    values: Sequence[float | None],
    width: int,
    height: int,
    *,
    unusual_from: int | None = None,
    tone: Tone = "err",
    least_top: float = 0.0,
    stems: Mapping[int, Tone] | None = None,
    dots: Dots = "braille",
) -> list[Line]:
    """`height` rows of `width` cells: values until the index `unusual_from` as a line, from there on as an area.

    The scale begins at 0 and ends at the largest value, at `least_top` at least; a moment without a value stays
    empty. `stems` are columns through which a change or the cursor is drawn, where nothing else is.
    """
    known = [value for value in values if value is not None and isfinite(value)]
    top = max([*known, least_top], default=0.0) or 1.0
    border = len(values) if unusual_from is None else unusual_from
    cells = _usual(values, border, width, height, top, dots)
    _unusual(cells, values, border, top, tone, is_ascii=dots == "ascii")
    for column, colour in (stems or {}).items():
        for row in cells:
            if 0 <= column < width and row[column] is BLANK:
                row[column] = Dot(ASCII_STEM if dots == "ascii" else STEM, colour)
    return [_line(row) for row in cells]


def strip(marks: Sequence[Mark], count: int, width: int, *, is_ascii: bool = False) -> Line:
    """One row with a sign at each moment, on a hairline; of two in one column the later in the list is seen."""
    cells: list[Dot] = [Dot("-" if is_ascii else "─", "line")] * width
    for mark in marks:
        cells[column_of(mark.at, count, width)] = Dot(mark.sign, mark.tone)
    return _line(cells)


def _usual(values: Sequence[float | None], border: int, width: int, height: int, top: float, dots: Dots) -> Cells:
    canvas = Canvas(width, height, dots)
    across, down = GRAIN[dots]
    rows = height * down
    for column, value in enumerate(_shares(values, width * across)):
        if value is not None and index_of(column, len(values), width * across) < border:
            row = min(rows - 1, max(0, round((1 - value / top) * (rows - 1))))
            canvas.bar(column, row, row, "muted", 1)
    return canvas.cells()


def _unusual(
    cells: Cells, values: Sequence[float | None], border: int, top: float, tone: Tone, *, is_ascii: bool
) -> None:
    width, height = len(cells[0]) if cells else 0, len(cells)
    steps = _ASCII_EIGHTHS if is_ascii else _EIGHTHS
    start = column_of(border, len(values), width) if border < len(values) else width
    for column, value in enumerate(_shares(values, width)):
        if column < start:
            continue
        for row in cells:
            row[column] = BLANK
        eighths = 0 if value is None else max(1, round(value / top * height * 8)) if value > 0 else 0
        for row in reversed(cells):
            here = min(8, eighths)
            if here:
                row[column] = Dot("#" if is_ascii and here == 8 else steps[min(here, len(steps) - 1)], tone)
            eighths -= here


def _shares(values: Sequence[float | None], columns: int) -> list[float | None]:
    """The largest value of each column's share; each value fills several columns where there are few."""
    count = len(values)
    found: list[float | None] = []
    for column in range(columns):
        start = column * count // columns
        stop = max(start + 1, (column + 1) * count // columns)
        known = [value for value in values[start:stop] if value is not None and isfinite(value)]
        found.append(max(known, default=None))
    return found


def _line(cells: Sequence[Dot]) -> Line:
    """Cells of one colour become one span."""
    spans: list[Span] = []
    text, tone = "", cells[0].tone if cells else "text"
    for cell in cells:
        colour = tone if cell is BLANK else cell.tone
        if colour != tone:
            spans.append(Span(Safe(text), tone))
            text, tone = "", colour
        text += cell.char
    return (*spans, Span(Safe(text), tone)) if text else tuple(spans)
