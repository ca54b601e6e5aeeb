"""The table people use: `TableBase` with its keys and its mouse."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import BindingsMap, BindingType

from widgets.bound_keys import table_bindings
from widgets.pane import Look
from widgets.table_base import Place, TableBase
from widgets.table_keys import Keys
from widgets.table_layout import GUTTER
from widgets.table_sort import neighbour, order_by, reverse

__all__ = ["Place", "VirtualTable"]

WHEEL = 3
"""Rows one notch of the wheel scrolls."""


class VirtualTable(TableBase):
    """A table over any number of rows; see `show`, `rows_changed` and `tick`."""

    BINDINGS: ClassVar[list[BindingType]] = [*table_bindings({})]

    def __init__(self, look: Look, *, keys: Keys | None = None, id: str | None = None) -> None:
        super().__init__(look, id=id)
        if keys is not None:
            self._bindings = BindingsMap(table_bindings(keys))

    def action_move(self, step: int) -> None:
        """Move the cursor by so many rows."""
        self.move_to(self.sheet.cursor.index + step)

    def action_first(self) -> None:
        """Go to the first row."""
        self.move_to(0)

    def action_last(self) -> None:
        """Go to the last row, or to the last one known while they are counted."""
        self.move_to(self.sheet.window.length - 1)

    def action_half(self, direction: int) -> None:
        """Move screen and cursor half a page."""
        self.page_by(direction * max(1, self.sheet.rows_high // 2))

    def action_page(self, direction: int) -> None:
        """Move screen and cursor a page, less one row to hold on to."""
        self.page_by(direction * max(1, self.sheet.rows_high - 1))

    def action_columns(self, step: int) -> None:
        """Show the columns further right or left."""
        self.sheet.start = max(0, self.sheet.start + step)
        self.sheet.redraw()
        self.repaint()

    def action_open(self) -> None:
        """Open the row under the cursor."""
        row = self.cursor_row
        if row is not None:
            self.post_message(self.Opened(self, row.key, row.record))

    def action_mark(self) -> None:
        """Mark or unmark the row under the cursor."""
        row = self.cursor_row
        if row is not None:
            self.sheet.marks.toggle(row.key)
            self._marked()

    def action_mark_range(self) -> None:
        """Mark from the row marked last to the cursor."""
        row = self.cursor_row
        if row is not None:
            sheet = self.sheet
            self._marked(sheet.marks.reach(sheet.window.rows, row.key, sheet.cursor.index))

    def action_mark_all(self) -> None:
        """Mark every row of the filter, up to `table_marks.MOST`."""
        self._marked(self.sheet.marks.add_all(self.sheet.window.rows))

    def action_clear_marks(self) -> None:
        """Unmark everything."""
        if self.marks:
            self.sheet.marks.replace(())
            self._marked()

    def action_pick_sort(self) -> None:
        """Ask for the list of orders."""
        self.post_message(self.SortRequested(self))

    def action_sort_beside(self, step: int) -> None:
        """Sort by the next or previous column on the screen."""
        self.set_order(neighbour(self.sheet.layout, self.order, step) or self.order)

    def action_reverse(self) -> None:
        """Show the other end first."""
        if self.order:
            self.set_order(reverse(self.order))

    def on_click(self, event: events.Click) -> None:
        """Heading: sort. Gutter or ctrl: mark. Row: go there, and open it on the second click."""
        at = event.get_content_offset(self)
        if at is None:
            return
        event.stop()
        if at.y == 0:
            column = self.sheet.layout.at(at.x)
            self.set_order((column and order_by(column, self.order)) or self.order)
            return
        index = self.sheet.cursor.top + at.y - 1
        if self.sheet.window.row(index) is None:
            return
        self.move_to(index)
        self._clicked(event, is_gutter=at.x < GUTTER)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down; to the right with shift or ctrl."""
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up; to the left with shift or ctrl."""
        self._wheel(event, -1)

    def _clicked(self, event: events.Click, *, is_gutter: bool) -> None:
        if event.shift:
            self.action_mark_range()
        elif event.ctrl or is_gutter:
            self.action_mark()
        elif event.chain == 2:
            self.action_open()

    def _wheel(self, event: events.MouseEvent, direction: int) -> None:
        event.stop()
        event.prevent_default()
        if event.shift or event.ctrl:
            self.action_columns(direction)
        else:
            self.scroll_by(direction * WHEEL)

    def _marked(self, is_capped: bool = False) -> None:
        self.repaint()
        self.post_message(self.MarksChanged(self, len(self.marks), is_capped))
