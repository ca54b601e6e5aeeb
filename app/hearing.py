"""What an event of the refresher changes in the deck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app import showing
from app.asked_things import thing_of
from app.desk import TABLE_OF
from app.fetching import learn, start_over
from app.source_state import ACCOUNT, Refreshed

if TYPE_CHECKING:
    from app.deck import Deck

COUNTED = ("attention", "endpoint_rows", "workspaces")
"""Tables whose change may change a tab's badge, or the workspaces that are known."""


def take(deck: Deck, event: Refreshed) -> None:
    """The refresher said something: tell whoever shows it. What it says after the end, nobody does."""
    if deck.is_over:
        return
    if event.source == ACCOUNT:
        start_over(deck)
        return
    deck.watchman.heed(event)
    if thing_of(event.source) is not None:
        if deck.view.opened is not None:
            deck.view.opened.refreshed(event)
        else:
            deck.view.board.heard(event)
        return
    was_stale = deck.desk.is_stale
    deck.desk.take(event)
    if deck.desk.is_stale != was_stale:
        deck.tick()  # every row looks different now
    showing.refreshed(deck, event)
    if TABLE_OF.get(event.source) in COUNTED and event.keys != ():
        learn(deck)
    if event.source == "workspaces":
        if deck.workspace_menu is not None:
            from app.doing.asking import offer_workspaces

            offer_workspaces(deck)
        if deck.wanted is not None:
            from app.arriving import look_up

            look_up(deck)
    deck.drawing.soon()
