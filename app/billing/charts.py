"""The charts of a bill: by day, stacked by its largest parts, and the month as it adds up against its budget."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import accumulate

from app.billing.bill import ZERO, Bill, Part, midnight
from app.billing.words import brief, short_day
from services.anomalies import newest_complete_day
from widgets.chart_raster import Dots
from widgets.lines import blank, clip_line, fit_line, say, spaced
from widgets.money_chart import GAP, SIDE, WIDE, DayBar, Frame, bars_in, day_chart, month_chart
from widgets.pane import Line, Look, Span, Tone
from widgets.safe import Safe, plain, safe
from widgets.stacks import Piece

TONES: tuple[Tone, ...] = ("series1", "series2", "series3", "series5")
OTHER: Tone = "series8"
MONO: Mapping[Tone, str] = {"series1": "█", "series2": "▓", "series3": "▒", "series5": "▚", "series8": "▪"}
ASCII: Mapping[Tone, str] = {"series1": "#", "series2": "=", "series3": "+", "series5": "o", "series8": "*"}
"""What the parts are drawn with where colours tell nothing apart."""
DAY = timedelta(days=1)


def tone_of(place: int) -> Tone:
    """The colour of a part by its place among those that cost most this month."""
    return TONES[place] if place < len(TONES) else OTHER


def signs(look: Look, *, is_mono: bool) -> Mapping[Tone, str]:
    """What each part is drawn with; nothing where its colour says it."""
    return ASCII if look.is_ascii else MONO if is_mono else {}


def sign_of(tone: Tone, look: Look, *, is_mono: bool) -> Safe:
    """The sign of a part in a legend: what its bars are drawn with."""
    return Safe(signs(look, is_mono=is_mono).get(tone, "■"))


def by_day(bill: Bill, days: int, width: int, height: int, look: Look, *, is_mono: bool = False) -> list[Line]:
    """A bar a day up to today, the newest at the right; what is expected of days whose bill is open behind them."""
    many = min(days, bars_in(width))
    today = midnight(bill.now)
    shown = [today - back * DAY for back in range(many - 1, -1, -1)]
    budget = bill.daily_budget
    frame = Frame(
        width, height, partial(brief, currency=bill.currency), None if budget is None else float(budget),
        is_ascii=look.is_ascii, signs=signs(look, is_mono=is_mono),
    )  # fmt: skip
    lines = day_chart([_bar(bill, day) for day in shown], frame)
    return [*lines, _dates(shown, look), clip_line(_legend(bill, look, is_mono=is_mono), width)]


def _legend(bill: Bill, look: Look, *, is_mono: bool) -> Line:
    """Whose colour is whose, and what is expected of days that are not billed whole yet."""
    named: list[Line] = [
        (Span(sign_of(tone, look, is_mono=is_mono), tone), blank(1), Span(safe(part.name, 18), "muted"))
        for part, tone in zip(bill.parts, TONES, strict=False)
    ]  # fmt: skip
    if len(bill.parts) > len(TONES):
        named.append((Span(sign_of(OTHER, look, is_mono=is_mono), OTHER), blank(1), Span(plain("other"), "muted")))
    open_days = (Span(plain(": " if look.is_ascii else "░ "), "edge"), Span(plain("not billed yet"), "muted"))
    return (blank(SIDE), *spaced([open_days, *named]))


def _bar(bill: Bill, day: datetime) -> DayBar:
    sizes = [_size(part, day) for part in bill.parts]
    named = [Piece(size, tone) for size, tone in zip(sizes, TONES, strict=False) if size > 0]
    rest = sum(sizes[len(TONES) :])
    pieces = (*named, Piece(rest, OTHER)) if rest > 0 else tuple(named)
    if day <= newest_complete_day(bill.now):
        return DayBar(pieces)
    usual = bill.usual_day()
    billed = sum(piece.size for piece in pieces)
    return DayBar(pieces, max(0.0, float(usual) - billed) if usual is not None else 0.0)


def _size(part: Part, day: datetime) -> float:
    """What a bar has of a part: a refund makes no bar lower."""
    return max(0.0, float(part.days.get(day, ZERO)))


def _dates(shown: list[datetime], look: Look) -> Line:
    cells = [" "] * (len(shown) * (WIDE + GAP) + 8)
    for place, day in enumerate(shown):
        is_last = place == len(shown) - 1
        back = len(shown) - 1 - place
        if is_last or (back % 7 == 0 and back >= 4):
            text = "today" if is_last else short_day(day)
            begin = place * (WIDE + GAP) - (3 if is_last else 0)
            cells[begin : begin + len(text)] = list(text)
    return (blank(SIDE), Span(Safe("".join(cells).rstrip()), "muted"))


def month(bill: Bill, width: int, height: int, look: Look, dots: Dots) -> list[Line]:
    """The days of this month added up, then what is expected, against the budget; a sentence where nothing is."""
    start, today = bill.month_start, midnight(bill.now)
    elapsed = [start + back * DAY for back in range((today - start).days)]
    billed = list(accumulate((bill.totals.get(day, ZERO) for day in elapsed), initial=ZERO))
    expected = bill.expected()
    ahead = list(accumulate(expected.values(), initial=billed[-1]))[1:]
    if bill.month is None and not expected:
        return [say(plain("Nothing is billed of this month yet."), "muted")]
    budget = bill.budget.amount.amount if bill.budget is not None and bill.budget.amount is not None else None
    frame = Frame(
        width, height, partial(brief, currency=bill.currency), None if budget is None else float(budget),
        is_ascii=look.is_ascii, dots="ascii" if look.is_ascii else dots,
    )  # fmt: skip
    lines = month_chart(_floats(billed), _floats(ahead), frame)
    end = start + (bill.month_days - 1) * DAY
    left, right = say(Safe(short_day(start)), "muted"), say(Safe(short_day(end)), "muted")
    under = (blank(SIDE), *fit_line(left, max(1, width - SIDE - 6)), *right)
    return [*lines, under]


def _floats(values: list[Decimal]) -> list[float]:
    return [float(value) for value in values]
