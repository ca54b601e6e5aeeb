"""When header, tabs, notice and footer are said again: once for all that changes now, or within a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import chrome, keeping

if TYPE_CHECKING:
    from textual.timer import Timer

    from app.deck import Deck

SOON = 0.1
"""Seconds that news of the refresher may wait for each other: while all is read they come faster than anybody reads."""
KEEP_AFTER = 1.0
"""Seconds of calm after which the screen is kept for the next start."""


class Drawing:
    """The chrome of one deck. Event loop only."""

    def __init__(self, deck: Deck) -> None:
        self._deck = deck
        self._is_due = False
        self._soon: Timer | None = None
        self._keep: Timer | None = None

    def next(self) -> None:
        """Draw after the message that is handled now."""
        if not self._is_due:
            self._is_due = True
            self._deck.call_next(self._draw)

    def soon(self) -> None:
        """Draw within SOON, unless something else has it drawn before."""
        if not self._is_due and self._soon is None:
            self._soon = self._deck.set_timer(SOON, self._draw)

    def _draw(self) -> None:
        self._is_due = False
        if self._soon is not None:
            self._soon.stop()
            self._soon = None
        if self._deck.is_over:
            return
        chrome.draw(self._deck)
        if self._keep is not None:
            self._keep.stop()
        self._keep = self._deck.set_timer(KEEP_AFTER, lambda: keeping.keep(self._deck))
