"""Running a command of the user's settings on a row, and showing what it said."""

from __future__ import annotations

import shlex
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from app.asker import Asker
from app.commanding import Configured, Given, NotRunnable, Ran, arguments
from app.commanding import run as run_program
from app.doing import carrying, taking
from app.offering import Errand
from app.screens.confirm import Confirm, Confirmation
from app.screens.sheet import Sheet
from widgets.confirm import Proposal, Remark
from widgets.lines import NO_LINE, say, spaced
from widgets.notice import Notice
from widgets.pane import Line
from widgets.safe import Safe, plain, safe, safe_lines

if TYPE_CHECKING:
    from app.deck import Deck

MOST_LINES = 5_000


def begin(deck: Deck, errand: Errand, command: Configured) -> None:
    """Ask before it runs, unless the settings say otherwise."""
    reference, record = errand.pane.reference, errand.rows[0].record
    arm_id = reference.arm_id(record, errand.workspace.id) if reference and reference.arm_id else None
    given = Given(errand.pane.name, record, arm_id, errand.workspace)
    try:
        words = arguments(command, given)
    except NotRunnable as error:
        deck.tell(safe(str(error)))
        return
    if not command.confirm:
        _run(deck, command, words, given)
        return
    text = safe(shlex.join(words), 20_000)
    asked = Confirmation(
        title=safe(command.title or command.name),
        where=safe(errand.workspace.name),
        word=plain("run"),
        proposal=Proposal(errand.name, remarks=_remarks(command), commands=(text,)),
        why_locked=lambda: None,
        copy=lambda copied, name: taking.copy_text(deck, copied, plain("command")),
        az=text,
        rest=text,
        is_ascii=deck.desk.is_ascii,
    )
    deck.push_screen(Confirm(asked), lambda is_wanted: _run(deck, command, words, given) if is_wanted else None)


def _remarks(command: Configured) -> tuple[Remark, ...]:
    about = (Remark(plain("about"), safe(command.about)),) if command.about else ()
    own = Remark(plain("mind"), plain("your own program: amldeck does not know what it changes"), is_warning=True)
    return (*about, own)


def _run(deck: Deck, command: Configured, words: list[str], given: Given) -> None:
    view, name = deck.view, safe(command.title or command.name, 40)
    deck.part(Notice).tell(say(Safe(f"Running {name}…")), 60.0)

    def work() -> None:
        try:
            ran: Ran | NotRunnable = run_program(words, given.document())
        except NotRunnable as error:
            ran = error
        with suppress(RuntimeError):  # the deck was left meanwhile
            view.post_message(Asker.Answered(lambda found: _show(deck, name, found), ran))

    # It may take a minute; leaving the deck does not wait for it.
    threading.Thread(target=work, name="amldeck-command", daemon=True).start()


def _show(deck: Deck, name: Safe, ran: Ran | NotRunnable) -> None:
    if isinstance(ran, NotRunnable):
        carrying.tell_trouble(deck, safe(str(ran)))
        return
    if ran.code is None:
        carrying.tell_trouble(deck, Safe(f"{name} took too long and was stopped."))
    elif ran.code:
        carrying.tell_trouble(deck, Safe(f"{name} ended with exit code {ran.code}."))
    else:
        sign = plain("v done") if deck.desk.is_ascii else plain("✓ done")
        deck.part(Notice).tell(spaced([say(sign, "ok", bold=True), say(name)]))
    if len(deck.screen_stack) == 1:
        deck.push_screen(Sheet(Safe(f"{name}, {_code(ran)}"), output_lines(ran)),
                         lambda text: taking.copy_all(deck, text, plain("the output")))  # fmt: skip


def _code(ran: Ran) -> Safe:
    return plain("stopped at its deadline") if ran.code is None else Safe(f"exit code {ran.code}")


def output_lines(ran: Ran) -> list[Line]:
    """What it printed, made safe, with a word about what is not shown."""
    lines: list[Line] = [say(line) for line in safe_lines(ran.output.rstrip("\n"))]
    if not ran.output.strip():
        lines = [say(plain("It printed nothing."), "muted")]
    cut = lines[:MOST_LINES]
    if ran.is_cut or len(lines) > MOST_LINES:
        cut += [NO_LINE, say(Safe(f"… cut: the first {len(cut):,} lines of what it printed, 1 MB at most."), "warn")]
    return cut
