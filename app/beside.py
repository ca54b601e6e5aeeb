"""The detail beside the rows of a pane: it follows the cursor once that rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.timer import Timer

from app.view_lines import age_line
from widgets.detail import blocks_of
from widgets.pane import Line

if TYPE_CHECKING:
    from app.pane_parts import PaneParts

DETAIL_AFTER = 0.15
"""Seconds the cursor rests on a row before its detail is shown."""


class Beside:
    """Shows the detail of the row under the cursor of a view."""

    def __init__(self, view: PaneParts) -> None:
        self._view = view
        self._timer: Timer | None = None

    def show(self) -> None:
        """Show it now."""
        view = self._view
        row, pane, look = view.row, view.pane, view.desk.look
        if row is None:
            view.detail.show_nothing()
            return
        title: Line = pane.head(row.record, look) if pane.head else ()
        view.detail.show(row.key, title, blocks_of(pane.sections, row.record, look), age_line(row, look))

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
