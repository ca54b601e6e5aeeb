"""What `a` offers for the rows it was pressed on: the verbs of the pane and the commands of the settings.

What cannot be is offered greyed, and says why: the row's own state, or the action and the role that are missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.commanding import Configured
from services.records import WorkspaceRef
from widgets.choices import Choice
from widgets.lines import NO_LINE, say
from widgets.pane import Pane, Question, Row, Verb
from widgets.questions import Asked
from widgets.safe import Safe, plain, safe

MOST = 100
"""Rows that are changed at one go: more than that nobody has read."""


@dataclass(frozen=True, slots=True)
class Errand:
    """The rows `a` was pressed on, as they were then: rows that move under the cursor later change nothing."""

    pane: Pane[Any]
    workspace: WorkspaceRef
    rows: tuple[Row, ...]

    @property
    def name(self) -> Safe:
        """What the rows are called: the name of one, or how many there are."""
        return self.name_of(self.rows[0]) if len(self.rows) == 1 else Safe(f"{len(self.rows)} {self.pane.noun}")

    def name_of(self, row: Row) -> Safe:
        """What one row is called."""
        return safe(getattr(row.record, "name", None) or row.key, 60)

    def able(self, verb: Verb[Any]) -> tuple[Row, ...]:
        """The rows whose own state allows the verb."""
        return tuple(row for row in self.rows if verb.why_not(row.record) is None)


def why_not(errand: Errand, verb: Verb[Any]) -> Safe | None:
    """Why a verb cannot be used on any of the rows, as far as the rows themselves say; None when it can."""
    able = errand.able(verb)
    if not able:
        reason = safe(verb.why_not(errand.rows[0].record) or "")
        return reason if len(errand.rows) == 1 else Safe(f"None of the {errand.name} can: {reason}")
    if any(not _is_shared(question, able) for question in verb.questions):
        return plain("It asks something else of every row, so it is for one row at a time.")
    return None


def _is_shared(question: Question[Any], rows: Sequence[Row]) -> bool:
    """Whether a question begins the same for all rows, so that one answer is meant for all of them."""
    starts = {question.start(row.record) for row in rows}
    choices = {tuple(question.choices(row.record)) for row in rows} if question.choices else {()}
    return len(starts) == 1 and len(choices) == 1


@dataclass(frozen=True, slots=True)
class Right:
    """Whether a verb is allowed, as the choice says it: greyed with `denied`, or enabled with `note`."""

    denied: Safe | None = None
    note: Safe | None = None


def right_of(answer: str, action: str, role: str) -> Right:
    """What the roles of the account say about one action (`app.act.May`)."""
    if answer == "denied":
        grants = f" {safe(role)} grants it." if role else ""
        return Right(denied=Safe(f"Your roles lack {safe(action)}.{grants}"))
    return Right(note=Safe(f"Not known whether you may: {safe(action)}.") if answer == "unknown" else None)


def verb_choices(errand: Errand, rights: Mapping[str, Right]) -> list[Choice]:
    """A line for every verb of the pane."""
    return [_verb_choice(errand, verb, rights.get(verb.name, Right())) for verb in errand.pane.verbs]


def _verb_choice(errand: Errand, verb: Verb[Any], right: Right) -> Choice:
    reason = why_not(errand, verb) or right.denied
    able = len(errand.able(verb))
    if reason is not None:
        state = say(plain("not allowed") if reason is right.denied else plain("not now"), "muted")
    elif able < len(errand.rows):
        state = say(Safe(f"{able} of {len(errand.rows)}"), "muted")
    else:
        state = say(plain("allowed?"), "muted") if right.note is not None else NO_LINE
    told = reason or right.note or safe(verb.about)
    return Choice(f"verb:{verb.name}", say(safe(verb.title)), state, plain("In Azure"), f"{verb.name} {verb.word}",
                  reason, told)  # fmt: skip


def meant(errand: Errand) -> str | None:
    """The choice that the first row itself names, as a finding names what would save it; None where it names none."""
    name = getattr(errand.rows[0].record, "verb", "")
    return f"verb:{name}" if any(verb.name == name for verb in errand.pane.verbs) else None


def command_choices(commands: Sequence[Configured], missing: Mapping[str, Safe]) -> list[Choice]:
    """A line for every configured command; `missing` says by name why one cannot run."""
    return [
        Choice(f"command:{one.name}", say(safe(one.title or one.name)), NO_LINE, plain("Your commands"), one.name,
               missing.get(one.name), missing.get(one.name) or safe(one.about or " ".join(one.run)))
        for one in commands
    ]  # fmt: skip


def questions_of(verb: Verb[Any], rows: Sequence[Row]) -> list[Asked]:
    """The questions of a verb, asked once for all rows: an answer has to be right for each of them."""
    return [_asked(question, rows) for question in verb.questions]


def _asked(question: Question[Any], rows: Sequence[Row]) -> Asked:
    first = rows[0].record

    def check(text: str) -> Safe | None:
        found = (question.check(row.record, text) for row in rows)
        wrong = next((problem for problem in found if problem is not None), None)
        return safe(wrong) if wrong is not None else None

    choices = tuple(safe(choice) for choice in question.choices(first)) if question.choices else ()
    return Asked(question.name, safe(question.label), check, question.start(first), safe(question.hint), choices)
