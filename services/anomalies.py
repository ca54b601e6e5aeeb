"""Unusual costs: a day far above the same weekday of the four weeks before, per resource and in total. Pure.

Azure's own anomaly alerts are mails; these are worked out here, from what is billed alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import NamedTuple

import msgspec

from services.records import Money

SETTLED = timedelta(hours=48)
"""How long after a day has ended Azure may still add to it."""
WEEKS = 4
LEAST_KNOWN = 3
"""Of those four weekdays; with fewer nothing is said."""
LOOKED_AT = 7
"""Complete days that are judged."""

SPREADS = Decimal(4)
"""Robust deviations from the usual that are unusual."""
_TO_DEVIATION = Decimal("1.4826")
"""From the median of absolute deviations to what a standard deviation would be."""
LEAST_SHARE = Decimal("0.25")
"""Of the usual: costs that hardly ever vary are not alarming when they do for once by a little."""
LEAST = Decimal(1)
"""Of its currency: cents are never worth a line."""

TOTAL = ""
"""The name of all resources together."""

_DAY = timedelta(days=1)

Days = Mapping[datetime, Decimal]
"""Midnight UTC → what was billed; a day without a line is missing."""


class Unusual(msgspec.Struct, frozen=True, kw_only=True):
    """A run of days that cost far more than usual."""

    id: str
    """`resource|currency|first day`."""
    resource: str
    """An ARM id in lower case, or TOTAL."""
    since: datetime
    until: datetime
    """The last day of the run; the newest complete day while it goes on."""
    goes_on: bool
    days: int
    per_day: Money
    """What was beyond the usual, a day."""
    usual: Money
    """What these days usually cost."""

    @property
    def extra(self) -> Decimal:
        """What was beyond the usual on all of them."""
        return self.per_day.amount * self.days


class _Excess(NamedTuple):
    day: datetime
    over: Decimal
    usual: Decimal


def newest_complete_day(now: datetime) -> datetime:
    """Return midnight UTC of the newest day that ended at least 48 hours ago."""
    return (now - _DAY - SETTLED).replace(hour=0, minute=0, second=0, microsecond=0)


def excess(days: Days, day: datetime) -> tuple[Decimal, Decimal] | None:
    """Return how much a day is beyond the usual of its weekday, and that usual; None when it is not known to be.

    Judged by median and median absolute deviation of the same weekday of the four weeks before.
    """
    cost = days.get(day)
    before = [days[at] for week in range(1, WEEKS + 1) if (at := day - 7 * week * _DAY) in days]
    if cost is None or len(before) < LEAST_KNOWN:
        return None
    usual = median(before)
    spread = median(abs(one - usual) for one in before) * _TO_DEVIATION
    over = cost - usual
    return (over, usual) if over > max(SPREADS * spread, LEAST_SHARE * abs(usual), LEAST) else None


def unusual(costs: Mapping[tuple[str, str], Days], now: datetime) -> tuple[Unusual, ...]:
    """Return what was unusual in the last complete week, what cost most first.

    `costs` is by resource and currency. The same days of all resources of a currency together are judged under TOTAL.
    """
    every = {**costs, **_totals(costs)}
    found = [one for (resource, currency), days in every.items() for one in _runs(resource, currency, days, now)]
    return tuple(sorted(found, key=lambda one: (-one.extra, one.id)))


def _totals(costs: Mapping[tuple[str, str], Days]) -> dict[tuple[str, str], dict[datetime, Decimal]]:
    sums: dict[tuple[str, str], dict[datetime, Decimal]] = {}
    for (_, currency), days in costs.items():
        own = sums.setdefault((TOTAL, currency), {})
        for day, amount in days.items():
            own[day] = own.get(day, Decimal(0)) + amount
    return sums


def _runs(resource: str, currency: str, days: Days, now: datetime) -> Iterator[Unusual]:
    newest = newest_complete_day(now)
    judged = [newest - back * _DAY for back in range(LOOKED_AT - 1, -1, -1)]
    run: list[_Excess] = []
    for day in (*judged, None):
        found = excess(days, day) if day is not None else None
        if found is not None and day is not None:
            run.append(_Excess(day, *found))
        elif run:
            yield _told(resource, currency, run, newest)
            run = []


def _told(resource: str, currency: str, run: Iterable[_Excess], newest: datetime) -> Unusual:
    found = list(run)
    first, last, count = found[0].day, found[-1].day, len(found)
    return Unusual(
        id=f"{resource}|{currency}|{first:%Y-%m-%d}",
        resource=resource,
        since=first,
        until=last,
        goes_on=last == newest,
        days=count,
        per_day=Money(sum((one.over for one in found), Decimal(0)) / count, currency),
        usual=Money(sum((one.usual for one in found), Decimal(0)) / count, currency),
    )
