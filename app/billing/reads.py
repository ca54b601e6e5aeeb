"""What is asked of Cost Management when somebody looks at the bill closely (`app.lookups`): one call at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from app.billing.asked import TAGS, split_key
from app.billing_facts import DAYS
from services.cost_cuts import TAG, list_cut
from services.cost_dimensions import list_dimensions, tag_keys
from services.cost_forecast import forecasts_of, list_forecast
from services.cost_queries import CostKind
from services.costs import list_costs
from services.records import Page

if TYPE_CHECKING:
    from app.handed import Reading

MOST_TAGS = 8
"""Keys of tags that are read: each is a call, a minute apart."""
LIKELY = ("endpoint", "deployment", "compute", "cluster")
"""What a key may have in its name that holds names of this workspace: it is asked first, and believed only when its
values are such names."""


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
    """Pages of CutLine of `ActualCost|meter`; of `ActualCost|tags` for every key of a tag that usage carries."""
    kind, cut = split_key(key)
    for one in _tag_cuts(reading) if cut == TAGS else (cut,):
        if reading.stop():
            return
        yield from list_cut(*reading.azure, one, kind=cast("CostKind", kind), start=reading.now - DAYS,
                            end=reading.now, now=reading.now, stop=reading.stop)  # fmt: skip


def _tag_cuts(reading: Reading) -> list[str]:
    """The cuts by tags that there are, those first that may name what is in the workspace."""
    found: list[str] = []
    for page in list_dimensions(*reading.azure, stop=reading.stop):
        found += tag_keys(page.records)
    found.sort(key=lambda name: not any(word in name.lower() for word in LIKELY))
    return [f"{TAG}{name}" for name in found[:MOST_TAGS]]


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
