"""Pulse: what needs attention, the worst first, each with the way to it."""

from __future__ import annotations

import shlex

from app.cells import ago, fact, paragraph, value
from app.panes.workspace_metrics import THE_STRIP
from app.stack import ELSEWHERE, TRIAGE
from services.attention import CRITICAL, NOTE, WARNING, Attention
from services.putting_away import OPEN, SEEN, SNOOZED, Handled
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tally, Tone
from widgets.safe import Safe, plain, safe

_SIGNS: dict[str, tuple[Safe, Safe, Tone]] = {
    CRITICAL: (plain("✗"), plain("x"), "err"),
    WARNING: (plain("▲"), plain("!"), "warn"),
    NOTE: (plain("◇"), plain("o"), "muted"),
}
"""Glyph, ASCII glyph and colour of how bad it is."""


def severity_sign(severity: str, look: Look) -> Span:
    """Glyph and colour of how bad something is."""
    glyph, sign, tone = _SIGNS.get(severity, _SIGNS[NOTE])
    return Span(sign if look.is_ascii else glyph, tone)


def severity(one: Attention, look: Look) -> Cell:
    """Glyph, word and colour of how bad it is; without colour when somebody knows of it."""
    sign = severity_sign(one.severity, look)
    tone = sign.tone if one.state == OPEN else "muted"
    return (Span(sign.text, tone), Span(Safe(f" {safe(one.severity)}"), tone))


def what(one: Attention, look: Look) -> Cell:
    """What it is, behind the name of its workspace when that is another one."""
    said = Span(safe(one.what), "text" if one.state == OPEN else "muted")
    return (Span(Safe(f"{safe(one.workspace, 24)}  "), "muted"), said) if one.workspace else (said,)


def why(one: Attention, look: Look) -> Cell:
    """Why; before it that it got worse, is seen, or until when it is snoozed, and how old what is known of it is."""
    before = (*handling(one, look), *_knowledge(one, look))
    if not before:
        return fmt.words(one.why, "muted")
    return (*before, Span(Safe(f" {safe(one.why)}"), "muted")) if one.why else before


def _knowledge(one: Attention, look: Look) -> Cell:
    """`~6h` for what another workspace was like when it was last looked at."""
    return (Span(Safe(f"~{fmt.age(one.as_of, look.now)} "), "muted"),) if one.as_of is not None else ()


def handling(one: Handled, look: Look) -> Cell:
    """`worse, was warning`, `seen 2h ago`, `snoozed until 14:00Z`; nothing for what nobody has put away."""
    if one.was is not None:
        return (Span(Safe(f"worse, was {safe(one.was)} "), "warn"),)
    if one.state == SEEN:
        return (Span(Safe(f"seen {fmt.age(one.put_at, look.now)} ago "), "muted"),)
    if one.state == SNOOZED:
        until = "until it changes" if one.until is None else f"until {fmt.when(one.until, look).strip()}"
        return (Span(Safe(f"snoozed {until} "), "muted"),)
    return ()


def _handled(one: Attention, look: Look) -> Cell | None:
    return handling(one, look) or None


def target(one: Attention) -> str:
    """What enter leads to: the workspace it is in, else the triage of an endpoint, else the rows it is about."""
    if one.workspace_id:
        return f"{ELSEWHERE} {one.workspace_id}"
    return f"{TRIAGE} {one.endpoint}" if one.endpoint else f"{one.pane} {one.query}"


def alerts(one: Attention) -> str:
    """The alert that the line is about, else all of them."""
    return one.query if one.pane == "alerts" and not one.workspace else ""


def look_at(one: Attention, look: Look) -> Cell:
    """The command that shows what it is about."""
    where = f"-w {shlex.quote(safe(one.workspace))} " if one.workspace else ""
    return (Span(Safe(f"amldeck {where}{safe(one.pane)} {shlex.quote(safe(one.query))}"), "muted"),)


def _as_of(one: Attention, look: Look) -> Cell | None:
    return (Span(fmt.moment(one.as_of, look)),) if one.as_of is not None else None


def head(one: Attention, look: Look) -> Line:
    """What it is, with its severity before it."""
    return (severity_sign(one.severity, look), Span(Safe(f" {safe(one.what)}"), "strong", bold=True))


def verdict(tally: Tally, look: Look) -> Line:
    """`✗ 7 things need attention   3 snoozed   1 critical   4 warnings   2 notes`, or that all is calm."""
    found, states = tally.by("severity", f"state={OPEN}"), tally.by("state")
    put = tuple(Span(Safe(f"   {states[state]} {state}"), "muted") for state in (SEEN, SNOOZED) if states.get(state))
    if not found:
        calm = plain("Nothing new needs attention") if put else plain("Nothing needs attention")
        return (Span(plain("v " if look.is_ascii else "✓ "), "ok"), Span(calm, "strong"), *put)
    worst = next((one for one in (CRITICAL, WARNING) if found.get(one)), NOTE)
    total, sign = sum(found.values()), severity_sign(worst, look)
    said = "1 thing needs attention" if total == 1 else f"{total} things need attention"
    parts = [
        Span(Safe(f"   {found[name]} {word if found[name] == 1 else many}"), "muted")
        for name, word, many in _COUNTED
        if found.get(name)
    ]
    return (Span(Safe(f"{sign.text} "), sign.tone), Span(Safe(said), "strong", bold=True), *put, *parts)


_COUNTED = ((CRITICAL, "critical", "critical"), (WARNING, "warning", "warnings"), (NOTE, "note", "notes"))


PULSE: Pane[Attention] = Pane(
    name="pulse",
    title="Pulse",
    digit="1",
    record=Attention,
    table="attention",
    noun="things",
    sources=(
        "experiments",
        "runs",
        "compute",
        "endpoints",
        "deployments",
        "quotas",
        "costs",
        "alerts",
        "schedules",
        "attention",
    ),
    order="-rank",
    filter="state!=snoozed",
    empty="Nothing needs attention. Failures, idle machines, empty traffic, full quotas and alerts would show here.",
    columns=(
        Column("severity", severity, 10, "severity", rank=1, sort="rank"),
        Column("age", ago("since"), 4, "since", is_right=True, rank=1),
        Column("what", what, 34, "what", grows=True, rank=1),
        Column("why", why, 22, "why", rank=2),
        Column("owner", value("owner", "muted"), 16, "owner", rank=4),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section("Why", lines=paragraph("why", 12)),
        Section(
            "",
            facts=(
                Fact("state", _handled, "state"),
                fact("reason", "reason"),
                Fact("since", lambda one, look: (Span(fmt.moment(one.since, look)),) if one.since else None, "since"),
                fact("owner", "owner"),
                fact("workspace", "workspace"),
                Fact("as of", _as_of, "as_of"),
                Fact("look at", look_at),
            ),
        ),
    ),
    drills=(Drill("enter", "go to it", "", target), Drill("A", "alerts", "alerts", alerts), THE_STRIP),
    reference=Reference(lambda one: one.what),
    help="What the cached facts say needs a look: a sentence, since when, and why. {open} goes to it. "
    "{snooze} puts a line away for a while, or says that it is seen; {snoozed} shows what is snoozed.",
)
