"""Roles: what the roles in use here give, and what custom ones take away again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from app.access_rows import RoleRow
from app.cells import exact, fact, listed, number, paragraph
from app.quoting import quoted
from widgets import format as fmt
from widgets.lines import NO_LINE
from widgets.pane import Cell, Column, Drill, Line, Look, Pane, Reference, Section, Span, Tally
from widgets.safe import Safe, plain, safe

MOST = 60
"""Actions of one list that the detail shows."""


def kind(row: RoleRow, look: Look) -> Cell:
    """Azure's own, or made here."""
    if row.is_custom is None:
        return fmt.DASH
    return (Span(plain("custom"), "warn"),) if row.is_custom else (Span(plain("built-in"), "muted"),)


def name(row: RoleRow, look: Look) -> Cell:
    """The role; the one I hold is marked."""
    return (Span(safe(row.name)), Span(plain("  mine"), "accent")) if row.is_mine else (Span(safe(row.name)),)


def joined(field: str) -> Callable[[RoleRow, Look], Cell]:
    """Several patterns in one cell, without the provider everybody knows."""

    def cell(row: RoleRow, look: Look) -> Cell:
        held: tuple[str, ...] = getattr(row, field)
        short = (one.replace("Microsoft.MachineLearningServices/", "") for one in held[:20])
        return fmt.words(", ".join(short) or None, "muted")

    return cell


def listing(field: str, sign: str = "") -> Callable[[RoleRow, Look], Sequence[Line]]:
    """A line for each pattern, and how many more there are."""

    def lines(row: RoleRow, look: Look) -> Sequence[Line]:
        held: tuple[str, ...] = getattr(row, field)
        shown: list[Line] = [(Span(Safe(sign), "err"), Span(safe(one))) for one in held[:MOST]]
        if len(held) > MOST:
            shown.append((Span(Safe(f"… and {len(held) - MOST:,} more"), "muted"),))
        return shown

    return lines


def together(field: str) -> Callable[[RoleRow, Look], Sequence[Line]]:
    """Several operations as one text."""

    def lines(row: RoleRow, look: Look) -> Sequence[Line]:
        held: tuple[str, ...] = getattr(row, field)
        return [(Span(safe("; ".join(held), 4000)),)] if held else []

    return lines


def head(row: RoleRow, look: Look) -> Line:
    """The name and whose it is."""
    return (Span(safe(row.name), "strong", bold=True), Span(plain("  ")), *kind(row, look))


def verdict(tally: Tally, look: Look) -> Line:
    """How many roles are in use, how many of them were made here."""
    rows: list[RoleRow] = list(tally.rows())
    if not rows:
        return NO_LINE
    custom = sum(1 for row in rows if row.is_custom)
    return (
        Span(Safe(f"{sum(1 for row in rows if row.holders):,} roles in use"), "strong", bold=True),
        Span(Safe(f"   {custom:,} custom"), "warn" if custom else "muted"),
        Span(plain("   check a file with amldeck check-role FILE"), "muted"),
    )


ROLES: Pane[RoleRow] = Pane(
    name="roles",
    title="Roles",
    digit="",
    record=RoleRow,
    table="roles",
    noun="roles",
    sources=("role_definitions", "role_assignments", "roles"),
    order="-is_custom",
    in_tabs=False,
    trouble="is_custom=true",
    empty="No role is in use here, as far as the role assignments tell.",
    columns=(
        Column("kind", kind, 10, "is_custom", rank=1),
        Column("role", name, 28, "name", grows=True, rank=1),
        Column("held", number("holders"), 6, "holders", is_right=True, rank=1),
        Column("takes away", joined("takes_away"), 34, "takes_away", rank=2),
        Column("gives", joined("gives"), 34, "gives", rank=3),
        Column("changed", listed("updated"), 12, "updated", is_right=True, rank=6),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section("", lines=paragraph("description")),
        Section("Takes away", lines=listing("takes_away", "- ")),
        Section("Gives", lines=listing("gives")),
        Section("Takes away on data", lines=listing("takes_data_away", "- ")),
        Section("Gives on data", lines=listing("gives_data")),
        Section("Cannot", lines=together("cannot")),
        Section("Can", lines=together("can")),
        Section(
            "",
            facts=(
                fact("id", "id"),
                fact("changed", "updated", exact),
                fact("by", "updated_by"),
            ),
        ),
        Section("Assignable at", lines=listing("scopes")),
    ),
    drills=(Drill("enter", "who holds it", "assignments", lambda row: f"role={quoted(row.name)}"),),
    reference=Reference(lambda row: row.name),
    help="The roles held here, and those made here: what they give, and what custom ones take away again.",
)
