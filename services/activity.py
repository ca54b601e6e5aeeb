"""Activity: what was done to the resources, by whom, as the activity log tells it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from services.parsing import is_guid, moment
from services.reading import read_page
from services.reasons import sentence
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import Moment, Wire, as_dict, reader_of, text_at

if TYPE_CHECKING:
    from services.connection import Connection

API = "2015-04-01"
_OBJECT_ID = "http://schemas.microsoft.com/identity/claims/objectidentifier"
_WHEN = "%Y-%m-%dT%H:%M:%SZ"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event of the activity log. Several events of one operation share `correlation`."""

    id: str
    """eventDataId."""
    correlation: str | None = None
    operation: str | None = None
    """`Microsoft.MachineLearningServices/workspaces/computes/write` and the like."""
    title: str | None = None
    status: str | None = None
    sub_status: str | None = None
    level: str | None = None
    category: str | None = None
    caller: str | None = None
    caller_name: str | None = None
    caller_id: str | None = None
    """The object id, as the claims have it."""
    is_app: bool | None = None
    ip: str | None = None
    resource: str | None = None
    resource_type: str | None = None
    resource_group: str | None = None
    method: str | None = None
    description: str | None = None
    at: datetime


class Http(Wire):
    """The request behind an event."""

    client_ip_address: str | None = None
    method: str | None = None


class Given(Wire):
    """One event. With $select every field that was not asked for is missing."""

    id: str | None = None
    event_data_id: str | None = None
    correlation_id: str | None = None
    operation_name: Any = None
    status: Any = None
    sub_status: Any = None
    level: str | None = None
    category: Any = None
    caller: str | None = None
    claims: dict[str, Any] | None = None
    http_request: Http | None = None
    resource_id: str | None = None
    resource_type: Any = None
    resource_group_name: str | None = None
    description: str | None = None
    properties: Any = None
    event_timestamp: Moment = None


_read = reader_of(Given)


def list_activity(
    connection: Connection, ref: WorkspaceRef, *, since: datetime, until: datetime | None = None, stop: Stop = never
) -> Iterator[Page[Event]]:
    """Yield the events of a workspace's resource group between two times (aware UTC), newest first, 200 a page.

    Azure keeps 90 days. Raises ServiceError. Reads GET …/eventtypes/management/values.
    """
    path = f"/subscriptions/{ref.subscription}/providers/Microsoft.Insights/eventtypes/management/values"
    group = ref.resource_group.replace("'", "''")
    upto = f" and eventTimestamp le '{until.strftime(_WHEN)}'" if until else ""
    asked = f"eventTimestamp ge '{since.strftime(_WHEN)}'{upto} and resourceGroupName eq '{group}'"
    for answer in connection.pages(connection.arm(path, API, **{"$filter": asked}), stop=stop):
        yield read_page(answer, parse_event)


def parse_event(document: bytes) -> Event:
    """Return one event. Raises msgspec.MsgspecError or ValueError when it has no id or no time."""
    given = _read(document)
    key, at = given.event_data_id or _id_in(given.id), moment(given.event_timestamp)
    if not key or at is None:
        raise ValueError("it has no eventDataId" if at else "it has no eventTimestamp")
    request, claims = given.http_request or Http(), given.claims or {}
    return Event(
        id=key,
        correlation=given.correlation_id,
        operation=_value(given.operation_name),
        title=text_at(as_dict(given.operation_name), "localizedValue"),
        status=_value(given.status),
        sub_status=_value(given.sub_status),
        level=given.level,
        category=_value(given.category),
        caller=given.caller,
        caller_name=_name(claims),
        caller_id=text_at(claims, _OBJECT_ID),
        is_app=_is_app(claims, given.caller),
        ip=request.client_ip_address or claims.get("ipaddr"),
        resource=given.resource_id,
        resource_type=_value(given.resource_type),
        resource_group=given.resource_group_name,
        method=request.method,
        description=given.description or _status_message(given.properties),
        at=at,
    )


def _value(word: object) -> str | None:
    """Return the value of a `{value, localizedValue}` pair, which some versions write as plain text."""
    return word or None if isinstance(word, str) else text_at(as_dict(word), "value")


def _id_in(address: str | None) -> str | None:
    """Return the event's own id out of `…/events/{id}/ticks/{ticks}`: all that is left of it after $select."""
    parts = (address or "").split("/")
    lowered = [part.lower() for part in parts]
    return parts[lowered.index("events") + 1] if "events" in lowered[:-1] else address or None


def _name(claims: dict[str, Any]) -> str | None:
    name = claims.get("name")
    return name if isinstance(name, str) and name else None


def _is_app(claims: dict[str, Any], caller: str | None) -> bool | None:
    """Return whether an application did it; None when neither claims nor caller say so."""
    if claims.get("idtyp") in ("app", "user"):
        return claims["idtyp"] == "app"
    if "@" in (caller or "") or _name(claims):
        return False
    return True if "appid" in claims or is_guid(caller) else None


def _status_message(properties: object) -> str | None:
    """Return what the service said: for a failure the innermost sentence of the JSON in statusMessage."""
    said = as_dict(properties).get("statusMessage")
    return sentence(said) if isinstance(said, str) else None
