"""The scoring requests of an endpoint on the screen: one by one or grouped, followed, each through all tables."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.message import Message

from app.asked_things import thing_of
from app.quoting import quoted
from app.scoring.asked import GROUPS, ONE, POLL, REQUESTS, WINDOWS
from app.scoring.described import SCORING
from app.scoring.drawn import DrawnRequests
from app.scoring.keys import REQUEST_WORDS
from app.source_state import Refreshed
from app.stack import Visit
from app.triaging.panel import TriagePanel
from services.scoring_queries import By
from widgets.filter_bar import FilterBar
from widgets.footer import Hint
from widgets.safe import Safe, plain, safe
from widgets.virtual_table import VirtualTable

GROUPINGS: tuple[By | None, ...] = (None, "status", "caller")


class RequestsView(DrawnRequests):
    """Requests of Application Insights under the keys of `scoring.keys`."""

    DEFAULT_CSS = """
    RequestsView { height: 1fr; display: none; }
    RequestsView.-shown { display: block; }
    RequestsView TriagePanel { display: none; height: 40%; }
    RequestsView.-one TriagePanel { display: block; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(key, action, show=False, id=f"requests.{action}")
        for key, action in (("slash", "filter"), ("number_sign", "group"), ("t", "window"), ("f", "follow"),
                            ("exclamation_mark", "failed"), ("s", "sort"))
    ]  # fmt: skip

    def on_mount(self) -> None:
        """Look at it from now on; what was asked for before it was there is shown."""
        self.is_ready = bool(self.children)  # none where the deck was left before it was put together
        self.set_interval(POLL, self.poll)
        if self.key and self.is_ready:
            self._begin()

    def open(self, visit: Visit) -> None:
        """Show the requests of a visit, of one deployment where it names one."""
        self.close()
        self.key = visit.endpoint
        self.text = visit.query or (f"deployment={quoted(visit.log)}" if visit.log else "")
        if self.is_ready:
            self._begin()

    def close(self) -> None:
        """Nobody looks at it any more: nothing is asked for it."""
        super().close()
        self.keeper.close()
        self.set_class(False, "-one")

    def left(self, visit: Visit) -> Visit:
        """The visit with its filter."""
        return replace(visit, query=self.text, log="")

    def refreshed(self, event: Refreshed) -> None:
        """Requests came, or the endpoint is another."""
        thing = thing_of(event.source)
        if thing == (REQUESTS, self.asked) and self.by is None:
            self.keeper.look_again(self.find)
        elif thing == (GROUPS, self.asked) and self.by is not None:
            self.show_rows()
        elif event.source in ("deployments", "endpoint_rows") and self.key:
            self.read_endpoint()
        self.draw()

    def tick(self) -> None:
        """Time went on: rows leave the window."""
        if self.is_ready and self.key:
            self.table.tick(self.desk.look)
            self.draw()

    def hints(self) -> list[Hint]:
        """The keys."""
        return [Hint(key, word) for key, word in REQUEST_WORDS]

    def take_focus(self) -> None:
        """The keys belong to the table, once it is there."""
        self.call_after_refresh(self._focus)

    def _focus(self) -> None:
        if self.key and self.is_ready:
            self.table.focus()

    def step(self, by: int) -> None:
        """Between the rows and the one request."""
        (self.query_one(TriagePanel) if self.table.has_focus and self.one else self.table).focus()

    def escape(self) -> bool:
        """Close the one request, then the groups, then clear the filter."""
        if self.one:
            self.one = ""
            self.remove_class("-one")
            self.table.focus()
        elif self.by is not None:
            self._group(None)
        elif self.text:
            self._search("")
        else:
            return False
        self.draw()
        return True

    def say(self) -> None:
        """Draw it again."""
        self.tick()

    def action_filter(self) -> None:
        """Type a filter; for single requests, which are shown meanwhile."""
        if self.by is not None:
            self._group(None)
        self.query_one(FilterBar).edit(Safe(f"{safe(self.text)} ") if self.text else plain(""))

    def action_group(self) -> None:
        """By status, by caller, one by one."""
        self._group(GROUPINGS[(GROUPINGS.index(self.by) + 1) % len(GROUPINGS)])

    def action_window(self) -> None:
        """Another length of time."""
        self.window = WINDOWS[(WINDOWS.index(self.window) + 1) % len(WINDOWS)]
        self.show_rows()
        self.look_up()

    def action_follow(self) -> None:
        """Ask again by itself, or only on a key."""
        self.is_following = not self.is_following
        self.poll()
        self.draw()

    def action_failed(self) -> None:
        """Failed requests only, and back."""
        self._search("" if self.text == SCORING.trouble else SCORING.trouble)

    def action_sort(self) -> None:
        """Say how: the columns are few."""
        self.post_message(self.Says(plain("< and > sort by the column beside, I turns the order round.")))

    def _begin(self) -> None:
        self.read_endpoint()
        self.show_rows()
        self.look_up()

    def _group(self, by: By | None) -> None:
        self.by = by
        self.show_rows()
        self.look_up()

    def _search(self, text: str) -> None:
        self.text = text
        if self.by is None:
            self.keeper.narrow(self.find())
        self.draw()

    @on(VirtualTable.Opened)
    def _opened(self, event: VirtualTable.Opened) -> None:
        event.stop()
        if self.by is not None:
            field = "status" if self.by == "status" else "agent"
            name = event.record.name
            self.by, self.text = None, f"{field}={quoted(name)}" if name else f"!has:{field}"
            self.show_rows()
            return
        self.one = event.key
        self.add_class("-one")
        self.desk.refresher.look_up(ONE, self.one)
        self.draw()

    @on(VirtualTable.SortChanged)
    def _sorted(self, event: VirtualTable.SortChanged) -> None:
        event.stop()
        if self.by is None:
            self.keeper.narrow(self.find())

    @on(VirtualTable.CursorMoved)
    @on(VirtualTable.MarksChanged)
    @on(VirtualTable.ColumnsChanged)
    @on(VirtualTable.SortRequested)
    def _own(self, event: Message) -> None:
        event.stop()

    @on(FilterBar.Changed)
    @on(FilterBar.Submitted)
    @on(FilterBar.Cancelled)
    def _typed(self, event: FilterBar.FilterMessage) -> None:
        event.stop()
        self._search(event.text.strip())
        if not self.query_one(FilterBar).is_editing:
            self.table.focus()
