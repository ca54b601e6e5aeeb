"""Numbers, times and money as amldeck writes them: one rule each, all giving `Safe` text.

Unknown is a dash, never zero. Ages have one unit, durations two. Lists show times without a zone because the header
names it; sentences carry it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from math import isfinite, isnan
from typing import Protocol

from widgets.pane import Cell, Look, Span, Tone
from widgets.safe import Safe, plain, safe

DASH: Cell = (Span(plain("–"), "muted"),)
"""What an unknown value looks like."""

_LARGEST_WHOLE = 1e12
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}


class _Money(Protocol):
    @property
    def amount(self) -> Decimal: ...
    @property
    def currency(self) -> str: ...


def words(value: object | None, tone: Tone = "text") -> Cell:
    """Foreign text as a cell; a dash for None and for the empty text."""
    if value is None or value == "":
        return DASH
    return (Span(safe(value), tone),)


def age(then: datetime | None, now: datetime) -> Safe:
    """Time since `then` in one unit: `12s 4m 2h 6d`; a moment ahead of us counts as now; a dash when unknown."""
    if then is None:
        return plain("–")
    return elapsed(max(0.0, (now - then).total_seconds()))


def elapsed(seconds: float) -> Safe:
    """A span in one unit, cut and not rounded: 119 seconds are `1m`."""
    for size, unit in ((86400, "d"), (3600, "h"), (60, "m")):
        if seconds >= size:
            return Safe(f"{int(seconds // size):,}{unit}")
    return Safe(f"{int(seconds)}s")


def duration(seconds: float | None) -> Safe:
    """A length in at most two units: `6h 12m`, `2d 04h`, `51m`, `9s`; a dash when unknown."""
    if seconds is None:
        return plain("–")
    whole = int(max(0.0, seconds))
    if whole < 60:
        return Safe(f"{whole}s")
    minutes = whole // 60
    if minutes < 60:
        return Safe(f"{minutes}m")
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return Safe(f"{hours}h {minutes:02d}m")
    days, hours = divmod(hours, 24)
    return Safe(f"{days:,}d {hours:02d}h")


def when(at: datetime | None, look: Look) -> Safe:
    """A moment in a list: `20 Nov 22:41`, with the year instead of the time past eleven months; a dash when unknown."""
    if at is None:
        return plain("–")
    shown = at.astimezone() if look.is_local else at.astimezone(UTC)
    if abs(look.now - at) > timedelta(days=330):
        return Safe(f"{shown.day:2d} {shown:%b %Y}")
    return Safe(f"{shown.day:2d} {shown:%b %H:%M}")


def moment(at: datetime | None, look: Look) -> Safe:
    """A moment in a sentence or a detail, with its zone: `20 Nov 2026 22:41:07Z`; a dash when unknown."""
    if at is None:
        return plain("–")
    if look.is_local:
        shown = at.astimezone()
        offset = f"{shown:%z}"
        return Safe(f"{shown.day} {shown:%b %Y %H:%M:%S}{offset[:3]}:{offset[3:]}")
    shown = at.astimezone(UTC)
    return Safe(f"{shown.day} {shown:%b %Y %H:%M:%S}Z")


def clock(at: datetime | None, look: Look) -> Safe:
    """A time of day in a sentence, with its zone: `13:58Z`."""
    if at is None:
        return plain("–")
    if look.is_local:
        return Safe(f"{at.astimezone():%H:%M} local")
    return Safe(f"{at.astimezone(UTC):%H:%M}Z")


def count(number: int | None) -> Safe:
    """A whole number with thousands apart: `41,208`; a dash when unknown."""
    return plain("–") if number is None else Safe(f"{number:,}")


def percent(share: float | None) -> Safe:
    """A share of 1 as `7.9 %`, whole from 10 % up; a dash when unknown."""
    if share is None:
        return plain("–")
    hundredths = share * 100
    return Safe(f"{hundredths:.0f} %" if hundredths >= 9.95 or hundredths == 0 else f"{hundredths:.1f} %")


def metric(number: float | None, *, is_column: bool = False) -> Safe:
    """A measured value: three digits behind the point, three that count when small or huge (`0.00116`, `1e-05`).

    Whole numbers stand whole (`15`), but in a column of others with the same digits (`15.000`). A dash when unknown.
    """
    if number is None:
        return plain("–")
    if not isfinite(number):
        return plain("NaN") if isnan(number) else plain("∞") if number > 0 else plain("−∞")
    size = abs(number)
    if size < _LARGEST_WHOLE and number == int(number) and not (is_column and 0 < size < 1000):
        return Safe(f"{int(number):,}")
    return Safe(f"{number:.3f}" if 0.01 <= size < 100_000 else f"{number:.3g}")


def amount(money: _Money | None) -> Safe:
    """The bare number of a billed amount, for columns whose header names the currency: `1,204.10`."""
    return plain("–") if money is None else Safe(f"{money.amount:,.2f}")


def money(value: _Money | None, *, is_estimate: bool = False) -> Safe:
    """An amount with its currency: `$612.40`, `≈$612.40` when estimated, `CHF 612.40` without a sign of its own."""
    if value is None:
        return plain("–")
    mark = "≈" if is_estimate else ""
    sign = _SIGNS.get(value.currency)
    number = f"{abs(value.amount):,.2f}"
    minus = "−" if value.amount < 0 else ""
    if sign is None:
        return Safe(f"{mark}{minus}{safe(value.currency)} {number}")
    return Safe(f"{mark}{minus}{sign}{number}")


def change(share: float | None) -> Safe:
    """A relative change, always signed: `+41 %`, `−7 %`, but `0 %`; from ten times on `157×`; a dash when unknown."""
    if share is None:
        return plain("–")
    if share >= 9:
        return Safe(f"{share + 1:,.0f}×")
    whole = round(share * 100)
    return Safe(f"{'−' if whole < 0 else '+' if whole > 0 else ''}{abs(whole):,} %")


def size(number: int | None) -> Safe:
    """Bytes in the unit that keeps one to three digits: `312 MB`; a dash when unknown."""
    if number is None:
        return plain("–")
    shown = float(number)
    for unit in ("B", "kB", "MB", "GB"):
        if shown < 1000:
            return Safe(f"{shown:.0f} {unit}" if unit == "B" or shown >= 10 else f"{shown:.1f} {unit}")
        shown /= 1000
    return Safe(f"{shown:.1f} TB")


def flag(value: bool | None) -> Safe:
    """`yes`, `no` or a dash."""
    if value is None:
        return plain("–")
    return plain("yes") if value else plain("no")


def vm_size(name: str | None) -> Safe:
    """An Azure size without its noise: `STANDARD_DS3_V2` is `DS3 v2`; a dash when unknown."""
    if not name:
        return plain("–")
    parts = name.split("_")
    kept = parts[1:] if parts[0].lower() in ("standard", "basic") and len(parts) > 1 else parts
    shown = [part.lower() if part.lower().startswith("v") and part[1:].isdigit() else part for part in kept]
    return safe(" ".join(shown))
