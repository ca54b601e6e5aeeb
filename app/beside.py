"""The detail beside the rows of a pane: it follows the cursor once that rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.timer import Timer

from app.view_lines import age_line
from widgets.detail import Block, blocks_of
from widgets.pane import Line, Row
from widgets.theme import palette_of

if TYPE_CHECKING:
    from app.derived.trends import Trends
    from app.pane_parts import PaneParts

DETAIL_AFTER = 0.15
"""Seconds the cursor rests on a row before its detail is shown."""


TRENDS = "experiments"
"""The pane whose rows have trends under what they say themselves."""


class Beside:
    """Shows the detail of the row under the cursor of a view."""

    def __init__(self, view: PaneParts) -> None:
        self._view = view
        self._timer: Timer | None = None
        self._asked: tuple[object, ...] = ()
        self._trends: tuple[str, Trends] | None = None
        """What was asked last of the cache, and about which row."""

    def show(self) -> None:
        """Show it now."""
        view = self._view
        row, pane, look = view.row, view.pane, view.desk.look
        if row is None:
            view.detail.show_nothing()
            return
        title: Line = pane.head(row.record, look) if pane.head else ()
        blocks = (*blocks_of(pane.sections, row.record, look), *self._trends_of(row))
        view.detail.show(row.key, title, blocks, age_line(row, look))
        if pane.name == TRENDS:
            self._ask(row)

    def _trends_of(self, row: Row) -> tuple[Block, ...]:
        if self._view.pane.name != TRENDS or self._trends is None or self._trends[0] != row.key:
            return ()
        from app.trend_lines import Paper, trend_blocks

        return trend_blocks(self._trends[1], Paper(self._view.desk.look, palette_of(self._view).is_mono))

    def _ask(self, row: Row) -> None:
        """Ask for the trends of a row on a worker, once for what is known of it now."""
        session = self._view.desk.session
        if self._asked == (asked := (session.scope, row.key, row.fetched_at)):
            return
        self._asked = asked

        def work() -> Trends:
            from app.asked_trends import ask_trends

            return ask_trends(session, row.record)

        def take(found: Trends) -> None:
            if self._asked == asked:
                self._trends = (row.key, found)
                if self._view.row is not None and self._view.row.key == row.key:
                    self.show()

        self._view.ask(work, take)

    def follow(self, key: str | None) -> None:
        """The cursor is on this row: show it at once when nothing else is shown, else when the cursor rests."""
        self.stop()
        shown = self._view.detail.key
        if shown is None or key is None or key == shown:
            self.show()
        else:
            self._timer = self._view.set_timer(DETAIL_AFTER, self.show)

    def stop(self) -> None:
        """Follow no further."""
        if self._timer is not None:
            self._timer.stop()
