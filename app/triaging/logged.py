"""What Log Analytics said of an endpoint: asked query by query, kept as the facts it gave, read back for the triage."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from app.rows import LOG_ANSWERS as TABLE
from app.rows import LogAnswer
from app.series_kinds import SIGNALS
from services import log_facts, log_queries
from services.deployments import Deployment
from services.diagnostics import Diagnostics
from services.log_sources import sources_of
from services.logs import LogQuery, LogTable, read_logs
from services.records import Page, Provenance
from services.triage_facts import Caller, CodeCount, ContainerEvent, LoggedLine, ScaleEvaluation, Signal

if TYPE_CHECKING:
    from app.handed import Reading
    from cache.store import Store

LOOKS_BACK = timedelta(hours=3)
LATER = timedelta(minutes=5)
"""How long after a moment the callers of three hours were counted, at most, for them to be those of that moment."""
MADE_OF = "the traffic log"
ARRIVED = "sources"
"""The query that tells what has arrived at all."""


class _Arrived(msgspec.Struct, frozen=True):
    """A table that has rows of the endpoint."""

    name: str


class _Asked(NamedTuple):
    """One query: which of the facts of a triage it gives, of which record, and how it is read."""

    query: Callable[[str, datetime, datetime], LogQuery]
    field: str
    record: Any
    read: Callable[[LogTable], Sequence[Any]]
    is_of_group: bool = False
    """Asked of the resource group, where the autoscale settings are, and only where there is one."""
    stands_in: bool = False
    """Asked only where no metrics are known: it counts what they would have told."""


def _arrived(table: LogTable) -> Sequence[_Arrived]:
    return [_Arrived(str(row["Source"])) for row in table.values() if row.get("Source")]


QUERIES: dict[str, _Asked] = {
    ARRIVED: _Asked(log_queries.sources, "", _Arrived, _arrived),
    "codes": _Asked(log_queries.codes, "codes", CodeCount, log_facts.codes_in),
    "container events": _Asked(log_queries.container_events, "events", ContainerEvent, log_facts.events_in),
    "tracebacks": _Asked(log_queries.tracebacks, "lines", LoggedLine, log_facts.lines_in),
    "callers": _Asked(log_queries.callers, "callers", Caller, log_facts.callers_in),
    "autoscale": _Asked(log_queries.scale_evaluations, "evaluations", ScaleEvaluation, log_facts.evaluations_in, True),
    "minutes": _Asked(log_queries.minutes, "minutes", Signal, log_facts.signals_in, stands_in=True),
    "codes by minute": _Asked(log_queries.codes_by_minute, "split", Signal, log_facts.signals_in, stands_in=True),
}
"""In the order they are asked: which sources there are comes first."""


def read_endpoint_logs(reading: Reading, key: str) -> Iterator[Page[Any]]:
    """Ask the queries of a triage about an endpoint, a page each. Raises ServiceError.

    An endpoint whose diagnostic settings send nothing is not asked about: the triage says so, and how to switch it on.
    """
    connection, workspace = reading.azure
    resource, group = f"{workspace.id}/onlineEndpoints/{key}", workspace.id.partition("/providers/")[0]
    start = reading.now - LOOKS_BACK
    queries = _queries(reading, key, resource)
    for name, asked in queries.items():
        if reading.stop():
            return
        if asked.stands_in and reading.store.series.read(reading.scope, key, SIGNALS):
            yield Page((), (), Provenance(MADE_OF, None, reading.now), is_last=True)
            return
        query, on = asked.query(key, start, reading.now), group if asked.is_of_group else resource
        page = read_logs(connection, on, query, start, reading.now, at=reading.now, stop=reading.stop)
        kept = tuple(_kept(key, name, one, start) for one in page.records)
        is_last = name == next(reversed(queries))
        yield Page(kept, tuple(map(msgspec.json.encode, kept)), page.provenance, is_last=is_last)


def _queries(reading: Reading, endpoint: str, resource: str) -> dict[str, _Asked]:
    """The queries that may find something: none of the endpoint's own where it sends no logs anywhere."""
    settings = _settings(reading.store, reading.scope, resource)
    is_silent = settings is not None and settings.settings is not None and not settings.categories
    scaled = reading.store.records("autoscale", reading.scope)
    has_scaling = any(row.record.endpoint.lower() == endpoint.lower() for row in scaled)
    return {name: one for name, one in QUERIES.items() if (has_scaling if one.is_of_group else not is_silent)}


