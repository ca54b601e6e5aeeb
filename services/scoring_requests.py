"""Scoring requests as Application Insights holds them, one by one. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

import msgspec

from services.log_cells import Row, real_of, text_of, time_of, whole_of
from services.logs import LogTable, Value


class ScoringRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request as Application Insights holds it, with the seven fields that are looked for first."""

    id: str | None = None
    """RequestId: the one the caller was given, where the row has it."""
    at: datetime
    method: str | None = None
    """HTTPMethod."""
    agent: str | None = None
    """UserAgent."""
    compute: str | None = None
    """ComputeType."""
    url: str | None = None
    """RequestUrl."""
    status: str | None = None
    """StatusCode, as it was written."""
    duration: float | None = None
    """Seconds."""
    count: int = 1
    """How many requests it stands for: more than one where Application Insights took a sample."""
    deployment: str | None = None
    instance: str | None = None


class RequestGroup(msgspec.Struct, frozen=True, kw_only=True):
    """All requests of a stretch that have one status, or one caller."""

    name: str | None = None
    """The status or the user agent; None where the requests do not say."""
    requests: int
    """A sample counts for all it stands for."""
    failed: int | None = None
    """How many of them were answered with 400 or more."""
    p50: float | None = None
    p95: float | None = None
    """Seconds: percentiles of all these requests, as the service worked them out."""
    first: datetime | None = None
    last: datetime | None = None


_KEYS = {
    "method": ("httpmethod", "method", "requestmethod"), "agent": ("useragent", "clientbrowser"),
    "compute": ("computetype",), "url": ("requesturl", "url", "requesturi"),
    "status": ("statuscode", "responsecode", "resultcode"),
    "id": ("requestid", "xrequestid", "xmsrequestid", "clientrequestid", "xmsclientrequestid"),
    "duration": ("duration", "durationms"),
}  # fmt: skip
"""Under which names a property may stand, written small and without signs: `User-Agent` and `user_agent` are one."""
_SIGNS = re.compile(r"[^a-z0-9]")


def requests_in(table: LogTable) -> tuple[ScoringRequest, ...]:
    """Return single requests, newest first, from `scoring_queries.scoring_requests`."""
    return tuple(_request(row, at) for row in table.values() if (at := time_of(row, "t")) is not None)


def _request(row: Row, at: datetime) -> ScoringRequest:
    """Return a request: what its properties say of the seven fields, else what its columns say."""
    said = dict(_properties(row.get("p")))
    name, role = text_of(row, "name") or "", text_of(row, "role")
    in_name = name.partition(" ")[0] if name.partition(" ")[0].isupper() else None
    milliseconds = real_of(row, "ms")
    if milliseconds is None:
        milliseconds = _number(said.get("duration"))
    return ScoringRequest(
        id=said.get("id") or text_of(row, "id"), at=at, method=said.get("method") or in_name, agent=said.get("agent"),
        compute=said.get("compute"), url=said.get("url") or text_of(row, "url"),
        status=text_of(row, "code") or said.get("status"),
        duration=None if milliseconds is None else milliseconds / 1000, count=whole_of(row, "n") or 1,
        deployment=role.partition("/")[2] or None if role else None, instance=text_of(row, "instance"),
    )  # fmt: skip


def _properties(given: Value) -> Iterator[tuple[str, str]]:
    try:
        found: Any = msgspec.json.decode(given) if isinstance(given, str) and given else {}
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return
    fields = cast("dict[str, Any]", found) if isinstance(found, dict) else {}
    small = {_SIGNS.sub("", key.lower()): value for key, value in fields.items()}
    for field, names in _KEYS.items():
        value = next((small[name] for name in names if small.get(name) not in (None, "")), None)
        if isinstance(value, str | int | float):
            yield field, str(value)


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def groups_in(table: LogTable) -> tuple[RequestGroup, ...]:
    """Return what requests add up to, the largest group first, from `scoring_queries.scoring_groups`."""
    return tuple(
        RequestGroup(
            name=text_of(row, "Group"), requests=whole_of(row, "Requests") or 0, failed=whole_of(row, "Failed"),
            p50=_seconds(row, "p50"), p95=_seconds(row, "p95"), first=time_of(row, "First"), last=time_of(row, "Last"),
        )
        for row in table.values()
    )  # fmt: skip


def _seconds(row: Row, column: str) -> float | None:
    milliseconds = real_of(row, column)
    return None if milliseconds is None else milliseconds / 1000
