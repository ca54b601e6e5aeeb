"""A table over any number of rows: it holds what is visible, draws line by line, and never moves by itself.

The cursor is pinned to its row's key. A change repaints the lines that look different and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from widgets import table_messages as said
from widgets.pane import Column, Line, Look, Row, Rows
from widgets.safe import Safe, plain
from widgets.table_cursor import Cursor
from widgets.table_sheet import TableSheet
from widgets.table_window import Window
from widgets.theme import palette_of


@dataclass(frozen=True, slots=True)
class Place:
    """Where a reader was in a table, to come back to."""

    key: str | None = None
    index: int = 0
    top: int = 0
    start: int = 0
    marks: tuple[str, ...] = ()


class TableBase(Widget, can_focus=True):
    """Rows in columns, with a cursor, marks, an order and column scroll; `VirtualTable` adds keys and mouse."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "TableBase { width: 1fr; height: 1fr; margin: 0 1; background: $background; }"

    CursorMoved = said.CursorMoved
    Opened = said.Opened
    SortChanged = said.SortChanged
    SortRequested = said.SortRequested
    MarksChanged = said.MarksChanged
    ColumnsChanged = said.ColumnsChanged

    def __init__(self, look: Look, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.sheet = TableSheet(look)
        self._told: tuple[str | None, Any] = (None, None)
        self._told_columns = plain("")

    def show(
        self,
        columns: Sequence[Column[Any]],
        rows: Rows,
        look: Look,
        *,
        sort: str = "",
        place: Place | None = None,
    ) -> None:
        """Show other rows or columns; `sort` is the order they are in. `place` goes back to where one was."""
        here = place or Place()
        sheet = self.sheet
        sheet.columns, sheet.look, sheet.order, sheet.start = columns, look, sort, here.start
        sheet.window = Window(rows)
        sheet.cursor = Cursor(here.index, here.key, here.top, is_moved=here.index > 0)
        sheet.marks.replace(here.marks)
        sheet.redraw()
        sheet.follow()
        self.repaint()

    def rows_changed(self, keys: Iterable[str] | None = None, rows: Rows | None = None) -> None:
        """The rows may have changed: look again, keep cursor and marks, repaint what differs.

        `keys` says which changed, when that is known; an empty set is nothing to look for. `rows` puts a newer
        view in the place of the old one.
        """
        if rows is not None:
            self.sheet.window = Window(rows)
        elif keys is not None and not any(True for _ in keys):
            return
        self.sheet.follow()
        self.repaint()

    def tick(self, look: Look) -> None:
        """Time went on, or the look changed: repaint the lines whose text or colour is another now."""
        self.sheet.look = look
        self.sheet.redraw()
        self.repaint()

    def say_empty(self, lines: Sequence[Line]) -> None:
        """What stands under the heading while there are no rows, or none that are known yet."""
        self.sheet.empty = lines
        self.repaint()

    def go_to(self, key: str) -> bool:
        """Put the cursor on a key; False when it is not among the rows."""
        index = self.sheet.window.rows.locate(key)
        if index is not None:
            self.move_to(index)
        return index is not None

    def set_order(self, order: str) -> None:
        """Choose an order as the user would: the heading shows it, `SortChanged` asks for the rows."""
        if order != self.sheet.order:
            self.sheet.order = order
            self.repaint()
            self.post_message(self.SortChanged(self, order))

    @property
    def place(self) -> Place:
        """Where the reader is now."""
        sheet = self.sheet
        cursor = sheet.cursor
        return Place(cursor.key, cursor.index, cursor.top, sheet.start, sheet.marks.keys)

    @property
    def cursor_row(self) -> Row | None:
        """The row under the cursor; None when there is none, or none yet."""
        return self.sheet.row

    @property
    def rows_shown(self) -> list[Row]:
        """The rows on the screen, from the top."""
        sheet = self.sheet
        rows = (sheet.window.row(sheet.cursor.top + y) for y in range(sheet.rows_high))
        return [row for row in rows if row is not None]

    @property
    def marks(self) -> tuple[str, ...]:
        """The marked keys, first marked first."""
        return self.sheet.marks.keys

    @property
    def order(self) -> str:
        """The field sorted by, with a leading `-` when the largest comes first."""
        return self.sheet.order

    @property
    def columns_text(self) -> Safe:
        """`columns 1–9 of 14 ›`; empty when every column is shown."""
        return self.sheet.layout.text if self.size else plain("")

    def render_line(self, y: int) -> Strip:
        """One line: the heading, a row, free words or nothing."""
        self._fit()
        return self.sheet.strip(y)

    def on_resize(self) -> None:
        """Another size: the cursor stays on the screen."""
        self._fit()
        self.repaint()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The cursor bar says where keys go."""
        super().watch_has_focus(has_focus)
        self.sheet.is_focused = has_focus
        self.repaint()

    def _fit(self) -> None:
        self.sheet.fit(self.size.width, self.size.height, palette_of(self))

    def repaint(self) -> None:
        """Repaint the lines that look different, and say what the deck wants to know. Cheap when nothing did."""
        if not self.is_mounted or not self.size:
            return
        self.sheet.settle()
        regions = [Region(0, y, self.size.width, 1) for y in self.sheet.changed()]
        if regions:
            self.refresh(*regions)
        self._tell()

    def _tell(self) -> None:
        row = self.sheet.row
        now = (row.key, row.record) if row else (None, None)
        is_waiting = row is None and self.sheet.window.is_counting
        if now != self._told and not is_waiting:
            self._told = now
            self.post_message(self.CursorMoved(self, *now))
        if self.columns_text != self._told_columns:
            self._told_columns = self.columns_text
            self.post_message(self.ColumnsChanged(self, self._told_columns))

    def move_to(self, index: int) -> None:
        """Put the cursor on a position, or as near as there is."""
        sheet = self.sheet
        if sheet.window.is_counting:
            sheet.window.ensure(max(0, index), 1)
        sheet.cursor.is_moved = True
        sheet.cursor.move(index, sheet.window.length, sheet.rows_high)
        self.repaint()

    def page_by(self, rows: int) -> None:
        """Move screen and cursor together, so that the cursor keeps its line."""
        sheet = self.sheet
        if sheet.window.is_counting:
            sheet.window.ensure(max(0, sheet.cursor.top + rows), sheet.rows_high)
        sheet.cursor.is_moved = True
        sheet.cursor.page(rows, sheet.window.length, sheet.rows_high)
        self.repaint()

    def scroll_by(self, rows: int) -> None:
        """Move the screen; its edge pushes the cursor along."""
        sheet = self.sheet
        if sheet.window.is_counting:
            sheet.window.ensure(max(0, sheet.cursor.top + rows), sheet.rows_high)
        sheet.cursor.is_moved = True
        sheet.cursor.scroll(rows, sheet.window.length, sheet.rows_high)
        self.repaint()