def _kept(endpoint: str, name: str, table: LogTable, since: datetime) -> LogAnswer:
    facts = None if table.missing else QUERIES[name].read(table)
    return LogAnswer(
        id=f"{endpoint}/{name}", endpoint=endpoint, query=name, said=table.said, is_partial=table.is_partial,
        at=table.at, since=since, body=msgspec.json.encode(facts).decode(),
    )  # fmt: skip


def logged_of(
    store: Store, scope: str, endpoint: str, resource: str | None, deployments: Sequence[Deployment] | None,
    at: datetime | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return the facts the kept answers give, by the fields of `Facts`: what was not asked is not among them.

    Beside them `minutes` and `split`, the signals that the traffic log tells where no metrics are known.

    With `at` only what had been logged by that moment. `sources` says of every table whether it can be asked. For a
    worker. Raises CacheError.
    """
    found: dict[str, Any] = {}
    arrived: LogTable | None = None
    for name, asked in QUERIES.items():
        seen = store.get(TABLE, scope, f"{endpoint}/{name}")
        facts = _facts(seen.record, asked, at) if seen is not None else None
        if seen is not None and facts is not None and asked.field:
            found[asked.field] = tuple(facts)
        elif seen is not None and facts is not None:
            rows = tuple((one.name,) for one in facts)
            arrived = LogTable(id=name, resource=resource or "", columns=("Source",), rows=rows, at=seen.record.at)
    if resource is not None:
        settings = _settings(store, scope, resource)
        found["sources"] = sources_of(resource, settings, arrived, deployments=deployments)
    return found


def _facts(answer: LogAnswer, asked: _Asked, at: datetime | None) -> list[Any] | None:
    """The facts as they were kept; None where the table was not there, or another version kept them otherwise."""
    try:
        facts: list[Any] | None = msgspec.json.decode(answer.body, type=list[asked.record] | None)
    except msgspec.MsgspecError:
        return None
    return facts if at is None or facts is None or not asked.field else _by_then(answer, asked, facts, at)


def _by_then(answer: LogAnswer, asked: _Asked, facts: list[Any], at: datetime) -> list[Any] | None:
    """Of facts that may have been read later, what was there at a moment; None where they do not reach back to it."""
    if at < answer.since or (asked.record is Caller and answer.at - at > LATER):
        return None
    if asked.record is Caller:
        return facts
    if asked.record is Signal:
        return [within(one, answer.since, at) for one in facts]
    if asked.record is ScaleEvaluation:
        return [one for one in facts if one.at is not None and one.at <= at]
    known = [one for one in facts if one.first is not None and one.first <= at]
    return [one if one.last is None or one.last <= at else _so_far(one, at) for one in known]


def within(signal: Signal, since: datetime, until: datetime) -> Signal:
    """The points of a signal from a moment (it included) to another (it not)."""
    points = [point for point in zip(signal.times, signal.values, strict=True) if since <= point[0] < until]
    times, values = tuple(when for when, _ in points), tuple(value for _, value in points)
    return msgspec.structs.replace(signal, times=times, values=values)


def _so_far(fact: Any, at: datetime) -> Any:
    """A fact that went on after a moment. How often there had been an event or a line by then is not known: once."""
    often = {} if isinstance(fact, CodeCount) else {"count": 1}
    return msgspec.structs.replace(fact, last=at, **often)


def _settings(store: Store, scope: str, resource: str) -> Diagnostics | None:
    seen = store.get("diagnostics", scope, resource.lower())
    return seen.record if seen is not None else None
