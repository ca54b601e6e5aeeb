"""Taking something along: copies, links, the raw document, the origin of a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.addresses import CLOUDS, Addressed, has_browser, open_in_browser
from app.clipboard import copy
from app.estimating import basis_of
from app.machine_rows import QuotaRow
from app.openable import Opening, opening_choices, openings
from app.origin import Known, origin_lines
from app.refusals import request_text
from app.screens.menu import NOTE_ROWS, Menu
from app.screens.raw import RawScreen
from app.screens.sheet import Sheet
from cache.origins import Provenance
from services.clouds import PUBLIC
from widgets.lines import say
from widgets.pane import Line
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck


def addressed_row(deck: Deck) -> Addressed | None:
    """The row under the cursor with its addresses; None without a row."""
    row, session = deck.view.row, deck.desk.session
    if row is None:
        return None
    return Addressed(deck.view.pane, row.record, session.workspace, CLOUDS.get(session.account.cloud, PUBLIC))


def copy_text(deck: Deck, text: Safe, name: Safe) -> None:
    """Copy, and say what, how much and by which route."""
    driver = deck._driver  # pyright: ignore[reportPrivateUsage] (Textual's own copy says neither size nor route)
    write = driver.write if driver is not None else None
    deck.view.ask(lambda: copy(text, write), lambda done: deck.tell(Safe(f"Copied {name}, {done.size}, {done.route}")))


def copy_all(deck: Deck, text: Safe | None, name: Safe) -> None:
    """Copy what a screen gave when it was left, if it gave something."""
    if text is not None:
        copy_text(deck, text, name)


def copy_name(deck: Deck) -> None:
    """Copy the row's id or name, or what is chosen in what is open; the request for a right where that is missing."""
    opened = deck.view.opened
    if opened is not None and (chosen := opened.to_copy()) is not None:
        copy_text(deck, *chosen)
        return
    problem = deck.desk.refusal(deck.view.pane) if deck.view.is_refused else None
    session = deck.desk.session
    if problem is not None:
        workspace = session.workspace.id if session.workspace else None
        text = request_text(deck.view.pane, problem, deck.desk.account_name, workspace)
        copy_text(deck, text, plain("request"))
        return
    addressed = addressed_row(deck)
    asked = addressed.request() if addressed is not None else None
    if asked is not None:
        copy_text(deck, asked, plain("request"))
    elif addressed is not None:
        copy_text(deck, addressed.name(), addressed.name())


def studio(deck: Deck) -> None:
    """Open the row's page in the studio; where more opens than that, let it be chosen, with the address in sight."""
    addressed = addressed_row(deck)
    if addressed is None:
        return
    found = openings(addressed)
    if len(found) < 2:
        _open(deck, found[0].text if found else None)
        return
    title = Safe(f"Open {safe(addressed.name(), 40)}")
    menu = Menu(title, opening_choices(found), placeholder=plain("type to find what opens"), note_rows=NOTE_ROWS)
    deck.push_screen(menu, lambda id: _picked(deck, found[int(id)]) if id else None)


def _picked(deck: Deck, chosen: Opening) -> None:
    if chosen.is_command or chosen.why_not:
        copy_text(deck, chosen.text, Safe(f"{chosen.name}: {chosen.text}"))
    else:
        _open(deck, chosen.text)


def portal(deck: Deck) -> None:
    """Open the row's page in the portal."""
    addressed = addressed_row(deck)
    if addressed is not None:
        _open(deck, addressed.portal())


def _open(deck: Deck, link: Safe | None) -> None:
    if link is None:
        deck.tell(plain("There is no page for this."))
    elif not has_browser():
        copy_text(deck, link, Safe(f"link, as there is no browser here: {link}"))
    else:
        deck.tell(Safe(f"Opening {link}"))
        deck.view.ask(lambda: open_in_browser(link), lambda is_open: _opened(deck, link, is_open=bool(is_open)))


def _opened(deck: Deck, link: Safe, *, is_open: bool) -> None:
    if not is_open:
        copy_text(deck, link, Safe(f"link, as no browser opened: {link}"))


def origin_of(deck: Deck) -> Provenance | None:
    """Where the row under the cursor came from. Reads one row."""
    row = deck.view.row
    return deck.desk.finder.origin(deck.view.pane, row.key) if row is not None else None


def origin(deck: Deck) -> None:
    """Say where the row came from: source, call, age, basis, and how it changed."""
    opened = deck.view.opened
    if opened is not None and (lines := opened.origin()):
        _say_origin(deck, Safe(f"Origin of the {opened.NOUN}"), lines)
        return
    addressed, row = addressed_row(deck), deck.view.row
    if addressed is None or row is None:
        return
    desk, pane, key = deck.desk, deck.view.pane, row.key
    finder, look = desk.finder, desk.look
    name = addressed.name()

    def ask() -> Known:
        store, scope = desk.session.store, desk.session.scope
        basis = basis_of(store, scope, row.record, look.now)
        made_of = row.record.basis if isinstance(row.record, QuotaRow) else ()
        return Known(finder.origin(pane, key), finder.past(pane, key), basis, made_of)

    def show(known: Known) -> None:
        _say_origin(deck, Safe(f"Origin of {safe(name, 40)}"), origin_lines(addressed, known, desk.states, look))

    deck.view.ask(ask, show)


def _say_origin(deck: Deck, title: Safe, lines: Sequence[Line]) -> None:
    deck.push_screen(Sheet(title, lines), lambda text: copy_all(deck, text, plain("all of it")))


def raw(deck: Deck) -> None:
    """The stored document of the row, as Azure gave it but for secrets."""
    row, pane, finder = deck.view.row, deck.view.pane, deck.desk.finder
    if row is None:
        return
    title = say(safe(getattr(row.record, "name", row.key)), "strong", bold=True)

    def show(document: bytes | None) -> None:
        if document is None:
            deck.tell(deck.keys.said("Azure's own document is not kept for this; {origin} says what it was made of."))
        else:
            deck.push_screen(RawScreen(title, document), lambda text: copy_all(deck, text, plain("the document")))

    deck.view.ask(lambda: finder.document(pane, row.key), show)
