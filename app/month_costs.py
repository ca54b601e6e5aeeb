"""What a month cost, as rows: what was billed and what is estimated, apart, and what is missing. Reads the cache."""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from app import tables
from app.estimating import costs_by, site_of
from cache.query import parse
from cache.store import Store
from services.costs import CostLine
from services.deployments import Deployment
from services.estimates import FINEST, Sum
from services.hourly import of_deployment
from services.reconcile import closed_days
from services.records import Money

By = Literal["service", "resource", "endpoint", "experiment", "user"]
_ENDPOINT = "/onlineendpoints/"


class CostOf(msgspec.Struct, frozen=True, kw_only=True):
    """What one thing cost in a month. `billed` is what Azure bills; `estimated` is worked out by list prices."""

    month: str
    kind: Literal["billed", "estimated"]
    by: By
    name: str
    amount: Money | None
    unknown: int = 0
    """Of how many of its parts the cost is not known: then it is at least so much."""
    basis: str = ""


class MonthCosts(msgspec.Struct, frozen=True, kw_only=True):
    """A month: its rows, the dearest first within each table, and what has to be known to read them."""

    month: datetime
    rows: tuple[CostOf, ...]
    billed_days: int
    """Days of which the cache knows the bill."""
    closed_until: datetime
    """The newest day Azure adds nothing to any more."""
    days: int

    def of(self, kind: str, by: str) -> list[CostOf]:
        """The rows of one table."""
        return [row for row in self.rows if (row.kind, row.by) == (kind, by)]


def month_costs(store: Store, scope: str, month: datetime, now: datetime) -> MonthCosts:
    """What the cache knows of a month that begins at `month` (UTC). For workers: it reads every run of it, in SQL."""
    query = parse(f"day={month:%Y-%m}", tables.COSTS, now=now)
    lines = [seen.record for seen in store.records("costs", scope, query) if not seen.record.is_total]
    rows = (*_billed(lines, month), *_of_runs(store, scope, month, now), *_of_endpoints(store, scope, month, now))
    return MonthCosts(
        month=month, rows=tuple(sorted(rows, key=_order)), billed_days=len({one.day for one in lines}),
        closed_until=closed_days(now, 1)[0], days=monthrange(month.year, month.month)[1],
    )  # fmt: skip


def _order(row: CostOf) -> tuple[str, str, str, Decimal, str]:
    money = row.amount or Money(Decimal(0), "")
    return row.kind, row.by, money.currency, -money.amount, row.name


def _billed(lines: Iterable[CostLine], month: datetime) -> Iterator[CostOf]:
    sums: dict[tuple[By, str, str], Decimal] = defaultdict(Decimal)
    for line in lines:
        if line.cost is None:
            continue
        address = line.resource or ""
        named: list[tuple[By, str]] = [("service", line.service or ""), ("resource", line.resource_name or address)]
        if _ENDPOINT in address:
            named.append(("endpoint", address.split(_ENDPOINT)[1].split("/")[0]))
        for by, name in named:
            sums[by, name, line.cost.currency] += line.cost.amount
    for (by, name, currency), amount in sums.items():
        yield CostOf(month=f"{month:%Y-%m}", kind="billed", by=by, name=name, amount=Money(amount, currency),
                     basis="Cost Management, actual cost")  # fmt: skip


def _of_runs(store: Store, scope: str, month: datetime, now: datetime) -> Iterator[CostOf]:
    started = parse(f"started={month:%Y-%m}", tables.RUNS, now=now)
    by: By
    for by in ("experiment", "user"):
        for name, found in costs_by(store, scope, tables.RUNS, started, by).items():
            yield _row(month, by, name, found, "list prices × machines of the runs that started in the month")


def _row(month: datetime, by: By, name: str, found: Sum, basis: str) -> CostOf:
    return CostOf(month=f"{month:%Y-%m}", kind="estimated", by=by, name=name, amount=found.money,
                  unknown=found.unknown, basis=basis)  # fmt: skip


def _of_endpoints(store: Store, scope: str, month: datetime, now: datetime) -> Iterator[CostOf]:
    """Of the deployments there are now: their instances of now, from when they were made on."""
    site = site_of(store, scope)
    places = {one.record.name.lower(): one.record.location for one in store.records("endpoints", scope)}
    end = min(now, (month + timedelta(days=32)).replace(day=1))
    sums: dict[str, Sum] = defaultdict(Sum)
    for seen in store.records("deployments", scope):
        one: Deployment = seen.record
        hours = Decimal(repr((end - max(month, one.created or month)).total_seconds())) / 3600
        if hours <= 0:
            continue  # it was made after the month
        money = of_deployment(one, places.get(one.endpoint.lower()) or site.region, site.book).money
        if money is None:
            sums[one.endpoint] = Sum(sums[one.endpoint].amounts, sums[one.endpoint].unknown + 1)
        else:
            known = sums[one.endpoint].amounts
            amount = known.get(money.currency, Decimal(0)) + (money.amount * hours).quantize(FINEST)
            sums[one.endpoint] = Sum({**known, money.currency: amount}, sums[one.endpoint].unknown)
    for name, found in sums.items():
        yield _row(month, "endpoint", name, found, "list prices × the instances of now, since each deployment was made")


def settled(month: datetime, now: datetime) -> datetime:
    """Now, or the moment from which on the days of the month that closed last are the newest closed ones."""
    return min(now, (month + timedelta(days=32)).replace(day=1) + timedelta(days=3, seconds=-1))


def month_named(text: str, now: datetime) -> datetime:
    """The first moment of a month as `2026-11` names it; this month for nothing. Raises ValueError."""
    return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC) if text else _first(now)


def _first(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
