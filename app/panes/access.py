"""Access: what I may do here, beside what the first documents say, with the role to ask for."""

from __future__ import annotations

from collections.abc import Sequence

from app.access_rows import AccessRow
from app.cells import fact, titled, value
from app.words import COMPLETED, FAILED, UNKNOWN, State, state_cell
from widgets import format as fmt
from widgets.lines import NO_LINE
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tally
from widgets.safe import Safe, plain, safe

_MAY: dict[str, State] = {
    "allowed": COMPLETED._replace(word=plain("allowed")),
    "denied": FAILED._replace(word=plain("denied")),
}
_PROBABLY = (
    "Allowed means that a role gives it: a deny assignment, a lock, a policy, a condition or a role that has to be "
    "activated first (PIM) can still refuse.",
    "Denied means that no role does. New roles take up to an hour to count.",
)


def state(row: AccessRow) -> State:
    """Whether I may, as glyph and word; what Azure itself refused says so."""
    return FAILED._replace(word=plain("refused")) if row.was_refused else _MAY.get(row.me, UNKNOWN)


def told(row: AccessRow, look: Look) -> Cell:
    """What the documents of 2020 let Owner, Contributor and Reader do, a letter each; marked where today differs."""
    if row.owner is None:
        return (Span(plain(" ")),)
    gap = plain(". ") if look.is_ascii else plain("· ")
    said = ((row.owner, plain("O ")), (row.contributor, plain("C ")), (row.reader, plain("R ")))
    spans = [Span(letter if yes else gap, "text" if yes else "muted") for yes, letter in said]
    mark = plain("!") if look.is_ascii else plain("▲")
    return (*spans, Span(mark, "warn")) if row.is_different else tuple(spans)


def missing(row: AccessRow, look: Look) -> Cell:
    """The first action that is not given, without the provider everybody knows."""
    if not row.missing:
        return (Span(plain(" ")),)
    first = row.missing[0].removeprefix("Microsoft.MachineLearningServices/")
    more = f" +{len(row.missing) - 1}" if len(row.missing) > 1 else ""
    return (Span(safe(first + more), "muted"),)


def asked_for(row: AccessRow, look: Look) -> Cell:
    """The role that would do, for what is not allowed."""
    return fmt.words(row.role, "text") if row.me != "allowed" else (Span(plain(" ")),)


def actions(row: AccessRow, look: Look) -> Sequence[Line]:
    """Every action it takes; what is missing in red."""
    return [(Span(safe(one), "err" if one in row.missing else "text"),) for one in row.actions]


def today(row: AccessRow, look: Look) -> Sequence[Line]:
    """How it is today, where that differs from the documents."""
    return [(Span(safe(row.today, 400)),)] if row.today else []


def caveats(row: AccessRow, look: Look) -> Sequence[Line]:
    """What a permission does not say."""
    return [(Span(Safe(line), "muted"),) for line in _PROBABLY]


def wording(row: AccessRow, look: Look) -> Sequence[Line]:
    """The text `y` copies for the administrator."""
    return [(Span(safe(row.request, 2000)),)] if row.request else []


def documents(row: AccessRow, look: Look) -> Cell | None:
    """Who may in the documents of 2020."""
    said = ("Owner", row.owner), ("Contributor", row.contributor), ("Reader", row.reader)
    if row.owner is None:
        return None
    return fmt.words(", ".join(name for name, yes in said if yes) or "nobody")


def head(row: AccessRow, look: Look) -> Line:
    """The operation, and whether I may."""
    return titled(row.id, state(row), look)


def verdict(tally: Tally, look: Look) -> Line:
    """Who I am, what I hold where, and a warning when that is more than a day's work needs."""
    rows: Sequence[AccessRow] = tally.rows()
    if not rows:
        return NO_LINE
    first = rows[0]
    spans = [Span(safe(first.who) if first.who else plain("somebody"), "strong", bold=True)]
    if first.wide:
        mark = plain("  ! ") if look.is_ascii else plain("  ▲ ")
        spans += [Span(mark, "warn"), Span(Safe(f"{safe(first.wide)}: more than most days need"), "warn")]
    held = first.roles or ("no role of one's own",) if first.are_roles_known else ("roles not known",)
    spans += [Span(Safe(f"   {safe(one, 90)}")) for one in held]
    spans.append(Span(plain("   through groups: unknown"), "muted"))
    spans.append(Span(plain("   read-only until :rw"), "muted"))
    return tuple(spans)


ACCESS: Pane[AccessRow] = Pane(
    name="access",
    title="Access",
    digit="",
    record=AccessRow,
    table="access",
    noun="operations",
    sources=("permissions", "role_assignments", "role_definitions", "access"),
    order="number",
    in_tabs=False,
    trouble="me=denied,unknown",
    empty="Nothing is known of your permissions here yet.",
    columns=(
        Column("me", lambda row, look: state_cell(state(row), look), 9, "me", rank=1),
        Column("operation", value("id"), 28, "id", sort="number", grows=True, rank=1),
        Column("in 2020", told, 7, "owner", rank=2),
        Column("missing", missing, 24, "missing", rank=3),
        Column("role to ask for", asked_for, 20, "role", rank=2),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section("Actions it takes", lines=actions),
        Section("Today", lines=today),
        Section(
            "",
            facts=(
                fact("needed at", "level"),
                fact("scope", "scope"),
                fact("role", "role"),
                Fact("in 2020", documents, "owner"),
            ),
        ),
        Section("Request to copy", lines=wording),
        Section("Probably", lines=caveats),
    ),
    drills=(
        Drill("enter", "who has access", "assignments", lambda row: ""),
        Drill("R", "roles", "roles", lambda row: ""),
    ),
    reference=Reference(
        lambda row: ", ".join(row.actions), lambda row, workspace: row.scope, request=lambda row: row.request
    ),
    help="What you may do here, beside what the documents of 2020 let Owner, Contributor and Reader do (O C R). "
    "▲ marks where today differs, {trouble} keeps what is missing, {copy} copies the request for it. The roles to ask "
    "for come from Azure's documents.",
)
