"""From a chosen verb to a confirmed change: its questions, the plan from a fresh reading, the last question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from app.confirming import az_text, noun_of, proposal_of, rest_texts
from app.doing import carrying, taking
from app.offering import Errand, questions_of
from app.panes import PANES
from app.rows import IntentRow
from app.screens.ask import Ask
from app.screens.confirm import Confirm, Confirmation
from app.screens.sheet import Sheet
from cache.errors import CacheError
from services.change import Change
from services.errors import ServiceError
from widgets.command_line import CommandLine
from widgets.lines import NO_LINE, say
from widgets.notice import Notice
from widgets.pane import Row, Verb
from widgets.safe import Safe, cell_width, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck

READING = 120.0
"""Seconds the notice says that a plan is being made, unless it is there before."""


class Planned(NamedTuple):
    """What came of planning: the changes, and a sentence for each row that was left out."""

    changes: tuple[Change, ...]
    left_out: tuple[str, ...]


class Wording(NamedTuple):
    """What the confirmation calls it."""

    title: Safe
    word: Safe
    noun: str
    sources: tuple[str, ...]
    """What to read again afterwards."""


def begin(deck: Deck, errand: Errand, verb: Verb[Any]) -> None:
    """Ask the verb's questions, if it has any; then plan it for every row that allows it."""
    rows = errand.able(verb)
    busy = next((said for row in rows if (said := carrying.busy(deck, _target(errand, verb, row)))), None)
    if busy is not None:
        deck.tell(busy)
    elif not verb.questions:
        _plan(deck, errand, verb, rows, {})
    else:
        questions = questions_of(verb, rows)
        ask = Ask(safe(verb.title), safe(errand.workspace.name), say(errand.name, "strong", bold=True),
                  plain("show the change"), questions)  # fmt: skip
        deck.push_screen(ask, lambda given: _plan(deck, errand, verb, rows, given) if given is not None else None)


def _target(errand: Errand, verb: Verb[Any], row: Row) -> str:
    return f"{errand.workspace.id}{verb.target(row.record)}"


def _plan(deck: Deck, errand: Errand, verb: Verb[Any], rows: Sequence[Row], answers: dict[str, str]) -> None:
    actor = deck.desk.actor
    # Names and targets are taken now: what the rows become meanwhile changes nothing.
    targets = {verb.target(row.record): errand.name_of(row) for row in rows}
    skipped = [f"{errand.name_of(row)}: {verb.why_not(row.record)}" for row in errand.rows if row not in rows]

    def work(is_wanted: Callable[[], bool]) -> Planned:
        made: list[Change] = []
        left_out = list(skipped)
        for target, name in targets.items():
            if not is_wanted():
                break
            try:
                made.append(actor.plan(verb.name, target, answers))
            except (ServiceError, CacheError) as error:
                left_out.append(f"{name}: {error}" if len(errand.rows) > 1 else str(error))
        return Planned(tuple(made), tuple(left_out))

    wording = Wording(safe(verb.title), safe(verb.word), errand.pane.noun, errand.pane.sources)
    while_reading(deck, errand.name, work, lambda planned: confirm(deck, planned, wording))


def undo(deck: Deck, row: IntentRow) -> None:
    """Plan what takes a change back, from a fresh reading, and ask like for any other."""
    actor = deck.desk.actor
    said = carrying.busy(deck, row.target or "")
    if said is not None:
        deck.tell(said)
        return

    def work(is_wanted: Callable[[], bool]) -> Planned:
        try:
            return Planned((actor.undo(row.id),), ())
        except (ServiceError, CacheError) as error:
            return Planned((), (str(error),))

    pane, verb = next(((pane, verb) for pane in PANES for verb in pane.verbs if verb.name == row.verb), (None, None))
    title = Safe(f"Take back: {safe(verb.title if verb else row.verb)}")
    sources = pane.sources if pane is not None else deck.view.pane.sources
    wording = Wording(title, plain("take it back"), "changes", sources)
    while_reading(deck, safe(row.name, 60), work, lambda planned: confirm(deck, planned, wording))


