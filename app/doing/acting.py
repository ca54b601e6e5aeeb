"""`a`: what can be done to the row under the cursor, or to the marked rows. The only way to a write, with `z`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.act import May
from app.calling import offering as calling
from app.calling.allowed import why_not as why_no_calls
from app.commanding import missing_program
from app.derived.intents import intent_rows
from app.doing import copying_keys, planning, running
from app.offering import MOST, Errand, Right, command_choices, meant, right_of, verb_choices
from app.rows import IntentRow
from app.screens.menu import NOTE_ROWS, Menu
from cache.errors import CacheError
from widgets.choices import Choice
from widgets.pane import Row
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck


def act(deck: Deck) -> None:
    """Offer what can be done: to the marked rows when there are any, else to the row under the cursor."""
    desk, view = deck.desk, deck.view
    workspace, marked = desk.session.workspace, view.marks
    if workspace is None:
        deck.tell(plain("Choose a workspace first: W."))
    elif len(marked) > MOST:
        deck.tell(Safe(f"{len(marked):,} rows are marked; {MOST} at most are changed at one go."))
    elif marked:
        pane, store, scope = view.pane, desk.session.store, desk.session.scope

        def read() -> tuple[Row, ...]:
            seen = [(key, store.get(pane.table, scope, key)) for key in marked]
            return tuple(Row(key, one.record, one.fetched_at) for key, one in seen if one is not None)

        view.ask(read, lambda rows: _offer(deck, Errand(pane, workspace, rows)) if rows else None)
    elif view.row is not None:
        _offer(deck, Errand(view.pane, workspace, (view.row,)))


def _offer(deck: Deck, errand: Errand) -> None:
    """The list, at once with what the rows themselves say; with what the roles and the disk say when that is known."""
    desk = deck.desk
    commands = desk.commands(errand.pane.name) if len(errand.rows) == 1 else ()
    known: dict[str, Right] = {}
    missing: dict[str, Safe] = {}

    def choices() -> list[Choice]:
        return [*verb_choices(errand, known), *calling.choices(errand, known, why_no_calls(desk.session)),
                *copying_keys.choices(errand, known), *command_choices(commands, missing)]  # fmt: skip

    def take(found: tuple[dict[str, Right], dict[str, Safe]]) -> None:
        known.update(found[0])
        missing.update(found[1])
        if menu.is_mounted:
            menu.offer(choices())

    def look() -> tuple[dict[str, Right], dict[str, Safe]]:
        rights = {verb.name: _right(deck.desk.actor.may(verb.name)) for verb in errand.pane.verbs}
        rights |= {
            action: _right(deck.desk.actor.may_do(action))
            for action in copying_keys.actions(errand) | calling.actions(errand)
        }
        lost = {one.name: missing_program(one) for one in commands}
        return rights, {name: safe(text) for name, text in lost.items() if text is not None}

    title, placeholder = Safe(f"Act on {errand.name}"), plain("type to find an action")
    menu = Menu(title, choices(), placeholder=placeholder, highlight=meant(errand), note_rows=NOTE_ROWS)
    deck.push_screen(menu, lambda id: _picked(deck, errand, id or ""))
    # An answer that is there before the list is mounted would find nothing to put it into.
    menu.call_after_refresh(deck.view.ask, look, take)


def _right(may: May) -> Right:
    return right_of(may.answer, may.action, may.role)


def _picked(deck: Deck, errand: Errand, id: str) -> None:
    kind, _, name = id.partition(":")
    if kind == "verb":
        verb = next(one for one in errand.pane.verbs if one.name == name)
        planning.begin(deck, errand, verb)
    elif kind == "call":
        from app.calling import asking

        asking.begin(deck, errand)
    elif kind == "copy":
        copying_keys.begin(deck, errand, name)
    elif kind == "command":
        running.begin(deck, errand, next(one for one in deck.desk.commands(errand.pane.name) if one.name == name))


def run_own(deck: Deck, name: str) -> bool:
    """Run the user's own command of this name on the row under the cursor. False when there is none for this pane."""
    own = next((one for one in deck.desk.commands(deck.view.pane.name) if one.name == name), None)
    row, workspace = deck.view.row, deck.desk.session.workspace
    if own is None:
        return False
    if row is None or workspace is None:
        deck.tell(plain("No row is under the cursor."))
    else:
        running.begin(deck, Errand(deck.view.pane, workspace, (row,)), own)
    return True


def undo(deck: Deck) -> None:
    """Take back the newest change of the row under the cursor; in Intents, the change the row is."""
    row, pane, session = deck.view.row, deck.view.pane, deck.desk.session
    if row is None or session.workspace is None:
        return
    if isinstance(row.record, IntentRow):
        _undo(deck, row.record)
        return
    ids = _targets(deck, pane.verbs, row.record)
    scope = session.scope

    def find() -> IntentRow | str | None:
        try:
            asked = [one for one in session.intents.all(scope) if one.target.lower() in ids]
        except CacheError as error:
            return str(error)
        # What was refused or failed changed nothing: the one before it still stands.
        return next((one for one in intent_rows(asked) if one.outcome not in ("failed", "refused")), None)

    deck.view.ask(find, lambda found: _undo(deck, found))


def _targets(deck: Deck, verbs: Any, record: Any) -> frozenset[str]:
    workspace = deck.desk.session.workspace
    return frozenset(f"{workspace.id}{verb.target(record)}".lower() for verb in verbs) if workspace else frozenset()


def _undo(deck: Deck, found: IntentRow | str | None) -> None:
    if isinstance(found, str):
        deck.tell(safe(found))
    elif found is None:
        deck.tell(plain("Nothing was changed here from amldeck, so there is nothing to take back."))
    elif not found.can_undo:
        deck.tell(Safe(f"{safe(found.what, 60)}: {_why_not_undone(found)}"))
    else:
        planning.undo(deck, found)


def _why_not_undone(row: IntentRow) -> Safe:
    if row.outcome in ("sending", "running"):
        return plain("it is under way; wait for its end.")
    if row.outcome == "undone":
        return plain("it was taken back already.")
    if row.outcome == "unknown":
        return plain("its outcome is unknown, so nobody can say what to take back.")
    return plain("nothing takes it back.") if row.outcome == "done" else plain("it changed nothing.")
