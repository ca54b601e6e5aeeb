"""The row above the footer: what is marked and hidden, then what just happened, then what stands in the way.

What just happened stays four seconds over the rest; standing trouble stays until it is gone. Nothing floats over data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from textual import events
from textual.timer import Timer

from widgets.bar import Bar
from widgets.lines import NO_LINE
from widgets.pane import Line
from widgets.theme import Ground

SECONDS = 4.0
"""How long it says what just happened."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing for the row to say: left, right (a key and its word), and how grave it is."""

    left: Line = NO_LINE
    right: Line = NO_LINE
    kind: Literal["quiet", "news", "trouble"] = "quiet"


NOTHING = Said()
_GROUNDS: dict[str, Ground] = {"quiet": "bg", "news": "surface", "trouble": "warnbg"}


class Notice(Bar):
    """One row, three voices. It has the class `-quiet`, and its screen not `-noticed`, while it may be given away."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._facts = NOTHING
        self._trouble = NOTHING
        self._news = NOTHING
        self._timer: Timer | None = None

    @property
    def said(self) -> Said:
        """What stands there now."""
        is_urgent = self._facts.kind == "news"
        order = (self._news, self._facts, self._trouble) if is_urgent else (self._news, self._trouble, self._facts)
        return next((said for said in order if said.left or said.right), NOTHING)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing has happened and nothing stands in the way."""
        return self.said.kind == "quiet"

    def tell(self, line: Line, seconds: float = SECONDS, *, right: Line = NO_LINE) -> None:
        """Say what just happened, for a while; at the right the key that goes on from there."""
        self._news = Said(line, right, kind="news")
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(seconds, self._fade)
        self._draw()

    def stand(self, left: Line, right: Line = NO_LINE) -> None:
        """Say what stands in the way until told otherwise; an empty line ends it."""
        self._trouble = Said(left, right, "trouble") if left else NOTHING
        self._draw()

    def state(self, left: Line, right: Line = NO_LINE, *, is_urgent: bool = False) -> None:
        """Say what is marked (left) and what is hidden (right) while nothing else is to be said.

        `is_urgent` keeps the row on the screen for it: something is wrong with what the user types.
        """
        self._facts = Said(left, right, "news" if is_urgent else "quiet")
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the new width."""
        self._draw()

    def _fade(self) -> None:
        self._timer = None
        self._news = NOTHING
        self._draw()

    def _draw(self) -> None:
        said = self.said
        self.set_class(self.is_quiet, "-quiet")
        self.screen.set_class(not self.is_quiet, "-noticed")
        self.show(said.left, said.right, on=_GROUNDS[said.kind])
