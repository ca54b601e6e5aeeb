"""Time as the emulator keeps it: integers of 100 ns since 1970 UTC, the resolution .NET writes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

SECOND = 10_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_ZERO = datetime(1970, 1, 1, tzinfo=UTC)
_WRITTEN = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?)?\s*(Z|[+-]\d\d:\d\d)?", re.I)


def ticks_of(moment: datetime) -> int:
    """Return an aware time in ticks. Raises TypeError for a time without a zone."""
    return (moment - _ZERO) // timedelta(microseconds=1) * 10


def datetime_of(at: int) -> datetime:
    """Return ticks as an aware UTC time; the seventh digit is lost."""
    return _ZERO + timedelta(microseconds=at // 10)


@lru_cache(maxsize=4096)
def day_text(day: int) -> str:
    """Return a day since 1970 as 2026-11-21."""
    return (_ZERO + timedelta(days=day)).strftime("%Y-%m-%d")


def clock_text(at: int) -> str:
    """Return the time of day as 06:44:10."""
    second = at % DAY // SECOND
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def stamp(at: int, zone: str = "+00:00") -> str:
    """Return a time as .NET writes it: up to seven fractional digits, those that are zero dropped from the end."""
    fraction = at % SECOND
    tail = f".{fraction:07}".rstrip("0") if fraction else ""
    return f"{day_text(at // DAY)}T{clock_text(at)}{tail}{zone}"


def stamp_ms(at: int, zone: str = "+00:00") -> str:
    """Return a time with three fractional digits, as Batch writes it."""
    return f"{day_text(at // DAY)}T{clock_text(at)}.{at % SECOND // 10_000:03}{zone}"


_PERIOD = re.compile(r"PT?(?:(\d+)D)?T?(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?")


def period(text: str) -> int | None:
    """Return the length of an ISO 8601 period of days to whole seconds in ticks; None for anything else."""
    found = _PERIOD.fullmatch(text)
    if found is None or not any(found.groups()):
        return None
    return sum(int(part or 0) * unit for part, unit in zip(found.groups(), (DAY, HOUR, MINUTE, SECOND), strict=True))


def stamp_blank(at: int) -> str:
    """Return a time without a zone and with a blank: 2026-08-12 22:29:29."""
    return f"{day_text(at // DAY)} {clock_text(at)}"


def span(length: int) -> str:
    """Return a duration as .NET's TimeSpan: 00:02:30.6053777, 1.02:03:04; all seven digits or none."""
    days, rest = divmod(length, DAY)
    fraction = rest % SECOND
    text = clock_text(rest) + (f".{fraction:07}" if fraction else "")
    return f"{days}.{text}" if days else text


def parse_stamp(text: str) -> int | None:
    """Return a written time in ticks, None when it is not one. Without a zone it is UTC."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    day, clock, fraction, zone = found.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{clock or '00:00'}").replace(tzinfo=UTC)
    except ValueError:
        return None
    at = ticks_of(moment) + int(((fraction or "") + "0000000")[:7])
    if zone and zone[0] in "+-":
        away = int(zone[1:3]) * HOUR + int(zone[4:6]) * MINUTE
        at += away if zone[0] == "-" else -away
    return at
