"""`b` saves the view on the screen under a name, `B` lists what is saved and what comes with amldeck."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.columns import name_of
from app.desk import BY_NAME
from app.saved_views import LONGEST, NotSaved, SavedView, delete_view, load_views, rename_view, save_view
from app.screens.ask import Ask
from app.screens.views import ViewList
from app.shipped_views import all_views
from app.stack import Visit
from widgets.bar import NO_TEXT
from widgets.choices import Choice
from widgets.lines import say
from widgets.questions import Asked
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck

GROUPS = {"": plain("Yours"), "research": plain("Research"), "triage": plain("Triage"), "cost": plain("Cost")}


def save(deck: Deck) -> None:
    """Ask for a name, and save the view as it is."""
    view = deck.view
    columns = tuple(name_of(column) for column in deck.desk.columns(view.pane))
    what = SavedView(name="", pane=view.pane.name, filter=view.query_text, order=view.table.order, columns=columns[1:])
    subject = safe(f"{view.pane.title}  {view.query_text}".strip(), 200)

    def keep(name: str) -> None:
        named = SavedView(name=name, pane=what.pane, filter=what.filter, order=what.order, columns=what.columns)
        _write(deck, lambda: save_view(named), Safe(f"Saved as {safe(name)}; B lists it."))

    _ask_name(deck, plain("Save this view"), subject, "", keep)


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
    elif view.group:
        deck.tell(plain("This one comes with amldeck: open it, and b saves it under another name."))
    elif what == "delete":
        _write(deck, lambda: delete_view(name), Safe(f"Deleted {safe(name)}."))
    else:
        done = plain("Renamed.")
        _ask_name(deck, plain("Rename a view"), safe(name), name,
                  lambda new: _write(deck, lambda: rename_view(name, new), done))  # fmt: skip


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


def _choice(view: SavedView) -> Choice:
    pane = BY_NAME.get(view.pane)
    why = None if pane is not None else Safe(f"There is no pane {safe(view.pane)}.")
    words = safe(view.about or view.filter, 60)
    title = safe(pane.title if pane is not None else view.pane)
    return Choice(view.name, say(safe(view.name, 30)), say(title, "muted"), GROUPS.get(view.group, NO_TEXT),
                  f"{view.filter} {view.about} {view.group}", why, note=words)  # fmt: skip


def _ask_name(deck: Deck, title: Safe, subject: Safe, start: str, then: Callable[[str], None]) -> None:
    def check(text: str) -> Safe | None:
        if not text.strip():
            return plain("A view needs a name.")
        return Safe(f"A name has at most {LONGEST} characters.") if len(text) > LONGEST else None

    question = Asked("name", plain("name"), check, start)
    deck.push_screen(
        Ask(title, NO_TEXT, say(subject), plain("save"), [question]),
        lambda answers: then(answers["name"].strip()) if answers else None,
    )


def _write(deck: Deck, write: Callable[[], None], done: Safe) -> None:
    def work() -> Safe:
        try:
            write()
        except NotSaved as error:
            return safe(f"Nothing was saved: {error}.")
        return done

    deck.view.ask(work, deck.tell)
