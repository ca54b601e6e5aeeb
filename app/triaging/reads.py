"""Reading the signals of an endpoint into the cache: what is new of these hours, and the same hours a week before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from app.endpoint_tables import DEPLOYMENTS
from app.handed import Reading
from app.metric_reads import region_of
from app.series_kinds import SIGNALS, WEEK_BEFORE
from app.triaging.facts import LOOKED_AT, WEEK
from app.triaging.health import COMES_LATE, GRAIN, keep
from app.triaging.series import newest_of
from cache.query import parse
from services.endpoint_metrics import LIGHT, read_signals
from services.records import Page

AHEAD = timedelta(hours=1)
"""How much of last week is read beyond this moment, so that it does for the next hour."""


def read_signals_of(reading: Reading, key: str) -> Iterator[Page[Any]]:
    """Read what is measured on an endpoint and its deployments; each page is kept as it comes. Raises ServiceError."""
    region = region_of(reading)
    if region is None:
        return
    shelf = reading.store.series
    # Requests and their p95 are kept for every endpoint; only the rest tells how far this one was read.
    own = [one for one in shelf.read(reading.scope, key, SIGNALS) if one.name not in LIGHT]
    since = newest_of(own)
    start = reading.now - LOOKED_AT if since is None else max(reading.now - LOOKED_AT, since - COMES_LATE)
    below = {key: _deployments(reading, key)}
    for page in read_signals(
        *reading.azure, region, [key], below, start, reading.now, GRAIN, stop=reading.stop
    ):  # fmt: skip
        keep(reading, key, SIGNALS, [one.signal for one in page.records])
        yield page
    week = shelf.read(reading.scope, key, WEEK_BEFORE)
    until = newest_of(week)
    end = reading.now - WEEK + AHEAD
    if reading.stop() or (until is not None and until >= reading.now - WEEK):
        return
    for page in read_signals(
        *reading.azure, region, [key], {}, reading.now - WEEK - LOOKED_AT, end, GRAIN, stop=reading.stop
    ):  # fmt: skip
        keep(reading, key, WEEK_BEFORE, [one.signal for one in page.records])
        yield page


def _deployments(reading: Reading, endpoint: str) -> list[str]:
    query = parse(f'endpoint="{endpoint}"', DEPLOYMENTS, now=reading.now)
    return [seen.record.name for seen in reading.store.records("deployments", reading.scope, query)]
