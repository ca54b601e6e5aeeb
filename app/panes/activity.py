"""Activity: who did what to the resources, one line an operation, newest first."""

from __future__ import annotations

from app.cells import exact, fact, listed, number, paragraph, titled, value
from app.derived.doings import REGISTRY, RUN_HISTORY
from app.panes.workspace_metrics import THE_STRIP
from app.quoting import quoted
from app.rows import ACTIVITY_LOG, Operation
from app.words import event_state, principal_mark, state_cell
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tally
from widgets.safe import Safe, plain, safe


def caller(row: Operation, look: Look) -> Cell:
    """The person, or the application with a sign that it is one."""
    who = row.caller_name or row.caller
    if who is None:
        return fmt.DASH
    mark = principal_mark(is_app=row.is_app, look=look)
    return (*mark, Span(plain("app "), "muted"), Span(safe(who))) if mark else (Span(safe(who)),)


def title(row: Operation, look: Look) -> Cell:
    """Azure's sentence for the operation, else its name without the provider."""
    if row.title:
        return fmt.words(row.title)
    name = row.operation or ""
    return fmt.words(name.split("/", 1)[-1] or None)


def took(row: Operation, look: Look) -> Cell:
    """Seconds between the first and the last event."""
    if row.ended is None:
        return fmt.DASH
    return (Span(fmt.duration((row.ended - row.at).total_seconds()), "muted"),)


def origin(row: Operation, look: Look) -> Cell:
    """Where it is known from, in one word."""
    known = {ACTIVITY_LOG: plain("azure"), RUN_HISTORY: plain("runs"), REGISTRY: plain("models")}
    return (Span(known.get(row.origin) or safe(row.origin), "muted"),)


def target(row: Operation) -> str:
    """What enter leads to: the run, the model version, else all that was done to the same resource."""
    places = {RUN_HISTORY: "runs id", REGISTRY: "versions id"}
    return f"{places.get(row.origin, 'activity resource')}={quoted(row.resource or '')}"


def arm_id(row: Operation, workspace: str) -> str | None:
    """The ARM id of the resource; runs and models are none of ARM's that the portal shows."""
    return row.resource if row.origin == ACTIVITY_LOG else None


def head(row: Operation, look: Look) -> Line:
    """What was done and how it ended."""
    return titled(title(row, look)[0].text, event_state(row.status), look)


def verdict(tally: Tally, look: Look) -> Line:
    """How many operations are known, and how many of them failed."""
    found = tally.by("status")
    failed = sum(number for status, number in found.items() if status.lower() in ("failed", "failure"))
    spans = [Span(Safe(f"{sum(found.values()):,} operations"), "strong", bold=True)]
    if failed:
        spans.append(Span(Safe(f"   {failed:,} failed"), "err"))
    return tuple(spans)


ACTIVITY: Pane[Operation] = Pane(
    name="activity",
    title="Activity",
    digit="8",
    record=Operation,
    table="operations",
    noun="operations",
    sources=("activity", "runs", "versions", "operations"),
    order="-at",
    trouble="status=Failed,Failure",
    empty="Nothing was done here in the last week, as far as the activity log and run history tell.",
    columns=(
        Column("status", lambda row, look: state_cell(event_state(row.status), look), 10, "status", rank=1),
        Column("when", listed("at"), 12, "at", is_right=True, rank=1),
        Column("operation", title, 24, "title", grows=True, rank=1),
        Column("resource", value("resource_name"), 20, "resource_name", rank=2),
        Column("who", caller, 22, "caller", rank=2),
        Column(
            "type",
            lambda row, look: fmt.words((row.resource_type or "").split("/")[-1], "muted"),
            18,
            "resource_type",
            rank=5,
        ),
        Column("from", origin, 6, "origin", rank=2),
        Column("took", took, 7, "ended", is_right=True, rank=4),
        Column("events", number("events", "muted"), 6, "events", is_right=True, rank=7),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section(
            "",
            facts=(
                fact("operation", "operation"),
                fact("source", "origin"),
                Fact("who", caller, "caller"),
                fact("started", "at", exact),
                Fact("ended", lambda row, look: (Span(fmt.moment(row.ended, look)),) if row.ended else None, "ended"),
                fact("status", "sub_status"),
                fact("from", "ip"),
                fact("group", "resource_group"),
                fact("resource", "resource"),
                fact("correlation", "correlation"),
            ),
        ),
        Section("What Azure says", lines=paragraph("description")),
    ),
    drills=(Drill("enter", "go to it", "", target), THE_STRIP),
    reference=Reference(lambda row: row.correlation or row.id, arm_id),
    help="The activity log, one line an operation, with what it misses: starts and ends of runs, registered models.",
)
