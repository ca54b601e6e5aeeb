"""The activity log of a subscription: several events for each operation, newest first, 200 a page."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from services.emulator import autoscale_events
from services.emulator.dice import guid
from services.emulator.operations import LONGEST, Operation, failure_message, streams
from services.emulator.places import Place
from services.emulator.samples import TENANT
from services.emulator.ticks import DAY, SECOND, stamp

if TYPE_CHECKING:
    from services.emulator.changes import Changes
    from services.emulator.incident import Incident

Json = dict[str, Any]

KEPT = 90 * DAY
"""Azure keeps the log this long."""

_CODES = {"Started": ("", ""), "Accepted": ("Accepted", "Accepted (HTTP Status Code: 202)"),
          "Succeeded": ("OK", "OK (HTTP Status Code: 200)"),
          "Failed": ("Conflict", "Conflict (HTTP Status Code: 409)")}  # fmt: skip
_DOTNET_ZERO = 621_355_968_000_000_000
"""Ticks between the year 1, where .NET counts from, and 1970."""


class Event(NamedTuple):
    """One event of an operation."""

    operation: Operation
    status: str
    at: int


def events(places: list[Place], before: int, since: int, changes: Changes) -> Iterator[Event]:
    """Yield the events of these workspaces with `since` <= time < `before`, newest first.

    What somebody asked of a resource, by `changes`, ends the life it has by itself.
    """
    asked, incident = changes.operations, changes.incident
    found = [
        _events(_until_asked(operations, asked, incident), before, since)
        for place in places
        for operations in (*streams(place, before, since), *autoscale_events.streams_of(place, before, since))
    ]
    names = {place.name for place in places}
    mine = sorted((one for one in asked if one.place.name in names), key=lambda one: -one.at)
    return heapq.merge(*found, _events(iter(mine), before, since), key=lambda event: -event.at)


def _until_asked(
    operations: Iterator[Operation], asked: Sequence[Operation], incident: Incident | None
) -> Iterator[Operation]:
    first: dict[tuple[str, str], int] = {}
    for one in asked:
        if not one.is_failed:
            first.setdefault((one.place.name, one.kind.on), one.at)
    never = 1 << 62
    mine = (one for one in operations if incident is None or not incident.leaves_out(one))
    return (one for one in mine if one.at < first.get((one.place.name, one.kind.on), never))


def _events(operations: Iterator[Operation], before: int, since: int) -> Iterator[Event]:
    """Yield the events of one timetable in order. A later operation may start while an earlier one is still at work."""
    waiting: list[tuple[int, int, Event]] = []
    number = 0
    for operation in operations:
        for event in _of(operation):
            if since <= event.at < before:
                number += 1
                heapq.heappush(waiting, (-event.at, number, event))
        # What comes next started earlier; it may still have ended a long time after.
        while waiting and -waiting[0][0] >= operation.at + LONGEST:
            yield heapq.heappop(waiting)[2]
    while waiting:
        yield heapq.heappop(waiting)[2]


def _of(operation: Operation) -> list[Event]:
    if operation.kind.action in (autoscale_events.UP, autoscale_events.DOWN):
        return [Event(operation, "Succeeded", operation.ends)]
    found = [Event(operation, "Started", operation.at)]
    if operation.kind.seconds:
        found.append(Event(operation, "Accepted", operation.at + 6 * SECOND // 10))
    found.append(Event(operation, "Failed" if operation.is_failed else "Succeeded", operation.ends))
    return found


def event_document(event: Event, subscription: str) -> Json:
    """Return one event as the log holds it: only the first of an operation tells of the request."""
    operation, kind = event.operation, event.operation.kind
    resource, has_begun = operation.resource, event.status == "Started"
    data_id = guid("event", operation.correlation, event.status)
    code, title = _CODES[event.status]
    document: Json = {
        "authorization": {"action": kind.action, "scope": resource}, "caller": operation.caller_name,
        "channels": "Operation", "claims": _claims(operation), "correlationId": operation.correlation,
        "description": "",
        "eventDataId": data_id, "category": _pair("Administrative"),
        "eventName": _pair("BeginRequest", "Begin request") if has_begun else _pair("EndRequest", "End request"),
        "id": f"{resource}/events/{data_id}/ticks/{event.at + _DOTNET_ZERO}",
        "level": "Error" if event.status == "Failed" else "Informational", "resourceGroupName": operation.place.group,
        "resourceProviderName": _pair(kind.action.partition("/")[0]), "resourceId": resource,
        "resourceType": _pair(_resource_type(kind.action)), "operationId": guid("operation", operation.correlation),
        "operationName": _pair(kind.action, kind.title), "properties": _properties(event, code, resource),
        "status": _pair(event.status), "subStatus": _pair(code, title), "eventTimestamp": stamp(event.at, "Z"),
        "submissionTimestamp": stamp(event.at + 71 * SECOND + 40_411, "Z"), "subscriptionId": subscription,
        "tenantId": TENANT,
    }  # fmt: skip
    document = autoscale_events.told(document, operation)
    return {**document, "httpRequest": _request(operation)} if has_begun else document


def _resource_type(action: str) -> str:
    """Return Microsoft.X/a/b of Microsoft.X/a/b/write or Microsoft.X/a/b/start/action."""
    return action.removesuffix("/action").rpartition("/")[0]


def _request(operation: Operation) -> Json:
    return {"clientRequestId": guid("client", operation.correlation), "clientIpAddress": _address(operation),
            "method": operation.kind.method}  # fmt: skip


def _pair(value: str, title: str | None = None) -> Json:
    return {"value": value, "localizedValue": value if title is None else title}


def _address(operation: Operation) -> str:
    return f"203.0.113.{19 + (operation.caller if operation.caller is not None else 200)}"


def _claims(operation: Operation) -> Json:
    schema = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
    claims: Json = {
        "aud": "https://management.core.windows.net/", "iss": f"https://sts.windows.net/{TENANT}/", "ver": "1.0",
        "ipaddr": _address(operation),
        "http://schemas.microsoft.com/identity/claims/objectidentifier": operation.caller_id,
        "http://schemas.microsoft.com/identity/claims/tenantid": TENANT,
    }  # fmt: skip
    if operation.person is None:
        return {**claims, "appid": operation.caller_id, "idtyp": "app"}
    return {**claims, "appid": "04b07795-8ddb-461a-bbee-02f9e1bf7b46", "name": operation.person,
            f"{schema}/name": operation.caller_name, f"{schema}/upn": operation.caller_name}  # fmt: skip


def _properties(event: Event, code: str, resource: str) -> Json:
    own = {
        "eventCategory": "Administrative", "entity": resource, "message": event.operation.kind.action,
        "hierarchy": f"{TENANT}/{event.operation.place.subscription}",
    }  # fmt: skip
    if event.status == "Started":
        return own
    extra: Json = {"statusCode": code, "serviceRequestId": guid("service", event.operation.correlation)}
    if event.status == "Failed":
        extra["statusMessage"] = _failure_text(event.operation.kind.failure, resource.rsplit("/", 1)[-1])
    return {**own, **extra}


def _failure_text(code: str, name: str) -> str:
    message = failure_message(code, name)
    return json.dumps({"status": "Failed", "error": {"code": code, "message": message, "details": []}})
