"""Arriving: the first run of someone who has chosen nothing, and a workspace that was named but not addressed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from app import keeping
from app.beginning import choose_at_once
from app.desk import BY_NAME
from app.doing import asking, places, signing
from app.fetching import look_for, start_over
from app.opened import Opened
from app.opening import open_session
from app.screens.first_rows import Fact, Way, Who
from app.screens.first_run import FirstRun
from app.session import Session, ref_of
from app.start import cache_folder_for
from app.studio_url import Wanted
from services.errors import NotSignedIn
from services.workspaces import Workspace
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck


def look_up(deck: Deck) -> None:
    """Look for a workspace that was named and not addressed: among those seen, then in Azure."""
    wanted, session = deck.wanted, deck.desk.session
    if wanted is None:
        return

    def take(known: list[Workspace]) -> None:
        if deck.wanted is not wanted:
            return  # an answer before this one has settled it
        found = [ref_of(one) for one in known if wanted.matches(ref_of(one))]
        if len(found) == 1:
            deck.wanted = None
            places.workspace(deck, found[0])
        elif found or not session.is_online or _was_asked(deck):
            deck.wanted = None
            asking.workspaces(deck)
            many = f"{len(found)} workspaces you may see are" if found else "No workspace you may see is"
            deck.tell(Safe(f"{many} called {safe(wanted.name)}."))
        else:
            deck.tell(Safe(f"Looking for {safe(wanted.name)}…"))

    deck.view.ask(lambda: asking.known_workspaces(deck), take)


def _was_asked(deck: Deck) -> bool:
    """Whether the list of workspaces is as full as it gets: it was read, and is not being read again."""
    state = deck.desk.states.get("workspaces")
    return state is not None and not state.is_reading and state.last_ok is not None


def first_run(deck: Deck) -> None:
    """Offer the three ways in."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        shown = safe(".".join(version("amldeck").split(".")[:2]))
    except PackageNotFoundError:
        shown = plain("from its sources")
    deck.push_screen(FirstRun(who, facts(deck), shown), lambda taken: _take_way(deck, taken))


def who() -> Who:
    """Who `az` says is signed in. Starts a process: for a worker."""
    from services.az_cli import az_account

    if shutil.which("az") is None:
        return Who(None, plain("choose a way; az is not installed"))
    try:
        account = az_account()
    except NotSignedIn:
        return Who(None, plain("choose a way; az knows nobody yet"))
    user = account.user if account is not None else None
    return Who(user, plain("choose a way; az knows no subscription"))


def facts(deck: Deck) -> list[Fact]:
    """What of this machine matters for the first steps."""
    colours = {"truecolor": "truecolour", "256": "256 colours", "standard": "16 colours"}
    depth = colours.get(deck.console.color_system or "", "no colour")
    has_az = shutil.which("az") is not None
    proxy = os.environ.get("HTTPS_PROXY") or os.environ.get("https_proxy")
    return [
        Fact(depth != "no colour", plain("terminal"), Safe(f"{depth}, {deck.size.width} × {deck.size.height}")),
        Fact(has_az, plain("az"), plain("found") if has_az else plain("not installed; there are other ways in")),
        Fact(not proxy, plain("proxy"), plain("set, not tried yet") if proxy else plain("none")),
    ]


def _take_way(deck: Deck, taken: tuple[Way, Wanted | None] | None) -> None:
    if taken is None:
        deck.leave()
        return
    way, wanted = taken
    if way == "demo":
        base = deck.desk.session.store.path
        folder = Path(cache_folder_for(str(base.parent) if base else "", is_demo=True))
        deck.view.ask(lambda: open_session("demo", folder), lambda session: adopt(deck, session))
    elif way == "another way":
        signing.sign_in(deck, lambda: first_run(deck))
    elif wanted is not None:
        _go_to(deck, wanted)
    else:
        asking.workspaces(deck)


def adopt(deck: Deck, session: Session) -> None:
    """Go on with another session, the demo's; the one before ends quietly."""
    before = deck.desk
    deck.wanted = choose_at_once(session, "")
    deck.desk = deck.view.desk = deck.desk_for(session, None)
    for opened in deck.screen_stack[0].query(Opened):
        opened.desk = deck.desk
    deck.view.ask(lambda: keeping.finish(before), lambda _: None)
    start_over(deck)


def _go_to(deck: Deck, wanted: Wanted) -> None:
    ref = wanted.ref
    if ref is None:
        deck.wanted = wanted
        look_for(deck, ("workspaces",))
        look_up(deck)
        return
    places.workspace(deck, ref)
    if wanted.pane in BY_NAME:
        places.pane(deck, str(wanted.pane), wanted.query)
