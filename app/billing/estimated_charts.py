"""Charts of what is estimated beside the bill: what experiments cost, and node-hours idle against busy. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from app.billing.panels import Shown
from app.billing.words import short_day
from app.estimate_words import estimate_cell
from app.estimated_table import EstimatedRow
from services.estimates import Sum
from services.reconcile import Reconciliation
from widgets import format as fmt
from widgets.lines import blank, clip_line, fit_line, say, spaced
from widgets.money_chart import GAP, SIDE, WIDE, DayBar, Frame, bars_in, day_chart
from widgets.pane import Line, Look, Span, Tone
from widgets.safe import Safe, plain, safe
from widgets.spark import amount_bar
from widgets.stacks import Piece

MOST = 8
"""Experiments that have a bar of their own."""
TALL = 6
BUSY: Tone = "run"
IDLE: Tone = "warn"
MONO: Mapping[Tone, str] = {BUSY: "█", IDLE: "▒"}
ASCII: Mapping[Tone, str] = {BUSY: "#", IDLE: "o"}


def experiment_lines(rows: Sequence[EstimatedRow], look: Look, width: int) -> list[Line]:
    """A bar for each of the experiments that cost most this month; no lines before anything is estimated."""
    found = [row for row in rows if row.by == "experiment" and row.month is not None and row.month.amount > 0]
    currency = found[0].month.currency if found and found[0].month else ""
    found = [row for row in found if row.month and row.month.currency == currency]
    found.sort(key=lambda row: row.month.amount if row.month else Decimal(0), reverse=True)
    if not found:
        return []
    top = float(found[0].month.amount) if found[0].month else 0.0
    room = max(10, min(30, width - 40))
    lines = [_experiment(row, top, look, width, room) for row in found[:MOST]]
    if len(found) > MOST:
        rest = Sum({currency: sum((row.month.amount for row in found[MOST:] if row.month), Decimal(0))})
        more = Safe(f"  {len(found) - MOST} more, ")
        lines.append((Span(more, "muted"), *estimate_cell(rest, look), Span(plain(" together"), "muted")))
    said = "List prices of the runs that started this month: no part of the bill."
    return [*lines, clip_line(say(Safe(f"  {said}"), "muted"), width)]


def _experiment(row: EstimatedRow, top: float, look: Look, width: int, room: int) -> Line:
    assert row.month is not None
    amount = estimate_cell(Sum({row.month.currency: row.month.amount}, row.unknown), look)
    bar = amount_bar(float(row.month.amount) / top if top else 0, max(4, width - room - 26), is_ascii=look.is_ascii)
    name = fit_line(fmt.words(row.name or plain("no experiment")), room)
    return (
        blank(2), *name, blank(1), *bar, *fit_line(amount, 14, is_right=True),
        *fit_line(say(fmt.percent(row.share), "muted"), 8, is_right=True),
    )  # fmt: skip


def node_hours(found: Reconciliation, shown: Shown, width: int) -> list[Line]:
    """A stacked bar a closed day: hours of nodes that runs held, and of those that were up without one."""
    days = list(found.days)[-bars_in(width) :]
    busy, idle = sum(day.busy for day in days), sum(day.idle for day in days)
    if busy + idle <= 0:
        return []
    look = shown.look
    signs = signs_of(look, is_mono=shown.is_mono)
    frame = Frame(width, TALL, _hours, is_ascii=look.is_ascii, signs=signs)
    bars = [DayBar((Piece(day.busy, BUSY), Piece(day.idle, IDLE))) for day in days]
    first, last = short_day(days[0].day), short_day(days[-1].day)
    gap = max(1, len(days) * (WIDE + GAP) - GAP - len(first) - len(last))
    dates = (blank(SIDE), Span(safe(f"{first}{' ' * gap}{last}"), "muted"))
    return [*day_chart(bars, frame), dates, clip_line(_legend(busy, idle, signs), width)]


def signs_of(look: Look, *, is_mono: bool) -> Mapping[Tone, str]:
    """What busy and idle are drawn with; nothing where their colours say it."""
    return ASCII if look.is_ascii else MONO if is_mono else {}


def _hours(value: float) -> Safe:
    return Safe(f"{value:,.0f} h")


def _legend(busy: float, idle: float, signs: Mapping[Tone, str]) -> Line:
    share = f"idle, {fmt.percent(idle / (busy + idle))} of all"
    return (blank(SIDE), *spaced([_named(BUSY, busy, "runs at work", signs), _named(IDLE, idle, share, signs)]))


def _named(tone: Tone, hours: float, word: str, signs: Mapping[Tone, str]) -> Line:
    sign = Safe(signs.get(tone, "■"))
    return (Span(sign, tone), Span(Safe(f" {hours:,.0f} h "), "strong"), Span(Safe(word), "muted"))
