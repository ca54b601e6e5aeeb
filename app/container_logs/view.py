"""The logs of the containers behind an endpoint, on the screen: one of them followed, the others a key away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from textual import on
from textual.app import ComposeResult

from app.container_logs.asked import LOOKUP, POLL, AskedLogs
from app.container_logs.kept import Where, path_of
from app.container_logs.open import Opening
from app.container_logs.saying import denied_lines, listing, note, nothing_lines
from app.log_lines import log_hints
from app.open_log import saved
from app.source_state import Refreshed, SourceState
from app.stack import Visit
from cache.log_search import Finds, finder
from widgets import format as fmt
from widgets.footer import Hint
from widgets.line_list import LineList
from widgets.lines import say
from widgets.listed_log import ListedLog
from widgets.log_view import LogView
from widgets.pane import Line, Row
from widgets.safe import Safe, plain, safe


class ContainerLogView(AskedLogs):
    """The logs of an endpoint's containers. `<` and `>` choose another."""

    NOUN = plain("log")
    DEFAULT_CSS = """
    ContainerLogView { height: 1fr; display: none; }
    ContainerLogView.-shown { display: block; }
    """

    def compose(self) -> ComposeResult:
        """The list and the log."""
        yield ListedLog(id="container-log")

    def on_mount(self) -> None:
        """Look at it from now on; what was asked for before it was there is shown."""
        self.is_ready = bool(self.query(LogView))  # none where the deck was left before it was put together
        self.set_interval(POLL, self.poll)
        if self.key and self.is_ready:
            self._begin()

    def open(self, visit: Visit) -> None:
        """Show the log of a visit: of the container it names, else of the deployment with the most traffic."""
        self.close()
        self.key, self._first = visit.endpoint, visit.log
        if self.is_ready:
            self._begin()

    def left(self, visit: Visit) -> Visit:
        """The visit with the container that is looked at."""
        return replace(visit, log=self.opening.where.name if self.opening.where is not None else visit.log)

    def refreshed(self, event: Refreshed) -> None:
        """The log was read, or the endpoint has other deployments."""
        where = self.opening.where
        if where is not None and event.source == f"{LOOKUP}/{where.key}":
            if event.state.problem is not None and event.state.problem.kind == "forbidden":
                self.ask_whether_it_may()
            self._was_read()
        elif event.source in ("deployments", "endpoint_rows"):
            self._read_list()
        if self.key:
            self.draw()

    def tick(self) -> None:
        """Ages change."""
        if self.is_ready and self.key:
            self.draw()

    def hints(self) -> list[Hint]:
        """The keys of a log."""
        return log_hints(has_several=False)

    def take_focus(self) -> None:
        """The keys belong to the log, once it is there."""
        self.call_after_refresh(self._focus)

    def _focus(self) -> None:
        if self.key and self.is_ready:
            self.query_one(LogView).focus()

    def escape(self) -> bool:
        """End the search or the filter first, then full screen."""
        return self.is_ready and self.query_one(ListedLog).clear_innermost()

    def say(self) -> None:
        """Draw it again."""
        self.tick()

    @on(ListedLog.Other)
    def _other(self, event: ListedLog.Other) -> None:
        self.step(event.by)

    def step(self, by: int) -> None:
        """The container so many further on in the list."""
        if self.wheres:
            where = self.opening.where
            at = self.wheres.index(where) if where is not None and where in self.wheres else 0
            self._open(self.wheres[(at + by) % len(self.wheres)])

    @on(LogView.WholeWanted)
    def _no_whole(self) -> None:
        self.post_message(self.Says(plain("Azure gives the end of a container's log alone.")))

    @on(LogView.SaveRequested)
    def _save(self) -> None:
        where, session = self.opening.where, self.desk.session
        if where is not None and self.opening.text is not None:
            source = path_of(session.store, session.scope, where.key)
            target = Path.cwd() / f"amldeck-{safe('-'.join(where))}.log"
            self.ask(lambda: saved(source, target, None), self._tell)

    def _tell(self, said: Safe) -> None:
        self.post_message(self.Says(said))

    def _begin(self) -> None:
        self.opening = Opening(self.desk.session)
        self._read_list()
        self.ask_whether_it_may()

    def _read_list(self) -> None:
        """The containers there are, and the one that is looked at. Reads a few rows."""
        row, names = self.opening.deployments(self.key)
        self.row = Row(row.key, row.record, row.fetched_at) if row is not None else None
        self._traffic = row.record.traffic if row is not None else None
        self.wheres = self.opening.wheres(self.key, names, self._traffic, self._first)
        if self.opening.where not in self.wheres:
            wanted = [one for one in self.wheres if f"{one.name}/".startswith(f"{self._first}/")]
            found = wanted or self.wheres
            if found:
                self._open(found[0])

    def _open(self, where: Where) -> None:
        """Show a log as it is kept, and have it read on."""
        text = self.opening.open(where)
        view = self.query_one(LogView)
        view.is_growing = self.desk.session.is_online
        if text is not None:
            view.show(self._title(), text, lambda typed: Finds(text, finder(typed)))
        self.poll()
        self.draw()

    def _was_read(self) -> None:
        where = self.opening.where
        if where is None:
            return
        if self.opening.is_another():
            self._open(where)
        elif self.opening.text is not None:
            self.query_one(LogView).grown()

    def _title(self) -> Line:
        where = self.opening.where
        return say(safe(where.name, 80) if where is not None else plain("No log"), "strong", bold=True)

    def draw(self) -> None:
        """The list, what stands around the log, and why there is none."""
        if not self.is_ready or not self.key:
            return
        view, state = self.query_one(LogView), next(iter(self.states()), None)
        if state is None:
            view.show_nothing(self._title(), [say(plain("This endpoint has no deployment."), "muted")])
        else:
            age = fmt.age(state.last_ok, self.desk.session.now()) if state.last_ok is not None else plain("")
            if self.opening.text is None:
                view.show_nothing(self._title(), self._why_nothing(state))
            view.say(note(self.opening.kept, self.permit, state, age, self.desk.look))
        self._show_list()
        self.post_message(self.Changed())

    @on(LineList.Resized)
    def _show_list(self) -> None:
        panel = self.query_one(LineList)
        width = panel.size.width or 40
        panel.show(*listing(self.wheres, self.opening.where, self._traffic, self.opening.kept, width))

    def _why_nothing(self, state: SourceState) -> list[Line]:
        session, permit = self.desk.session, self.permit
        if permit is not None and permit.answer == "denied" and session.workspace is not None:
            where = f"the workspace {session.workspace.name}"
            width = max(40, self.query_one(LogView).size.width or 80)
            return denied_lines(permit, self.desk.account_name, where, self.desk.keys, width)
        return nothing_lines(self.opening.kept, state, self.desk.keys, is_online=session.is_online)
