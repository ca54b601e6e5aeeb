"""The list of what is saved and what comes with amldeck: views are opened, renamed and deleted there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.desk import BY_NAME
from app.doing import grouping
from app.doing.saving_views import ask_name, write_views
from app.saved_views import SavedView, delete_view, load_views, rename_view
from app.screens.views import ViewList
from app.shipped_views import all_views
from app.stack import Visit
from widgets.bar import NO_TEXT
from widgets.choices import Choice
from widgets.lines import say
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck

SHELVES = {"": plain("Yours"), "research": plain("Research"), "triage": plain("Triage"), "cost": plain("Cost")}


def views(deck: Deck) -> None:
    """List all views; enter opens one."""

    def show(found: tuple[tuple[SavedView, ...], tuple[str, ...]]) -> None:
        own, problems = found
        if problems:
            deck.tell(safe(problems[0]))
        listed = all_views(own)
        screen = ViewList(plain("Saved views"), [_choice(view) for view in listed])

        def take(picked: tuple[str, str] | None) -> None:
            if picked is not None:
                _take(deck, picked, {view.name: view for view in listed})

        deck.push_screen(screen, take)

    deck.view.ask(load_views, show)


def _take(deck: Deck, picked: tuple[str, str], listed: dict[str, SavedView]) -> None:
    what, name = picked
    view = listed[name]
    if what == "open":
        open_view(deck, view)
    elif view.shelf:
        deck.tell(deck.keys.said("This one comes with amldeck: open it, and {save_view} saves it under another name."))
    elif what == "delete":
        write_views(deck, lambda: delete_view(name), Safe(f"Deleted {safe(name)}."))
    else:
        done = plain("Renamed.")
        ask_name(deck, plain("Rename a view"), safe(name), name,
                  lambda new: write_views(deck, lambda: rename_view(name, new), done))  # fmt: skip


def open_view(deck: Deck, view: SavedView) -> None:
    """Show a pane as the view has it."""
    shown = BY_NAME.get(view.pane)
    if shown is None:
        deck.tell(Safe(f"There is no pane {safe(view.pane)}."))
        return
    deck.leave_view()
    if view.columns:
        deck.desk.choose_columns(shown, (shown.columns[0].title, *view.columns))
    deck.show(deck.desk.trail.visit(Visit(view.pane, view.filter, view.order or shown.order, start=shown.filter)))
    deck.tell(Safe(f"View {safe(view.name)}."))
    if view.group_by:
        grouping.show_groups(deck, view.group_by)


def _choice(view: SavedView) -> Choice:
    pane = BY_NAME.get(view.pane)
    why = None if pane is not None else Safe(f"There is no pane {safe(view.pane)}.")
    words = safe(view.about or view.filter, 60)
    title = safe(pane.title if pane is not None else view.pane)
    return Choice(view.name, say(safe(view.name, 30)), say(title, "muted"), SHELVES.get(view.shelf, NO_TEXT),
                  f"{view.filter} {view.about} {view.group_by} {view.shelf}", why, note=words)  # fmt: skip
