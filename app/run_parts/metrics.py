"""What a run logged and what its nodes did, as charts with one cursor. Read again while the run goes on."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from app.metric_figures import Drawn, figures_of, groups_of
from app.run_parts.part import RunPart
from app.source_state import Refreshed, SourceState
from services.run import ENDED_RUNS
from services.system_metrics import KEPT_FOR
from widgets.chart_board import ChartBoard
from widgets.chart_raster import Dots
from widgets.footer import Hint
from widgets.safe import Safe, plain, safe

ORCHESTRATORS = ("sweep", "pipeline", "automl")
"""Runs that only start others: those log."""


class Metrics(RunPart):
    """The charts of a run."""

    SHOWS = ("metrics", "system_metrics")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "export_chart", "export the chart", show=False, id="metrics.export")
    ]

    def compose(self) -> ComposeResult:
        """One board."""
        yield ChartBoard(dots=self._dots, id="charts")

    @property
    def board(self) -> ChartBoard:
        """The board of charts."""
        return self.query_one(ChartBoard)

    @property
    def _dots(self) -> Dots:
        return self.desk.dots

    def on_mount(self) -> None:
        """Nothing is known of it yet."""
        self._drawn = Drawn()
        self._others = ""
        self._is_asked = False
        super().on_mount()

    def opened(self) -> None:
        """Show what is cached."""
        super().opened()
        self._ask()

    def refreshed(self, event: Refreshed) -> None:
        """More was read, or the run is another one."""
        if any(self.is_about(event, name) for name in (*self.SHOWS, "run")):
            self._ask()

    def tick(self) -> None:
        """Keep it fresh."""
        super().tick()
        self.board.look(is_local=self.desk.is_local, dots=self._dots)

    def escape(self) -> bool:
        """Leave the one large chart."""
        if not self.board.is_enlarged:
            return False
        self.board.action_leave()
        return True

    def hints(self) -> Sequence[Hint]:
        """The keys of the board."""
        scale = Hint(self.desk.keys.first("chart_log"), plain("log"))
        return (
            Hint(plain("← →"), plain("cursor")), Hint(plain("enter"), plain("one chart")),
            Hint(plain("+ -"), plain("zoom")), Hint(plain("x"), plain("axis")), scale,
            Hint(plain("m"), plain("smooth")), Hint(plain("e"), plain("export")), Hint(plain("g"), plain("guides")),
        )  # fmt: skip

    def action_export_chart(self) -> None:
        """Write the chart under the cursor to an SVG and a PNG file."""
        from app.chart_export import export_chart

        figure = self.board.figure
        if figure is None:
            self.post_message(self.Says(plain("There is no chart to export yet.")))
            return
        view, now, title = self.board.view_of(figure), self.desk.session.now(), safe(self.run.name, 80)
        folder = Path.cwd()
        is_dark = not self.app.theme.endswith("light")  # pyright: ignore[reportUnknownMemberType]
        self.ask(lambda: export_chart(figure, view, title, folder, now, is_dark=is_dark), self._say)

    def _say(self, words: Safe) -> None:
        self.post_message(self.Says(words))

    def _ask(self) -> None:
        """Make the charts anew on a thread: a long history takes a while to unpack."""
        if self._is_asked:
            return
        self._is_asked = True
        session, run, drawn = self.desk.session, self.run, self._drawn
        self.ask(lambda: figures_of(session.store, session.scope, run, drawn), self._show)

    def _show(self, found: Any) -> None:
        self._is_asked = False
        logged, measured, self._others = found
        why_not_logged = plain("") if logged else self._why_none(self.states()[0])
        if logged and self._others:
            why_not_logged = Safe(f"Not drawn, because it is no number: {safe(self._others, 200)}")
        why_not_measured = plain("") if measured else self._why_none_measured(self.states()[1])
        self.board.look(is_local=self.desk.is_local, dots=self._dots)
        self.board.show(groups_of(logged, measured, why_not_logged, why_not_measured))
        self.post_message(self.Says())

    def _why_none(self, state: SourceState) -> Safe:
        """Why there are no metrics, and what would fill this."""
        if waits := self._why_unknown(state):
            return waits
        if self.run.kind in ORCHESTRATORS:
            return Safe(f"A {safe(self.run.kind)} logs nothing itself: its children do.")
        if self.run.started is None:
            return plain("This run has not started: its script logs metrics with mlflow.log_metric.")
        return plain("This run has logged no metrics. mlflow.log_metric in its script would fill this.")

    def _why_none_measured(self, state: SourceState) -> Safe:
        if waits := self._why_unknown(state):
            return waits
        ended = self.run.ended
        if self.run.started is None or self.run.kind in ORCHESTRATORS:
            return plain("It holds no node, so nothing is measured.")
        if ended is not None and self.desk.session.now() - ended > KEPT_FOR:
            return Safe(f"Azure Monitor keeps measurements for {KEPT_FOR.days} days, and this run ended before that.")
        late = "" if self.run.status in ENDED_RUNS else " They come a few minutes late."
        return Safe(f"Azure Monitor has no measurements of its nodes. That is unknown, and not zero.{late}")

    def _why_unknown(self, state: SourceState) -> Safe:
        """Why nothing is known yet; empty when Azure has answered."""
        if state.problem is not None:
            return safe(state.problem.sentence, 400)
        if state.last_ok is not None:
            return plain("")
        if not self.desk.session.is_online:
            return plain("Never read here. Started offline: what is not in the cache stays unknown.")
        return Safe(f"Reading {safe(state.title.lower())}…")
