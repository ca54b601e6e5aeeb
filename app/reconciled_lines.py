"""Billed against estimated, as lines: the unexplained share first, then what the bill of machines was made of."""

from __future__ import annotations

from collections.abc import Sequence

from services.planning import listed
from services.reconcile import PARTS, Reconciliation
from services.records import Money
from widgets import format as fmt
from widgets.lines import say
from widgets.pane import Line, Look, Span, Tone
from widgets.safe import Safe, plain, safe

BAR = 16
"""Cells of the bar of all that was billed."""
LOUD = 0.2
"""A share nobody can explain that deserves colour."""

_WORDS = {
    "jobs": "runs at work", "idle": "idle nodes", "endpoints": "endpoints", "instances": "instances",
    "unexplained": "unexplained",
}  # fmt: skip


def reconciled_lines(found: Reconciliation, look: Look, width: int = 60) -> list[Line]:
    """The headline, a line a part, what is missing. With no closed day on the bill the sentence why, and no number."""
    if found.why_not:
        return [say(safe(found.why_not, 200), "muted")]
    lines = [_headline(found), _billed(found, look)]
    lines += [_part(found, name, look) for name in PARTS]
    return lines + [say(text, "muted") for text in _notes(found, width)]


def _headline(found: Reconciliation) -> Line:
    share = found.share("unexplained") or 0.0
    tone: Tone = "warn" if abs(share) >= LOUD else "strong"
    if share < 0:
        words = Safe(f"Estimates are {fmt.percent(-share)} above the bill")
    else:
        words = Safe(f"{fmt.percent(share)} of the bill is unexplained")
    return (Span(words, tone, bold=True),)


def _billed(found: Reconciliation, look: Look) -> Line:
    first, last = found.days[0].day, found.days[-1].day
    days = f"{first.day} {first:%b}"
    until = f" to {last.day} {last:%b}" if last != first else ""
    return (
        Span(plain(f"{'machines':<13}"), "muted"),
        Span(Safe(f"{fmt.money(found.money()):>12}")),
        Span(Safe(f"  billed {days}{until}"), "muted"),
    )


def _part(found: Reconciliation, name: str, look: Look) -> Line:
    share, money = found.share(name), found.money(name)
    is_rest = name == "unexplained"
    filled = round(BAR * max(0.0, min(1.0, share or 0.0)))
    bar = ("=" if look.is_ascii else "━") * filled
    text = fmt.money(money, is_estimate=not is_rest)
    return (
        Span(Safe(f"{_WORDS[name]:<13}"), "text" if is_rest else "muted"),
        Span(Safe(f"{text:>12}")),
        Span(Safe(f"  {_signed(share):>5}  "), "muted"),
        Span(Safe(bar), "warn" if is_rest or name == "idle" else "accent"),
    )


def _signed(share: float | None) -> str:
    return f"−{fmt.percent(-share)}" if share is not None and share < 0 else str(fmt.percent(share))


def _notes(found: Reconciliation, width: int) -> Sequence[Safe]:
    """What is not in it, each a line no longer than the panel."""
    notes = ["Parts are estimates by list prices, marked ≈; the rest is what the bill leaves."]
    if found.beside:
        beside = fmt.money(Money(found.beside, found.currency))
        notes.append(f"Beside machines {beside} was billed; no estimate is held against it.")
    if found.unknown:
        said = [f"{number:,} {noun if number != 1 else noun.rstrip('s')}" for noun, number in found.unknown.items()]
        notes.append(f"Without a price, so unexplained: {listed(said)}.")
    return [safe(note, max(20, width)) for note in notes]
