"""The moment somebody means who wants to look at a triage as it was: `13:58`, `20m`, `2026-11-27 13:58`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from cache.codec import from_micros
from cache.values import Unclear, age, span

LONGEST_BACK = timedelta(days=366)
"""How far back one may ask."""

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?(Z?)", re.IGNORECASE | re.ASCII)
_ZONED = re.compile(r"(Z|[+-]\d{2}:?\d{2})$", re.IGNORECASE)


class NoMoment(ValueError):
    """It is no moment one can look at; the text is the sentence that says why."""


def moment_of(text: str, now: datetime, *, is_local: bool = False) -> datetime:
    """Return the moment as aware UTC: a time of day is the last one, without a zone it is local or UTC.

    Raises NoMoment.
    """
    asked = " ".join(text.split())
    if not asked:
        raise NoMoment("Say when: 13:58, 20m ago, or 2026-11-27 13:58.")
    found = _back(asked, now) or _clock(asked, now, is_local=is_local) or _dated(asked, now, is_local=is_local)
    if found > now:
        raise NoMoment("That has not been yet.")
    if now - found > LONGEST_BACK:
        raise NoMoment("That is more than a year ago: nothing is kept so long.")
    return found.astimezone(UTC)


def _back(text: str, now: datetime) -> datetime | None:
    micros = age(text.removesuffix("ago").strip())
    if micros is None:
        return None
    if micros < 0:
        raise NoMoment("That has not been yet.")
    if micros > LONGEST_BACK / timedelta(microseconds=1):
        raise NoMoment("That is more than a year ago: nothing is kept so long.")
    return now - timedelta(microseconds=micros)


def _clock(text: str, now: datetime, *, is_local: bool) -> datetime | None:
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    if hour > 23 or minute > 59 or second > 59:
        raise NoMoment("There is no such time of day.")
    here = now.astimezone() if is_local and not found[4] else now.astimezone(UTC)
    at = here.replace(hour=hour, minute=minute, second=second, microsecond=0)
    return at if at <= now else at - timedelta(days=1)


def _dated(text: str, now: datetime, *, is_local: bool) -> datetime:
    try:
        low = span(text, now).low
    except (Unclear, ValueError, OverflowError) as error:
        raise NoMoment("That is no time: write 13:58, 20m, or 2026-11-27 13:58.") from error
    at = from_micros(low)
    return at.replace(tzinfo=None).astimezone() if is_local and _ZONED.search(text) is None else at
