"""Stacked bars in a panel, a cell wide and eighth blocks high, as lines. No widget."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from widgets.pane import Line, Span, Tone
from widgets.safe import Safe

EIGHTHS = " ▁▂▃▄▅▆▇█"


class Piece(NamedTuple):
    """One part of a bar: how much, and what its colour means."""

    size: float
    tone: Tone


def stacks(bars: Sequence[Sequence[Piece]], height: int) -> list[Line]:
    """The bars side by side in so many rows, the first piece at the foot; something is never nothing.

    A cell is of one colour: that of the piece which has most of it. The highest bar fills the height.
    """
    top = max((sum(piece.size for piece in bar) for bar in bars), default=0.0)
    if top <= 0 or height < 1:
        return []
    columns = [_cells(bar, top, height) for bar in bars]
    return [joined([column[row] for column in columns]) for row in range(height - 1, -1, -1)]


def _cells(bar: Sequence[Piece], top: float, height: int) -> list[tuple[str, Tone]]:
    """The cells of a bar from its foot up."""
    whole = sum(piece.size for piece in bar)
    eighths = max(1, round(whole / top * height * 8)) if whole > 0 else 0
    cells: list[tuple[str, Tone]] = []
    for row in range(height):
        filled = min(8, max(0, eighths - row * 8))
        scale = whole / eighths if eighths else 0.0
        cells.append((EIGHTHS[filled], most_of(bar, row * 8 * scale, (row * 8 + filled) * scale)))
    return cells


def most_of(bar: Sequence[Piece], low: float, high: float) -> Tone:
    """The colour of the piece that has most of what lies between two heights."""
    foot, best, tone = 0.0, 0.0, bar[0].tone if bar else "text"
    for piece in bar:
        share = min(high, foot + piece.size) - max(low, foot)
        if share > best + 1e-9:
            best, tone = share, piece.tone
        foot += piece.size
    return tone


def joined(cells: Sequence[tuple[str, Tone]]) -> Line:
    """Cells of one colour as one span."""
    spans: list[Span] = []
    for text, tone in cells:
        if spans and (spans[-1].tone == tone or text == " "):
            spans[-1] = spans[-1]._replace(text=Safe(spans[-1].text + text))
        else:
            spans.append(Span(Safe(text), tone))
    return tuple(spans)
