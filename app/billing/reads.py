"""What is asked of Cost Management when somebody looks at the bill closely (`app.lookups`): one call at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from app.billing.asked import NAMED, split_key
from app.billing.tag_reads import read_named
from app.billing_facts import DAYS
from services.cost_cuts import list_cut
from services.cost_forecast import forecasts_of, list_forecast
from services.cost_queries import CostKind
from services.costs import list_costs
from services.records import Page

if TYPE_CHECKING:
    from app.handed import Reading


def read_month(reading: Reading, key: str) -> Iterator[Page[Any]]:
    """Pages of CostLine of one month, `2026-10`."""
    first, last = month_of(key)
    end = min(last, reading.now)
    return list_costs(*reading.azure, start=first, end=end, now=reading.now, stop=reading.stop)


def month_of(key: str) -> tuple[datetime, datetime]:
    """The first and the last day of a month, midnight UTC. Raises ValueError for no month."""
    first = datetime.strptime(key, "%Y-%m").replace(tzinfo=UTC)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def read_cut(reading: Reading, key: str) -> Iterator[Page[Any]]:
    """Pages of CutLine of `ActualCost|meter`, of `ActualCost|endpoint`, of `ActualCost|tag:team`."""
    kind, cut = split_key(key)
    if cut in NAMED:
        return read_named(reading, kind, cut)
    return list_cut(*reading.azure, cut, kind=cast("CostKind", kind), start=reading.now - DAYS,
                    end=reading.now, now=reading.now, stop=reading.stop)  # fmt: skip


def read_forecast(reading: Reading, key: str) -> None:
    """Keep what the rest of the month is expected to cost; `key` says actual or amortised cost."""
    kind = cast("CostKind", key)
    _, last = month_of(f"{reading.now:%Y-%m}")
    pages = list(list_forecast(*reading.azure, kind=kind, start=reading.now, end=last, now=reading.now,
                               stop=reading.stop))  # fmt: skip
    lines = [line for page in pages for line in page.records]
    if pages and not reading.stop():
        found = forecasts_of(lines, kind)
        reading.store.put("forecasts", reading.scope, found, [b"{}" for _ in found], provenance=pages[0].provenance)
