"""Where the charts of a board stand: the first ones large, the others in rows below, in columns that line up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from widgets.chart_series import Figure, Group

WIDE, MIDDLE = 132, 72
"""Cells from which three, or two, small charts stand side by side."""
GAP = 3
LEAST, MOST = 8, 20
"""Lines of a chart."""
TALL = 30
"""Lines from which a row is left blank above each row of charts."""


class Box(NamedTuple):
    """One chart and where it stands, in cells and lines of the whole board."""

    figure: Figure
    x: int
    y: int
    width: int
    height: int


class Heading(NamedTuple):
    """The title line of a group, or the sentence in it."""

    group: Group
    y: int
    is_note: bool


class Placed(NamedTuple):
    """Everything on a board, and how many lines it takes."""

    boxes: tuple[Box, ...]
    headings: tuple[Heading, ...]
    height: int


def place(groups: Sequence[Group], width: int, height: int) -> Placed:
    """Place the charts of all groups on a board that is so wide, and of which so many lines are seen at a time."""
    height -= sum(bool(group.title) + bool(group.note) for group in groups)
    boxes: list[Box] = []
    headings: list[Heading] = []
    blank = 1 if height >= TALL else 0
    y = 0
    for group in groups:
        y += blank if y else 0
        if group.title:
            headings.append(Heading(group, y, is_note=False))
            y += 1
        if group.note:
            headings.append(Heading(group, y, is_note=True))
            y += 1
        for figures, columns, lines in _rows(group, width, height):
            if boxes and y and boxes[-1].y + boxes[-1].height == y:
                y += blank
            boxes += _row(figures, columns, width, y, lines)
            y += lines
    return Placed(tuple(boxes), tuple(headings), y)


def _rows(group: Group, width: int, height: int) -> list[tuple[Sequence[Figure], int, int]]:
    """The rows of a group: the figures in it, in how many columns, and how high."""
    columns = 3 if width >= WIDE else 2 if width >= MIDDLE else 1
    large, small = _heights(height)
    figures, rows = group.figures, list[tuple[Sequence[Figure], int, int]]()
    if group.has_large and figures:
        first = 2 if width >= WIDE and len(figures) > 1 else 1
        rows.append((figures[:first], first, large))
        figures = figures[first:]
    rows += [(figures[start : start + columns], columns, small) for start in range(0, len(figures), columns)]
    return rows


def _heights(height: int) -> tuple[int, int]:
    """Lines of a large and of a small chart, so that whole rows of them fill what is seen at a time."""
    blank = 1 if height >= TALL else 0
    small = max(LEAST, min(12, height * 3 // 10))
    rows = max(0, (height - LEAST) // (small + blank))
    large = height - rows * (small + blank)
    return max(LEAST, min(large, MOST)), small


def _row(figures: Sequence[Figure], columns: int, width: int, y: int, height: int) -> list[Box]:
    each = (width - GAP * (columns - 1)) // columns
    return [Box(figure, column * (each + GAP), y, each, height) for column, figure in enumerate(figures)]


def beside(boxes: Sequence[Box], index: int, rows: int) -> int:
    """The box so many rows of boxes below (or, negative, above) another: of those the one nearest to its column."""
    here = boxes[index]
    tops = sorted({box.y for box in boxes})
    row = tops[min(len(tops) - 1, max(0, tops.index(here.y) + rows))]
    middle = here.x + here.width // 2
    there = [number for number, box in enumerate(boxes) if box.y == row]
    return min(there, key=lambda number: abs(boxes[number].x + boxes[number].width // 2 - middle))


def top_for(boxes: Sequence[Box], index: int, top: int, page: int) -> int:
    """The first line to show so that a box is seen whole, moved by whole rows, and not at all when it is seen already.

    A heading above the first row of a group comes with it.
    """
    box = boxes[index]
    if box.y < top:
        above = max((one.y + one.height for one in boxes if one.y < box.y), default=0)
        return above if above < box.y else box.y
    tops = sorted({0, *(one.y for one in boxes)})
    fits = [y for y in tops if y >= top and box.y + box.height <= y + page]
    return min(fits, default=box.y)
