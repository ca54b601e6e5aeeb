"""Charts of money by day, as lines: stacked bars with a line for what a day may cost, and how a month adds up. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from widgets.chart_raster import GRAIN, Canvas, Dots
from widgets.chart_scale import Scale, ticks
from widgets.lines import blank, fit_line, say
from widgets.pane import Line, Span, Tone
from widgets.safe import Safe, plain
from widgets.stacks import EIGHTHS, Piece, joined, most_of

WIDE, GAP = 2, 1
"""Cells of a bar, and between two."""
SIDE = 7
"""Cells of the labels at the left."""

Cell = tuple[str, Tone]
_NOTHING: Cell = (" ", "text")


class DayBar(NamedTuple):
    """One day: what is billed, the first piece at the foot, and what is expected beyond that of a day still open."""

    pieces: tuple[Piece, ...]
    open: float = 0.0


class Frame(NamedTuple):
    """What a chart is drawn on: cells, the limit of what is measured, how an amount is written."""

    width: int
    height: int
    write: Callable[[float], Safe]
    limit: float | None = None
    is_ascii: bool = False
    dots: Dots = "braille"
    signs: Mapping[Tone, str] = {}
    """What a part is drawn with where colours tell nothing apart; without any in blocks of its colour."""


def bars_in(width: int) -> int:
    """How many days fit beside the labels."""
    return max(0, (width - SIDE) // (WIDE + GAP))


def day_chart(bars: Sequence[DayBar], frame: Frame) -> list[Line]:
    """The days side by side over a rule, amounts at the left; the limit a broken line behind the bars."""
    top = _top([sum(piece.size for piece in bar.pieces) + bar.open for bar in bars], frame.limit)
    columns = [_column(bar, top, frame) for bar in bars]
    grid = _grid(top, frame)
    lines: list[Line] = []
    for row in range(frame.height - 1, -1, -1):
        label, behind = grid.get(row, (plain(""), _NOTHING))
        cells: list[Cell] = []
        for column in columns:
            cells += [column[row] if column[row][0] != " " else behind] * WIDE + [behind] * GAP
        lines.append((*_label(label), *joined(cells)))
    return [*lines, _rule(len(bars) * (WIDE + GAP), frame)]


def month_chart(billed: Sequence[float], expected: Sequence[float], frame: Frame) -> list[Line]:
    """How a month adds up: a value a day, what is billed and behind it what is expected, against the limit."""
    top = _top([*billed, *expected], frame.limit)
    width = frame.width - SIDE
    canvas = Canvas(width, frame.height, frame.dots)
    days = len(billed) + len(expected)
    grain_x, grain_y = GRAIN[frame.dots]
    tall = frame.height * grain_y
    last = None
    for at in range(width * grain_x):
        day = at / max(1, width * grain_x - 1) * max(0, days - 1)
        value, is_billed = _between([*billed, *expected], day), day <= len(billed) - 1
        dot = tall - 1 - round(value / top * (tall - 1))
        upper, lower = min(dot, last if last is not None else dot), max(dot, last if last is not None else dot)
        canvas.bar(at, upper, lower if frame.dots != "braille" else max(upper, lower - 1), *_drawn(is_billed))
        last = dot
    grid, drawn = _grid(top, frame), canvas.cells()
    lines: list[Line] = []
    for row in range(frame.height - 1, -1, -1):
        label, behind = grid.get(row, (plain(""), _NOTHING))
        cells: list[Cell] = [
            (dot.char, dot.tone) if dot.char != " " else behind for dot in drawn[frame.height - 1 - row]
        ]
        lines.append((*_label(label), *joined(cells)))
    return [*lines, _rule(width, frame)]


def _drawn(is_billed: bool) -> tuple[Tone, int]:
    return ("accent", 0) if is_billed else ("muted", 1)


def _between(values: Sequence[float], at: float) -> float:
    low = min(int(at), len(values) - 1)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


def _top(values: Sequence[float], limit: float | None) -> float:
    """The amount at the upper edge: a little above the largest."""
    return max([*values, limit or 0.0, 1e-9]) * 1.08


def _grid(top: float, frame: Frame) -> dict[int, tuple[Safe, Cell]]:
    """Which rows have a label, and what is drawn behind the bars there; the limit wins over a tick."""
    rows: dict[int, tuple[Safe, Cell]] = {}
    for value in (one for one in ticks(Scale(0.0, top), 4) if one > 0):
        rows[_row(value, top, frame)] = (frame.write(value), ("." if frame.is_ascii else "┈", "line"))
    if frame.limit is not None:
        at = _row(frame.limit, top, frame)
        rows[at] = (rows[at][0] if at in rows else plain(""), ("-" if frame.is_ascii else "╌", "warn"))
    return rows


def _row(value: float, top: float, frame: Frame) -> int:
    return min(frame.height - 1, max(0, round(value / top * frame.height - 0.5)))


def _column(bar: DayBar, top: float, frame: Frame) -> list[Cell]:
    """The cells of a bar from its foot up."""
    billed = sum(piece.size for piece in bar.pieces)
    eighths = max(1, round(billed / top * frame.height * 8)) if billed > 0 else 0
    whole = round((billed + bar.open) / top * frame.height) if bar.open > 0 else 0
    cells: list[Cell] = []
    for row in range(frame.height):
        filled = min(8, max(0, eighths - row * 8))
        if filled:
            scale = billed / eighths
            tone = most_of(bar.pieces, row * 8 * scale, (row * 8 + filled) * scale)
            cells.append((_filled(filled, tone, frame), tone))
        elif row < whole:
            cells.append((":" if frame.is_ascii else "░", "edge"))
        else:
            cells.append(_NOTHING)
    return cells


def _filled(eighths: int, tone: Tone, frame: Frame) -> str:
    sign = frame.signs.get(tone, "#" if frame.is_ascii else "")
    return (sign if eighths >= 4 else " ") if sign else EIGHTHS[eighths]


def _label(text: Safe) -> Line:
    return (*fit_line(say(text, "muted"), SIDE - 1, is_right=True), blank(1))


def _rule(width: int, frame: Frame) -> Line:
    sign = "-" if frame.is_ascii else "─"
    return (*_label(frame.write(0.0)), Span(Safe(sign * width), "line"))
