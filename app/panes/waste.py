"""Waste: what costs and does nothing, the dearest first, each with its evidence and what would save it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from app.cells import ago, az, exact, fact, paragraph, value
from app.panes.pulse import handling
from app.panes.waste_verbs import WASTE_VERBS
from app.waste_lines import an_hour, headline, why
from services.putting_away import OPEN, SNOOZED
from services.waste_finding import NOT_LOOKED_AT, Finding
from widgets import format as fmt
from widgets.lines import say
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tally, Tone
from widgets.safe import Safe, plain, safe, safe_lines

_TONES: dict[str, Tone] = {"sure": "text", "likely": "text"}


def by_hour(one: Finding, look: Look) -> Cell:
    """What it costs in an hour; without a mark, for the title of the column says that it is estimated."""
    return (Span(fmt.amount(an_hour(one.per_day))),) if one.per_day is not None else fmt.DASH


def by_day(one: Finding, look: Look) -> Cell:
    """What it costs in a day; other currencies than dollars name themselves."""
    if one.per_day is None:
        return fmt.DASH
    name = "" if one.per_day.currency == "USD" else f"{safe(one.per_day.currency, 4)} "
    return (Span(Safe(f"{name}{fmt.amount(one.per_day)}"), "text" if one.state == OPEN else "muted"),)


def how_sure(one: Finding, look: Look) -> Cell:
    """sure, likely, unknown, or a dash for what nobody has looked at."""
    if one.confidence == NOT_LOOKED_AT:
        return fmt.DASH
    return fmt.words(one.confidence, _TONES.get(one.confidence, "muted"))


def save(one: Finding, look: Look) -> Cell:
    """What would save it, behind that it is snoozed, or is worse than when it was."""
    said = fmt.words(one.save, "text" if one.state == OPEN and one.confidence != NOT_LOOKED_AT else "muted")
    return (*handling(one, look), *said)


def head(one: Finding, look: Look) -> Line:
    """Name, and why it is waste."""
    return (Span(safe(one.what), "strong", bold=True), Span(plain("  ")), *why(one, look))


def verdict(tally: Tally, look: Look) -> Line:
    """`□ ≈$14.58/h, ≈$350.00 a day if nothing changes   9 found   1 snoozed   not looked at: W17 W18`."""
    rows: list[Finding] = list(tally.rows())
    found = [one for one in rows if one.confidence != NOT_LOOKED_AT]
    if not rows:
        return say(plain("Nobody has looked for waste yet"), "muted")
    counted = [one for one in found if one.state != SNOOZED]
    parts = [f"{len(counted)} found"]
    parts += [f"{count} {word}" for word, count in (
        ("unknown", sum(one.confidence == "unknown" for one in counted)),
        ("snoozed", len(found) - len(counted)),
    ) if count]  # fmt: skip
    unread = [one.rule for one in rows if one.confidence == NOT_LOOKED_AT]
    parts += [f"not looked at: {' '.join(sorted(unread, key=lambda rule: int(rule[1:])))}"] if unread else []
    is_waste = any(one.confidence in ("sure", "likely") for one in counted)
    sign = (plain("o ") if look.is_ascii else plain("□ ")) if is_waste else plain("v " if look.is_ascii else "✓ ")
    rest = Span(Safe(f"   {'   '.join(safe(part) for part in parts)}"), "muted")
    return (Span(sign, "warn" if is_waste else "ok"), *headline(found, look), rest)


def money_lines(one: Finding, look: Look) -> Sequence[Line]:
    """What it costs and how that came about."""
    if one.confidence == NOT_LOOKED_AT:
        return ()
    cost = fmt.money(one.per_day, is_estimate=True) if one.per_day is not None else plain("not known")
    if look.is_ascii:
        cost = Safe(cost.replace("≈", "~"))
    lines: list[Line] = [(Span(cost, "strong", bold=True), Span(plain(" a day" if one.per_day else ""), "muted"))]
    return lines + [(Span(line, "muted"),) for line in safe_lines(one.basis)[:6]]


def step(one: Finding, look: Look) -> Sequence[Line]:
    """What would save it, and the command that does."""
    lines: list[Line] = [(Span(safe(one.save, 600)),)]
    command = shlex.join(("az", "ml", *one.command))
    return lines + ([(Span(safe(command, 300), "muted"),)] if one.command else [])


def arm_id(one: Finding, workspace: str) -> str | None:
    """The ARM id of the thing: below the workspace, or whole where it lies beside."""
    return one.target if one.target.startswith("/subscriptions/") else f"{workspace}{one.target}" * bool(one.target)


def about(one: Finding) -> str:
    """What enter leads to: the thing in its own pane; a rule that was not looked at leads nowhere."""
    return f"{one.pane} {one.query}" if one.pane else ""


WASTE: Pane[Finding] = Pane(
    name="waste",
    title="Waste",
    digit="",
    record=Finding,
    table="waste",
    noun="findings",
    sources=("compute", "deployments", "costs", "vm_sizes", "utilization", "run_use", "orphans", "waste"),
    order="-rank",
    in_tabs=False,
    filter="state!=snoozed",
    trouble="confidence=sure|likely",
    empty="Nothing is wasted that is known. Idle machines, endpoints nobody calls, failed runs and what deleted "
    "workspaces left behind would show here.",
    columns=(
        Column("why", why, 15, "why", rank=1),
        Column("what", value("what"), 18, "what", grows=True, rank=1),
        Column("kind", value("kind", "muted"), 12, "kind", rank=4),
        Column("since", ago("since"), 5, "since", is_right=True, rank=3),
        Column("$/h", by_hour, 7, is_right=True, rank=4),
        Column("$/day ≈", by_day, 8, "per_day", is_right=True, rank=1),
        Column("sure?", how_sure, 8, "confidence", rank=2),
        Column("would save it", save, 18, "save", rank=2),
        Column("rule", value("rule", "muted"), 4, "rule", rank=5),
        Column("owner", value("owner", "muted"), 16, "owner", rank=6),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section("Evidence", lines=paragraph("evidence", 12)),
        Section("Costs", lines=money_lines),
        Section("Would save it", lines=step),
        Section("Unless", lines=paragraph("unless", 4)),
        Section(
            "",
            facts=(
                Fact("state", lambda one, look: handling(one, look) or None, "state"),
                fact("reason", "reason"),
                fact("rule", "rule"),
                Fact("how sure", lambda one, look: fmt.words(one.confidence), "confidence"),
                fact("since", "since", exact),
                fact("owner", "owner"),
                fact("read", "as_of", exact),
            ),
        ),
    ),
    drills=(Drill("enter", "go to it", "", about), Drill("R", "the bill", "costs", lambda one: "")),
    verbs=WASTE_VERBS,
    reference=Reference(
        lambda one: one.what, arm_id, az=lambda one, ref: az(ref, *one.command) if one.command else None
    ),
    help="What costs and does nothing, by eighteen rules: evidence, money a day, how sure, what would save it. "
    "What was not measured is unknown and never idle; what deleted workspaces left behind is only reported. "
    "{act} does what would save it; {snooze} puts a line away with a reason; {snoozed} shows those.",
)
