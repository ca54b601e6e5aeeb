"""Which of its two views the deck shows: the rows of a pane, or a run that is open over them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app import fetching
from app.source_state import Refreshed
from app.stack import Visit

if TYPE_CHECKING:
    from app.deck import Deck


def show(deck: Deck, visit: Visit) -> None:
    """Show a view of the trail."""
    view, run_view, is_run = deck.view, deck.run_view, bool(visit.run)
    view.remove_class("-detail-only")
    view.set_class(is_run, "-away")
    run_view.set_class(is_run, "-shown")
    if is_run:
        view.rest(run_view)
        run_view.open(visit)
    else:
        run_view.close()
        view.open(visit)
    take_focus(deck)
    fetching.look_for(deck, deck.desk.pane.sources)


def take_focus(deck: Deck) -> None:
    """Give the keys to what is shown."""
    if deck.view.opened is None:
        deck.view.table.focus()
    elif deck.run_view.part is not None:
        deck.run_view.part.take_focus()
    else:
        deck.screen_stack[0].set_focus(None)


def left(deck: Deck) -> Visit:
    """The view as it is left now, for the trail."""
    now = deck.desk.trail.now
    return replace(now, part=deck.run_view.part_name) if now.run else deck.view.visit()


def tick(deck: Deck) -> None:
    """Time went on, or everything looks different now."""
    if deck.view.opened is None:
        deck.view.tick()
    else:
        deck.run_view.tick()


def refreshed(deck: Deck, event: Refreshed) -> None:
    """A source said something."""
    if deck.view.opened is None:
        deck.view.refreshed(event)
    else:
        deck.run_view.refreshed(event)
