"""Copying a run so that it can be run again: its definition from the cache, looked up first where it is not there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import msgspec

from app.definitions import kept_definition, not_a_job
from app.doing import taking
from services.reproduce import Form, reproduce
from services.run import Run
from widgets.choices import Choice
from widgets.lines import fit_line, say
from widgets.pane import Span
from widgets.safe import Safe, plain, safe, safe_lines

if TYPE_CHECKING:
    from app.deck import Deck

WAIT = 60.0
"""Seconds until it is said that Azure did not answer; the lookup goes on."""

FORMS: dict[Form, tuple[Safe, Safe]] = {
    "yaml": (plain("YAML"), plain("az ml job create -f: its definition, without secrets")),
    "python": (plain("Python SDK"), plain("azure.ai.ml: the job, and how it is submitted")),
    "command": (plain("shell commands"), plain("az ml job create with the YAML in them")),
}
FORM_OF: dict[str, Form] = {f"form:{form}": form for form in FORMS}
"""The forms by the ids of their choices."""
LONGEST = 1 << 20
"""Characters of a line that are copied: all of it."""


def choices(run: object) -> list[Choice]:
    """What a run can be copied as; nothing for other rows."""
    if not isinstance(run, Run):
        return []
    return [
        Choice(id, (*fit_line(say(FORMS[form][0], "muted"), 18), Span(FORMS[form][1]))) for id, form in FORM_OF.items()
    ]


def copy_as(deck: Deck, run: Run, form: Form) -> None:
    """Copy a run's definition in a form; read it first when it is not in the cache, and say so."""
    session, refresher = deck.desk.session, deck.desk.refresher

    def written() -> Safe | None:
        """The text as it is copied; None while nothing is known. Raises ValueError."""
        known = kept_definition(session.store, session.scope, run.id)
        if known is None or session.workspace is None:
            return None
        return Safe("\n".join(safe_lines(reproduce(known, session.workspace, form), LONGEST)))

    def find(*, is_last: bool) -> tuple[Safe | None, Safe]:
        try:
            text = written()
        except (msgspec.MsgspecError, ValueError):
            again = deck.keys.said("{refresh} reads it again")
            return None, Safe(f"The kept definition of {safe(run.name, 40)} cannot be read; {again}.")
        if text is not None or not is_last:
            return text, plain("")
        problem = refresher.lookup_state("definition", run.id).problem
        return None, safe(problem.sentence if problem is not None else not_a_job(run.name), 300)

    def look_up() -> tuple[Safe | None, Safe]:
        refresher.look_up("definition", run.id, force=True)
        if not refresher.wait_for("definition", run.id, WAIT):
            return None, plain("Azure has not given the definition yet; try again in a moment.")
        return find(is_last=True)

    def take(found: tuple[Safe | None, Safe], *, is_last: bool) -> None:
        text, why_not = found
        if text is not None:
            taking.copy_text(deck, text, Safe(f"{safe(run.name, 40)} as {FORMS[form][0]}"))
        elif why_not:
            deck.tell(why_not)
        elif not session.is_online:
            deck.tell(Safe(f"The definition of {safe(run.name, 40)} was never read here, and offline it cannot be."))
        elif not is_last:
            deck.tell(Safe(f"Reading the definition of {safe(run.name, 40)} first…"))
            deck.view.ask(look_up, partial(take, is_last=True))

    deck.view.ask(partial(find, is_last=False), partial(take, is_last=False))
