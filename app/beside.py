"""The detail beside the rows of a pane: it follows the cursor once that rests."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.timer import Timer

from app.board import CHARTED
from app.view_lines import WIDE, age_line
from widgets.detail import Block, blocks_of
from widgets.pane import Line, Row
from widgets.theme import palette_of

if TYPE_CHECKING:
    from app.asked_timeline import Happened
    from app.derived.trends import Trends
    from app.pane_parts import PaneParts
    from app.session import Session

DETAIL_AFTER = 0.15
"""Seconds the cursor rests on a row before its detail is shown."""


TRENDS, TIMELINE = "experiments", "pulse"
"""The panes with something under what a row says itself: the trends of the row, and what happened lately."""


class Beside:
    """Shows the detail of the row under the cursor of a view."""

    def __init__(self, view: PaneParts) -> None:
        self._view = view
        self._timer: Timer | None = None
        self._asked: tuple[object, ...] = ()
        self._trends: tuple[str, Trends] | None = None
        """What was asked last of the cache, and about which row."""
        self._timeline: Happened | None = None

    def show(self) -> None:
        """Show it now."""
        view = self._view
        row, pane, look = view.row, view.pane, view.desk.look
        if row is None:
            view.detail.show_nothing()
            return
        title: Line = pane.head(row.record, look) if pane.head else ()
        own, under = blocks_of(pane.sections, row.record, look), self._under(row)
        # Under charts there is no need for a row's own days, and little room.
        blocks = (*own[:1], *under) if pane.name == CHARTED and under else (*own, *under)
        view.detail.show(row.key, title, blocks, age_line(row, look))
        if pane.name == TRENDS:
            self._ask(row, self._ask_trends)
        elif self._has_timeline:
            self._ask(row, self._ask_timeline)

    @property
    def _has_timeline(self) -> bool:
        """Whether there is room for what happened lately."""
        return self._view.pane.name == TIMELINE and self._view.size.width >= WIDE

    def _under(self, row: Row) -> tuple[Block, ...]:
        look = self._view.desk.look
        if self._view.pane.name == CHARTED:
            return self._view.board.blocks(self._view.detail.size.width)
        if self._view.pane.name == TRENDS and self._trends is not None and self._trends[0] == row.key:
            from app.trend_lines import Paper, trend_blocks

            return trend_blocks(self._trends[1], Paper(look, palette_of(self._view).is_mono))
        if self._has_timeline and self._timeline is not None:
            from app.timeline_lines import timeline_blocks

            return timeline_blocks(self._timeline, look)
        return ()

    def _ask(self, row: Row, ask: Callable[[Session, Row], Callable[[], None]]) -> None:
        """Ask on a worker, once for what is known of the row now; what `ask` gives keeps the answer."""
        session = self._view.desk.session
        if self._asked == (asked := (session.scope, row.key, row.fetched_at)):
            return
        self._asked = asked

        def take(keep: Callable[[], None]) -> None:
            if self._asked == asked:
                keep()
                if self._view.row is not None and self._view.row.key == row.key:
                    self.show()

        self._view.ask(lambda: ask(session, row), take)

    def _ask_trends(self, session: Session, row: Row) -> Callable[[], None]:
        from app.asked_trends import ask_trends

        found = ask_trends(session, row.record)

        def keep() -> None:
            self._trends = (row.key, found)

        return keep

    def _ask_timeline(self, session: Session, row: Row) -> Callable[[], None]:
        from app.asked_timeline import ask_timeline

        found = ask_timeline(session)

        def keep() -> None:
            self._timeline = found

        return keep

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
