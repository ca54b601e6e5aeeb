"""`:prices`: read list prices of the machine sizes in use, so that what they cost an hour can be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.pricing import COSTED, IN_USE, PRICED, PRICED_ON_DEMAND
from widgets.safe import plain, safe

if TYPE_CHECKING:
    from app.deck import Deck

PATIENCE = 300.0
"""Seconds to wait for the end of the list."""


def prices(deck: Deck) -> None:
    """Read them, then have everything with a price in it made again."""
    refresher = deck.desk.refresher

    def read() -> str:
        refresher.look_up("prices", IN_USE, force=True)
        is_done = refresher.wait_for("prices", IN_USE, PATIENCE)
        problem = refresher.lookup_state("prices", IN_USE).problem
        refresher.touch((*PRICED, *PRICED_ON_DEMAND, *COSTED))
        if problem is not None:
            return problem.sentence
        return "List prices are read; what is worked out from them is an estimate." if is_done else "Still reading."

    deck.tell(plain("Reading list prices of the machine sizes in use."))
    deck.view.ask(read, lambda said: deck.tell(safe(said)))
