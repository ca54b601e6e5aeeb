"""The few lines of waste that stand on the costs of a workspace: what is wasted by hour and day, the dearest first.

Drawn by whoever has the room; `panes.waste` is the whole of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from services.records import Money
from services.waste_finding import NOT_LOOKED_AT, Finding, a_day_of, is_counted
from widgets import format as fmt
from widgets.lines import fit_line
from widgets.pane import Cell, Line, Look, Span
from widgets.safe import Safe, plain, safe

HOURS = Decimal(24)
WHY, WHAT, AGE, HOUR, SAVE = 13, 18, 14, 8, 14
"""Cells of the columns."""
WIDE = 76
"""From so many cells on there is room for all of them."""


def why(one: Finding, look: Look) -> Cell:
    """Glyph and word: loud while it is known to cost, quiet when unknown, not looked at, or put away."""
    if one.confidence == NOT_LOOKED_AT:
        return (Span(plain("- ") if look.is_ascii else plain("· "), "muted"), Span(safe(one.why), "muted"))
    is_loud = one.state == "open" and one.confidence != "unknown"
    sign = (plain("o ") if look.is_ascii else plain("□ ")) if one.confidence != "unknown" else plain("? ")
    tone = "warn" if is_loud else "muted"
    return (Span(sign, tone), Span(safe(one.why), tone))


def an_hour(amount: Money) -> Money:
    """What it is in an hour of a day."""
    return Money(amount.amount / HOURS, amount.currency)


def headline(findings: Sequence[Finding], look: Look) -> Line:
    """`≈$14.58/h, ≈$350.00 a day if nothing changes`, a sum a currency; that nothing is known to be wasted."""
    sums = a_day_of(findings)
    if not sums:
        return _without_money(findings)
    hours = "  ".join(f"{_money(an_hour(one), look)}/h" for one in sums)
    days = "  ".join(_money(one, look) for one in sums)
    return (
        Span(Safe(f"{hours}, {days} a day"), "strong", bold=True),
        Span(plain(" if nothing changes"), "muted"),
    )


def _without_money(findings: Sequence[Finding]) -> Line:
    """That nothing is found, or that nobody knows what it costs."""
    found = sum(one.state == "open" and one.confidence in ("sure", "likely") for one in findings)
    if not found:
        return (Span(plain("Nothing is known to be wasted"), "strong", bold=True),)
    said = "1 thing is wasted" if found == 1 else f"{found} things are wasted"
    hint = Span(plain("   what they cost is not known: :prices reads the prices of machines"), "muted")
    return (Span(Safe(said), "strong", bold=True), hint)


def waste_lines(findings: Sequence[Finding], look: Look, width: int, most: int = 4) -> list[Line]:
    """The dearest findings that add up to the headline, a line each: why, what, since, an hour, what would save it.

    `findings` are rows of the table `waste`, in any order. Nothing where nothing is found; `since` needs 76 cells.
    """
    dearest = sorted((one for one in findings if is_counted(one)), key=lambda one: -one.rank)[:most]
    return [_line(one, look, width) for one in dearest]


def _line(one: Finding, look: Look, width: int) -> Line:
    hour = f"{fmt.amount(an_hour(one.per_day))}/h" if one.per_day is not None else "–"
    name = WHAT if width >= WIDE else max(8, min(WHAT, width - WHY - HOUR - SAVE - 6))
    parts: list[tuple[Cell, int]] = [(why(one, look), WHY), ((Span(safe(one.what)),), name)]
    if width >= WIDE:
        age = Safe(f"{safe(one.kind, 12)}, {fmt.age(one.since, look.now)}") if one.since else safe(one.kind, 12)
        parts.append(((Span(age, "muted"),), AGE))
    line: list[Span] = []
    for cell, size in parts:
        line += [*fit_line(cell, size), Span(plain("  "))]
    line += [Span(Safe(f"{hour:>{HOUR}}")), Span(Safe(f"  {safe(one.save)}"), "muted")]
    return tuple(fit_line(tuple(line), width))


def _money(amount: Money, look: Look) -> Safe:
    text = fmt.money(amount, is_estimate=True)
    return Safe(text.replace("≈", "~")) if look.is_ascii else text
