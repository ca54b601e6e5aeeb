"""The panels of the bill as lines: verdict, where it went, what is unusual, budgets. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from app.billing.asked import KIND_WORDS, title_of
from app.billing.bill import Bill, Part
from app.billing.charts import sign_of, tone_of
from app.billing.words import short_day, told
from services.anomalies import TOTAL, Unusual
from services.cost_budgets import Budget
from widgets import format as fmt
from widgets.lines import NO_LINE, blank, clip_line, fit_line, say, spaced
from widgets.pane import Line, Look, Span, Tone
from widgets.safe import Safe, plain, safe
from widgets.spark import amount_bar

ROOMY = 100
"""Cells from which on the verdict says that it is about this month, and until which day."""
AMOUNT = 14
"""Cells of what is too much a day."""
MOST = 12
"""Parts listed before the rest is one line."""


@dataclass(frozen=True, slots=True)
class Shown:
    """How the bill is looked at: how long a chart is, what the rest is called, when it may be asked again."""

    look: Look
    days: int = 30
    pace: Safe = Safe("")  # noqa: RUF009 (a text, frozen)
    age: Line = NO_LINE
    is_mono: bool = False
    """Colours tell nothing apart: bars are drawn with signs."""
    note: Safe = Safe("")  # noqa: RUF009 (a text, frozen)
    """Why there is nothing of the cut yet."""


def verdict_line(bill: Bill, look: Look, width: int) -> Line:
    """What the month will have cost, against the budget; until when it is billed, and by which kind of cost."""
    course, budget = bill.course(), bill.budget
    over = _over(course, budget)
    sign, tone = _sign(over, look)
    head = (
        f"On course for {told(course, bill.currency)}{' this month' if width >= ROOMY else ''}"
        if course is not None
        else "This month"
    )
    against = f", {fmt.percent(abs(over))} {'over' if over > 0 else 'under'} budget" if over is not None else ""
    parts: list[Line] = [(Span(sign, tone), Span(Safe(f"{head}{against}"), "strong", bold=True))]
    until = f" until {short_day(bill.until)}" if bill.until is not None and width >= ROOMY else ""
    parts.append(say(Safe(KIND_WORDS[bill.looked.kind]), "muted"))
    parts.append(say(Safe(f"{told(bill.month, bill.currency)} billed{until}"), "muted"))
    if budget is None and bill.are_budgets_known:
        parts.append(say(plain("no budget"), "muted"))
    for other in bill.others[:2]:
        parts.append(say(Safe(f"also {fmt.money(other)}, which is not added"), "warn"))
    return clip_line(spaced(parts, 3), width)


def _over(course: Decimal | None, budget: Budget | None) -> float | None:
    if course is None or budget is None or budget.amount is None or budget.amount.amount <= 0:
        return None
    return float(course / budget.amount.amount) - 1


def _sign(over: float | None, look: Look) -> tuple[Safe, Tone]:
    if over is None:
        return Safe("o " if look.is_ascii else "◇ "), "muted"
    if over > 0:
        return Safe("! " if look.is_ascii else "▲ "), "warn"
    return Safe("v " if look.is_ascii else "✓ "), "ok"


def where_it_went(bill: Bill, shown: Shown, width: int) -> list[Line]:
    """A row for each part, the dearest of this month first: bar, amount, share, change against the month before."""
    room = max(12, min(30, width - 48))
    head = (
        *fit_line(say(Safe(f"  {title_of(bill.looked.cut)}"), "muted"), room + 2),
        *fit_line(say(Safe(f"billed {bill.currency}"), "muted"), width - room - 2 - 9 - 14, is_right=True),
        *fit_line(say(plain("share"), "muted"), 8, is_right=True),
        *fit_line(say(Safe(f"to {bill.month_start - timedelta(days=1):%B}"), "muted"), 15, is_right=True),
    )
    top = max((float(part.month or 0) for part in bill.parts), default=0.0)
    rows = [_part_row(part, place, top, shown, width, room) for place, part in enumerate(bill.parts[:MOST])]
    if len(bill.parts) > MOST:
        rest = bill.parts[MOST:]
        cost = sum((part.month for part in rest if part.month is not None), Decimal(0))
        rows.append(say(Safe(f"  {len(rest)} more, {told(cost, bill.currency)} together"), "muted"))
    return [head, *rows]


def _part_row(part: Part, place: int, top: float, shown: Shown, width: int, room: int) -> Line:
    is_ascii = shown.look.is_ascii
    sign = Span(sign_of(tone_of(place), shown.look, is_mono=shown.is_mono), tone_of(place))
    detail = f"  {safe(part.detail, 40)}" if part.detail else ""
    name = (sign, blank(1), *fit_line((Span(safe(part.name, 60)), Span(Safe(detail), "muted")), room))
    amount = fit_line(say(Safe("–" if part.month is None else f"{part.month:,.2f}")), 12, is_right=True)
    bar_room = max(0, width - room - 2 - 12 - 8 - 15)
    bar = fit_line(amount_bar(float(part.month or 0) / top if top else 0, max(1, bar_room - 1), is_ascii=is_ascii),
                   bar_room)  # fmt: skip
    change: Tone = "warn" if part.change is not None and part.change >= 0.5 else "muted"
    return (
        *name, *bar, *amount,
        *fit_line(say(fmt.percent(part.share), "muted"), 8, is_right=True),
        *fit_line(say(fmt.change(part.change), change), 15, is_right=True),
    )  # fmt: skip


def unusual_lines(bill: Bill, look: Look, width: int, most: int = 5) -> list[Line]:
    """What cost far more than its weekday usually does: how much a day, what, since when."""
    if not bill.unusual:
        return [say(plain("No day of the last complete week stands out."), "muted")]
    lines = [_unusual(one, look, width) for one in bill.unusual[:most]]
    if len(bill.unusual) > most:
        lines.append(say(Safe(f"  and {len(bill.unusual) - most} more"), "muted"))
    return lines


def _unusual(one: Unusual, look: Look, width: int) -> Line:
    sign = Span(plain("! " if look.is_ascii else "▲ "), "warn")
    often = "a day" if one.days > 1 or one.goes_on else "once"
    amount = Safe(f"+{told(one.per_day.amount, one.per_day.currency)} {often}")
    when = Safe(f" {when_of(one)}")
    # A long name is cut before what is said of it.
    what = clip_line(say(what_of(one)), max(8, width - AMOUNT - 2 - len(when)))
    return clip_line((sign, *fit_line(say(amount, "strong", bold=True), AMOUNT), *what, Span(when, "muted")), width)


def what_of(one: Unusual) -> Safe:
    """What is unusual: the name of a resource, or all of them together."""
    if one.resource == TOTAL:
        return plain("all together")
    return safe(one.resource.rstrip("/").rpartition("/")[2].strip() or "what has no resource", 40)


def when_of(one: Unusual) -> str:
    """`since 19 Nov`, `on 14 Nov`, `14 to 16 Nov`; and what is usual."""
    usual = f"else {told(one.usual.amount, one.usual.currency)}"
    if one.goes_on:
        return f"since {short_day(one.since)}, {usual}"
    if one.days == 1:
        return f"on {short_day(one.since)}, {usual}"
    return f"{short_day(one.since)} to {short_day(one.until)}, {usual}"
