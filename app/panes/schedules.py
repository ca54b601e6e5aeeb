"""Schedules: what runs by itself, whether it still does, and what monitors of models found last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.cells import ago, az, commas, exact, fact, paragraph, titled, value
from app.monitor_rows import ScheduleRow
from app.quoting import quoted
from app.stack import TRIAGE
from app.words import CANCELED, COMPLETED, FAILED, SILENT, UNKNOWN, State, run_state, state_cell
from widgets import format as fmt
from widgets.lines import say
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tally, Verb
from widgets.safe import Safe, plain, safe

_STATES = {
    "fine": COMPLETED._replace(word=plain("fine")),
    "failing": FAILED._replace(word=plain("failing")),
    "failed": FAILED,
    "late": SILENT._replace(word=plain("late")),
    "off": CANCELED._replace(word=plain("off")),
    "unknown": UNKNOWN._replace(word=plain("no run")),
}

BY_KEY: Drill[Any] = Drill("T", "schedules", "schedules", lambda row: "")
"""The way here, from panes about what is served."""


def state_of(row: ScheduleRow) -> State:
    """How it stands: switched off, late, its last run failed, a signal fails, or fine."""
    return _STATES.get(row.standing) or UNKNOWN


def watched(row: ScheduleRow, look: Look) -> Cell:
    """The deployment that a monitor watches."""
    return fmt.words("/".join(part for part in (row.endpoint, row.deployment) if part) or None)


def signals(row: ScheduleRow, look: Look) -> Cell:
    """How many metrics passed in the last run, and how many did not; a dash where none could be checked."""
    if not row.failing and not row.passed:
        return fmt.DASH
    whole = row.passed + len(row.failing)
    return (Span(Safe(f"{row.passed} / {whole}"), "err" if row.failing else "muted"),)


def last(row: ScheduleRow, look: Look) -> Cell:
    """How its last run ended."""
    return state_cell(run_state(row.last_status), look) if row.last_status else fmt.DASH


def last_known(row: ScheduleRow, look: Look) -> Cell | None:
    """How its last run ended, where one is known."""
    return last(row, look) if row.last_status else None


def late(row: ScheduleRow, look: Look) -> Cell | None:
    """By how much it is late, with what it should be."""
    if row.late is None or row.last_at is None:
        return None
    ran = fmt.age(row.last_at, look.now)
    return (Span(Safe(f"last ran {ran} ago, due {safe(row.due or 'more often')}"), "warn"),)


def mail(row: ScheduleRow, look: Look) -> Cell | None:
    """Who is written to; nobody is said of monitors alone."""
    if row.emails is None:
        return None
    return commas("emails")(row, look) if row.emails else (Span(plain("nobody"), "warn"),)


def head(row: ScheduleRow, look: Look) -> Line:
    """Name and state."""
    return titled(row.name, state_of(row), look)


def verdict(tally: Tally, look: Look) -> Line:
    """How many schedules there are, and how many need a look."""
    rows: list[ScheduleRow] = list(tally.rows())
    bad = [row for row in rows if row.standing in ("failing", "failed", "late")]
    monitors = sum(row.action == "monitor" for row in rows)
    words = f"{len(rows):,} schedule{'s' if len(rows) != 1 else ''}"
    more = f"   {monitors} monitor{'s' if monitors != 1 else ''}"
    spans = [
        Span(Safe(words), "strong", bold=True),
        Span(Safe(more), "muted"),
    ]
    if bad:
        spans.append(Span(Safe(f"   {len(bad)} need{'s' if len(bad) == 1 else ''} a look"), "warn"))
    return tuple(spans)


def failing(row: ScheduleRow, look: Look) -> Sequence[Line]:
    """The metrics of the last run that are over their limit."""
    return [say(safe(one), "err") for one in row.failing]


def watches(row: ScheduleRow, look: Look) -> Sequence[Line]:
    """What it looks at, a line for each metric."""
    return [say(safe(one)) for one in row.watches]


def target(row: ScheduleRow) -> str:
    """What enter leads to: all its runs."""
    return f"runs schedule={quoted(row.name)}"


def _endpoint(row: ScheduleRow) -> str:
    return f"{TRIAGE} {row.endpoint}" if row.endpoint else f"models name={quoted(row.model or '')}"


VERBS: tuple[Verb[ScheduleRow], ...] = (
    Verb("trigger-schedule", "Run now", "run", lambda row: f"/schedules/{row.name}", lambda row: None,
         about="Have it run once, now. When it is due does not change."),
)  # fmt: skip

SCHEDULES: Pane[ScheduleRow] = Pane(
    name="schedules",
    title="Schedules",
    digit="",
    record=ScheduleRow,
    table="schedule_rows",
    noun="schedules",
    sources=("schedules", "runs", "schedule_rows"),
    order="name",
    in_tabs=False,
    trouble="standing=failing,failed,late",
    empty="Nothing is scheduled here. `az ml schedule create` makes a schedule, of a job or a monitor of a model.",
    columns=(
        Column("state", lambda row, look: state_cell(state_of(row), look), 9, "standing", rank=1),
        Column("schedule", value("name"), 22, "name", grows=True, rank=1),
        Column("does", value("action", "muted"), 8, "action", rank=3),
        Column("watches", watched, 18, "endpoint", rank=4),
        Column("due", value("due", "muted"), 22, "due", rank=3),
        Column("ran", ago("last_at"), 5, "last_at", is_right=True, rank=1),
        Column("ended", last, 12, "last_status", rank=2),
        Column("passed", signals, 6, "passed", is_right=True, rank=2),
        Column("by", value("created_by", "muted"), 16, "created_by", rank=6),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section("Over the limit", lines=failing),
        Section("Watches", lines=watches),
        Section(
            "",
            facts=(
                Fact("late", late, "late"),
                fact("due", "due"),
                Fact("last run", last_known, "last_status"),
                fact("run", "last_name"),
                fact("began", "last_at", exact),
                Fact("of", lambda row, look: watched(row, look) if row.endpoint else None, "endpoint"),
                fact("model", "model"),
                Fact("writes to", mail, "emails"),
                fact("experiment", "experiment"),
                fact("compute", "compute"),
                fact("from", "starts", exact),
                fact("until", "ends", exact),
                fact("created", "created", exact),
                fact("by", "created_by"),
            ),
        ),
        Section("About", lines=paragraph("description", 4)),
    ),
    drills=(
        Drill("enter", "its runs", "", target),
        Drill("P", "what it watches", "", _endpoint),
    ),
    verbs=VERBS,
    reference=Reference(
        lambda row: row.name,
        lambda row, workspace: f"{workspace}/schedules/{row.name}",
        az=lambda row, ref: az(ref, "schedule", "show", n=row.name),
    ),
    help="What runs by itself: jobs, and monitors of models with what their last run found. {act} runs one now.",
)
