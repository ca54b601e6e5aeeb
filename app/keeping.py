"""What outlives the deck: how it was left, the picture for the next first paint, and a clean end."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from app.desk import KEPT, Desk
from app.first_paint import screen_lines
from cache.errors import CacheError
from widgets.header import Header
from widgets.lines import line_text

if TYPE_CHECKING:
    from app.deck import Deck


EVERY = 60.0
"""Seconds between two pictures of the same view: its ages alone are not worth a write."""


def keep(deck: Deck) -> None:
    """Remember how the deck stands, and the screen as it is. Only over the deck's own screen; writes on a worker."""
    session = deck.desk.session
    if len(deck.screen_stack) != 1 or session.store.is_read_only:
        return
    deck.leave_view()
    view = (session.scope, deck.desk.kept(), deck.size, deck.theme, deck.view.keeper.count)
    last, at = deck.kept
    if view == last and monotonic() - at < EVERY:
        return
    deck.kept = (view, monotonic())
    store, scope, pane, kept = session.store, session.scope, deck.desk.pane.name, deck.desk.kept()
    width, height = deck.size
    lines = screen_lines(deck)
    title = line_text(deck.part(Header).left)

    def write() -> None:
        try:
            store.remember(KEPT, kept)
            store.write_first_paint(scope=scope, pane=pane, title=title, width=width, height=height, lines=lines)
        except CacheError:
            # Another process writes, or the disk is full: the next start only begins with an older picture.
            return

    deck.view.ask(write, lambda _: None)


def finish(desk: Desk) -> None:
    """Stop fetching without waiting for what hangs, remember how it was left, and close the cache."""
    desk.refresher.stop(0.3)
    store = desk.session.store
    try:
        if not store.is_read_only:
            store.remember(KEPT, desk.kept())
            if desk.session.workspace is not None:
                store.remember("workspace", desk.session.workspace.id)
    except CacheError:
        pass  # the next start only begins where an earlier one ended
    desk.close()
