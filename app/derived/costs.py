"""Costs by resource: this month, the newest complete weeks and day, and the days for a spark."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from app.rows import CostRow
from services.anomalies import newest_complete_day
from services.costs import CostLine
from services.records import Money

DAYS = 30

_DAY = timedelta(days=1)
_Days = dict[datetime, Decimal]


def cost_rows(lines: Iterable[CostLine], now: datetime) -> Iterator[CostRow]:
    """Yield one row for each resource, service and currency. Lines without a cost are left out: unknown is not zero."""
    groups: dict[str, list[CostLine]] = defaultdict(list)
    for line in lines:
        if line.cost is not None:
            groups[f"{line.resource or ''}|{line.service or ''}|{line.cost.currency}"].append(line)
    for key, group in groups.items():
        yield _row(key, group, now)


def _row(key: str, group: list[CostLine], now: datetime) -> CostRow:
    newest = max(group, key=lambda line: line.day)
    currency = newest.cost.currency if newest.cost else ""
    days: _Days = defaultdict(Decimal)
    for line in group:
        if line.cost is not None:
            days[line.day] += line.cost.amount
    last = newest_complete_day(now)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return CostRow(
        id=key,
        resource=newest.resource,
        name=newest.resource_name or _tail(newest.resource),
        type=newest.resource_type,
        group=newest.resource_group,
        service=newest.service,
        month=_sum(days, today.replace(day=1), today, currency),
        week=_sum(days, last - 6 * _DAY, last, currency),
        week_before=_sum(days, last - 13 * _DAY, last - 7 * _DAY, currency),
        day=_sum(days, last, last, currency),
        last_day=last,
        days=tuple(_text(days.get(today - back * _DAY)) for back in range(DAYS - 1, -1, -1)),
    )


def _sum(days: _Days, first: datetime, last: datetime, currency: str) -> Money | None:
    """The sum of a span of days, both ends in; None when Azure gave no line for any of them."""
    inside = [amount for day, amount in days.items() if first <= day <= last]
    return Money(sum(inside, Decimal(0)), currency) if inside else None


def _text(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:f}"


def _tail(resource: str | None) -> str | None:
    return resource.rstrip("/").rpartition("/")[2] or None if resource else None
