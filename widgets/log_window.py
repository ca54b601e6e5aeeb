"""The window on a log: which rows are seen, and how it moves, a few reads a step whatever the size of the file."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from widgets.log_order import Order, Place
from widgets.pane import Line
from widgets.theme import Ground


class Row(NamedTuple):
    """One row on the screen: the line it is of, which of its rows, and how it looks."""

    place: Place
    nth: int
    line: Line
    on: Ground = "bg"


RowsOf = Callable[[Place], list[Row]]


class LogWindow:
    """Rows from `top` on. `rows_of` draws a line; the owner sets `height` and calls `moved` after each change."""

    def __init__(self, order: Order, rows_of: RowsOf) -> None:
        self.order = order
        self.rows_of = rows_of
        self.height = 1
        self.top: Place | None = None
        self.skip = 0
        """Rows of the first line that are above the window."""
        self.rows: list[Row] = []

    def draw(self) -> None:
        """Make the rows anew; a window with room left at its end moves up."""
        if self.top is None:
            self.top, self.skip = self.order.at_or_after(0), 0
        self.rows = self._from(self.top, self.skip, self.height)
        if self.top is not None and len(self.rows) < self.height:
            self.to_end()

    def to_start(self) -> None:
        """The first rows."""
        self.top, self.skip = self.order.at_or_after(0), 0
        self.rows = self._from(self.top, 0, self.height)

    def to_end(self) -> None:
        """The last rows, so many as there is room for."""
        rows = [row for place in self.order.before(1 << 62, self.height) for row in self.rows_of(place)]
        self._begin_at(rows[-self.height :])

    def to(self, start: int, above: int = 0) -> None:
        """The line from a byte on, with so many rows above it."""
        self.top, self.skip = self.order.at_or_after(start), 0
        if self.top is None:
            self.to_end()
            return
        self.move(-above) if above else self.draw()

    def move(self, by: int) -> None:
        """So many rows down or up."""
        if self.top is None:
            self.draw()
        elif by > 0:
            rows = self._from(self.top, self.skip, self.height + by)
            self._begin_at(rows[min(by, max(0, len(rows) - self.height)) :])
        else:
            above = [row for place in self.order.before(self.top.start, -by) for row in self.rows_of(place)]
            above += self.rows_of(self.top)[: self.skip]
            if above:
                row = above[max(0, len(above) + by)]
                self.top, self.skip = row.place, row.nth
            self.draw()

    @property
    def is_at_end(self) -> bool:
        """Whether nothing follows the last row."""
        if not self.rows:
            return True
        last = self.rows[min(len(self.rows), self.height) - 1]
        return last.nth == len(self.rows_of(last.place)) - 1 and not self.order.after(last.place, 1)

    def shows(self, start: int) -> bool:
        """Whether a line is seen."""
        return any(row.place.start == start for row in self.rows)

    def _begin_at(self, rows: list[Row]) -> None:
        if rows:
            self.top, self.skip = rows[0].place, rows[0].nth
        self.rows = rows[: self.height]

    def _from(self, top: Place | None, skip: int, count: int) -> list[Row]:
        if top is None:
            return []
        rows = self.rows_of(top)[skip:]
        at = top
        while len(rows) < count:
            more = self.order.after(at, count - len(rows))
            if not more:
                break
            rows += [row for place in more for row in self.rows_of(place)]
            at = more[-1]
        return rows[:count] if len(rows) > count else rows
