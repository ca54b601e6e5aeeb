"""What the cache keeps of scoring requests: a row each, and what a query said beside its rows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec

from cache.table import Table
from services.scoring_requests import ScoringRequest


class RequestRow(msgspec.Struct, frozen=True, kw_only=True):
    """One request to an endpoint, as Application Insights holds it."""

    id: str
    """`ENDPOINT/REQUEST`."""
    endpoint: str
    at: datetime
    request: str | None = None
    """RequestId."""
    method: str | None = None
    agent: str | None = None
    compute: str | None = None
    url: str | None = None
    status: str | None = None
    """StatusCode, as it was written."""
    code: int | None = None
    """The same as a number, where it is one."""
    duration: float | None = None
    """Seconds."""
    count: int = 1
    """How many requests it stands for."""
    deployment: str | None = None
    instance: str | None = None


class RequestAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one question about requests gave beside rows of their own."""

    id: str
    """`ENDPOINT/MINUTES` for single requests, `ENDPOINT/MINUTES/status` for groups, `ENDPOINT/REQUEST` for one."""
    endpoint: str
    body: str = "[]"
    """The facts as JSON: groups, or what tables say of one request."""
    said: str | None = None
    """Why it is not all, as a sentence."""
    at: datetime
    since: datetime
    """From when on it is all that there is; of single requests before it, only some are here."""


REQUESTS = Table(
    name="scoring_requests",
    record=RequestRow,
    indexes=("endpoint+at",),
    search=("request", "agent", "url", "deployment"),
    has_history=False,
    aliases={
        "httpmethod": "method", "useragent": "agent", "caller": "agent", "computetype": "compute",
        "requesturl": "url", "statuscode": "status", "requestid": "request", "dur": "duration", "time": "at",
    },
)  # fmt: skip
ANSWERS = Table(name="request_answers", record=RequestAnswer, search=("endpoint",), has_history=False)


def within(endpoint: str, window: timedelta, answer: RequestAnswer | None, now: datetime, more: str = "") -> str:
    """The filter for the requests of a window, and for `more`.

    It ends with the last answer: what was read before the network died, or before nobody followed, stays in it.
    """
    start = (answer.at if answer is not None else now) - window
    return f'endpoint="{endpoint}" at>={start.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z {more}'


def row_of(endpoint: str, one: ScoringRequest) -> RequestRow:
    """A request as it is kept; one without an id is known by when it came, how long it took and who sent it."""
    named = one.id or f"{one.at:%Y%m%dT%H%M%S.%f}-{one.duration}-{one.instance}"
    status = one.status or ""
    return RequestRow(
        id=f"{endpoint}/{named}", endpoint=endpoint, at=one.at, request=one.id, method=one.method, agent=one.agent,
        compute=one.compute, url=one.url, status=one.status, duration=one.duration, count=one.count,
        code=int(status) if status.isascii() and status.isdigit() and len(status) < 6 else None,
        deployment=one.deployment, instance=one.instance,
    )  # fmt: skip
