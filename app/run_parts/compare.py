"""A run beside others: those that were marked, else the last good run of its experiment. A table, and their charts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from app.cards import muted
from app.chart_export import export_chart
from app.desk import Desk
from app.run_parts.compare_charts import group_of, legend
from app.run_parts.compare_table import Side, exported, why_not
from app.run_parts.compared import Compared
from app.screens.sheet import Sheet
from app.side_by_side import columns, counted_sections, counted_whole, entries, names_of, whole
from services.comparison import FEWEST, Comparison, Line, compare
from services.curves import curve_lines
from services.run import Run
from widgets.bar import Bar
from widgets.chart_board import ChartBoard
from widgets.footer import Hint
from widgets.lines import line_width, say
from widgets.pane import Line as Drawn
from widgets.pane import Row, Span
from widgets.safe import Safe, clip, plain, safe
from widgets.virtual_table import VirtualTable

ROOMY = 30
"""Lines from which the charts stand under the table."""


class Compare(Compared):
    """Two to twenty runs side by side, what differs first, and their metrics over each other."""

    DEFAULT_CSS = """
    Compare #said, Compare #legend { margin-bottom: 0; }
    Compare #beside { height: 1fr; }
    Compare #legend, Compare #overlaid { display: none; }
    Compare.-both #legend, Compare.-both #overlaid, Compare.-charts #legend, Compare.-charts #overlaid {
        display: block;
    }
    Compare.-charts #beside { display: none; }
    Compare.-both #beside { display: block; height: 2fr; }
    Compare.-both #overlaid { height: 3fr; }
    Compare.-both #legend { margin-top: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "ask('charts')", "charts or table", show=False, id="compare.charts"),
        Binding("d", "ask('equal')", "equal lines", show=False, id="compare.equal"),
        Binding("b", "ask('base')", "next run as the base", show=False, id="compare.base"),
        Binding("e", "ask('export')", "export", show=False, id="compare.export"),
    ]

    def __init__(self, desk: Desk, run: Run) -> None:
        super().__init__(desk, run)
        self.is_all = False
        self._comparison: Comparison | None = None

    def compose(self) -> ComposeResult:
        """What is compared, then the lines, then the charts."""
        yield Bar(id="said")
        yield VirtualTable(self.desk.look, keys=self.desk.keys.keys, id="beside")
        yield Bar(id="legend")
        yield ChartBoard(dots=self.desk.dots, id="overlaid")

    @property
    def board(self) -> ChartBoard:
        """The charts."""
        return self.query_one(ChartBoard)

    @property
    def table(self) -> VirtualTable:
        """The lines."""
        return self.query_one(VirtualTable)

    def take_focus(self) -> None:
        """To the table, or to the charts where those are shown alone."""
        self.screen.set_focus(self.board if self.has_class("-charts") else self.table)

    def tick(self) -> None:
        """Ages change."""
        super().tick()
        self.table.tick(self.desk.look)
        self.board.look(is_local=self.desk.is_local, dots=self.desk.dots)

    def escape(self) -> bool:
        """Leave the one large chart."""
        is_large = self.board.is_enlarged
        if is_large:
            self.board.action_leave()
        return is_large

    def on_resize(self) -> None:
        """Table and charts, or one of them; the line above is cut to the new width."""
        is_roomy = self.size.height >= ROOMY
        self.set_class(is_roomy, "-both")
        if is_roomy:
            self.remove_class("-charts")
        self._say()
        self.call_after_refresh(self._say)  # what was hidden has no width yet

    def on_descendant_focus(self) -> None:
        """The charts have other keys than the table."""
        self.post_message(self.Says())

    def hints(self) -> Sequence[Hint]:
        """Its own keys."""
        swap, base, out = plain("table" if self.board.has_focus else "charts"), plain("base"), plain("export")
        last = (Hint(plain("c"), swap), Hint(plain("b"), base), Hint(plain("e"), out))
        if self.board.has_focus:
            return (Hint(plain("← →"), plain("cursor")), Hint(plain("x"), plain("axis")), *last,
                    Hint(plain("enter"), plain("one chart")), Hint(plain("+ -"), plain("zoom")))  # fmt: skip
        shown = plain("only differing") if self.is_all else plain("equal too")
        return (Hint(plain("d"), shown), *last, Hint(plain("enter"), plain("in full")),
                Hint(plain("← →"), plain("runs")))  # fmt: skip

    def action_ask(self, what: str) -> None:
        """Do what a key asks for."""
        if what == "equal":
            self.is_all = not self.is_all
            self.show_all()
        elif what == "base":
            self.base += 1
            self.show_all()
            self.lay()
        elif what == "charts":
            self._swap()
        elif self._comparison is not None:
            self._export(self._comparison)
        self.post_message(self.Says())

    def _swap(self) -> None:
        """To the charts, or back to the table: the other one is focused, or shown in its place."""
        if self.has_class("-both"):
            self.screen.set_focus(self.table if self.board.has_focus else self.board)
        else:
            self.toggle_class("-charts")
            self.take_focus()
            self.call_after_refresh(self._say)  # what was hidden has no width yet

    def _export(self, comparison: Comparison) -> None:
        """The table, or the chart under the cursor."""
        is_all, now, figure = self.is_all, self.desk.session.now(), self.board.figure
        if not self.board.has_focus:
            self.ask(lambda: exported(comparison, now, is_all=is_all), self._tell)
        elif figure is not None:
            view, title = self.board.view_of(figure), Safe(f"{len(comparison.runs)} runs")
            is_dark = not self.app.theme.endswith("light")  # pyright: ignore[reportUnknownMemberType]
            self.ask(lambda: export_chart(figure, view, title, Path.cwd(), now, is_dark=is_dark), self._tell)

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

    def show_all(self) -> None:
        """Draw the table and the charts of what is known."""
        runs = self.turned
        if len(runs) < FEWEST:
            self._comparison = None
            self.table.show((), Side(()), self.desk.look)
            self.table.say_empty(why_not(self.run, self.desk.keys, are_marked=bool(self.against)))
            self._say()
            return
        is_of_them = self.overlaid.runs == tuple(run.id for run in runs)
        self._comparison = compare(runs, curve_lines(self.overlaid.curves) if is_of_them else ())
        rows = tuple(Row(f"{one.section}/{getattr(one, 'name', '')}", one, None) for one in
                     entries(self._comparison, is_all=self.is_all))  # fmt: skip
        place = self.table.place
        self.table.show(columns(self._comparison), Side(rows), self.desk.look, place=place)
        nothing = muted("Nothing differs that is known of these runs; d shows what is equal.")
        self.table.say_empty(() if rows else [nothing])
        if is_of_them:
            self.board.look(is_local=self.desk.is_local, dots=self.desk.dots)
            self.board.show([group_of(self.overlaid, self.desk)])
        self._say()

    def _say(self) -> None:
        """The lines above: who is compared with whom and where they differ, which runs are seen, whose line it is."""
        bar, right = self.query_one("#said", Bar), say(self.table.columns_text, "muted")
        left = say(plain("Compare"), "strong", bold=True)
        if self._comparison is not None:
            room = bar.room - line_width(right) - 2
            whole = self._said(self._comparison, counted_sections)
            left = whole if line_width(whole) <= room else self._said(self._comparison, counted_whole)
        bar.show(left, right, on="bg")
        runs = self._comparison.runs if self._comparison is not None else ()
        self.query_one("#legend", Bar).show(legend(runs, self.made, self.desk), on="bg")

    def _said(self, comparison: Comparison, counted: Callable[[Comparison], Safe]) -> Drawn:
        base, *others = names_of(comparison.runs)
        who = clip(others[0], 40) if len(others) == 1 else Safe(f"{len(others)} runs")
        good = "" if self.against else ", the last good run" if self.base % 2 == 0 else ""
        told = f" against {clip(base, 40)}{good}   {counted(comparison)}"
        return (Span(who, "strong", bold=True), Span(Safe(told), "muted"))
