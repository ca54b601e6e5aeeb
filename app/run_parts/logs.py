"""The logs of a run: the list of them, the one that matters first opened, followed while the run goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from app.log_lines import listing, log_hints, note, nothing_said, processes
from app.merging_logs import MergedLog
from app.run_parts.read_logs import ReadLogs
from app.source_state import Refreshed
from app.tables import RUN_LOGS
from app.words import run_state
from cache.log_search import Finds, finder
from cache.log_text import LogText
from cache.query import parse
from widgets import format as fmt
from widgets.footer import Hint
from widgets.line_list import LineList
from widgets.lines import NO_LINE, say
from widgets.listed_log import ListedLog
from widgets.log_view import LogView
from widgets.pane import Line
from widgets.safe import Safe, plain, safe

POLL = 2.0
"""Seconds between two looks at a log that grows."""


class Logs(ReadLogs):
    """The list of a run's logs, and one of them. `<` and `>` choose another, `M` shows those of all nodes as one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("M", "merge", show=False, id="logs.merge"),
    ]

    _is_chosen = False

    def compose(self) -> ComposeResult:
        """The list and the log."""
        yield ListedLog(id="log")

    def on_mount(self) -> None:
        """Look at it from now on."""
        if self.query(LogView):  # none where the deck was left before it was put together
            super().on_mount()
        self.set_interval(POLL, self._poll)

    def take_focus(self) -> None:
        """The keys belong to the log."""
        self.screen.set_focus(self.query_one(LogView))

    def opened(self) -> None:
        """Show what is cached, then look up what is fresh."""
        self._read_list()
        super().opened()

    def refreshed(self, event: Refreshed) -> None:
        """The list or a log was read, or went on, or the run has ended."""
        self.query_one(LogView).is_growing = self.run.ended is None
        if self.is_about(event, "logs"):
            self._read_list()
        elif self.is_about(event, "log") or self.is_about(event, "whole_log"):
            self._log_was_read(event)

    def tick(self) -> None:
        """Ages change."""
        super().tick()
        self._show_note()

    def left(self) -> None:
        """Read nothing on."""
        self._log.close()

    def escape(self) -> bool:
        """End the search or the filter first, then full screen, then the merge."""
        if self.query_one(ListedLog).clear_innermost():
            return True
        is_merged = self._log.merged is not None
        if is_merged:
            self._open(self._log.name)
        return is_merged

    def hints(self) -> Sequence[Hint]:
        """The keys of a log."""
        return log_hints(has_several=len(processes(self._logs)) > 1)

    @on(ListedLog.Other)
    def _other(self, event: ListedLog.Other) -> None:
        names = [log.name for log in self._logs]
        if names:
            at = names.index(self._log.name) if self._log.name in names else 0
            self._is_chosen = True
            self._open(names[(at + event.by) % len(names)])

    def action_merge(self) -> None:
        """The logs of all nodes as one, by their time stamps; again: one log."""
        if self._log.merged is not None:
            self._open(self._log.name)
        elif len(processes(self._logs)) > 1:
            self._log.is_merging = True
            self.look_up()
            self._merge()
        else:
            self.post_message(self.Says(plain("There is only one node's log here.")))

    @on(LogView.WholeWanted)
    def _fetch_whole(self) -> None:
        if self._log.name is not None and self._log.kept is not None and self._log.kept.begins:
            self.desk.refresher.look_up("whole_log", self._key(self._log.name))
            self.post_message(self.Says(plain("The beginning of the log is being fetched.")))

    @on(LogView.SaveRequested)
    def _save(self) -> None:
        saving = self._log.saving(Path.cwd())
        if saving is not None:
            self.ask(saving, self._tell)

    def _tell(self, said: Safe) -> None:
        self.post_message(self.Says(said))

    def _read_list(self) -> None:
        session = self.desk.session
        where = parse(f'run="{self.run.id}"', RUN_LOGS, now=session.now())
        self._logs = [seen.record for seen in session.store.records("run_logs", session.scope, where, "rank", 200)]
        first = self._logs[0].name if self._logs else None
        is_another = first is not None and not self._is_chosen and first != self._log.name
        if (is_another and not self._log.is_merging) or self._log.text is None:
            self._open(first if is_another else self._log.name)
        self._show_list()

    @on(LineList.Resized)
    def _show_list(self) -> None:
        panel = self.query_one(LineList)
        panel.show(*listing(self._logs, self._log.name, panel.size.width or 40))

    def _open(self, name: str | None) -> None:
        """Show a log as it is kept, and have it read on."""
        text = self._log.open(name)
        if text is None:
            self.query_one(LogView).show_nothing(self._title(), self._why_nothing())
        else:
            kept = self._log.kept
            self._show_text(self._title(), text, is_partial=kept is not None and kept.begins > 0)
        if name is not None:
            self.desk.refresher.look_up("log", self._key(name))
        self._show_list()
        self._show_note()

    def _title(self) -> Line:
        name = self._log.name
        return say(safe(name.rpartition("/")[2] if name else "No log"), "strong", bold=True)

    def _show_text(self, title: Line, text: LogText, *, is_partial: bool = False, has_nodes: bool = False) -> None:
        view = self.query_one(LogView)
        view.is_growing = self.run.ended is None
        view.show(title, text, lambda typed: Finds(text, finder(typed)), has_nodes=has_nodes, is_partial=is_partial)

    def _log_was_read(self, event: Refreshed) -> None:
        log, view = self._log, self.query_one(LogView)
        if log.is_merging:
            self._merge()
        elif log.name is not None and event.source.endswith(f"/{log.name}"):
            if log.is_another():
                self._open(log.name)
            elif log.text is None:
                view.show_nothing(self._title(), self._why_nothing())
            else:
                view.grown()
        self._show_note()

    def _merge(self) -> None:
        """Merge what the nodes' logs hold by now, on a thread. Each log that comes asks again."""
        merged = self._log.merged
        if merged is not None:
            self.ask(merged.advance, lambda _: self.query_one(LogView).grown())
        elif (begin := self._log.merging(processes(self._logs))) is not None:
            self.ask(begin, self._show_merged)

    def _show_merged(self, merged: MergedLog | str) -> None:
        if isinstance(merged, str):
            self.post_message(self.Says(safe(merged)))
        elif self._log.merged is None and self._log.is_merging:
            text = self._log.take(merged)
            title = say(Safe(f"all {len(processes(self._logs))} nodes by time"), "strong", bold=True)
            self._show_text(title, text, has_nodes=True, is_partial=merged.left_out > 0)
            self._show_note()

    def _show_note(self) -> None:
        view, log = self.query_one(LogView), self._log
        if log.name is None:
            view.say(NO_LINE)
            return
        state = self._state(log.name)
        whole_state = self.desk.refresher.lookup_state("whole_log", self._key(log.name))
        age = fmt.age(state.last_ok, self.desk.session.now()) if state.last_ok else plain("")
        view.say(note(None if log.merged else log.kept, log.whole, state, whole_state, age))

    def _why_nothing(self) -> Sequence[Line]:
        log = next((one for one in self._logs if one.name == self._log.name), None)
        name = self._log.name
        state = self._state(name) if name else self.desk.refresher.lookup_state("logs", self.run.id)
        word = str(run_state(self.run.status).word)
        return nothing_said(self.run, state, log, word, self.desk.keys, is_online=self.desk.session.is_online)
