"""The view of one pane: the line above, the table, the detail of the row under the cursor, or why there is no row.

It asks the cache through `Finder`: windows on the event loop, what counts or sums on a worker. Keys never wait.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.message import Message
from textual.timer import Timer

from app.desk import TABLE_OF, Desk
from app.finding import Found
from app.freshness import sources_of
from app.keeper import Keeper
from app.key_map import TWICE
from app.pane_parts import PaneParts
from app.source_state import Refreshed
from app.stack import Visit
from app.states import Without
from app.summing import Summing
from app.view_lines import Above
from app.why_no_rows import why_no_rows
from widgets.card import CardView
from widgets.filter_bar import FilterBar
from widgets.filter_clauses import Problem
from widgets.lines import wrap_line
from widgets.pane import Line
from widgets.safe import safe
from widgets.virtual_table import Place, VirtualTable

if TYPE_CHECKING:
    from app.opened import Opened

SLOW = 0.5
"""Seconds after which rows that are still looked for are said to be."""


class PaneView(PaneParts):
    """One pane as it is visited now. Posts `Changed` when the chrome may have something else to say."""

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:
        super().__init__(desk, id=id)
        self.query_text = ""
        self._begun = safe("")
        self.drops: Sequence[Without] = ()
        self.problems: tuple[Problem, ...] = ()
        self.is_refused = False
        self._start = ""
        self._is_slow = False
        self._slow: Timer | None = None
        self._sum = Summing(self._judge, self.set_timer, self.say_above)
        self.keeper = Keeper(self.ask, self._take, self.settle)

    @property
    def is_filtered(self) -> bool:
        """Whether there is a filter of the user's own for `esc` to clear."""
        is_root = self.desk.trail.now.parent is None
        return bool(self.query_text) and (self.query_text != self._start or is_root)

    def visit(self) -> Visit:
        """The view as it is now, for the trail."""
        return Visit(self.pane.name, self.query_text, self.table.order, self._start, self.table.place)

    def open(self, visit: Visit) -> None:
        """Show a pane as it was left, or for the first time."""
        self.query_text, self._start = visit.query, visit.start
        self.drops, self.is_refused, self.opened = (), False, None
        self.table.say_empty(())
        self._show(visit.sort, visit.place)
        self._say_when_slow()
        self.settle()
        self._sum.restart()

    def _say_when_slow(self) -> None:
        """Rows that come at once are not announced; those that do not are."""

        def settle() -> None:
            self._is_slow = True
            if self.opened is None and self.query(VirtualTable):  # while the deck ends, there are no rows any more
                self.settle()

        if self._slow is not None:
            self._slow.stop()
        self._is_slow, self._slow = False, self.set_timer(SLOW, settle)

    def rest(self, opened: Opened) -> None:
        """Something is open over the rows: ask for nothing until they are shown again."""
        self.opened, self.is_refused = opened, False
        self.keeper.close()
        self.beside.stop()

    def search(self, text: str) -> None:
        """Narrow the rows to what matches; the cursor stays on its row when that is still there."""
        self.query_text = text
        self.drops = ()
        self.keeper.narrow(self._find())
        self.say_above()

    def clear_layer(self) -> bool:
        """Clear the filter: first to the one the view was opened with, at a root to none. False when there is none."""
        if not self.is_filtered:
            return False
        self.search(self._start if self.query_text != self._start else "")
        return True

    def show_columns(self) -> None:
        """Other columns are wanted."""
        self._show(self.table.order, self.table.place)

    def edit_filter(self) -> None:
        """Start typing a filter, behind what is filtered by already; a second `/` makes it one for all panes."""
        self._begun = safe(f"{self.query_text} " if self.query_text else "")
        self.line.edit(self._begun)

    def edit_everywhere(self, more: str = "") -> None:
        """Start typing the filter of all panes."""
        self.line.edit_everywhere(safe(f"{self.desk.everywhere}{more}"))
        if more:
            self.filter_everywhere(self.line.everywhere.text)
        self.post_message(self.Changed())

    def filter_everywhere(self, text: str) -> None:
        """Narrow the rows of every pane; nothing clears it."""
        self.desk.everywhere = text
        self.drops = ()
        self.keeper.narrow(self._find())
        self._sum.restart()
        self.settle()

    def refreshed(self, event: Refreshed) -> None:
        """A source said something: look again when it fills what is shown."""
        self.board.heard(event)
        is_sync = not self.pane.sources
        is_ours = is_sync or TABLE_OF.get(event.source) == self.pane.table
        if is_sync or (is_ours and (event.keys is None or event.keys)):
            self.keeper.look_again(self._find)
            self._sum.again()
        elif is_ours or event.source in self.pane.sources:
            self._settle()  # the chrome follows by itself

    def tick(self) -> None:
        """Time went on: ages change."""
        self.table.tick(self.desk.look)
        self.board.ask_for_more()
        self.board.draw()
        self.beside.show()
        self.settle()

    def settle(self) -> None:
        """Say why there are no rows, or take back what was said; then the line above, then the chrome."""
        self._settle()
        self.post_message(self.Changed())

    def _settle(self) -> None:
        keeper = self.keeper
        is_slow = self._is_slow and not self.table.rows_shown
        why = why_no_rows(self.desk, self.query_text, keeper.count, keeper.total, self.drops, is_slow=is_slow)
        self.is_refused = why.is_refused
        self.set_class(why.card is not None, "-card")
        self.set_class(bool(why.lines) and keeper.count is not None, "-no-rows")
        if why.card is not None:
            self.query_one(CardView).say(why.card.title, why.card.right, why.card.body)
        width = max(20, self.table.size.width - 8)
        self.table.say_empty([row for line in why.lines for row in wrap_line(line, width)])
        if why.asks_without:
            pane, text, finder = self.pane, self.query_text, self.desk.finder
            self.ask(lambda: finder.without(pane, text), lambda drops: self._take_drops(text, drops))
        self.say_above()

    def on_resize(self) -> None:
        """There may be room for charts now, or none any more."""
        self.board.draw()

    def on_unmount(self) -> None:
        """Nobody wants to know any more."""
        self.keeper.close()

    def _find(self, order: str | None = None) -> Found:
        return self.desk.finder.rows(self.pane, self.query_text, self.table.order if order is None else order)

    def _show(self, order: str, place: Place | None) -> None:
        found = self._find(order)
        self.table.show(self.desk.columns(self.pane), found, self.desk.look, sort=order, place=place)
        self.keeper.open(found)
        self.board.look()
        self.beside.show()

    def _take(self, found: Found) -> None:
        """Show other rows. While a pane fills for the first time, a cursor on the first row stays on the first row."""
        place = self.table.place
        is_filling = any(state.last_ok is None for state in sources_of(self.pane, self.desk.states))
        self.table.rows_changed(rows=found)
        if is_filling and place.index == place.top == 0:
            self.table.move_to(0)

    def _take_drops(self, text: str, drops: Sequence[Without]) -> None:
        if text == self.query_text and drops:
            self.drops = drops
            self.settle()

    def say_above(self) -> None:
        """Say the line above the rows: filter and count, or the verdict."""
        found = self.desk.finder.problems(self.pane, self.query_text)
        self.problems = tuple(Problem(one.start, one.end, safe(one.message)) for one in found)
        above = Above(self.pane, safe(self.query_text), self.problems, self.keeper.count, self.keeper.total,
                      self.board.verdict or self._sum.line,
                      self.desk.is_stale, safe(self.desk.everywhere),
                      safe(self.desk.finder.why_not_everywhere(self.pane)))  # fmt: skip
        self.set_class(bool(self.desk.everywhere), "-everywhere")
        self.line.say(above)

    def _judge(self, then: Callable[[Line], None]) -> None:
        pane, finder, look = self.pane, self.desk.finder, self.desk.look
        self.ask(lambda: finder.verdict(pane, look), then)

    @on(VirtualTable.MarksChanged)
    @on(VirtualTable.ColumnsChanged)
    def _other(self, event: Message) -> None:
        event.stop()
        self.post_message(self.Changed())

    @on(VirtualTable.SortChanged)
    def _sorted(self, event: VirtualTable.SortChanged) -> None:
        event.stop()
        self.keeper.narrow(self._find(event.order))

    @on(FilterBar.Changed)
    def _typed(self, event: FilterBar.Changed) -> None:
        event.stop()
        if event.bar is self.line.everywhere:
            self.filter_everywhere(event.text)
        elif event.text == f"{self._begun}/" and TWICE in self.desk.keys.of("filter_all"):
            more = event.bar.text[len(event.text) :]  # typed before this was heard of
            event.bar.drop()
            self.edit_everywhere(more)
        elif event.bar.is_editing:
            self.search(event.text)

    @on(FilterBar.Submitted)
    @on(FilterBar.Cancelled)
    def _typed_out(self, event: FilterBar.FilterMessage) -> None:
        event.stop()
        take = self.filter_everywhere if event.bar is self.line.everywhere else self.search
        take(event.text.strip())
        if not self.line.is_editing:
            self.table.focus()
