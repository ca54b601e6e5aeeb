"""The parts of a pane on the screen: the line above, the table, the detail beside it, and what is open over them."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message

from app.asker import Asker
from app.beside import Beside
from app.board import Board
from app.completing import Completer
from app.desk import Desk
from app.triaging.panel import TriagePanel
from app.view_lines import LineAbove
from widgets.card import CardView
from widgets.detail import Detail
from widgets.pane import Pane, Row
from widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from app.opened import Opened


class PaneParts(Asker):
    """What a pane is made of on the screen. Posts `Changed` when the cursor is on another row."""

    class Changed(Message):
        """Row, rows, marks, filter or order are others now."""

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.desk = desk
        self.opened: Opened | None = None
        """What is open over the rows, and has the keys meanwhile."""
        self.beside = Beside(self)
        self.board = Board(self)
        self.completer = Completer(lambda: self.desk.wide_finder, self.ask)

    def compose(self) -> ComposeResult:
        """The line, the rows, the detail, and the card that takes their place."""
        yield LineAbove(lambda word: self.completer.offers(self.pane, word), id="lines")
        yield TriagePanel(id="board")
        with Container(id="body"):
            with Container(id="left"):
                yield VirtualTable(self.desk.look, keys=self.desk.keys.keys, id="rows")
                under = TriagePanel(id="under")
                under.can_focus = False
                yield under
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

    def say_above(self) -> None:
        """Say the line above the rows again."""
        raise NotImplementedError

    @property
    def row(self) -> Row | None:
        """The row under the cursor, or the one that is open over all of them."""
        return self.table.cursor_row if self.opened is None else self.opened.row

    @property
    def marks(self) -> Collection[str]:
        """The keys of the marked rows; none while a row is open over them."""
        return self.table.marks if self.opened is None else ()

    @on(VirtualTable.CursorMoved)
    def _moved(self, event: VirtualTable.CursorMoved) -> None:
        event.stop()
        self.beside.follow(event.key)
        self.post_message(self.Changed())
