"""Signing in from the deck: choose a way, sign in, and go on in place with what was on the screen."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Literal

from app.doing.asking import hints_for, workspaces
from app.doing.taking import copy_text
from app.fetching import look_for, start_over
from app.screens.menu import Menu
from app.screens.sign_in import SigningIn
from app.screens.sign_in_form import FORMS, SignInForm, Wanted
from app.sign_ins import place_of, recall
from app.signing import WhoAmI
from services.offers import Offer, offers
from services.sign_in import METHODS, Method, SignIn
from widgets.choices import Choice
from widgets.lines import fit_line, say
from widgets.pane import Span
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.deck import Deck
    from services.records import Stop
    from services.sign_in import DeviceCode


_NAMED: dict[str, Method] = {method: method for method in METHODS}


def sign_in(deck: Deck, left: Callable[[], None] = lambda: None) -> None:
    """Choose how to sign in; the way of last time is highlighted. `left` is called when nobody signed in after all."""
    session = deck.desk.session
    if session.bundle is not None:
        deck.tell(plain("This is a bundle: it is only read, and nobody is signed in."))
        left()
        return
    before = recall(place_of(session.account), session.way.profile)
    offered = offers(os.environ, sys.platform)
    listed = [_choice(offer) for offer in offered]
    menu = Menu(
        plain("Sign in"),
        listed,
        placeholder=plain("how"),
        hints=hints_for(plain("sign in"), plain("leave")),
        highlight=before.sign_in.method if before is not None else None,
    )
    deck.push_screen(menu, lambda method: _with(deck, method, before.sign_in if before else None, left))


def _choice(offer: Offer) -> Choice:
    line = (*fit_line(say(safe(offer.method), "strong"), 19), Span(safe(offer.why, 200), "muted"))
    return Choice(offer.method, line, why_not=None if offer.can else safe(offer.why))


def _with(deck: Deck, method: str | None, before: SignIn | None, left: Callable[[], None]) -> None:
    named = _NAMED.get(method or "")
    if named is None:
        left()
        return
    is_same = before is not None and before.method == named
    wanted = (
        before
        if before is not None and is_same
        else SignIn(method=named, cloud=_cloud(deck), name=deck.desk.session.way.profile)
    )
    if named in FORMS:
        deck.push_screen(SignInForm(wanted), lambda filled: _begin(deck, filled, left))
    else:
        _begin(deck, Wanted(wanted), left)


def _cloud(deck: Deck) -> str:
    """The cloud of the account on the screen; the public one for the demo and an emulator."""
    cloud = deck.desk.session.account.cloud
    return cloud if cloud in ("usgov", "china") else "public"


def _begin(deck: Deck, wanted: Wanted | None, left: Callable[[], None]) -> None:
    if wanted is None:
        left()
        return
    session = deck.desk.session
    account = session.account

    def run(show: Callable[[DeviceCode], None], stop: Stop) -> WhoAmI:
        from app.signing import sign_in as sign_in_to

        return sign_in_to(session, wanted.sign_in, show, secret=wanted.secret, stop=stop)

    def over(made: WhoAmI | Literal["retype"] | None) -> None:
        if made == "retype":
            deck.push_screen(SignInForm(wanted.sign_in), lambda filled: _begin(deck, filled, left))
        else:
            _go_on(deck, made, left, is_same=session.account == account)

    screen = SigningIn(safe(wanted.sign_in.method), run, lambda code: copy_text(deck, code, plain("the code")),
                       is_typed=wanted.sign_in.method in FORMS)  # fmt: skip
    deck.push_screen(screen, over)


def _go_on(deck: Deck, made: WhoAmI | None, left: Callable[[], None], *, is_same: bool) -> None:
    """Fetch again with the new sign-in; view, filter and cursor stay unless the rows are another account's."""
    if made is None:
        left()
        return
    desk = deck.desk
    if not is_same:
        start_over(deck)
    guest = ", as a guest" if made.guest else ""
    deck.tell(Safe(f"Signed in as {safe(made.user or 'an account that does not say its name')}{guest}."))
    if desk.session.workspace is None:
        workspaces(deck)
    deck.view.ask(desk.refresher.reset, lambda _: look_for(deck, desk.pane.sources, force=True))
