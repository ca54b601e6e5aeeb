"""The parts of a pane on the screen: the line above, the table, and the detail that follows its cursor."""

from __future__ import annotations

from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.timer import Timer

from app.asker import Asker
from app.completing import Completer
from app.desk import Desk
from app.view_lines import LineAbove, age_line
from widgets.card import CardView
from widgets.detail import Detail, blocks_of
from widgets.pane import Line, Pane, Row
from widgets.virtual_table import VirtualTable

DETAIL_AFTER = 0.15
"""Seconds the cursor rests on a row before its detail is shown."""


class PaneParts(Asker):
    """What a pane is made of on the screen. Posts `Changed` when the cursor is on another row."""

    class Changed(Message):
        """Row, rows, marks, filter or order are others now."""

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.desk = desk
        self._detail_timer: Timer | None = None
        self.completer = Completer(lambda: self.desk.wide_finder, self.ask)

    def compose(self) -> ComposeResult:
        """The line, the rows, the detail, and the card that takes their place."""
        yield LineAbove(lambda word: self.completer.offers(self.pane, word), id="lines")
        with Container(id="body"):
            yield VirtualTable(self.desk.look, keys=self.desk.keys.keys, id="rows")
            yield Detail(id="detail")
        yield CardView(id="card")

    @property
    def pane(self) -> Pane[Any]:
        """The pane shown."""
        return self.desk.pane

    @property
    def table(self) -> VirtualTable:
        """The rows."""
        return self.query_one("#rows", VirtualTable)

    @property
    def detail(self) -> Detail:
        """The detail panel."""
        return self.query_one("#detail", Detail)

    @property
    def line(self) -> LineAbove:
        """Filter and verdict."""
        return self.query_one(LineAbove)

    @property
    def row(self) -> Row | None:
        """The row under the cursor."""
        return self.table.cursor_row

    def show_detail(self) -> None:
        """Show the row under the cursor beside the table."""
        row, pane, look = self.row, self.pane, self.desk.look
        if row is None:
            self.detail.show_nothing()
            return
        title: Line = pane.head(row.record, look) if pane.head else ()
        self.detail.show(row.key, title, blocks_of(pane.sections, row.record, look), age_line(row, look))

    @on(VirtualTable.CursorMoved)
    def _moved(self, event: VirtualTable.CursorMoved) -> None:
        event.stop()
        if self._detail_timer is not None:
            self._detail_timer.stop()
        if self.detail.key is None or event.key is None or event.key == self.detail.key:
            self.show_detail()
        else:
            self._detail_timer = self.set_timer(DETAIL_AFTER, self.show_detail)
        self.post_message(self.Changed())
