"""Assignments: who else has access, at which scope, by which role, since when."""

from __future__ import annotations

from app.access_rows import AssignmentRow
from app.cells import exact, fact, listed, paragraph, value
from app.quoting import quoted
from app.words import principal_mark
from widgets import format as fmt
from widgets.lines import NO_LINE
from widgets.pane import Cell, Column, Drill, Line, Look, Pane, Reference, Section, Span, Tally
from widgets.safe import Safe, plain, safe


def kind(row: AssignmentRow, look: Look) -> Cell:
    """What holds the role: a person, a group, or an app with its sign."""
    mark = principal_mark(is_app=row.is_app, look=look)
    return (*mark, Span(safe(row.kind, 16), "muted")) if row.kind else fmt.DASH


def who(row: AssignmentRow, look: Look) -> Cell:
    """The name, or the object id while nobody here knows a name; me marked."""
    name = Span(safe(row.who), "strong" if row.is_me else "text", bold=row.is_me)
    return (name, Span(plain("  me"), "accent")) if row.is_me else (name,)


def role(row: AssignmentRow, look: Look) -> Cell:
    """The role; a condition narrows it, a custom one is no role of Azure's own."""
    notes = [word for word, holds in (("custom", row.is_custom), ("if …", row.condition)) if holds]
    return (Span(safe(row.role)), Span(Safe(f"  {', '.join(notes)}"), "warn")) if notes else (Span(safe(row.role)),)


def inherited(row: AssignmentRow, look: Look) -> Cell:
    """Whether it was given here or comes from above."""
    return (Span(plain("from above") if row.is_inherited else plain("here"), "muted"),)


def head(row: AssignmentRow, look: Look) -> Line:
    """Who, and which role."""
    return (Span(safe(row.who), "strong", bold=True), Span(Safe(f"  {safe(row.role)}")))


def verdict(tally: Tally, look: Look) -> Line:
    """How many hold how many roles, and how many of them are wide, are apps or have a condition."""
    rows: list[AssignmentRow] = list(tally.rows())
    if not rows:
        return NO_LINE
    people = len({row.principal for row in rows})
    owners = len({row.principal for row in rows if row.role == "Owner"})
    apps = len({row.principal for row in rows if row.is_app})
    unnamed = len({row.principal for row in rows if row.who == row.principal and not row.is_app})
    spans = [Span(Safe(f"{people:,} hold {len(rows):,} roles here or above"), "strong", bold=True)]
    if owners:
        spans.append(Span(Safe(f"   {owners:,} Owner"), "warn"))
    spans.append(Span(Safe(f"   {apps:,} apps"), "muted"))
    if unnamed:
        spans.append(Span(Safe(f"   {unnamed:,} without a name: amldeck does not ask Microsoft Graph"), "muted"))
    return tuple(spans)


ASSIGNMENTS: Pane[AssignmentRow] = Pane(
    name="assignments",
    title="Assignments",
    digit="",
    record=AssignmentRow,
    table="assignments",
    noun="assignments",
    sources=("role_assignments", "role_definitions", "assignments"),
    order="-since",
    in_tabs=False,
    trouble="role=Owner,Contributor",
    empty="Nobody holds a role here, as far as the role assignments tell.",
    columns=(
        Column("kind", kind, 9, "kind", rank=1),
        Column("who", who, 24, "who", grows=True, rank=1),
        Column("role", role, 22, "role", rank=2),
        Column("at", value("scope_kind"), 14, "scope_kind", rank=2),
        Column("scope", value("scope_name"), 24, "scope_name", rank=3),
        Column("given", inherited, 10, "is_inherited", rank=4),
        Column("since", listed("since"), 12, "since", is_right=True, rank=3),
        Column("by", value("by", "muted"), 22, "by", rank=6),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section(
            "",
            facts=(
                fact("object id", "principal"),
                fact("role", "role"),
                fact("level", "scope_kind"),
                fact("scope", "scope"),
                fact("since", "since", exact),
                fact("by", "by"),
                fact("about", "description"),
            ),
        ),
        Section("Only if", lines=paragraph("condition")),
    ),
    drills=(
        Drill("enter", "the role", "roles", lambda row: f"name={quoted(row.role)}"),
        Drill("u", "same principal", "assignments", lambda row: f"principal={row.principal}"),
    ),
    reference=Reference(lambda row: row.principal, lambda row, workspace: row.scope),
    help="Who holds a role at this workspace or above it. Azure gives object ids; names are those of runs and events "
    "in the cache, since Microsoft Graph is not asked. Members of groups are not listed.",
)
