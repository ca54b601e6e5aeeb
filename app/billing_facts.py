"""What is read of the bill and of budgets, as `app.sources` calls it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from services.costs import list_costs
from services.records import Page

if TYPE_CHECKING:
    from app.handed import Reading

DAYS = timedelta(days=30)
"""A query by day takes a month at most."""


def read_costs(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of CostLine of the last month."""
    start, end = reading.now - DAYS, reading.now
    return list_costs(*reading.azure, start=start, end=end, now=reading.now, stop=reading.stop)


def read_budgets(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of Budget, of resource group and subscription."""
    # What reads budgets is not needed to start.
    from services.cost_budgets import list_budgets

    return list_budgets(*reading.azure, stop=reading.stop)


def read_usage(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of UsageLine of the open billing period."""
    # Whoever never asks for usage never needs its reader.
    from app.billing.usage_reads import read_open_period

    return read_open_period(reading)
