"""The bill of one currency, cut one way: its parts by day, this month against the one before, what is to come. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from app.billing.asked import Looked
from services.anomalies import Unusual, newest_complete_day
from services.cost_budgets import Budget
from services.cost_forecast import Forecast
from services.records import Money

DAY = timedelta(days=1)
ZERO = Decimal(0)

Days = Mapping[datetime, Decimal]


class Spent(NamedTuple):
    """What one thing was billed on one day."""

    key: str
    """Empty for what the bill names nothing for."""
    name: str
    day: datetime
    cost: Money
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing on the bill."""

    key: str
    name: str
    days: Days
    month: Decimal | None
    """This month so far; None without a line of this month."""
    share: float | None
    """Of all parts of this month."""
    change: float | None
    """Its complete days of this month against the same days of the month before; None where either is not known."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Bill:
    """One currency's bill. Days are midnights UTC; a day without a line is missing, not zero."""

    looked: Looked
    currency: str
    now: datetime
    parts: tuple[Part, ...]
    """What cost most this month first."""
    totals: Days
    month: Decimal | None
    change: float | None
    until: datetime | None
    """The newest day there is a line of."""
    is_last_day_only: bool = False
    """Azure gave one day of many: it does not tell days apart for this offer and grouping."""
    forecast: Forecast | None = None
    budgets: tuple[Budget, ...] = ()
    are_budgets_known: bool = False
    """Somebody asked for them: there may be none."""
    unusual: tuple[Unusual, ...] = ()
    others: tuple[Money, ...] = ()
    """This month in other currencies, which are never added."""

    @property
    def month_start(self) -> datetime:
        """The first day of this month."""
        return midnight(self.now).replace(day=1)

    @property
    def month_days(self) -> int:
        """How many days this month has."""
        return ((self.month_start + 31 * DAY).replace(day=1) - self.month_start).days

    @property
    def budget(self) -> Budget | None:
        """The monthly budget of the whole scope in this currency, the nearest one: the group's before all else."""
        own = [one for one in self.budgets if _counts(one, self.currency)]
        return max(own, key=lambda one: len(one.scope), default=None)

    @property
    def daily_budget(self) -> Decimal | None:
        """A day's part of the budget."""
        budget = self.budget
        return None if budget is None or budget.amount is None else budget.amount.amount / self.month_days

    def course(self) -> Decimal | None:
        """What the month will have cost: what is billed of the days before today, and what is expected from then on.

        Azure's forecast where there is one, else what the last complete week cost a day. None while nothing is known.
        """
        rest = self.expected()
        if not rest or self.month is None:
            return None
        today = midnight(self.now)
        before = sum((cost for day, cost in self.totals.items() if self.month_start <= day < today), ZERO)
        return before + sum(rest.values(), ZERO)

    def expected(self) -> dict[datetime, Decimal]:
        """What is expected of today and each day of the month after it; empty while nothing is known."""
        today = midnight(self.now)
        days = [today + back * DAY for back in range((self.month_start + self.month_days * DAY - today).days)]
        known = self.forecast.days if self.forecast is not None else {}
        told = {day: Decimal(known[text]) for day in days if (text := f"{day:%Y-%m-%d}") in known}
        usual = self.usual_day()
        if told or usual is None:
            return told
        return dict.fromkeys(days, usual)

    def usual_day(self) -> Decimal | None:
        """What a day of the last complete week cost; None with fewer than four days of it."""
        newest = newest_complete_day(self.now)
        known = [self.totals[day] for back in range(7) if (day := newest - back * DAY) in self.totals]
        return sum(known, ZERO) / len(known) if len(known) >= 4 else None


def _counts(budget: Budget, currency: str) -> bool:
    is_monthly = (budget.grain or "").lower() in ("monthly", "billingmonth")
    return is_monthly and not budget.is_filtered and budget.amount is not None and budget.amount.currency == currency


def midnight(at: datetime) -> datetime:
    """The beginning of a day."""
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


def bills_of(spent: Iterable[Spent], looked: Looked, now: datetime) -> tuple[Bill, ...]:
    """A bill for each currency, the one with most lines first."""
    by: dict[str, list[Spent]] = {}
    for one in spent:
        by.setdefault(one.cost.currency, []).append(one)
    ordered = sorted(by, key=lambda currency: (-len(by[currency]), currency))
    return tuple(_bill(by[currency], currency, looked, now) for currency in ordered)


def _bill(spent: Sequence[Spent], currency: str, looked: Looked, now: datetime) -> Bill:
    parts: dict[str, dict[datetime, Decimal]] = {}
    named: dict[str, Spent] = {}
    totals: dict[datetime, Decimal] = {}
    for one in spent:
        days = parts.setdefault(one.key, {})
        days[one.day] = days.get(one.day, ZERO) + one.cost.amount
        totals[one.day] = totals.get(one.day, ZERO) + one.cost.amount
        named.setdefault(one.key, one)
    month = _month(totals, now)
    reach = min(totals, default=now)
    made = [_part(named[key], days, month, reach, now) for key, days in parts.items()]
    made.sort(key=lambda part: (-(part.month or ZERO), part.name.lower()))
    until = max(totals, default=None)
    return Bill(
        looked, currency, now, tuple(made), dict(sorted(totals.items())), month, _change(totals, reach, now), until,
        is_last_day_only=len(totals) == 1 and len(parts) > 1 and now - reach < 3 * DAY,
    )  # fmt: skip


def _part(one: Spent, days: Days, month: Decimal | None, reach: datetime, now: datetime) -> Part:
    own = _month(days, now)
    share = float(own / month) if own is not None and month else None
    return Part(one.key, one.name, days, own, share, _change(days, reach, now), one.detail)


def _month(days: Days, now: datetime) -> Decimal | None:
    first = midnight(now).replace(day=1)
    known = [amount for day, amount in days.items() if first <= day <= now]
    return sum(known, ZERO) if known else None


def _change(days: Days, reach: datetime, now: datetime) -> float | None:
    """The complete days of this month against as many of the month before, where the bill reaches back so far."""
    first, last = midnight(now).replace(day=1), newest_complete_day(now)
    before = (first - DAY).replace(day=1)
    many = min((last - first).days + 1, (first - before).days)
    if many < 1 or reach > before:
        return None
    was = sum((amount for day, amount in days.items() if before <= day < before + many * DAY), ZERO)
    now_is = sum((amount for day, amount in days.items() if first <= day < first + many * DAY), ZERO)
    return float(now_is / was) - 1 if was > 0 else None
