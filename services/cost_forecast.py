"""What Cost Management expects the rest of a month to cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Any

import msgspec

from services.calls import Answer
from services.cost_queries import (
    CostKind,
    as_items,
    check_period,
    cost_answers,
    cost_in,
    row_of,
    text_in,
)
from services.parsing import moment
from services.reading import read_page
from services.records import Money, Page, Stop, WorkspaceRef, never

if TYPE_CHECKING:
    from services.connection import Connection


class ForecastLine(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a forecast. A day may have several: they add up."""

    id: str
    """`day|status|currency|number`."""
    day: datetime | None
    status: str | None = None
    """Forecast, or Actual for days that are billed."""
    cost: Money | None = None


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """What is expected of the days of one month that are not over, in one currency."""

    id: str
    """`kind|2026-11|USD`."""
    kind: str
    month: str
    currency: str
    days: dict[str, str] = {}
    """Day (2026-11-30) → exact amount."""

    def after(self, day: datetime) -> Money | None:
        """What all days after this one are expected to cost; None where none is known."""
        found = [Decimal(amount) for on, amount in self.days.items() if on > f"{day:%Y-%m-%d}"]
        return Money(sum(found, Decimal(0)), self.currency) if found else None


def list_forecast(
    connection: Connection,
    ref: WorkspaceRef,
    *,
    kind: CostKind,
    start: datetime,
    end: datetime,
    now: datetime | None = None,
    stop: Stop = never,
) -> Iterator[Page[ForecastLine]]:
    """Yield what the days from `start` to `end` are expected to cost in the resource group of a workspace.

    An empty page where Azure knows nothing to expect (204). Raises ServiceError, ValueError for a period that starts
    after `now`: Azure would answer for the year before. Reads POST …/Microsoft.CostManagement/forecast.
    """
    check_period(start, end, now)
    numbers = count()
    for answer in cost_answers(connection, ref, "forecast", _question(kind, start, end), stop):
        yield read_forecast(answer, numbers)


def _question(kind: CostKind, start: datetime, end: datetime) -> dict[str, Any]:
    return {
        "type": kind,
        "timeframe": "Custom",
        "timePeriod": {"from": f"{start:%Y-%m-%d}T00:00:00Z", "to": f"{end:%Y-%m-%d}T23:59:59Z"},
        "dataset": {"granularity": "Daily", "aggregation": {"totalCost": {"name": "Cost", "function": "Sum"}}},
        "includeActualCost": False,
        "includeFreshPartialCost": False,
    }


def read_forecast(answer: Answer, numbers: Iterator[int]) -> Page[ForecastLine]:
    """Return the lines of one page. Raises Malformed when the answer holds no columns and rows."""
    given = as_items(answer) if answer.body.strip() else answer
    return read_page(given, partial(parse_forecast, numbers=numbers), basis="estimated")


def parse_forecast(document: bytes, *, numbers: Iterator[int]) -> ForecastLine:
    """Return one line of a row by column name. Raises msgspec.MsgspecError or ValueError when it is no line."""
    row = row_of(document)
    day, cost, status = moment(row.get("usagedate")), cost_in(_without_status(row)), text_in(row, "coststatus")
    currency = cost.currency if cost else text_in(row, "currency") or ""
    on = f"{day:%Y-%m-%d}" if day else ""
    return ForecastLine(id=f"{on}|{status or ''}|{currency}|{next(numbers)}", day=day, status=status, cost=cost)


def _without_status(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "coststatus"}


def forecasts_of(lines: Iterable[ForecastLine], kind: CostKind) -> tuple[Forecast, ...]:
    """Return what is expected by month and currency; several lines of a day added up, what is billed left out."""
    sums: dict[tuple[str, str], dict[str, Decimal]] = {}
    for line in lines:
        if line.day is None or line.cost is None or (line.status or "").lower() == "actual":
            continue
        days = sums.setdefault((f"{line.day:%Y-%m}", line.cost.currency), {})
        on = f"{line.day:%Y-%m-%d}"
        days[on] = days.get(on, Decimal(0)) + line.cost.amount
    return tuple(
        Forecast(id=f"{kind}|{month}|{currency}", kind=kind, month=month, currency=currency,
                 days={day: f"{amount:f}" for day, amount in sorted(days.items())})
        for (month, currency), days in sums.items()
    )  # fmt: skip
