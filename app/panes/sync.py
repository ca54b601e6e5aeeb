"""Sync: every source with its age, its next turn and what stands in its way."""

from __future__ import annotations

from datetime import timedelta

from app.cells import ago, exact, fact, lasted, number, paragraph, titled, value
from app.source_row import SourceRow
from app.words import CANCELED, COMPLETED, FAILED, PAUSED, PREPARING, QUEUED, SILENT, State, state_cell
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span
from widgets.safe import Safe, plain, safe

_STATES = {
    "ok": COMPLETED._replace(word=plain("fresh")),
    "reading": PREPARING._replace(word=plain("reading")),
    "waiting": QUEUED._replace(word=plain("waiting")),
    "paused": PAUSED,
    "never": QUEUED._replace(word=plain("not read yet")),
    "late": SILENT._replace(word=plain("late")),
    "offline": CANCELED._replace(word=plain("offline"), tone="warn", word_tone="warn"),
    "throttled": SILENT._replace(word=plain("throttled")),
    "forbidden": FAILED._replace(word=plain("forbidden")),
    "signed out": FAILED._replace(word=plain("signed out")),
    "broken": FAILED._replace(word=plain("broken")),
    "malformed": FAILED._replace(word=plain("malformed")),
}


def source_state(row: SourceRow, look: Look) -> State:
    """How it stands; fresh turns to late past the source's own patience."""
    state = row.state
    if state == "ok" and row.last_ok is not None:
        is_late = (look.now - row.last_ok).total_seconds() > 2 * row.stale_after
        state = "late" if is_late and not row.is_derived else state
    return _STATES.get(state) or SILENT._replace(word=safe(state, 16))


def rows_cell(row: SourceRow, look: Look) -> Cell:
    """`412` or `412 of 10,231`; while reading, how far it is."""
    if row.state == "reading" and row.done is not None:
        of = f" of {row.total:,}" if row.total is not None and row.total >= row.done else ""
        return (Span(Safe(f"{row.done:,}{of}…"), "run"),)
    if row.state == "reading" and row.progress is not None:
        return (Span(Safe(f"{row.progress:,}…"), "run"),)
    if row.total is not None and row.rows is not None and row.total > row.rows:
        return (Span(Safe(f"{row.rows:,} of {row.total:,}")),)
    return (Span(fmt.count(row.rows), "text" if row.rows is not None else "muted"),)


def next_cell(row: SourceRow, look: Look) -> Cell:
    """`in 24s`, while it is being read `12s left`; a dash when it only goes on request, or nobody can say."""
    if row.left is not None:
        return (Span(Safe(f"{fmt.elapsed(row.left)} left"), "run"),)
    if row.next_try is None:
        return fmt.DASH
    ahead = (row.next_try - look.now).total_seconds()
    return (Span(plain("now") if ahead <= 0 else Safe(f"in {fmt.elapsed(ahead)}"), "muted"),)


def rate_cell(row: SourceRow, look: Look) -> Cell | None:
    """`480 a second, 2m left`; None while nothing is being read."""
    if not row.rate:
        return None
    left = f", {fmt.duration(row.left)} left" if row.left else ""
    return (Span(Safe(f"{row.rate:,.0f} a second{left}")),)


def budget_cell(row: SourceRow, look: Look) -> Cell | None:
    """`98 of 125 calls, then 12 a second`; None before the first call."""
    if row.budget is None or not row.budget_of or not row.budget_rate:
        return None
    every = f"{row.budget_rate:g} a second" if row.budget_rate >= 1 else f"one every {1 / row.budget_rate:.0f} s"
    return (Span(Safe(f"{row.budget:,.0f} of {row.budget_of:,.0f} calls, then {every}")),)


def held_cell(row: SourceRow, look: Look) -> Cell | None:
    """`14:02Z`: until when Azure asked us to stay away; None when it did not."""
    if row.held_for is None:
        return None
    return (Span(fmt.clock(look.now + timedelta(seconds=row.held_for), look), "warn"),)


def head(row: SourceRow, look: Look) -> Line:
    """Name and state."""
    return titled(row.title, source_state(row, look), look)


SYNC: Pane[SourceRow] = Pane(
    name="sources",
    title="Sync",
    digit="0",
    record=SourceRow,
    table="sources",
    noun="sources",
    sources=(),
    order="",
    empty="No sources: choose a workspace with {workspaces}.",
    columns=(
        Column("state", lambda row, look: state_cell(source_state(row, look), look), 14, rank=1),
        Column("source", value("title"), 20, "title", grows=True, rank=1),
        Column("age", ago("last_ok", "text"), 6, "last_ok", is_right=True, rank=1),
        Column("next", next_cell, 8, "next_try", is_right=True, rank=3),
        Column("rows", rows_cell, 16, "rows", is_right=True, rank=2),
        Column(
            "set aside",
            lambda row, look: (Span(fmt.count(row.set_aside), "warn" if row.set_aside else "muted"),),
            9,
            "set_aside",
            is_right=True,
            rank=5,
        ),
        Column("calls", number("calls", "muted"), 6, "calls", is_right=True, rank=5),
        Column("what stands in its way", value("problem", "muted"), 40, "problem", rank=4),
    ),
    head=head,
    sections=(
        Section("What stands in its way", lines=paragraph("problem")),
        Section(
            "",
            facts=(
                Fact("rows", rows_cell, "rows"),
                fact("how far", "note"),
                Fact("rate", rate_cell, "rate"),
                Fact("budget", budget_cell, "budget"),
                Fact("wait until", held_cell, "held_for"),
                fact("last read", "last_ok", exact),
                fact("last try", "last_try", exact),
                Fact("next", next_cell, "next_try"),
                fact("late after", "stale_after", lasted),
                fact("set aside", "set_aside", number),
                fact("calls", "calls", number),
            ),
        ),
    ),
    drills=(
        Drill("A", "access", "access", lambda row: ""),
        Drill("J", "intents", "intents", lambda row: ""),
        Drill("P", "posture", "posture", lambda row: ""),
    ),
    reference=Reference(lambda row: row.id),
    help="Where every pane's facts come from, how old they are, when they are read next. "
    "{refresh} reads now, {pause} pauses, {interrupt} calls off.",
)
