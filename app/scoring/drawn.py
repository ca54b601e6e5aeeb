"""How scoring requests are drawn: rows or groups in one table, what is said above it, and one request below."""

from __future__ import annotations

from textual.app import ComposeResult

from app.completing import Completer
from app.desk import Desk
from app.finding import Found
from app.held_rows import HeldRows
from app.keeper import Keeper
from app.scoring.asked import GROUPS, ONE, REQUESTS, AskedRequests
from app.scoring.described import GROUPED, SCORING
from app.scoring.rows import within
from app.scoring.saying import headline, nothing_lines, one_lines
from app.triaging.panel import TriagePanel
from widgets import format as fmt
from widgets.bar import Bar
from widgets.filter_bar import FilterBar
from widgets.filter_clauses import Problem
from widgets.lines import say
from widgets.pane import Line, Row
from widgets.safe import Safe, plain, safe
from widgets.virtual_table import VirtualTable


class DrawnRequests(AskedRequests):
    """The requests to one endpoint, as far as they are seen."""

    def __init__(self, desk: Desk, *, id: str | None = None) -> None:
        super().__init__(desk, id=id)
        self.text = ""
        self.is_ready = False
        self.keeper = Keeper(self.ask, self.take, self.draw)
        self.completer = Completer(lambda: self.desk.wide_finder, self.ask)

    def compose(self) -> ComposeResult:
        """What is looked at, the filter, the rows, and one of them."""
        yield Bar(id="requests-title")
        yield FilterBar(lambda word: self.completer.offers(SCORING, word), id="requests-filter")
        yield VirtualTable(self.desk.look, keys=self.desk.keys.keys, id="requests-rows")
        yield TriagePanel(id="one-request")

    @property
    def table(self) -> VirtualTable:
        """The rows."""
        return self.query_one(VirtualTable)

    def find(self) -> Found:
        """The rows of the window that match; not counted yet."""
        text = within(self.key, self.window, self.answer(self.asked), self.desk.session.now(), self.text)
        return self.desk.wide_finder.rows(SCORING, text, self.table.order or SCORING.order)

    def show_rows(self) -> None:
        """Show the rows from their top, or the groups."""
        if self.by is None:
            found = self.find()
            self.table.show(SCORING.columns, found, self.desk.look, sort=self.table.order or SCORING.order)
            self.keeper.open(found)
        else:
            self.keeper.close()
            rows = tuple(Row(group.name or "", group, None) for group in self.groups())
            held = HeldRows(rows, len(rows))
            self.table.show(GROUPED[self.by], held, self.desk.look, sort=self.table.order, place=self.table.place)
        self.draw()

    def take(self, found: Found) -> None:
        """The rows are others now. Who looks at the newest goes on to."""
        if self.by is not None:
            return
        place = self.table.place
        self.table.rows_changed(rows=found)
        if self.is_following and not self.one and place.index == place.top == 0:
            self.table.move_to(0)

    def draw(self) -> None:
        """What is looked at, the filter with its count, why there is nothing, the one request."""
        if not self.is_ready or not self.key:
            return
        answer = self.answer(self.asked if self.by is None else f"{self.asked}/{self.by}")
        state = self.state_of(REQUESTS if self.by is None else GROUPS, self.asked)
        is_following = self.is_following and not self.is_off and not self.desk.is_stale
        head = headline(self.window, self.by, answer, state, self.desk.look, is_following=is_following,
                        is_off=self.is_off)  # fmt: skip
        self.query_one("#requests-title", Bar).show(head, on="bg")
        found = self.desk.wide_finder.problems(SCORING, self.text)
        problems = tuple(Problem(one.start, one.end, safe(one.message)) for one in found)
        self.query_one(FilterBar).show(safe(self.text), problems, self._count())
        width = max(40, self.table.size.width - 4)
        is_filtered = bool(self.text) and self.by is None
        self.table.say_empty(nothing_lines(
            self.standing, answer, state, self.desk.keys, is_filtered=is_filtered,
            is_online=self.desk.session.is_online, width=width,
        ))  # fmt: skip
        if self.one:
            one, answer, look = self.one, self.answer(self.one), self.desk.look
            one_state = self.state_of(ONE, one)
            name = one.partition("/")[2]
            self.query_one(TriagePanel).show(lambda cells: one_lines(name, answer, one_state, look, cells))
        self.post_message(self.Changed())

    def _count(self) -> Line:
        count = self.keeper.count if self.by is None else len(self.groups())
        noun = "requests" if self.by is None else "groups"
        return say(Safe(f"{fmt.count(count)} {noun}"), "muted") if count is not None else say(plain("…"), "muted")
