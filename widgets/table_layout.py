"""Where the columns of a table stand: who stays when it is narrow, how wide each is, what is hidden to the right.

Pure arithmetic over `Column`s and a width in cells; no drawing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from widgets.pane import Column
from widgets.safe import Safe, plain

GUTTER = 3
"""Cells before the first column: cursor bar, mark, space."""

GAP = 2
"""Cells between two columns."""

SPARE = 18
"""Cells a column that grows may take above its own width."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A column with its place: first cell (the gutter counts) and width."""

    column: Column[Any]
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns on the screen in order, out of all there are.

    `first` and `last` count the scrolling columns shown, from 1; the `fixed` ones before them never scroll away.
    """

    placed: tuple[Placed, ...]
    fixed: int
    first: int
    last: int
    total: int
    start: int
    can_go_right: bool

    @property
    def text(self) -> Safe:
        """`columns 1–9 of 14 ›`; empty when every column is shown."""
        if not self.start and not self.can_go_right:
            return plain("")
        head = "‹ columns " if self.start else "columns "
        kept = "" if not self.start or not self.fixed else "1, " if self.fixed == 1 else f"1–{self.fixed}, "
        tail = " ›" if self.can_go_right else ""
        return Safe(f"{head}{kept}{self.first}–{self.last} of {self.total}{tail}")

    def at(self, x: int) -> Column[Any] | None:
        """The column at a cell, the gap after it included."""
        for place in self.placed:
            if place.x <= x < place.x + place.width + GAP:
                return place.column
        return None


def lay_out(columns: Sequence[Column[Any]], width: int, start: int = 0) -> Layout:
    """Place columns in `width` cells, gutter included, scrolled right by `start` columns.

    At `start` 0 the ranks decide who stays; whoever does not fit waits to the right. The leading columns of rank 1
    name the row, so they stay while the others scroll. A `start` past the end counts as the last useful one.
    """
    room = max(1, width - GUTTER)
    chosen = _by_rank(columns, room)
    waiting = [column for column in columns if column not in chosen]
    ordered = [*chosen, *waiting]
    fixed = _fixed(ordered, room)
    start = min(max(0, start), _last_start(ordered, fixed, room))
    shown = chosen if start == 0 else _from(ordered, fixed, start, room)
    last = len(shown) if start == 0 else start + len(shown)
    return Layout(
        placed=_place(shown, room),
        fixed=fixed,
        first=1 if start == 0 else fixed + start + 1,
        last=last,
        total=len(ordered),
        start=start,
        can_go_right=last < len(ordered),
    )


def _by_rank(columns: Sequence[Column[Any]], room: int) -> list[Column[Any]]:
    """The columns that fit, lowest rank first, in their own order; the first one always stays."""
    kept: set[int] = set()
    left = room + GAP
    for index in sorted(range(len(columns)), key=lambda index: (columns[index].rank, index)):
        cells = columns[index].width + GAP
        if cells <= left or not kept:
            kept.add(index)
            left -= cells
    return [column for index, column in enumerate(columns) if index in kept]


def _fixed(ordered: Sequence[Column[Any]], room: int) -> int:
    """How many leading columns stay when the others scroll: those of rank 1, while they leave half the room."""
    cells = fixed = 0
    for column in ordered:
        cells += column.width + GAP
        if column.rank != 1 or cells > room // 2:
            break
        fixed += 1
    return fixed


def _from(ordered: Sequence[Column[Any]], fixed: int, start: int, room: int) -> list[Column[Any]]:
    """The fixed columns and those from `start` on that fit, at least one of them."""
    shown = list(ordered[:fixed])
    left = room + GAP - sum(column.width + GAP for column in shown)
    for column in ordered[fixed + start :]:
        left -= column.width + GAP
        if left < 0 and len(shown) > fixed:
            break
        shown.append(column)
    return shown


def _last_start(ordered: Sequence[Column[Any]], fixed: int, room: int) -> int:
    """The smallest scroll at which the last column is on the screen."""
    for start in range(len(ordered) - fixed):
        if fixed + start + len(_from(ordered, fixed, start, room)) - fixed >= len(ordered):
            return start
    return 0


def _place(shown: Sequence[Column[Any]], room: int) -> tuple[Placed, ...]:
    spare = max(0, room - sum(column.width for column in shown) - GAP * (len(shown) - 1))
    placed: list[Placed] = []
    x = GUTTER
    for column in shown:
        more = min(spare, SPARE) if column.grows else 0
        width = max(1, min(column.width + more, room + GUTTER - x))
        placed.append(Placed(column, x, width))
        spare -= more
        x += width + GAP
    return tuple(placed)
