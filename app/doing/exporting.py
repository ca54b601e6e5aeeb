"""`e`: the rows of the view into a file, in the form that is chosen; written on a thread, left with ctrl+c."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.exporting import Into, Shown, states_for, write_shown, write_whole
from app.exports.columns import shown_columns
from app.exports.files import free_name
from app.exports.taking import FORMS, Progress
from app.key_map import KeyMap
from app.screens.menu import Menu
from widgets import format as fmt
from widgets.choices import Choice
from widgets.lines import NO_LINE, say
from widgets.notice import Notice
from widgets.pane import Line, Row
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck

EVERY, STAYS = 0.5, 10.0
"""Seconds between two words about how far it is, and how long the last one stays: a path takes time to read."""
BARE, WHOLE = "bare", "whole"

_ABOUT: dict[str, tuple[Safe, Safe]] = {
    "csv": (plain("CSV"), plain("spreadsheets; the note as # lines")),
    "json": (plain("JSON"), plain("the note and a list of objects")),
    "ndjson": (plain("JSON lines"), plain("an object a line")),
    "parquet": (plain("Parquet"), plain("typed; pandas, DuckDB, Spark")),
}


def choose(deck: Deck) -> None:
    """Choose the form of the file."""
    if deck.view.opened is not None:
        deck.tell(deck.keys.said("Exports are of rows; {escape} leads back to them."))
        return
    marked, count = len(deck.view.table.marks), deck.view.keeper.count
    what = Safe(f"the {fmt.count(marked)} marked") if marked else fmt.count(count)
    title = Safe(f"Export {what} {deck.view.pane.noun}")
    row = deck.view.row
    listed = choices(has_document=row is not None and bool(deck.view.pane.sources))

    def take(id: str | None) -> None:
        if id == WHOLE and row is not None:
            _export_whole(deck, row)
        elif id:
            export(deck, id)

    deck.push_screen(Menu(title, listed, placeholder=plain("form")), take)


def choices(*, has_document: bool) -> list[Choice]:
    """A line for every form, with the note that says what the rows are and without; one for the row of the cursor."""
    noted, bare = plain("With filter, time and ages"), plain("Rows only")
    made = [Choice(form, say(_ABOUT[form][0]), say(_ABOUT[form][1], "muted"), noted, form) for form in FORMS]
    made += [Choice(f"{form} {BARE}", say(_ABOUT[form][0]), NO_LINE, bare, f"{form} bare plain") for form in FORMS]
    if has_document:
        one, about = plain("The row under the cursor"), plain("document, history, children")
        made.append(Choice(WHOLE, say(plain("all about it, as JSON")), say(about, "muted"), one, "whole row run json"))
    return made


def export(deck: Deck, text: str) -> None:
    """Write the rows of this view: `csv`, `json bare`, `parquet ~/runs.parquet`."""
    form, _, rest = text.strip().partition(" ")
    is_bare = rest == BARE or rest.startswith(f"{BARE} ")
    place = rest.removeprefix(BARE).strip() if is_bare else rest.strip()
    if form not in FORMS:
        deck.tell(Safe(f"Exports are {', '.join(FORMS)}."))
    elif deck.view.opened is not None:
        deck.tell(deck.keys.said("Exports are of rows; {escape} leads back to them."))
    elif deck.desk.export is not None:
        deck.tell(deck.keys.said("A file is being written; {interrupt} leaves it."))
    else:
        _begin(deck, Into(form, _path(deck, form, place), not is_bare))


def _path(deck: Deck, form: str, place: str) -> Path:
    """Where to: the place that was named, or a free name in the folder that was, by default the current one."""
    named = Path(os.path.expanduser(place)) if place else Path(os.getcwd())
    return free_name(named, deck.view.pane.name, form, deck.desk.session.now()) if named.is_dir() else named


def shown(deck: Deck) -> Shown:
    """The view as it is now."""
    view, desk = deck.view, deck.desk
    look = replace(desk.look, is_local=False)  # whoever reads the file later is somewhere else
    columns = shown_columns(desk.finder.table(view.pane), desk.columns(view.pane), look)
    states = states_for(view.pane, list(desk.states.values()))
    return Shown(view.pane, view.query_text, view.table.order, columns, states, view.keeper.total,
                 marked=view.table.marks)  # fmt: skip


def _begin(deck: Deck, into: Into) -> None:
    desk, taken, progress = deck.desk, shown(deck), Progress()
    session, finder = desk.session, desk.finder
    desk.export = progress
    _tell(deck, Safe(f"Writing {taken.pane.noun}…"))
    timer = deck.set_interval(EVERY, lambda: _tell(deck, _far(progress, taken.pane.noun, deck.keys)))

    def say_done(said: Safe) -> None:
        timer.stop()
        desk.export = None
        _tell(deck, said)

    deck.view.ask(lambda: write_shown(session, finder, taken, into, progress), say_done)


def _export_whole(deck: Deck, row: Row) -> None:
    """Everything the cache has about one row, into a file of the current folder."""
    desk, pane = deck.desk, deck.view.pane
    session, table = desk.session, desk.finder.table(pane)
    states = states_for(pane, list(desk.states.values()))
    path = free_name(Path(os.getcwd()), f"{pane.name}-{_file_word(row.key)}", "json", session.now())
    deck.view.ask(lambda: write_whole(session, table, row.key, states, path), lambda said: _tell(deck, said))


def _file_word(key: str) -> str:
    """A key as a part of a file's name: the end of it, without what a file system or a shell might act on."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", key)[-60:].strip("-") or "row"


def _far(progress: Progress, noun: str, keys: KeyMap) -> Safe:
    of = f" of {fmt.count(progress.total)}" if progress.total is not None else ""
    return Safe(f"Written {fmt.count(progress.done)}{of} {safe(noun)}; {keys.name('interrupt')} leaves it.")


def _tell(deck: Deck, words: Safe) -> None:
    line: Line = say(words)
    deck.part(Notice).tell(line, STAYS)
