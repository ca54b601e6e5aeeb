"""When a schedule is due: in words, and how long it may be between two times. Pure; zones are named, not computed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from services.wire import Moment, Wire

DAY = 86_400.0
_UNITS = {"minute": 60.0, "hour": 3_600.0, "day": DAY, "week": 7 * DAY, "month": 31 * DAY}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LOOKED_AT = 430
"""Days in which every expression that is worth a monitor comes by twice."""


class Pattern(Wire):
    """At which hours and days a recurrence is due."""

    hours: list[int] | None = None
    minutes: list[int] | None = None
    week_days: list[str] | None = None
    month_days: list[int] | None = None


class Trigger(Wire):
    """A trigger as Azure gives it: a recurrence or a cron expression."""

    trigger_type: str | None = None
    expression: str | None = None
    frequency: str | None = None
    interval: int | None = None
    schedule: Pattern | None = None
    start_time: Moment = None
    end_time: Moment = None
    time_zone: str | None = None


def said(trigger: Trigger) -> str | None:
    """Return when it is due in words: `every day at 03:00 UTC`, `cron 15 10 * * 1 UTC`; None when nothing says."""
    zone = (
        f" {trigger.time_zone.upper() if len(trigger.time_zone) < 5 else trigger.time_zone}"
        if trigger.time_zone
        else ""
    )
    if trigger.expression:
        return f"cron {trigger.expression}{zone}"
    if not trigger.frequency:
        return None
    unit, every = trigger.frequency.lower(), trigger.interval or 1
    words = f"every {unit}" if every == 1 else f"every {every} {unit}s"
    pattern = trigger.schedule or Pattern()
    days = ", ".join(day[:3] for day in pattern.week_days or ())
    dates = ", ".join(map(str, pattern.month_days or ()))
    times = ", ".join(f"{hour:02}:{minute:02}" for hour in sorted(pattern.hours or ())
                      for minute in sorted(pattern.minutes or [0]))  # fmt: skip
    on = " ".join(part for part in (f"on {days}" if days else "", f"on the {dates}." if dates else "",
                                    f"at {times}" if times else "") if part)  # fmt: skip
    return f"{words} {on}{zone}" if on else f"{words}{zone}"


def longest_gap(trigger: Trigger) -> float | None:
    """Return the most seconds there are between two times it is due; None when that cannot be told."""
    if trigger.expression:
        return _gap_of_cron(trigger.expression)
    unit, every = _UNITS.get((trigger.frequency or "").lower()), trigger.interval or 1
    if unit is None:
        return None
    named = [
        _DAYS.index(day.lower()) for day in (trigger.schedule or Pattern()).week_days or () if day.lower() in _DAYS
    ]
    if unit == _UNITS["week"] and named and every == 1:
        ordered = sorted(set(named))
        return max(b - a for a, b in zip(ordered, [*ordered[1:], ordered[0] + 7], strict=True)) * DAY
    return unit * every


def _gap_of_cron(expression: str) -> float | None:
    """Return the longest gap of five fields; None for what is no such expression, or is due only once in 14 months."""
    fields = expression.split()
    try:
        minutes, hours, dates, months, days = (
            _field(text, low, high) for text, (low, high) in zip(fields, ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7)),
                                                                 strict=True))  # fmt: skip
    except ValueError:
        return None
    either = fields[2] != "*" and fields[4] != "*"
    start = date(2024, 1, 1)
    due = [number for number in range(_LOOKED_AT)
           if _is_on(start + timedelta(number), dates, months, days, is_either=either)]  # fmt: skip
    if len(due) < 2:
        return None
    times = sorted(hour * 3_600 + minute * 60 for hour in hours for minute in minutes)
    overnight = max(b - a for a, b in pairwise(due)) * DAY + times[0] - times[-1]
    return max([overnight, *(float(b - a) for a, b in pairwise(times))])


def _is_on(
    day: date, dates: Sequence[int], months: Sequence[int], days: Sequence[int], *, is_either: bool
) -> bool:  # fmt: skip
    if day.month not in months:
        return False
    is_date, is_day = day.day in dates, day.isoweekday() % 7 in days or (day.isoweekday() == 7 and 7 in days)
    return (is_date or is_day) if is_either else (is_date and is_day)


def _field(text: str, low: int, high: int) -> list[int]:
    """Return the numbers a field of a cron expression stands for. Raises ValueError for what is none."""
    found: set[int] = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        start = low if first == "*" else int(first)
        end = high if first == "*" or (step and not last) else int(last or first)
        if not (low <= start <= end <= high and int(step or 1) > 0):
            raise ValueError(text)
        found |= set(range(start, end + 1, int(step or 1)))
    return sorted(found)
