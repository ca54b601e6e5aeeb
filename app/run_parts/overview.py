"""What a run is and how it went: its facts, from the cached record and its definition."""

from __future__ import annotations

from textual.app import ComposeResult

from app.panes.runs import RUNS, head
from app.run_parts.part import RunPart
from app.source_state import Refreshed
from app.view_lines import age_line
from widgets.detail import Detail, blocks_of
from widgets.pane import Row


class Overview(RunPart):
    """The facts of a run, one under the other."""

    SHOWS = ()

    def compose(self) -> ComposeResult:
        """One panel that scrolls."""
        yield Detail(id="facts")

    def opened(self) -> None:
        """Show what is cached."""
        super().opened()
        self._show()

    def refreshed(self, event: Refreshed) -> None:
        """Something may have changed."""
        self._show()

    def tick(self) -> None:
        """Ages change."""
        super().tick()
        self._show()

    def _show(self) -> None:
        look = self.desk.look
        row = Row(self.run.id, self.run, None)
        self.query_one(Detail).show(self.run.id, head(self.run, look), blocks_of(RUNS.sections, self.run, look),
                                    age_line(row, look))  # fmt: skip
