"""The run index: all runs of a workspace in one listing, in another shape, and how many there are."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast

from services.emulator.answers import Json
from services.emulator.curves import curves_of, logged_steps
from services.emulator.ledger import EPOCH
from services.emulator.plans import Plan
from services.emulator.routing import Ask, Route
from services.emulator.run_documents import run_document
from services.emulator.ticks import ticks_of

_FILTERS = ("type", "properties/creationContext/createdTime")


def query_entities(ask: Ask) -> Json:
    """Answer entities: runs newest first, filtered by type and by the time they were created; `skip` and `pageSize`."""
    asked = ask.request.json()
    since = max((_since(ask, one) for one in asked.get("filters") or ()), default=EPOCH)
    start, size = int(asked.get("skip") or 0), min(100, int(asked.get("pageSize") or 10))
    found = sorted(_newest(ask, since, start + size), key=lambda plan: plan.created, reverse=True)
    total = sum(max(0, one.newest(ask.now) - max(one.first - 1, one.newest(since - 1))) for one in ask.book.ledgers)
    page = [_entity(ask, plan) for plan in found[start : start + size]]
    return {
        "totalCount": total if asked.get("includeTotalResultCount") else None, "value": page,
        "nextSkip": start + size, "continuationToken": None, "shardErrors": {}, "canSupportSkip": True,
    }  # fmt: skip


def _since(ask: Ask, one: Json) -> int:
    field, values = one.get("field"), cast("list[Any]", one.get("values") or [])
    if field not in _FILTERS or one.get("operator") not in ("eq", "ge", "gt"):
        raise ask.wrong(f"The emulator's index does not filter by {field} {one.get('operator')}.")
    if field == "type":
        return EPOCH
    try:
        return ticks_of(datetime.fromisoformat(str(values[0])))
    except (ValueError, IndexError) as error:
        raise ask.wrong("A time to filter by has to be written as 2026-11-21T00:00:00Z.") from error


def _newest(ask: Ask, since: int, most: int) -> list[Plan]:
    """Return the newest runs of every experiment: of each as many as could be on the page."""
    found: list[Plan] = []
    for ledger in ask.book.ledgers:
        low = max(ledger.first, ledger.newest(since - 1) + 1)
        numbers = range(ledger.newest(ask.now), low - 1, -1)[:most]
        found += [plan for index in numbers if not (plan := ask.book.plan(ledger, index)).is_absent]
    return found


def _entity(ask: Ask, plan: Plan) -> Json:
    run = run_document(ask.place, ask.book, plan, ask.now)
    steps = logged_steps(plan, ask.now)
    curves = curves_of(plan, run["runId"]) if steps else ()
    values = {curve.name: curve.value(steps[-1]) for curve in curves}
    return {
        "type": "runs", "kind": "Unversioned", "entityContainerId": ask.place.guid, "entityObjectId": run["runUuid"],
        "updateSequence": run["revision"], "version": None,
        "annotations": {
            "archived": run["hidden"], "tags": run["tags"], "displayName": run["displayName"],
            "status": run["status"], "primaryMetricName": run["primaryMetricName"], "parameters": run["parameters"],
            "metrics": {name: {"lastValue": value} for name, value in values.items() if value == value},
            "modifiedTime": run["lastModifiedUtc"], "error": run["error"] and run["error"]["error"],
            "computeDuration": run["computeDuration"], "description": None,
        },
        "properties": {
            "creationContext": {"createdTime": run["createdUtc"], "createdBy": run["createdBy"]},
            "experimentName": plan.ledger.name, "experimentId": run["experimentId"], "runId": run["runId"],
            "parentRunId": run["parentRunId"], "rootRunId": run["rootRunId"], "runType": run["runType"],
            "runTypeV2": {**run["runTypeV2"], "traits": dict.fromkeys(run["runTypeV2"]["traits"], "")},
            "runNumber": run["runNumber"], "startTime": run["startTimeUtc"], "endTime": run["endTimeUtc"],
            "targetName": run["target"], "compute": run["compute"], "computeRequest": run["computeRequest"],
            "userProperties": run["properties"], "duration": run["duration"],
        },
    }  # fmt: skip


ROUTES = (Route("POST", "data", "/index/v1.0{ws}/entities", query_entities),)
