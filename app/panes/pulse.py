"""Pulse: what needs attention, the worst first, each with the way to it."""

from __future__ import annotations

from app.cells import ago, fact, paragraph, value
from app.panes.workspace_metrics import THE_STRIP
from app.stack import TRIAGE
from services.attention import CRITICAL, NOTE, WARNING, Attention
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tally, Tone
from widgets.safe import Safe, plain, safe


def severity(one: Attention, look: Look) -> Cell:
    """Glyph, word and colour of how bad it is."""
    known: dict[str, tuple[Safe, Safe, Tone]] = {
        CRITICAL: (plain("✗"), plain("x"), "err"),
        WARNING: (plain("▲"), plain("!"), "warn"),
    }
    glyph, sign, tone = known.get(one.severity, (plain("◇"), plain("o"), "muted"))
    return (Span(sign if look.is_ascii else glyph, tone), Span(Safe(f" {safe(one.severity)}"), tone))


def target(one: Attention) -> str:
    """What enter leads to: the triage of an endpoint, else the rows it is about."""
    return f"{TRIAGE} {one.endpoint}" if one.endpoint else f"{one.pane} {one.query}"


def alerts(one: Attention) -> str:
    """The alert that the line is about, else all of them."""
    return one.query if one.pane == "alerts" else ""


def head(one: Attention, look: Look) -> Line:
    """What it is, with its severity before it."""
    first, second = severity(one, look)
    return (first, Span(Safe(f" {safe(one.what)}"), "strong", bold=True), Span(Safe(""), second.tone))


def verdict(tally: Tally, look: Look) -> Line:
    """`✗ 1 critical  6 warnings  2 notes`, or that all is calm."""
    found = tally.by("severity")
    if not found:
        return (Span(plain("v " if look.is_ascii else "✓ "), "ok"), Span(plain("Nothing needs attention"), "strong"))
    worst = CRITICAL if found.get(CRITICAL) else WARNING if found.get(WARNING) else NOTE
    signs: dict[str, tuple[Safe, Safe, Tone]] = {
        CRITICAL: (plain("✗ "), plain("x "), "err"),
        WARNING: (plain("▲ "), plain("! "), "warn"),
        NOTE: (plain("◇ "), plain("o "), "muted"),
    }
    glyph, sign, tone = signs[worst]
    total = sum(found.values())
    spans = [
        Span(sign if look.is_ascii else glyph, tone),
        Span(
            Safe(f"{total} thing{'s' if total != 1 else ''} need{'s' if total == 1 else ''} attention"),
            "strong",
            bold=True,
        ),
    ]
    for severity, one, many in (
        (CRITICAL, "critical", "critical"),
        (WARNING, "warning", "warnings"),
        (NOTE, "note", "notes"),
    ):
        if found.get(severity):
            spans.append(Span(Safe(f"   {found[severity]} {one if found[severity] == 1 else many}"), "muted"))
    return tuple(spans)


PULSE: Pane[Attention] = Pane(
    name="pulse",
    title="Pulse",
    digit="1",
    record=Attention,
    table="attention",
    noun="things",
    sources=("experiments", "runs", "compute", "endpoints", "deployments", "quotas", "costs", "alerts", "attention"),
    order="-rank",
    empty="Nothing needs attention. Failures, idle machines, empty traffic, full quotas and alerts would show here.",
    columns=(
        Column("severity", severity, 10, "severity", rank=1, sort="rank"),
        Column("age", ago("since"), 4, "since", is_right=True, rank=1),
        Column("what", value("what"), 34, "what", grows=True, rank=1),
        Column("why", value("why", "muted"), 22, "why", rank=2),
        Column("owner", value("owner", "muted"), 16, "owner", rank=4),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section("Why", lines=paragraph("why", 12)),
        Section(
            "",
            facts=(
                Fact("since", lambda one, look: (Span(fmt.moment(one.since, look)),) if one.since else None, "since"),
                fact("owner", "owner"),
                Fact("look at", lambda one, look: (Span(Safe(f"{safe(one.pane)} {safe(one.query)}"), "muted"),)),
            ),
        ),
    ),
    drills=(Drill("enter", "go to it", "", target), Drill("A", "alerts", "alerts", alerts), THE_STRIP),
    reference=Reference(lambda one: one.what),
    help="What the cached facts say needs a look: a sentence, since when, and why. {open} goes to it.",
)
