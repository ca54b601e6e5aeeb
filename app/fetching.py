"""Between the deck and its refresher: what shall be fresh, and how it stands.

The refresher may be busy with its own lock, so it is only asked on workers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from app.desk import Desk, Learned
from app.desk import learn as ask_cache
from app.source_state import SourceState, rests
from app.sources import ALWAYS, SOURCES

if TYPE_CHECKING:
    from app.deck import Deck


def look_for(deck: Deck, names: Iterable[str], *, force: bool = False) -> None:
    """Have everything kept fresh, these sources first; with `force` read them now."""
    desk, first, heard = deck.desk, tuple(names), deck.desk.heard

    def want() -> Mapping[str, SourceState]:
        if desk.session.workspace is not None:
            desk.refresher.want(ALWAYS)
        desk.refresher.want(first or ("workspaces",), force=force)
        return desk.refresher.states()

    deck.view.ask(want, lambda states: _looked(deck, desk, states, heard))


def resting(desk: Desk, names: Iterable[str]) -> float:
    """Seconds until one of these sources may be read by key; 0 when one may be now."""
    floors = {source.name: source.floor for source in SOURCES if not source.is_derived}
    now, known = desk.session.now(), desk.states
    return min((rests(known[name], floors[name], now) for name in names if name in floors and name in known), default=0)


def look_at(deck: Deck) -> None:
    """See how everything stands."""
    desk, heard = deck.desk, deck.desk.heard
    deck.view.ask(desk.refresher.states, lambda states: _looked(deck, desk, states, heard))


def _looked(deck: Deck, desk: Desk, states: Mapping[str, SourceState], heard: int) -> None:
    if desk is deck.desk:
        desk.look_again(states, heard)
        deck.tick()


def learn(deck: Deck) -> None:
    """Ask the cache for what chrome and completion show."""
    desk = deck.desk
    session, finder = desk.session, desk.wide_finder

    def take(learned: Learned) -> None:
        if desk is deck.desk:
            desk.learned = learned
            deck.draw_chrome()

    deck.view.ask(lambda: ask_cache(session, finder), take)


def start_over(deck: Deck) -> None:
    """Another workspace or account: other rows in the same pane, and nothing known of the sources yet."""
    deck.desk.start_over()
    deck.watchman.start_over()
    deck.view.completer.forget()
    deck.show(deck.desk.trail.now)
    learn(deck)
