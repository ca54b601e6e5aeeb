"""Questions in a dialog: help, palette, command line, and the choosers for order, columns, copies and workspaces."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from app import commands, help
from app import palette as palette_of
from app.addresses import copies, copy_choices
from app.chrome import here
from app.desk import MOST_WORKSPACES
from app.doing import acting, exporting, places, reproducing, runs, submitting, taking, writing
from app.fetching import look_for
from app.panes import PANES
from app.screens.menu import Menu
from app.session import ref_of
from app.states import no_workspaces
from app.studio_url import parse_workspace
from services.workspaces import Workspace
from widgets.bar import NO_TEXT
from widgets.command_line import CommandLine
from widgets.footer import Hint
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck


def hints_for(enter: Safe, escape: Safe) -> tuple[Hint, ...]:
    """The keys under a list, with the words for what enter and esc do there."""
    return (Hint(plain("enter"), enter), Hint(plain("↓ ↑"), plain("move")), Hint(plain("esc"), escape))


def keys(deck: Deck) -> None:
    """The searchable list of everything; enter runs it."""
    title = Safe(f"Keys in {deck.view.pane.title}")
    hints = (
        Hint(plain("enter"), plain("do it")),
        Hint(plain("↓ ↑"), plain("move")),
        Hint(plain("esc"), plain("leave")),
    )
    listed = help.choices(here(deck.desk, deck.view), PANES, deck.desk.keys)
    deck.push_screen(Menu(title, listed, hints=hints, note=help.PRIVACY, note_rows=help.NOTE_ROWS), deck.run_chosen)


def palette(deck: Deck) -> None:
    """Everything, by typing."""
    menu = Menu(plain("Anything"), palette_of.choices(here(deck.desk, deck.view), PANES, (), None, deck.desk.keys))
    deck.push_screen(menu, deck.run_chosen)

    def add(known: list[Workspace]) -> None:
        now, chosen = here(deck.desk, deck.view), deck.desk.session.workspace
        menu.offer(palette_of.choices(now, PANES, known, chosen, deck.desk.keys))

    deck.view.ask(lambda: known_workspaces(deck), add)


def command(deck: Deck) -> None:
    """Type a command."""
    deck.part(CommandLine).open()
    deck.draw_chrome()


def known_workspaces(deck: Deck) -> list[Workspace]:
    """The cached workspaces by name. Reads many rows: for a worker."""
    return list(islice(deck.desk.session.known_workspaces(), MOST_WORKSPACES))


def workspaces(deck: Deck) -> None:
    """Choose a workspace among those seen; the list is fetched again meanwhile."""
    desk = deck.desk
    hints = (
        Hint(plain("enter"), plain("go there")),
        Hint(plain("↓ ↑"), plain("move")),
        Hint(plain("esc"), plain("stay")),
    )
    menu = Menu(plain("Workspaces"), [], placeholder=plain("name, region or resource group"), hints=hints)
    deck.push_screen(menu, lambda id: _leave_workspaces(deck, id))
    deck.workspace_menu = menu
    offer_workspaces(deck)
    if desk.session.is_online:
        look_for(deck, ("workspaces",), force=True)


def _leave_workspaces(deck: Deck, id: str | None) -> None:
    deck.workspace_menu = None
    deck.run_chosen(id)


def offer_workspaces(deck: Deck) -> None:
    """Fill the list of workspaces, while it is open, with those seen so far."""
    menu, is_online = deck.workspace_menu, deck.desk.session.is_online

    def offer(known: list[Workspace]) -> None:
        if menu is not None and menu is deck.workspace_menu:
            chosen = deck.desk.session.workspace
            listed = palette_of.workspaces(known, chosen, group=NO_TEXT)
            here = f"ws:{chosen.key}" if chosen is not None else ""
            highlight = next((one.id for one in listed if one.id.lower() == here), None)
            menu.offer(listed, highlight, no_workspaces(deck.desk.states.get("workspaces"), is_online=is_online))

    if menu is not None:
        deck.view.ask(lambda: known_workspaces(deck), offer)


def go_to_workspace(deck: Deck, id: str) -> None:
    """Go to the workspace of this ARM id."""
    ref = parse_workspace(id).ref
    if ref is not None:
        places.workspace(deck, ref)


def run_command(deck: Deck, text: str) -> None:
    """Do what was typed."""
    try:
        typed = commands.parse(text, PANES)
    except commands.NotACommand as wrong:
        if not acting.run_own(deck, text.strip()):
            deck.tell(safe(str(wrong)))
        return
    if typed.action.startswith("pane:"):
        places.pane(deck, typed.action.removeprefix("pane:"), typed.argument)
    elif typed.action == "ws":
        _workspace_named(deck, typed.argument)
    elif typed.action == "run":
        runs.open_named(deck, typed.argument)
    elif typed.action == "theme":
        deck.run_chosen(f"theme:{typed.argument}")
    elif typed.action == "filter" and typed.argument:
        if deck.view.opened is not None:
            places.back(deck)
        first, _, rest = typed.argument.partition(" ")
        if first == "-g":
            deck.view.filter_everywhere(rest.strip()) if rest.strip() else deck.do("filter_all")
        else:
            deck.view.search(typed.argument)
    elif typed.action == "export" and typed.argument:
        exporting.export(deck, typed.argument)
    elif typed.action == "submit":
        submitting.submit(deck, typed.argument)
    elif typed.action == "rw":
        writing.unlock(deck, typed.argument)
    else:
        deck.do(typed.action)


def _workspace_named(deck: Deck, name: Safe) -> None:
    def go(known: list[Workspace]) -> None:
        exact = [one for one in known if one.name.lower() == name.lower()]
        found = exact or [one for one in known if name.lower() in one.name.lower()]
        if len(found) == 1:
            places.workspace(deck, ref_of(found[0]))
        elif found:
            deck.tell(deck.keys.said(f"{len(found)} workspaces are called like that; {{workspaces}} shows them."))
        else:
            deck.tell(Safe(f"No workspace seen so far is called {name}; {deck.keys.name('workspaces')} shows them."))

    deck.view.ask(lambda: known_workspaces(deck), go)


def copy(deck: Deck) -> None:
    """Choose what of the row to copy."""
    addressed = taking.addressed_row(deck)
    if addressed is None:
        return
    found = copies(addressed, deck.desk.look, taking.origin_of(deck))
    choices = copy_choices(found)
    first = next((at for at, (name, _) in enumerate(found) if name.startswith("cell ")), len(found))
    menu = Menu(plain("Copy"), [*choices[:first], *reproducing.choices(addressed.record), *choices[first:]])

    def take(id: str | None) -> None:
        if id and (form := reproducing.FORM_OF.get(id)):
            reproducing.copy_as(deck, addressed.record, form)
        elif id:
            name, text = found[int(id)]
            taking.copy_text(deck, text, name)

    deck.push_screen(menu, take)
