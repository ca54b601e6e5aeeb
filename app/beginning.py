"""How the deck begins: theme, workspace, and the first view with what is cached."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from typing import TYPE_CHECKING

from app.desk import Desk
from app.fetching import learn, look_for
from app.key_map import KeyMap
from app.refreshing import OnEvent, Refreshing
from app.session import Session
from app.settings import Settings
from cache.errors import CacheError
from widgets.safe import Safe, safe
from widgets.theme import DARK, LIGHT, MONO

if TYPE_CHECKING:
    from app.deck import Deck
    from app.studio_url import Wanted

RESUME_AFTER = 3.0
"""Seconds after which it is looked whether an earlier deck left changes under way: the first paint comes first."""

THEMES = {"dark": DARK, "light": LIGHT, "mono": MONO}


def refresher(session: Session, on_event: OnEvent) -> Refreshing:
    """The refresher of the real deck."""
    from app.refresh import Refresher

    return Refresher(session, on_event)


def desk_of(session: Session, refresher: Refreshing, pane: str | None, settings: Settings, keys: KeyMap) -> Desk:
    """A desk for a session, as the settings want it."""
    session.is_pinned = settings.is_pinned_read_only
    session.has_test_calls = session.has_test_calls or settings.test_calls
    return Desk(
        session,
        refresher,
        pane,
        is_ascii=settings.is_ascii,
        charts=settings.charts,
        commands=settings.commands,
        keys=keys,
    )


def theme_for(settings: Settings, environ: Mapping[str, str], *, is_mono: bool) -> str:
    """The theme to begin with: none of colour where that is asked for, else the setting, else what the terminal says.

    COLORFGBG is `15;0` on a dark and `0;15` on a light ground, in the terminals that set it.
    """
    if is_mono:
        return MONO
    if settings.theme in THEMES:
        return THEMES[settings.theme]
    ground = environ.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT if ground in ("7", "15") else DARK


def choose_at_once(session: Session, text: str) -> Wanted | None:
    """Choose the workspace when that takes no looking up; gives what still has to be looked up. Raises BadAddress."""
    from app.studio_url import parse_workspace

    wanted = parse_workspace(text) if text else None
    ref = wanted.ref if wanted is not None else (session.workspace or session.default_workspace)
    if ref is not None:
        session.choose(ref, is_remembered=False)
        return None
    return wanted


def begin(deck: Deck) -> None:
    """Show what is cached at once; then ask who is there, or for what is fresh."""
    deck.show(deck.desk.trail.now)
    learn(deck)
    session = deck.desk.session
    notes = (*deck.settings.problems, *session.notes, *deck.notes)
    if notes:
        deck.tell(safe("  ".join(notes)))
    if session.store.needs_migration:
        deck.view.ask(lambda: _migrate(session), lambda said: _migrated(deck, said))
    if session.workspace is None:
        _arrive(deck)
    elif session.bundle is not None:
        from app.doing.places import open_triage

        open_triage(deck, session.bundle.endpoint, safe(session.bundle.endpoint, 40))
    elif deck.wanted_run:
        from app.doing.runs import open_named

        open_named(deck, deck.wanted_run)
    deck.view.set_timer(RESUME_AFTER, lambda: _resume(deck))


def _resume(deck: Deck) -> None:
    from app.doing.carrying import resume

    resume(deck)
    deck.watchman.tick()  # what happened since the last start


def _arrive(deck: Deck) -> None:
    from app.arriving import first_run, look_up
    from app.doing.asking import workspaces

    if deck.wanted is not None:
        look_for(deck, ("workspaces",))
        look_up(deck)
    elif deck.desk.session.is_online:
        first_run(deck)
    else:
        workspaces(deck)


def _migrate(session: Session) -> Safe | None:
    try:
        session.store.migrate()
    except CacheError as error:
        return safe(str(error))
    return None


def _migrated(deck: Deck, said: Safe | None) -> None:
    if said is not None:
        deck.tell(said)
    deck.show(deck.desk.trail.now)


def choose_or_say(session: Session, text: str) -> tuple[Wanted | None, tuple[str, ...]]:
    """`choose_at_once` for a text that may be wrong: then the deck opens without it, and says what is wrong with it."""
    from app.studio_url import BadAddress

    try:
        return choose_at_once(session, text), ()
    except BadAddress as error:
        return None, (f"{error}.",)


def spare_what_stays() -> None:
    """Look for garbage again where `app.start` put it off, but not among what was imported.

    That stays, and going through it held up a key now and then for 20 ms.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()