def while_reading(
    deck: Deck,
    name: Safe,
    work: Callable[[Callable[[], bool]], Planned],
    then: Callable[[Planned], None],
    *,
    again: Safe | None = None,
    refuse_so: Callable[[Deck, Safe, Sequence[str]], None] | None = None,
) -> None:
    """Plan on a worker while the notice says so; what comes after esc, or for a workspace that was left, is dropped."""
    writing, session = deck.desk.writing, deck.desk.session
    token = writing.planning = object()
    workspace = session.workspace
    deck.part(Notice).tell(say(Safe(f"Reading {name}…  {deck.keys.name('escape')} leaves it")), READING)

    def take(found: tuple[Planned, str | None]) -> None:
        if writing.planning is not token:
            return
        planned, why = found
        writing.planning, writing.pinned = None, safe(why) if why else None
        deck.part(Notice).tell(NO_LINE)
        if deck.desk.session.workspace != workspace:
            deck.tell(Safe(f"Another workspace was opened, so nothing is done to {name}."))
        elif not planned.changes and len(deck.screen_stack) == 1:
            (refuse_so or refuse)(deck, name, planned.left_out)
        elif len(deck.screen_stack) > 1 or deck.view.line.is_editing or deck.part(CommandLine).display:
            # A key typed for something else must not answer a question that just appeared.
            deck.tell(Safe(f"The change of {name} is worked out; {again or deck.keys.name('act')} asks for it again."))
        else:
            then(planned)

    deck.view.ask(lambda: (work(lambda: writing.planning is token), session.read_only_because), take)


def refuse(deck: Deck, name: Safe, reasons: Sequence[str]) -> None:
    """Say why nothing can be done: in the notice, or in full where it does not fit there."""
    first = safe(reasons[0])
    room = deck.part(Notice).room
    if len(reasons) == 1 and cell_width(first) <= room - 2:
        carrying.tell_trouble(deck, first)
    else:
        lines = [say(safe(reason)) for reason in reasons]
        sheet = Sheet(Safe(f"Nothing is sent to {name}"), lines)
        deck.push_screen(sheet, lambda text: taking.copy_all(deck, text, plain("the reason")))


def cancel(deck: Deck) -> bool:
    """Leave the plan that is being made. False when there is none."""
    if deck.desk.writing.planning is None:
        return False
    deck.desk.writing.planning = None
    deck.tell(plain("Left as it is; nothing was sent."))
    return True


def confirm(deck: Deck, planned: Planned, wording: Wording) -> None:
    """Show the exact change, and carry it out when it is confirmed."""
    changes = planned.changes
    first = next(iter(changes))
    asks, typed = _typing(changes, wording.noun)
    asked = Confirmation(
        title=wording.title,
        where=safe(first.workspace.rstrip("/").rpartition("/")[2]),
        word=wording.word,
        proposal=proposal_of(changes, wording.noun, planned.left_out),
        why_locked=lambda: why_locked(deck, first.workspace),
        copy=lambda text, name: taking.copy_text(deck, text, name),
        az=az_text(changes),
        rest=rest_texts(changes),
        typed=typed,
        asks=asks,
        is_ascii=deck.desk.is_ascii,
    )

    def end(is_confirmed: bool | None) -> None:
        if is_confirmed:
            carrying.carry_out(deck, changes, wording.sources)

    deck.push_screen(Confirm(asked), end)


def _typing(changes: Sequence[Change], noun: str) -> tuple[Safe, str]:
    """What is asked to be typed, and the text that has to be: the name of one, the number of several."""
    if not any(change.typed for change in changes):
        return plain(""), ""
    if len(changes) > 1:
        many = f"{len(changes)} {noun}"
        return Safe(f"Type “{safe(many)}” to go on"), many
    return Safe(f"Type the {noun_of(changes[0])} name to go on"), changes[0].typed


def why_locked(deck: Deck, workspace: str) -> Safe | None:
    """Why a change of a workspace cannot be sent now; None when writing is unlocked there."""
    unlocked = deck.desk.session.lock.unlocked
    if unlocked is not None and unlocked.workspace.lower() == workspace.lower():
        return None
    return deck.desk.writing.pinned or plain("read-only: :rw 10m unlocks writing")
