"""ARM: the activity log of a subscription."""

from __future__ import annotations

import re
from itertools import islice

from services.emulator.activity import KEPT, Event, event_document, events
from services.emulator.answers import Json
from services.emulator.filters import Clause, parse_filter
from services.emulator.route_workspaces import known_subscription
from services.emulator.routing import Ask, Route
from services.emulator.ticks import MINUTE

PAGE = 200

_FIELDS = {
    "eventtimestamp": "time", "resourcegroupname": "text", "correlationid": "text", "resourceuri": "text",
    "resourceid": "text",
    "resourceprovider": "text", "caller": "text", "status": "text", "eventchannels": "text", "levels": "text",
}  # fmt: skip
_TOKEN = re.compile(r"US1:(\d+):\d+;.*")


def list_events(ask: Ask) -> Json:
    """Answer one page of events, newest first. Honours `$filter` (eventTimestamp and equalities) and `$select`."""
    known_subscription(ask)
    try:
        clauses = parse_filter(ask.query("filter"), _FIELDS)
    except ValueError as error:
        raise ask.wrong(str(error)) from error
    if not any(clause.field == "eventtimestamp" for clause in clauses):
        raise ask.wrong("The filter must hold eventTimestamp: the log cannot be read without a start.")
    since, before = _bounds(ask, clauses)
    places = [
        one
        for one in ask.world.places
        if one.subscription.lower() == ask.parts["subscription"].lower() and one.access == "open"
    ]
    found = events([one for one in places if one.scripts], before, since, ask.world.changes)
    kept = (event for event in found if all(_holds(event, clause) for clause in clauses))
    page = list(islice(kept, PAGE + 1))
    answer: Json = {
        "value": [_selected(ask, event_document(event, ask.parts["subscription"])) for event in page[:PAGE]]
    }
    if len(page) > PAGE:
        answer["nextLink"] = ask.url(skipToken=f"US1:{page[PAGE - 1].at}:{PAGE};EU1:-1:FFFFFFFF;AS1:-1:FFFFFFFF")
    return answer


def _bounds(ask: Ask, clauses: tuple[Clause, ...]) -> tuple[int, int]:
    """Return from when (included) to when (excluded). The last minute is not there yet: the log is always late."""
    since, before = ask.now - KEPT, ask.now - MINUTE
    for clause in clauses:
        if clause.field == "eventtimestamp" and isinstance(clause.value, int):
            if clause.op in ("ge", "gt"):
                since = max(since, clause.value)
            elif clause.op in ("le", "lt"):
                before = min(before, clause.value + (clause.op == "le"))
    token = ask.query("skipToken")
    if token:
        found = _TOKEN.fullmatch(token)
        if found is None:
            raise ask.wrong(f"The skip token {token!r} is not valid.")
        before = int(found[1])
    return since, before


def _holds(event: Event, clause: Clause) -> bool:
    operation = event.operation
    match clause.field:
        case "eventtimestamp" | "eventchannels":
            return True
        case "resourcegroupname":
            return clause.holds(operation.place.group)
        case "correlationid":
            return clause.holds(operation.correlation)
        case "resourceuri" | "resourceid":
            return clause.holds(operation.resource)
        case "resourceprovider":
            return clause.holds(operation.kind.action.partition("/")[0])
        case "caller":
            return clause.holds(operation.caller_name)
        case "status":
            return clause.holds(event.status)
        case _:
            return clause.holds("Error" if event.status == "Failed" else "Informational")


def _selected(ask: Ask, document: Json) -> Json:
    """Return the fields that were selected; `id` comes along always."""
    select = ask.query("select")
    if not select:
        return document
    names = {name.strip() for name in select.split(",")} | {"id"}
    return {name: value for name, value in document.items() if name in names}


ROUTES = (
    Route(
        "GET",
        "arm",
        "/subscriptions/{subscription}/providers/Microsoft.Insights/eventtypes/management/values",
        list_events,
    ),
)
