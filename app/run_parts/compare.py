"""A run beside others: those that were marked, else the last good run of its experiment."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from app.cards import muted, strong
from app.comparing import last_good, runs_of
from app.desk import Desk
from app.exporting import write_records
from app.run_parts.part import RunPart
from app.screens.sheet import Sheet
from app.side_by_side import Told, columns, counted_sections, entries, told, whole
from app.source_state import Refreshed
from services.comparison import FEWEST, Comparison, Line, compare
from services.run import Run
from widgets.bar import Bar
from widgets.footer import Hint
from widgets.lines import NO_LINE, say
from widgets.pane import Line as Drawn
from widgets.pane import Row, Span
from widgets.safe import Safe, plain, safe
from widgets.virtual_table import VirtualTable


@dataclass(frozen=True, slots=True)
class Side:
    """The lines of a comparison as rows of a table: few, and all there."""

    rows: tuple[Row, ...]

    def count(self) -> int | None:
        """How many."""
        return len(self.rows)

    def window(self, offset: int, size: int) -> Sequence[Row]:
        """Some of them."""
        return self.rows[offset : offset + size]

    def locate(self, key: str) -> int | None:
        """Where one stands."""
        return next((place for place, row in enumerate(self.rows) if row.key == key), None)


class CompareTable(VirtualTable):
    """The lines, with keys of their own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("d", "ask('equal')", "equal lines", show=False, id="compare.equal"),
        Binding("b", "ask('base')", "next run as the base", show=False, id="compare.base"),
        Binding("e", "ask('export')", "export", show=False, id="compare.export"),
    ]

    def action_ask(self, what: str) -> None:
        """Have the part do it."""
        part = next((one for one in self.ancestors if isinstance(one, Compare)), None)
        if part is not None:
            part.do(what)


class Compare(RunPart):
    """Two to twenty runs side by side, what differs first."""

    DEFAULT_CSS = "Compare #said { margin-bottom: 0; } Compare #beside { height: 1fr; }"

    def __init__(self, desk: Desk, run: Run) -> None:
        super().__init__(desk, run)
        self.is_all = False
        self.against: tuple[str, ...] = ()
        self._base = 0
        self._runs: tuple[Run, ...] = ()
        self._comparison: Comparison | None = None

    def compose(self) -> ComposeResult:
        """What is compared, then the lines."""
        yield Bar(id="said")
        yield CompareTable(self.desk.look, id="beside")

    def opened(self) -> None:
        """Compare with what the visit names."""
        super().opened()
        against = self.desk.trail.now.against
        if against != self.against:
            self.against, self._base, self._runs = against, 0, ()
        self._read()

    def look_up(self, *, force: bool = False) -> None:
        """Ask for all that are compared, not only for the one that is open."""
        for run in self._runs:
            self.desk.refresher.look_up("run", run.id, force=force)

    def refreshed(self, event: Refreshed) -> None:
        """A run may be another one now."""
        if event.keys is None or any(run.id in event.keys for run in self._runs):
            self._read()

    def tick(self) -> None:
        """Ages change."""
        super().tick()
        self.query_one(CompareTable).tick(self.desk.look)

    def on_resize(self) -> None:
        """The line above is cut to the new width; before the first layout it has none."""
        self._say()

    def hints(self) -> Sequence[Hint]:
        """Its own keys."""
        shown = plain("only differing") if self.is_all else plain("equal too")
        return (Hint(plain("d"), shown), Hint(plain("b"), plain("base")), Hint(plain("enter"), plain("in full")),
                Hint(plain("← →"), plain("runs")), Hint(plain("e"), plain("export")))  # fmt: skip

    def do(self, what: str) -> None:
        """Do what a key of the table asks for."""
        if what == "equal":
            self.is_all = not self.is_all
            self._show()
            self.post_message(self.Says())
        elif what == "base":
            self._base += 1
            self._show()
        elif self._comparison is not None:
            comparison, is_all, now = self._comparison, self.is_all, self.desk.session.now()
            self.ask(lambda: _exported(comparison, now, is_all=is_all), self._tell)

    def _tell(self, said: Safe) -> None:
        self.post_message(self.Says(said))

    @on(VirtualTable.ColumnsChanged)
    def _scrolled(self, event: VirtualTable.ColumnsChanged) -> None:
        event.stop()
        self._say()

    @on(VirtualTable.Opened)
    def _in_full(self, event: VirtualTable.Opened) -> None:
        event.stop()
        if isinstance(event.record, Line) and self._comparison is not None:
            sheet = Sheet(safe(event.record.name, 40), whole(event.record, self._comparison.runs))
            self.app.push_screen(sheet)  # pyright: ignore[reportUnknownMemberType] (Textual leaves it open)

    def _read(self) -> None:
        session, run, against = self.desk.session, self.run, self.against
        store, scope, now = session.store, session.scope, session.now()

        def find() -> tuple[Run, ...]:
            if against:
                return runs_of(store, scope, against)
            good = last_good(store, scope, run, now)
            return (good, run) if good is not None else (run,)

        self.ask(find, self._take)

    def _take(self, runs: tuple[Run, ...]) -> None:
        is_first = not self._runs
        self._runs = runs
        self._show()
        if is_first:
            super().look_up()
            self.look_up()

    def _show(self) -> None:
        table = self.query_one(CompareTable)
        count = len(self._runs)
        if count < FEWEST:
            self._comparison = None
            table.show((), Side(()), self.desk.look)
            table.say_empty(self._why_not())
            self._say()
            return
        turned = self._base % count
        self._comparison = compare((*self._runs[turned:], *self._runs[:turned]))
        rows = tuple(Row(f"{one.section}/{getattr(one, 'name', '')}", one, None) for one in
                     entries(self._comparison, is_all=self.is_all))  # fmt: skip
        place = table.place
        table.show(columns(self._comparison), Side(rows), self.desk.look, place=place)
        table.say_empty(() if rows else [muted("Nothing differs that is known of these runs; d shows what is equal.")])
        self._say()

    def _say(self) -> None:
        """The line above: who is compared with whom and where they differ, and which runs are seen."""
        table = self.query_one(CompareTable)
        left = say(plain("Compare"), "strong", bold=True) if self._comparison is None else self._said(self._comparison)
        self.query_one(Bar).show(left, say(table.columns_text, "muted"), on="bg")

    def _said(self, comparison: Comparison) -> Drawn:
        base, *others = comparison.runs
        who = safe(others[0].name, 40) if len(others) == 1 else Safe(f"{len(others)} runs")
        good = "" if self.against else ", the last good run" if self._base % 2 == 0 else ""
        told = f" against {safe(base.name, 40)}{good}   {counted_sections(comparison)}"
        return (Span(who, "strong", bold=True), Span(Safe(told), "muted"))

    def _why_not(self) -> list[Drawn]:
        if self.against:
            return [strong("These runs are not in the cache any more"), muted("Mark others in Runs, then press =.")]
        experiment = safe(self.run.experiment or "its experiment", 60)
        return [
            strong("There is no good run to compare with"), NO_LINE,
            muted(f"No run of {experiment} before this one that completed has been seen."),
            muted("Mark 2 to 20 runs in Runs with space, then press =."),
        ]  # fmt: skip


def _exported(comparison: Comparison, now: datetime, *, is_all: bool) -> Safe:
    records = told(comparison, is_all=is_all)
    path = Path(os.getcwd()) / f"amldeck-compare-{now:%Y%m%dT%H%M%SZ}.csv"
    return write_records(Told, records, path, f"rows of {len(comparison.runs)} runs compared")
