"""Intents: what was asked of Azure from here, by whom, and how it ended."""

from __future__ import annotations

from collections.abc import Sequence

from app.cells import exact, fact, listed, paragraph, titled, value
from app.rows import IntentRow
from app.words import CANCELED, COMPLETED, FAILED, PREPARING, SILENT, State, state_cell
from widgets.pane import Cell, Column, Line, Look, Pane, Reference, Section, Span, Tally
from widgets.safe import Safe, plain, safe

_OUTCOMES = {
    "sending": PREPARING._replace(word=plain("sending")),
    "running": PREPARING._replace(word=plain("under way")),
    "done": COMPLETED._replace(word=plain("done")),
    "failed": FAILED,
    "refused": FAILED._replace(word=plain("refused")),
    "unknown": SILENT._replace(word=plain("unknown")),
    "undone": CANCELED._replace(word=plain("taken back")),
}


def outcome(row: IntentRow) -> State:
    """How it ended, as glyph and word."""
    return _OUTCOMES.get(row.outcome) or SILENT._replace(word=safe(row.outcome, 12))


def changes(row: IntentRow, look: Look) -> Sequence[Line]:
    """What changes, a line a thing."""
    return [(Span(safe(one)),) for one in row.changes]


def undo(row: IntentRow, look: Look) -> Cell:
    """Whether {undo} takes it back."""
    return (Span(plain("z"), "accent"),) if row.can_undo else (Span(plain(" ")),)


def head(row: IntentRow, look: Look) -> Line:
    """What it was done to, and how it ended."""
    return titled(row.what, outcome(row), look)


def verdict(tally: Tally, look: Look) -> Line:
    """What is not over comes first, then how many there were."""
    counted = tally.by("outcome")
    if not counted:
        return ()
    open_ones = sum(counted.get(name, 0) for name in ("sending", "running"))
    unknown, total = counted.get("unknown", 0), sum(counted.values())
    if unknown:
        mark, first = plain("! " if look.is_ascii else "▲ "), Safe(f"{unknown:,} of unknown outcome")
        return (Span(mark, "warn"), Span(first, "strong", bold=True), Span(Safe(f"   {total:,} in all"), "muted"))
    if open_ones:
        first = Safe(f"{open_ones:,} under way")
        return (Span(first, "strong", bold=True), Span(Safe(f"   {total:,} in all"), "muted"))
    return (Span(Safe(f"{total:,} asked of Azure"), "strong", bold=True), Span(plain("   none under way"), "muted"))


INTENTS: Pane[IntentRow] = Pane(
    name="intents",
    title="Intents",
    digit="",
    record=IntentRow,
    table="intents",
    noun="intents",
    sources=("intents",),
    order="-at",
    in_tabs=False,
    trouble="outcome=failed,refused,unknown",
    empty="Nothing was asked of Azure from here. {act} on a row offers what can be done to it.",
    columns=(
        Column("outcome", lambda row, look: state_cell(outcome(row), look), 12, "outcome", rank=1),
        Column("what", value("what"), 40, "what", grows=True, rank=1),
        Column("asked", listed("at"), 12, "at", is_right=True, rank=2),
        Column("undo", undo, 4, "can_undo", rank=2),
        Column("how it ended", value("said", "muted"), 24, "said", rank=4),
        Column("by", value("who", "muted"), 20, "who", rank=5),
        Column("verb", value("verb", "muted"), 14, "verb", rank=7),
        Column("on", value("name", "muted"), 16, "name", rank=8),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section("How it ended", lines=paragraph("said")),
        Section("What changes", lines=changes),
        Section(
            "",
            facts=(
                fact("asked", "at", exact),
                fact("ended", "since", exact),
                fact("by", "who"),
                fact("verb", "verb"),
                fact("command", "command"),
                fact("target", "target"),
                fact("operation", "operation"),
            ),
        ),
    ),
    reference=Reference(lambda row: row.id, lambda row, workspace: row.target),
    help="What was asked of Azure from this machine, and how it ended. {undo} takes a change back where it can be.",
)
