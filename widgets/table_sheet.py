"""What a table shows on each of its lines, remembered, so that only lines that look different are drawn again.

No widget: a size, a palette and rows go in, strips come out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.strip import Strip

from widgets.pane import Column, Line, Look, NoRows, Row
from widgets.table_cursor import Cursor
from widgets.table_layout import Layout, lay_out
from widgets.table_marks import Marks
from widgets.table_strips import Drawn, Painter
from widgets.table_window import Window
from widgets.theme import DARK, Palette, palette

EMPTY_FROM = 3
"""The line on which the words about an empty table start."""


@dataclass(frozen=True, slots=True)
class Heading:
    """What the heading shows."""

    layout: Layout
    order: str
    is_ascii: bool


Shown = Heading | Drawn | Line | None
"""What one line shows: the heading, a row, free words, or nothing."""


class TableSheet:
    """The state of a table and its picture."""

    def __init__(self, look: Look) -> None:
        self.columns: Sequence[Column[Any]] = ()
        self.look = look
        self.order = ""
        self.empty: Sequence[Line] = ()
        self.window = Window(NoRows())
        self.cursor = Cursor()
        self.marks = Marks()
        self.start = 0
        self.is_focused = False
        self.width = 0
        self.height = 0
        self._palette = palette(DARK)
        self._painter: Painter | None = None
        self._painted: dict[int, Shown] = {}

    @property
    def rows_high(self) -> int:
        """Rows that fit under the heading."""
        return max(1, self.height - 1)

    @property
    def layout(self) -> Layout:
        """The columns shown."""
        return self._paint().layout

    @property
    def row(self) -> Row | None:
        """The row under the cursor; None when there is none, or while it is looked for."""
        row = self.window.row(self.cursor.index)
        return row if row is not None and self.cursor.key in (None, row.key) else None

    def fit(self, width: int, height: int, colours: Palette) -> None:
        """Take another size or palette: everything is drawn anew, the cursor stays on the screen."""
        if not width or not height or (width, height, colours) == (self.width, self.height, self._palette):
            return
        is_first = not self.height
        self.width, self.height, self._palette = width, height, colours
        self._painted.clear()
        self.redraw()
        if is_first:
            self.follow()
        else:
            self.cursor.move(self.cursor.index, max(self.window.length, 1), self.rows_high)
            self.settle()

    def redraw(self) -> None:
        """Columns, look or column scroll changed: cells have to be made again."""
        self._painter = None

    def settle(self) -> None:
        """Hold the rows to be seen, and pin the cursor to the one it is on."""
        self.window.ensure(self.cursor.top, self.rows_high)
        row = self.window.row(self.cursor.index)
        if row is not None and (self.cursor.key is None or not self.window.is_counting):
            self.cursor.key = row.key

    def follow(self) -> None:
        """The rows changed: fetch again, and stay with the row the cursor is on. Waits for a first size."""
        if not self.height:
            return
        self.window.reload(self.cursor.top, self.rows_high)
        self.cursor.follow(self.window.rows, self.window.length, self.rows_high)
        self.settle()

    def strip(self, y: int) -> Strip:
        """Draw a line, and remember what it shows."""
        painter = self._paint()
        shown = self._painted[y] = self._shown(y)
        if isinstance(shown, Heading):
            return painter.header(shown.order)
        if isinstance(shown, Drawn):
            return painter.strip(shown)
        return painter.text(shown) if shown else painter.empty()

    def changed(self) -> list[int]:
        """The lines that would look different now from when they were drawn, in order."""
        return sorted(y for y, shown in self._painted.items() if self._shown(y) != shown)

    def _paint(self) -> Painter:
        if self._painter is None:
            layout = lay_out(self.columns, self.width, self.start)
            self.start = layout.start
            self._painter = Painter(layout, self.look, self._palette, self.width)
        return self._painter

    def _shown(self, y: int) -> Shown:
        painter = self._paint()
        if y == 0:
            return Heading(painter.layout, self.order, self.look.is_ascii) if self.columns else None
        index = self.cursor.top + y - 1
        row = self.window.row(index)
        if row is None:
            return self._words(y - EMPTY_FROM)
        is_cursor = index == self.cursor.index
        lines = painter.lines(row)
        return Drawn(row.key, lines, is_cursor, row.key in self.marks, is_cursor and self.is_focused)

    def _words(self, at: int) -> Line | None:
        if 0 <= at < len(self.empty) and self.window.length == 0:
            return self.empty[at]
        return None
