"""Asking Application Insights about the requests to an endpoint: the newest, what all add up to, and one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from app.asked_things import note_key
from app.handed import Reading
from app.scoring.rows import ANSWERS, REQUESTS, RequestAnswer, row_of
from cache.query import parse
from services.errors import NotFound, ServiceError
from services.log_facts import LoggedRow, request_in
from services.log_queries import one_request
from services.logs import LogQuery, LogTable, read_logs
from services.records import Page
from services.scoring_queries import MOST_REQUESTS, By, one_scored_request, scoring_groups, scoring_requests
from services.scoring_requests import groups_in, requests_in
from services.workspace_settings import get_settings

LATE = timedelta(minutes=5)
"""How long a request takes to be there at the most: what came late is among what is asked for again."""
MOST_KEPT = 20_000
"""Requests of one endpoint that are kept: the oldest go first."""
AROUND = timedelta(minutes=15)
"""How long before and after a request something is looked for that tells of it."""
BOTH: tuple[By, ...] = ("status", "caller")


def read_requests(reading: Reading, key: str) -> Iterator[Page[Any]]:
    """Read the newest requests of `ENDPOINT/MINUTES`; after the first time, from where the last read ended.

    What is read twice is one row: its id is the request's. Raises ServiceError and CacheError.
    """
    endpoint, window = _named(key)
    since = reading.now - window
    last = reading.store.recall(note_key(reading.scope, "requests", key))
    if last is not None:
        since = max(since, datetime.fromisoformat(last) - LATE)
    page = _asked(reading, insights_of(reading), scoring_requests(endpoint, since, reading.now), since)
    if reading.stop():
        return
    found = page.records[0]
    rows = tuple(row_of(endpoint, one) for one in requests_in(found))
    whole = _whole_since(reading, key, found, since)
    reading.store.put(REQUESTS.name, reading.scope, rows, provenance=page.provenance)
    whole = max(whole, _oldest_kept(reading, endpoint) or whole)
    answer = RequestAnswer(id=key, endpoint=endpoint, said=found.said, at=reading.now, since=whole)
    reading.store.put(ANSWERS.name, reading.scope, (answer,), provenance=page.provenance)
    yield Page(rows, (), page.provenance, is_last=True)


def _whole_since(reading: Reading, key: str, found: LogTable, since: datetime) -> datetime:
    """From when on every request is kept: an answer that was cut begins with its oldest row, one that goes on does not.

    What is asked from before the last answer goes on from it.
    """
    times = [at for row in found.values() if isinstance(at := row.get("t"), datetime)]
    if len(found.rows) >= MOST_REQUESTS and times:
        return min(times)
    seen = reading.store.get(ANSWERS.name, reading.scope, key)
    before: RequestAnswer | None = seen.record if seen is not None else None
    return min(before.since, since) if before is not None and before.at >= since > before.since - LATE else since


def _oldest_kept(reading: Reading, endpoint: str) -> datetime | None:
    """Drop what goes beyond the cap, and say when the oldest request came that stays; None where none went."""
    where = parse(f'endpoint="{endpoint}"', REQUESTS, now=reading.now)
    numbers = reading.store.numbers(REQUESTS.name, reading.scope, where, "-at")
    if len(numbers) <= MOST_KEPT:
        return None
    last = [seen.record.at for seen in reading.store.numbered(REQUESTS.name, numbers[MOST_KEPT - 1 : MOST_KEPT])]
    old = [seen.key for seen in reading.store.numbered(REQUESTS.name, numbers[MOST_KEPT:])]
    reading.store.lose(REQUESTS.name, reading.scope, old)
    return last[0] if last else None


def read_groups(reading: Reading, key: str) -> Iterator[Page[Any]]:
    """Ask what all requests of `ENDPOINT/MINUTES` add up to, by status and by caller. Raises ServiceError."""
    endpoint, window = _named(key)
    insights, since = insights_of(reading), reading.now - window
    for by in BOTH:
        page = _asked(reading, insights, scoring_groups(endpoint, since, reading.now, by), since)
        if reading.stop():
            return
        found = page.records[0]
        body = msgspec.json.encode(groups_in(found)).decode()
        yield _kept(page, RequestAnswer(id=f"{key}/{by}", endpoint=endpoint, body=body, said=found.said,
                                        at=reading.now, since=since))  # fmt: skip


def read_one_request(reading: Reading, key: str) -> Iterator[Page[Any]]:
    """Ask all tables about the request `ENDPOINT/REQUEST`: traffic and console log, then Application Insights.

    What one of both refuses is said beside what the other one tells. Raises ServiceError when both do, CacheError.
    """
    endpoint, _, request = key.partition("/")
    seen = reading.store.get(REQUESTS.name, reading.scope, key)
    at: datetime | None = seen.record.at if seen is not None else None
    since = at - AROUND if at is not None else reading.now - timedelta(days=1)
    end = min(at + AROUND, reading.now) if at is not None else reading.now
    resource = f"{reading.azure[1].id}/onlineEndpoints/{endpoint}"
    asks: tuple[tuple[Callable[[], str], LogQuery], ...] = (
        (lambda: resource, one_request(request, since, end)),
        (lambda: insights_of(reading), one_scored_request(request, since, end)),
    )
    pages: list[Page[LogTable]] = []
    problems: list[ServiceError] = []
    for where, query in asks:
        try:
            pages.append(_asked(reading, where(), query, since, end))
        except ServiceError as error:
            problems.append(error)
        if reading.stop():
            return
    if not pages:
        raise problems[0]
    rows = sorted((row for page in pages for row in request_in(page.records[0])), key=_moment)
    said = [*(page.records[0].said for page in pages if page.records[0].said), *map(str, problems)]
    yield _kept(pages[0], RequestAnswer(
        id=key, endpoint=endpoint, body=msgspec.json.encode(rows).decode(), said=" ".join(map(str, said)) or None,
        at=reading.now, since=since,
    ))  # fmt: skip


def insights_of(reading: Reading) -> str:
    """The ARM id of the workspace's Application Insights: from its cached settings, else asked. Raises NotFound."""
    seen = next(reading.store.records("workspace_settings", reading.scope, limit=1), None)
    settings = seen.record if seen is not None else get_settings(*reading.azure).records[0]
    if not settings.app_insights:
        raise NotFound("The workspace has no Application Insights, which alone keeps single requests",
                       on=f"workspace {reading.azure[1].name}",
                       do="give it one with az ml workspace update --application-insights ID")  # fmt: skip
    return settings.app_insights


def _asked(
    reading: Reading, resource: str, query: LogQuery, since: datetime, end: datetime | None = None
) -> Page[LogTable]:
    connection = reading.azure[0]
    return read_logs(connection, resource, query, since, end or reading.now, at=reading.now, stop=reading.stop)


def _kept(page: Page[LogTable], answer: RequestAnswer) -> Page[Any]:
    return Page((answer,), (), page.provenance, is_last=True)


def _named(key: str) -> tuple[str, timedelta]:
    endpoint, _, minutes = key.partition("/")
    return endpoint, timedelta(minutes=int(minutes))


def _moment(row: LoggedRow) -> float:
    return row.at.timestamp() if row.at is not None else 0.0
