"""A view is saved under a name, as it is on the screen or grouped; and every other change of the file of views."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.columns import name_of
from app.saved_views import LONGEST, NotSaved, SavedView, save_view
from app.screens.ask import Ask
from widgets.bar import NO_TEXT
from widgets.lines import say
from widgets.questions import Asked
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck


def save(deck: Deck, group_by: str = "") -> None:
    """Ask for a name, and save the view as it is, grouped by a field or not."""
    view = deck.view
    columns = tuple(name_of(column) for column in deck.desk.columns(view.pane))[1:]
    what = SavedView(name="", pane=view.pane.name, filter=view.query_text, order=view.table.order, columns=columns,
                     group_by=group_by)  # fmt: skip
    grouped = f"  by {group_by}" if group_by else ""
    subject = safe(f"{view.pane.title}  {view.query_text}".strip() + grouped, 200)

    def keep(name: str) -> None:
        named = replace(what, name=name)
        write_views(deck, lambda: save_view(named), Safe(f"Saved as {safe(name)}; {deck.keys.name('views')} lists it."))

    ask_name(deck, plain("Save this view"), subject, "", keep)


def ask_name(deck: Deck, title: Safe, subject: Safe, start: str, then: Callable[[str], None]) -> None:
    """Ask for the name of a view, beginning with `start`."""

    def check(text: str) -> Safe | None:
        if not text.strip():
            return plain("A view needs a name.")
        return Safe(f"A name has at most {LONGEST} characters.") if len(text) > LONGEST else None

    question = Asked("name", plain("name"), check, start)
    deck.push_screen(
        Ask(title, NO_TEXT, say(subject), plain("save"), [question]),
        lambda answers: then(answers["name"].strip()) if answers else None,
    )


def write_views(deck: Deck, write: Callable[[], None], done: Safe) -> None:
    """Change the file of the views on a worker, and say `done`, or why it could not be changed."""

    def work() -> Safe:
        try:
            write()
        except NotSaved as error:
            return safe(f"Nothing was saved: {error}.")
        return done

    deck.view.ask(work, deck.tell)
