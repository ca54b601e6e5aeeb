"""The values a filter compares with: numbers with units, ages and dates, money. All raise `Unclear` with a sentence."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from cache.codec import INT_MAX, to_micros
from cache.tree import Number

SECONDS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 604_800}
CURRENCIES = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([smhdw]?)", re.IGNORECASE | re.ASCII)
_PARTS = re.compile(r"(?=\d)" + " ?".join(rf"(?:(\d{{1,9}}){unit})?" for unit in "wdhms"), re.IGNORECASE | re.ASCII)
"""A duration as tables show it: `1h 04m`, also without the blank."""
_DATE = re.compile(
    r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ](\d{1,2})(?::(\d{2})(?::(\d{2}))?)?)?)?)?(Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE | re.ASCII,
)
_MONEY = re.compile(r"([$€£¥]|[a-z]{3})?\s*([+-]?(?:\d+\.?\d*|\.\d+))\s*([$€£¥]|[a-z]{3})?", re.IGNORECASE | re.ASCII)


class Unclear(ValueError):
    """A value that is not of the field's kind; the text says what one looks like."""


class Span(NamedTuple):
    """A stretch of time in microseconds since 1970 UTC: from `low` to just before `high`."""

    low: int
    high: int


def number(text: str, *, has_units: bool = False) -> Number:
    """A number; with units, a duration in seconds. An integer stays one."""
    found = _NUMBER.fullmatch(text)
    parts = _PARTS.fullmatch(text) if has_units and found is None else None
    if parts is not None:
        return _seconds(parts)
    if found is None or (found[2] and not has_units):
        raise Unclear("needs a number, such as 4 or 0.5" + (", or a duration, such as 2h" if has_units else ""))
    plain = found[1]
    value: Number = int(plain) if plain.lstrip("+-").isdigit() else float(plain)
    value = value * SECONDS[found[2].lower()] if found[2] else value
    if abs(value) > INT_MAX and isinstance(value, int):
        return float(value)
    return value


def age(text: str) -> int | None:
    """The microseconds of an age such as `24h`; None when the text is none."""
    found = _NUMBER.fullmatch(text)
    parts = _PARTS.fullmatch(text) if found is None else None
    if parts is not None:
        return min(_seconds(parts) * 1_000_000, INT_MAX)
    if found is None or not found[2]:
        return None
    return int(min(Decimal(found[1]) * SECONDS[found[2].lower()] * 1_000_000, INT_MAX))


def _seconds(parts: re.Match[str]) -> int:
    return sum(int(count or 0) * SECONDS[unit] for count, unit in zip(parts.groups(), "wdhms", strict=True))


def span(text: str, now: datetime) -> Span:
    """The stretch a date names, in UTC unless it says otherwise: a year, month, day, hour, minute or second."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if text.lower() in ("today", "yesterday"):
        first = today - timedelta(days=text.lower() == "yesterday")
        return Span(to_micros(first), to_micros(first + timedelta(days=1)))
    found = _DATE.fullmatch(text)
    if found is None:
        raise Unclear("needs an age, such as <24h, or a date, such as 2026-01-31")
    parts = [int(part) for part in found.groups()[:6] if part]
    try:
        first = datetime(*(parts + [1, 1][len(parts) - 1 :] if len(parts) < 3 else parts), tzinfo=_zone(found[7]))
        return Span(to_micros(first), to_micros(_next(first, len(parts))))
    except (ValueError, OverflowError) as error:
        raise Unclear("is no date of the calendar") from error


def _zone(text: str | None) -> tzinfo:
    if text is None or text in "Zz":
        return UTC
    return datetime.strptime(text, "%z").tzinfo or UTC


def _next(first: datetime, precision: int) -> datetime:
    """The moment after the year, month, day … that starts at `first`."""
    if precision == 1:
        return first.replace(year=first.year + 1)
    if precision == 2:
        return (first + timedelta(days=32)).replace(day=1)
    return first + (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1))[precision - 3]


class Amount(NamedTuple):
    """Money to compare with: millionths, exact, and a currency or "" for any."""

    millionths: Decimal
    currency: str


def money(text: str) -> Amount:
    """An amount: `50` in whatever currency a row has, `$50`, `50 EUR` or `EUR50` only in that one."""
    found = _MONEY.fullmatch(text)
    if found is None or (found[1] and found[3]):
        raise Unclear("needs an amount, such as 50, $50 or 50EUR")
    sign = (found[1] or found[3] or "").upper()
    try:
        return Amount(Decimal(found[2]).scaleb(6), CURRENCIES.get(sign, sign))
    except InvalidOperation as error:
        raise Unclear("needs an amount, such as 50, $50 or 50EUR") from error


def truth(text: str) -> bool:
    """A yes or a no."""
    if text.lower() in ("true", "yes", "y", "1", "on"):
        return True
    if text.lower() in ("false", "no", "n", "0", "off"):
        return False
    raise Unclear("needs yes or no")
