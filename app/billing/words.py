"""How amounts and days of a bill are written in sentences and on axes."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from services.records import Money
from widgets import format as fmt
from widgets.safe import Safe, plain

WHOLE_FROM = 1_000
"""Amounts from here on are written without cents outside of tables."""


def told(amount: Decimal | None, currency: str, *, is_estimate: bool = False, is_ascii: bool = False) -> Safe:
    """An amount in a sentence: `$13,020`, `$612.40`, `≈$612.40`; a dash when unknown."""
    if amount is None:
        return plain("–")
    is_whole = abs(amount) >= WHOLE_FROM
    text = fmt.money(Money(amount.quantize(Decimal(1)) if is_whole else amount, currency))
    text = Safe(text.rpartition(".")[0]) if is_whole else text
    return Safe(f"{'~' if is_ascii else '≈'}{text}") if is_estimate else text


def brief(value: float, currency: str) -> Safe:
    """An amount on an axis: `$800`, `$9.1k`, `$2.5`."""
    size = abs(value)
    number = f"{value / 1000:,.1f}k".replace(".0k", "k") if size >= WHOLE_FROM else f"{value:,.4g}"
    sign = fmt.money(Money(Decimal(0), currency)).partition("0")[0]
    return Safe(f"{sign}{number}" if len(sign) < 2 else number)


def short_day(day: datetime) -> str:
    """`20 Nov`."""
    return f"{day.day} {day:%b}"


def days_of(first: datetime, last: datetime) -> str:
    """`6 Nov to 5 Dec`."""
    return f"{short_day(first)} to {short_day(last)}"


def is_calendars(first: datetime, last: datetime) -> bool:
    """Whether a billing period is a month of the calendar."""
    return first.day == 1 and (last + timedelta(days=1)).day == 1 and last - first < timedelta(days=31)
