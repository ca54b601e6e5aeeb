"""One row of chrome: something at the left, something at the right, on one ground. Parts of it can be clicked.

A bar repaints only when what it says changed: an idle deck sends nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from widgets.drawn_lines import strip
from widgets.lines import NO_LINE, blank, ends, line_width
from widgets.pane import Line
from widgets.safe import plain
from widgets.theme import Ground, palette_of

NO_TEXT = plain("")


class Zone(NamedTuple):
    """Cells of a bar that do something when clicked."""

    start: int
    end: int
    action: str


class Bar(Widget):
    """One row with a column of margin on both sides. `show` what it says; it posts `Pressed` for clicked zones."""

    DEFAULT_CSS = "Bar { height: 1; width: 1fr; }"
    can_focus = False
    MARGIN: ClassVar[int] = 1

    class Pressed(Message):
        """A zone was clicked; `action` is what it stands for."""

        def __init__(self, action: str) -> None:
            self.action = action
            super().__init__()

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ends: tuple[Line, Line] = (NO_LINE, NO_LINE)
        self._row: Line = NO_LINE
        self._ground: Ground = "surface"
        self._zones: tuple[Zone, ...] = ()
        self._said: tuple[object, int] | None = None

    @property
    def row(self) -> Line:
        """What it says now, margins included."""
        return self._row

    @property
    def room(self) -> int:
        """Cells between the margins; 0 before the first layout."""
        return max(0, self.size.width - 2 * self.MARGIN)

    def show(self, left: Line, right: Line = NO_LINE, *, on: Ground = "surface", zones: Sequence[Zone] = ()) -> None:
        """Say this from now on. Zones count cells from the left edge of the screen row."""
        self._ends = (left, right)
        self._zones = tuple(zones)
        self._cut(on)

    def is_said(self, facts: object) -> bool:
        """Whether it was asked before to say just this, as wide as it is: then nothing has to be laid out again."""
        asked = (facts, self.size.width)
        if asked == self._said:
            return True
        self._said = asked
        return False

    def on_resize(self, event: events.Resize) -> None:
        """What was said for another width, or for none while it was hidden, is cut anew."""
        self._cut(self._ground)

    def _cut(self, on: Ground) -> None:
        row = (blank(self.MARGIN), *ends(*self._ends, self.room), blank(self.MARGIN))
        if (row, on) != (self._row, self._ground):
            self._row, self._ground = row, on
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The row."""
        return strip(self._row, self.size.width, palette_of(self), self._ground)

    def on_click(self, event: events.Click) -> None:
        """Tell whose zone was clicked."""
        for zone in self._zones:
            if zone.start <= event.x < zone.end:
                event.stop()
                self.post_message(self.Pressed(zone.action))
                return


def zones_of(parts: Sequence[tuple[Line, str]], *, start: int, gap: int = 2) -> list[Zone]:
    """The zones of parts that stand side by side from cell `start`, with so many cells between."""
    zones: list[Zone] = []
    at = start
    for part, action in parts:
        end = at + line_width(part)
        if action:
            zones.append(Zone(at, end, action))
        at = end + gap
    return zones
