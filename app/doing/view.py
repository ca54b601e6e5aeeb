"""What is shown and how: detail, times, chrome, focus, freshness, leaving."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from app.doing import carrying, runs
from app.fetching import look_at, resting
from app.rows import IntentRow
from widgets import format as fmt
from widgets.safe import Safe, plain

if TYPE_CHECKING:
    from app.deck import Deck

TWICE = 2.0
"""Seconds within which a second ctrl+c quits."""


def describe(deck: Deck) -> None:
    """The detail over the whole screen, and back."""
    view = deck.view
    if view.opened is not None:
        if view.opened is deck.run_view:
            runs.part(deck, "overview")
        return
    is_only = not view.has_class("-detail-only")
    view.set_class(is_only, "-detail-only")
    (view.detail if is_only else view.table).focus()
    deck.draw_chrome()


def zone(deck: Deck) -> None:
    """Times in local time or in UTC. They are labelled either way."""
    desk = deck.desk
    desk.is_local = not desk.is_local
    deck.tick()
    name = time.strftime("%Z") if desk.is_local else "UTC"
    deck.tell(Safe(f"Times are in {'local time (' + name + ')' if desk.is_local else 'UTC'}."))
    deck.draw_chrome()


def compact(deck: Deck) -> None:
    """Hide or show header and tabs: two more rows."""
    for name in ("#header", "#tabs"):
        # The deck's own screen: a key may have been on its way when another one opened a document over it.
        deck.screen_stack[0].query_one(name).toggle_class("-hidden")


def focus_next(deck: Deck) -> None:
    """Between the table and the detail; a dialog has nothing to go on to."""
    if len(deck.screen_stack) > 1:
        return
    view = deck.view
    if view.opened is not None:
        runs.step(deck, 1)
        return
    if view.detail.has_focus or not view.detail.display or not view.detail.size:
        view.table.focus()
    else:
        view.detail.focus()


def focus_previous(deck: Deck) -> None:
    """The part before; of two panels the one before is the next one."""
    if deck.view.opened is not None and len(deck.screen_stack) == 1:
        runs.step(deck, -1)
    else:
        focus_next(deck)


def refresh(deck: Deck) -> None:
    """Fetch the pane's sources now; all of them from a pane that has none of its own."""
    desk = deck.desk
    if deck.view.opened is not None:
        opened = deck.view.opened
        deck.tell(Safe(f"Reading this {opened.NOUN} now."))
        # After a failure to sign in, asking again for anything is asking for all.
        deck.view.ask(lambda: desk.refresher.want((), force=True), lambda _: opened.fetch())
        return
    names = desk.pane.sources or tuple(desk.states)
    if wait := resting(desk, names):
        deck.tell(Safe(f"Azure's own figures are hours old; the next reading is allowed in {fmt.duration(wait)}."))
        return
    deck.tell(Safe(f"Fetching {desk.pane.noun if desk.pane.sources else 'every source'} now."))
    deck.view.ask(lambda: desk.refresher.want(names, force=True), lambda _: look_at(deck))
    if desk.pane.record is IntentRow:
        carrying.resume(deck)


def pause(deck: Deck) -> None:
    """Stop fetching, or go on."""
    desk = deck.desk
    desk.is_paused = not desk.is_paused
    run = desk.refresher.pause if desk.is_paused else desk.refresher.resume
    deck.tell(plain("Paused: nothing is fetched until p.") if desk.is_paused else plain("Fetching goes on."))
    deck.view.ask(run, lambda _: look_at(deck))


def suspend(deck: Deck) -> None:
    """Back to the shell."""
    deck.action_suspend_process()


def leave(deck: Deck) -> None:
    """Quit."""
    deck.leave()


def interrupt(deck: Deck) -> None:
    """Cancel what is being fetched; twice quits."""
    now = time.monotonic()
    if now - deck.interrupted_at < TWICE:
        deck.leave()
        return
    deck.interrupted_at = now
    reading = [state.name for state in deck.desk.states.values() if state.is_reading]
    if deck.desk.export is not None:
        deck.desk.export.cancelled.set()
        return
    if reading:
        deck.view.ask(deck.desk.refresher.cancel, lambda _: look_at(deck))
    first = "Cancelled what was being fetched; " if reading else ""
    deck.tell(deck.keys.said(f"{first}{{interrupt}} again quits."))
