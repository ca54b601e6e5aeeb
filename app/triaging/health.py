"""How every endpoint stands, from a few calls for all of them: what the list shows, and what Pulse ranks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from app.metric_reads import region_of
from app.rows import EndpointHealth
from app.series_kinds import SIGNALS, WEEK_BEFORE
from app.triaging.series import merged, series_of, signals_of
from services.records import Page, Provenance
from services.triage import glance
from services.triage_facts import Facts, Signal

if TYPE_CHECKING:
    from app.handed import Reading
    from services.endpoints import Endpoint

LOOKED_AT = timedelta(minutes=100)
"""How long a stretch is judged: the hour before an onset, and what may have begun since."""
COMES_LATE = timedelta(minutes=10)
KEPT_FOR = timedelta(days=2)
GRAIN = timedelta(minutes=1)
MADE_OF = "metrics of Azure Monitor"


def read_health(reading: Reading) -> Iterator[Page[Any]]:
    """Yield how the cached endpoints stand, after reading what is new of their signals. Raises ServiceError.

    Four calls for a hundred endpoints, whatever the number of deployments.
    """
    endpoints: list[Endpoint] = [seen.record for seen in reading.store.records("endpoints", reading.scope)]
    region = region_of(reading) if endpoints else None
    if region is None:
        yield _page(reading, (), is_last=True)
        return
    from services.endpoint_metrics import read_signals

    start = max(reading.now - LOOKED_AT, (_read_last(reading) or reading.now - LOOKED_AT) - COMES_LATE)
    names = [one.name for one in endpoints]
    for page in read_signals(
        *reading.azure, region, names, {}, start, reading.now, GRAIN, is_light=True, stop=reading.stop
    ):
        found: dict[str, list[Signal]] = defaultdict(list)
        for one in page.records:
            found[one.endpoint].append(one.signal)
        for endpoint, signals in found.items():
            keep(reading, endpoint, SIGNALS, signals)
    if not reading.stop():
        yield _page(reading, [_health(reading, one) for one in endpoints], is_last=True)


def keep(reading: Reading, endpoint: str, kind: str, signals: Sequence[Signal]) -> None:
    """Add what was read to what is kept, so that nothing of it is lost when the next page fails."""
    new = [series_of(one) for one in signals]
    if not new or reading.stop():
        return
    names = {(one.name, one.part) for one in new}
    shelf = reading.store.series
    known = [one for one in shelf.read(reading.scope, endpoint, kind) if (one.name, one.part) in names]
    back = KEPT_FOR + (timedelta(days=7) if kind == WEEK_BEFORE else timedelta(0))
    shelf.put(reading.scope, endpoint, kind, merged(known, new, reading.now - back), reading.now)


def _read_last(reading: Reading) -> datetime | None:
    """When this was read to its end before; an endpoint that falls silent does not have all others read anew."""
    known = reading.store.sources(reading.scope).get("endpoint_health")
    return known.last_ok if known is not None else None


def _health(reading: Reading, endpoint: Endpoint) -> EndpointHealth:
    kept = reading.store.series.read(reading.scope, endpoint.name, SIGNALS)
    week = reading.store.series.read(reading.scope, endpoint.name, WEEK_BEFORE)
    facts = Facts(
        endpoint=endpoint,
        signals=tuple(one for one in signals_of(kept, reading.now - LOOKED_AT) if not one.part),
        last_week=tuple(one for one in signals_of(week) if not one.part),
        now=reading.now,
    )
    verdict = glance(facts)
    return EndpointHealth(
        id=endpoint.name, state=verdict.state, is_unhealthy=verdict.is_unhealthy, since=verdict.since,
        failed=verdict.failed, usual_failed=verdict.usual_failed, p95=verdict.p95, usual_p95=verdict.usual_p95,
        rate=verdict.rate, as_of=verdict.as_of,
    )  # fmt: skip


def _page(reading: Reading, rows: Sequence[EndpointHealth], *, is_last: bool) -> Page[Any]:
    documents = tuple(msgspec.json.encode(row) for row in rows)
    return Page(tuple(rows), documents, Provenance(MADE_OF, None, reading.now, "inferred"), is_last=is_last)
