"""What outlives the deck: how it was left, the picture for the next first paint, and a clean end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from app.chrome import read_only
from app.desk import Desk
from app.first_paint import screen_lines
from app.kept import KEPT
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
    store, kept, paint = session.store, deck.desk.kept(), picture(deck)

    def write() -> None:
        try:
            store.remember(KEPT, kept)
            paint()
        except CacheError:
            # Another process writes, or the disk is full: the next start only begins with an older picture.
            return

    deck.view.ask(write, lambda _: None)


def picture(deck: Deck) -> Callable[[], None]:
    """The deck's own screen as it stands; calling it writes it for the next start, waiting its turn (CacheError)."""
    width, height = deck.size
    lines = screen_lines(deck)
    if deck.desk.session.lock.unlocked is not None:
        # Of the top row only the colours are painted again, and the next start begins read-only whatever this one did.
        lines[:1] = lines[1:2]
    return partial(
        deck.desk.session.store.write_first_paint,
        scope=deck.desk.session.scope,
        pane=deck.desk.pane.name,
        title=line_text(deck.part(Header).left_in(read_only(deck.desk))),
        width=width,
        height=height,
        lines=lines,
    )


def last_picture(deck: Deck) -> Callable[[], None] | None:
    """What `finish` writes when the deck is left: a busy deck is never calm enough for `keep`.

    None over another screen, and where nothing can be written.
    """
    return picture(deck) if len(deck.screen_stack) == 1 and not deck.desk.session.store.is_read_only else None


def finish(desk: Desk, paint: Callable[[], None] | None = None) -> None:
    """Stop fetching without waiting for what hangs, remember how it was left and what it showed, close the cache."""
    if desk.export is not None:
        desk.export.leave(1.0)
    desk.refresher.stop(0.3)
    store = desk.session.store
    try:
        if not store.is_read_only:
            store.remember(KEPT, desk.kept())
            if desk.session.workspace is not None:
                store.remember("workspace", desk.session.workspace.id)
            if paint is not None:
                paint()
    except CacheError:
        pass  # the next start only begins where an earlier one ended
    desk.close()
