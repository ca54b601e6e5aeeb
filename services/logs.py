"""Log Analytics: what one query of a resource's logs gives, through azure-monitor-query.

Logs are read by resource: the right to read an endpoint is enough, none on the Log Analytics workspace is needed.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

import msgspec

from services.azure_client import NoCredential, OverConnection, Response
from services.calls import Answer
from services.errors import Malformed, Refused
from services.parsing import id_tail, moment
from services.reading import provenance
from services.records import Page, Provenance, Stop, never
from services.redact import redact
from services.sentences import explain

if TYPE_CHECKING:
    from services.connection import Connection

PATIENCE = 45
"""Seconds the service is given to work on a query: less than a call may take, so that the service says no."""

Value = str | int | float | bool | datetime | None

_MISSING = re.compile(r"Failed to resolve table (?:or column )?expression named '([^']{1,200})'")


class LogQuery(msgspec.Struct, frozen=True, kw_only=True):
    """A query and what we call it."""

    name: str
    text: str


class LogTable(msgspec.Struct, frozen=True, kw_only=True):
    """What one query gave, in the order the service gave it."""

    id: str
    """The name of the query."""
    resource: str
    columns: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    """As the service names them: datetime, string, int, long, real, bool, timespan, dynamic (which is JSON text)."""
    rows: tuple[tuple[Value, ...], ...] = ()
    is_partial: bool = False
    """There are rows, and they are not all: `said` is why."""
    missing: str | None = None
    """The table that is not there: nothing was ever sent to it."""
    said: str | None = None
    """What the service said beside the rows or in place of them, as a sentence."""
    at: datetime
    """When it was asked."""

    def values(self) -> list[dict[str, Value]]:
        """Return the rows by the names of their columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def read_logs(
    connection: Connection, resource_id: str, query: LogQuery, start: datetime, end: datetime, *,
    at: datetime | None = None, stop: Stop = never,
) -> Page[LogTable]:  # fmt: skip
    """Return what a query gives of the logs of a resource between two times, as a page of one.

    A table that is not there and an answer that is not whole are data with a sentence; `at` is when a missing one was
    asked for (aware UTC), now unless given. Raises ServiceError for the rest.
    Reads POST api.loganalytics.io/v1{resource}/query.
    """
    through = _Clean(connection, "logs", stop)
    resource = "/" + resource_id.strip("/")
    try:
        result = _asked(connection, through, resource, query, start, end)
        answer = through.last
        assert answer is not None
        table = _table(result, answer, query, resource)
    except Refused as refusal:
        return _without(connection, refusal, query, resource, at or datetime.now(UTC))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        on = f"{query.name} of {id_tail(resource)}"
        raise Malformed("The answer of Log Analytics cannot be read", on=on) from error
    return Page((table,), (answer.body,), _where(answer), is_last=True)


class _Clean(OverConnection):
    """A transport that hands on answers without the secrets in them: a log may hold anything."""

    def send(self, request: Any, **options: Any) -> Response:
        """Return the answer to a read. Raises ServiceError."""
        answer = super().send(request, **options).answer
        self.last = msgspec.structs.replace(answer, body=redact(answer.body))
        return Response(self.last)


def _asked(
    connection: Connection, through: OverConnection, resource: str, query: LogQuery, start: datetime, end: datetime
) -> Any:
    from azure.monitor.query import LogsQueryClient

    client: Any = LogsQueryClient(
        cast(Any, NoCredential()), endpoint=f"https://{connection.cloud.logs}", transport=through, policies=[],
        audience=connection.cloud.scopes["logs"].removesuffix("/.default"),
    )  # fmt: skip
    # The query says the second; a minute that is counted has to be whole.
    timespan = (start.replace(second=0, microsecond=0), end)
    return client.query_resource(resource.lstrip("/"), query.text, timespan=timespan, server_timeout=PATIENCE)


def _where(answer: Answer) -> Provenance:
    return msgspec.structs.replace(provenance(answer), api_version="v1")


def _table(result: Any, answer: Answer, query: LogQuery, resource: str) -> LogTable:
    """Return the first table of a result: a query gives one, and what it says beside it."""
    is_partial = getattr(result, "partial_error", None) is not None
    tables = (result.partial_data if is_partial else result.tables) or ()
    said = _said(answer) if is_partial else None
    table = LogTable(id=query.name, resource=resource, is_partial=is_partial, said=said, at=answer.fetched_at)
    if not tables:
        return table
    kinds = tuple(str(kind) for kind in tables[0].columns_types)
    rows = tuple(tuple(_value(cell, kind) for cell, kind in zip(row, kinds, strict=True)) for row in tables[0].rows)
    columns = tuple(str(name) for name in tables[0].columns)
    return msgspec.structs.replace(table, columns=columns, kinds=kinds, rows=rows)


class _Beside(msgspec.Struct):
    """What stands beside the tables of an answer that is not whole."""

    error: msgspec.Raw


def _said(answer: Answer) -> str:
    """Return the innermost sentence of an error beside rows: the outer ones say that there is one."""
    error = bytes(msgspec.json.decode(answer.body, type=_Beside).error)
    return explain(error).sentence or "Azure gave only a part of the rows"


def _value(cell: object, kind: str) -> Value:
    """Return a cell as one of its kind. Raises ValueError for what is none."""
    if cell is None or (kind == "timespan" and cell == "None"):
        return None
    if kind == "datetime":
        return moment(cell) if isinstance(cell, str) else _aware(cell)
    if kind in ("real", "decimal"):
        number = float(cast(float, cell))
        return number if math.isfinite(number) else None
    if kind in ("int", "long"):
        return int(cast(int, cell))
    return cell if isinstance(cell, str | bool) else msgspec.json.encode(cell).decode()


def _aware(cell: object) -> datetime:
    if not isinstance(cell, datetime):
        raise TypeError("it is no time")
    return cell.astimezone(UTC) if cell.tzinfo else cell.replace(tzinfo=UTC)


def _without(connection: Connection, refusal: Refused, query: LogQuery, resource: str, at: datetime) -> Page[LogTable]:
    """Return the page of a table that is not there. Raises what else was refused."""
    found = _MISSING.search(refusal.what)
    if found is None:
        raise refusal
    said = f"{found[1]} is not there: no diagnostic setting of {id_tail(resource)} has sent anything to it yet"
    table = LogTable(id=query.name, resource=resource, missing=found[1], said=said, at=at)
    route = f"https://{connection.cloud.logs}/v1{resource}/query"
    return Page((table,), (msgspec.json.encode(table),), Provenance(route, "v1", at, method="POST"), is_last=True)
