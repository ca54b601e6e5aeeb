"""What the deck shows: the rows of a pane, or what is open over them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, cast

from app import fetching
from app.opened import Opened
from app.source_state import Refreshed
from app.stack import BILL, LOGS, REQUESTS, Visit
from app.triaging.view import TriageView

if TYPE_CHECKING:
    from app.deck import Deck


LATER = {
    LOGS: "app.container_logs.view:ContainerLogView",
    REQUESTS: "app.scoring.view:RequestsView",
    BILL: "app.billing.view:BillView",
}
"""What is put on the screen when it is first opened: most decks are left without it."""


def opened_by(deck: Deck, visit: Visit) -> Opened | None:
    """What a visit opens over the rows; None when it shows those."""
    if (visit.endpoint and visit.part in LATER) or visit.part == BILL:
        return _made(deck, visit.part)
    if visit.endpoint:
        return deck.part(TriageView)
    return deck.run_view if visit.run else None


def _made(deck: Deck, part: str) -> Opened:
    """The one of its kind, made when there is none yet: composed a moment later, it shows what it was asked before."""
    module, _, name = LATER[part].partition(":")
    kind = cast("type[Opened]", getattr(import_module(module), name))
    screen = deck.screen_stack[0]
    known = next(iter(screen.query(kind)), None)
    if known is not None:
        return known
    made = kind(deck.desk)
    screen.mount(made, before="#notice")
    return made


def show(deck: Deck, visit: Visit) -> None:
    """Show a view of the trail."""
    view, opened = deck.view, opened_by(deck, visit)
    view.remove_class("-detail-only")
    view.set_class(opened is not None, "-away")
    for one in deck.screen_stack[0].query(Opened):
        one.set_class(one is opened, "-shown")
        if one is not opened:
            one.close()
    if opened is not None:
        view.rest(opened)
        opened.open(visit)
    else:
        view.open(visit)
    take_focus(deck)
    fetching.look_for(deck, deck.desk.pane.sources)


def take_focus(deck: Deck) -> None:
    """Give the keys to what is shown."""
    if deck.view.opened is None:
        deck.view.table.focus()
    else:
        deck.view.opened.take_focus()


def left(deck: Deck) -> Visit:
    """The view as it is left now, for the trail."""
    opened = deck.view.opened
    return deck.view.visit() if opened is None else opened.left(deck.desk.trail.now)


def tick(deck: Deck) -> None:
    """Time went on, or everything looks different now."""
    if deck.view.opened is None:
        deck.view.tick()
    else:
        deck.view.opened.tick()


def refreshed(deck: Deck, event: Refreshed) -> None:
    """A source said something."""
    if deck.view.opened is None:
        deck.view.refreshed(event)
    else:
        deck.view.opened.refreshed(event)
