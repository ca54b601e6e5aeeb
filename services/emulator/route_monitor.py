"""Azure Monitor: queries of Log Analytics, of a resource or of a whole Log Analytics workspace."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import msgspec

from services.emulator.answers import Json, Refusal, Response, ok
from services.emulator.dependent_documents import id_of, names_of
from services.emulator.dice import guid
from services.emulator.endpoints import ENDPOINTS
from services.emulator.kql.engine import evaluated
from services.emulator.kql.errors import QueryFault
from services.emulator.kql.kinds import Column, Kind, Row
from services.emulator.kql.relation import Window
from services.emulator.log_rows import log_rows
from services.emulator.log_tables import COLUMNS, tables_of
from services.emulator.places import Place
from services.emulator.routing import Ask, Route
from services.emulator.ticks import datetime_of, parse_stamp, ticks_of
from services.emulator.world import World
from services.parsing import id_key, id_part, seconds

UNASKED = timedelta(days=1)
"""How far back a query goes that neither asks for a time nor was sent with a timespan."""


CLASSIC = {
    "timestamp": "TimeGenerated", "id": "Id", "name": "Name", "url": "Url", "success": "Success",
    "resultCode": "ResultCode", "duration": "DurationMs", "customDimensions": "Properties", "itemCount": "ItemCount",
    "operation_Id": "OperationId", "operation_Name": "OperationName", "client_IP": "ClientIP",
    "cloud_RoleName": "AppRoleName", "cloud_RoleInstance": "AppRoleInstance", "_ResourceId": "_ResourceId",
}  # fmt: skip
"""The columns of `requests`, which is what Application Insights itself calls AppRequests, and what they are there."""


class LogTables(msgspec.Struct, frozen=True):
    """The tables of some workspaces, or of one endpoint; `below` leaves only the rows of one resource."""

    world: World
    places: tuple[Place, ...]
    endpoint: str | None
    below: str | None

    def columns(self, table: str) -> tuple[Column, ...] | None:
        """Return the columns of a table, None for one that nothing was ever sent to."""
        real = self._real(table)
        if real is None or not any(real in self._tables(place) for place in self.places):
            return None
        kinds = COLUMNS[real]
        names = {name: name for name in kinds} if real == table else CLASSIC
        return tuple(Column(name, cast(Kind, kinds[column])) for name, column in names.items())

    def rows(self, table: str, window: Window) -> Iterable[Row]:
        """Yield the rows of a table."""
        real = self._real(table) or table
        kinds = COLUMNS[real]
        wanted = kinds if real == table else CLASSIC.values()
        names = {name: "" if kinds[name] == "string" else None for name in wanted}
        now = datetime_of(self.world.now())
        end = window.end or now
        start = window.start or min(end, now) - UNASKED
        for place in self.places:
            for row in log_rows(self.world, place, real, ticks_of(start), ticks_of(end) + 1, self.endpoint):
                if self.below is None or _is_below(str(row["_ResourceId"]), self.below):
                    yield tuple([empty if (value := row.get(name)) is None else value for name, empty in names.items()])

    def _real(self, table: str) -> str | None:
        """Return the table that is meant: asked about Application Insights, `requests` is one and AppRequests none."""
        if self.below is None or "/microsoft.insights/components/" not in self.below:
            return table
        return "AppRequests" if table == "requests" else None

    def _tables(self, place: Place) -> Iterator[str]:
        endpoints = [self.endpoint] if self.endpoint else [one.name for one in ENDPOINTS.get(place.name, ())]
        for endpoint in endpoints or [""]:
            yield from tables_of(self.world, place, endpoint)


def _is_below(resource: str, scope: str) -> bool:
    return f"{id_key(resource)}/".startswith(f"{scope}/")


def query_resource(ask: Ask) -> Response:
    """Answer a query about one resource, group or subscription: the rows that are about it."""
    scope = id_key(ask.parts["scope"])
    for place in ask.world.places:
        if scope == id_key(id_of(place, "logs")):
            return _answer(ask, LogTables(ask.world, (place,), None, None))
        if _is_below(scope, id_key(place.id)):
            return _answer(ask, LogTables(ask.world, (place,), _endpoint(place, scope), scope))
        if "insights" in names_of(place) and scope == id_key(id_of(place, "insights")):
            return _answer(ask, LogTables(ask.world, (place,), None, scope))
    near = tuple(place for place in ask.world.places if _is_near(scope, place))
    if not near:
        raise _unknown()
    return _answer(ask, LogTables(ask.world, near, None, scope))


def _endpoint(place: Place, scope: str) -> str | None:
    name = id_part(scope, "onlineEndpoints")
    known = (one.name for one in ENDPOINTS.get(place.name, ()) if name and one.name.lower() == name.lower())
    return next(known, name)


def _is_near(scope: str, place: Place) -> bool:
    """Return whether a subscription, group or resource of another provider is where the workspace is."""
    if place.access != "open":
        return False
    group = id_key(place.id).partition("/providers/")[0]
    return _is_below(group, scope) or _is_below(scope, group)


def query_workspace(ask: Ask) -> Response:
    """Answer a query about a Log Analytics workspace, by its customer id: all rows that were sent to it."""
    wanted = ask.parts["customer"].lower()
    places = tuple(place for place in ask.world.places if guid("logs", place.name).lower() == wanted)
    if not places or places[0].access != "open":
        raise _unknown()
    return _answer(ask, LogTables(ask.world, places, None, None))


def _answer(ask: Ask, tables: LogTables) -> Response:
    body = ask.request.json()
    text = body.get("query")
    if not isinstance(text, str):
        raise _invalid("The request body must have a query.")
    now = datetime_of(ask.now)
    try:
        return ok(evaluated(text, tables, now, _window(body, now)))
    except QueryFault as fault:
        raise Refusal(ok(fault.document, status=400)) from fault


def _window(body: Json, now: datetime) -> Window:
    """Return the timespan of a request: `PT1H`, `start/end`, `start/PT1H` or `PT1H/end`."""
    given: Any = body.get("timespan")
    if given is None:
        return Window()
    first, slash, second = str(given).partition("/")
    try:
        if not slash:
            return Window(now - _length(first), now)
        start, end = _moment(first), _moment(second)
        if start is None:
            start, end = _before(end, _length(first))
        return Window(start, start + _length(second) if end is None else end)
    except (ValueError, OverflowError) as error:
        raise _invalid(f"The timespan '{given}' is not valid.") from error


def _before(end: datetime | None, length: timedelta) -> tuple[datetime, datetime]:
    if end is None:
        raise ValueError("a timespan needs a time")
    return end - length, end


def _length(text: str) -> timedelta:
    found = seconds(text) if text.startswith("P") else None
    if found is None:
        raise ValueError(text)
    return timedelta(seconds=found)


def _moment(text: str) -> datetime | None:
    at = parse_stamp(text)
    return None if at is None else datetime_of(at).astimezone(UTC)


def _invalid(message: str) -> Refusal:
    error = {"message": message, "code": "BadArgumentError"}
    return Refusal(ok({"error": error}, status=400))


def _unknown() -> Refusal:
    return Refusal(
        ok({"error": {"message": "The requested path does not exist", "code": "PathNotFoundError"}}, status=404)
    )


ROUTES = (
    Route("POST", "logs", "/v1/workspaces/{customer}/query", query_workspace),
    Route("POST", "logs", "/v1{scope}/query", query_resource),
)
