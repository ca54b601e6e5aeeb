"""The rows of Log Analytics: what the tables of an endpoint or of a whole workspace hold of a span of time.

Datetimes are aware, numbers are numbers, a column without a value is None, and `Properties` is a dict. A row is there
two minutes after it happened, as in the real service.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from services.emulator.activity import Event, event_document, events
from services.emulator.container_rows import happenings, image_of, lines_of
from services.emulator.dice import guid
from services.emulator.endpoints import ENDPOINTS
from services.emulator.flows import Minute, minute_of
from services.emulator.instances import standings
from services.emulator.log_tables import ACTIVITY, CONSOLE, EVALUATED, EVENTS, scaled_of, tables_of
from services.emulator.places import Place
from services.emulator.ticks import MINUTE, datetime_of
from services.emulator.traffic_rows import app_requests, common, traffic_rows

if TYPE_CHECKING:
    from services.emulator.world import World

__all__ = ["LATE", "log_rows", "tables_of"]

Json = dict[str, Any]

LATE = 2 * MINUTE
"""How long a row takes to appear."""
LONGEST = 30 * 24 * 60 * MINUTE
"""How long a row is kept."""


def log_rows(
    world: World, place: Place, table: str, start: int, end: int, endpoint: str | None = None
) -> Iterator[Json]:
    """Yield the rows of a table with `start` <= TimeGenerated < `end`, in ticks, oldest first within an endpoint.

    `endpoint` is the name of one, None is all of the workspace. A table that an endpoint does not fill has no rows of
    it: `tables_of` says which it fills. Each row has every column that `log_tables.COLUMNS` names.
    """
    start, end = max(start, world.now() - LONGEST), min(end, world.now() - LATE)
    if start >= end:
        return
    if table == ACTIVITY:
        yield from _activity_rows(world, place, start, end, endpoint)
        return
    first, last = datetime_of(start), datetime_of(end)
    for name in [endpoint] if endpoint else [one.name for one in ENDPOINTS.get(place.name, ())]:
        if table not in tables_of(world, place, name):
            continue
        for at in range(start // MINUTE * MINUTE, end, MINUTE):
            minute = minute_of(world, place, name, at)
            if minute is not None:
                for row in _rows(world, place, table, minute):
                    if first <= row["TimeGenerated"] < last:
                        yield row


def _rows(world: World, place: Place, table: str, minute: Minute) -> Iterator[Json]:
    match table:
        case "AmlOnlineEndpointTrafficLog":
            return traffic_rows(world, place, minute)
        case "AmlOnlineEndpointConsoleLog":
            return _console_rows(world, place, minute)
        case "AmlOnlineEndpointEventLog":
            return _event_rows(world, place, minute)
        case "AppRequests":
            return app_requests(world, place, minute)
        case "AutoscaleEvaluationsLog":
            return _evaluations(place, minute)
        case _:
            # Nothing was scaled yet: AutoscaleScaleActionsLog is there, and empty.
            return iter(())


def _console_rows(world: World, place: Place, minute: Minute) -> Iterator[Json]:
    endpoint = minute.endpoint
    same = {**common(place, CONSOLE, f"{place.id}/onlineEndpoints/{endpoint.name}"), "OperationName": "ConsoleLog"}
    images = {one.name: image_of(place, one) for one in endpoint.deployments}
    for line in lines_of(world, place, minute):
        yield {**same, "TimeGenerated": datetime_of(line.at), "DeploymentName": line.deployment,
               "InstanceId": line.instance, "ContainerName": line.container,
               "ContainerImageName": images[line.deployment], "Message": line.text}  # fmt: skip


def _event_rows(world: World, place: Place, minute: Minute) -> Iterator[Json]:
    endpoint = minute.endpoint
    same = {**common(place, EVENTS, f"{place.id}/onlineEndpoints/{endpoint.name}"), "OperationName": "EventLog"}
    for one in happenings(world, place, minute):
        yield {**same, "TimeGenerated": datetime_of(one.at), "DeploymentName": one.deployment,
               "InstanceId": one.instance, "Name": one.name, "Message": one.text}  # fmt: skip


def _evaluations(place: Place, minute: Minute) -> Iterator[Json]:
    """Yield what autoscale looked at in this minute, and why it did nothing."""
    for scaled in scaled_of(place, minute.endpoint.name):
        deployment = next((one for one in minute.endpoint.deployments if one.name == scaled.deployment), None)
        found = standings(place, minute, deployment) if deployment else ()
        is_gpu = scaled.metric.startswith("Gpu")
        used = [value for one in found if (value := one.gpu if is_gpu else one.cpu) is not None]
        if deployment is None or not used:
            continue
        observed, target = round(sum(used) / len(used), 2), f"{place.id}/onlineEndpoints/{scaled.endpoint}"
        target = f"{target}/deployments/{scaled.deployment}"
        setting = f"{target.partition('/providers/')[0]}/providers/microsoft.insights/autoscalesettings/{scaled.name}"
        yield {
            **common(place, EVALUATED, setting), "TimeGenerated": datetime_of(minute.at + MINUTE // 2),
            "OperationName": "AutoscaleEvaluation", "TargetResourceId": target,
            "EvaluationResult": "Triggered" if observed > scaled.above else "NotTriggered",
            "SelectedAutoscaleProfile": "my-scale-settings", "Profile": "my-scale-settings",
            "MetricName": scaled.metric, "Operator": "GreaterThan", "MetricData": str(observed),
            "MetricNamespace": "microsoft.machinelearningservices/workspaces/onlineendpoints/deployments",
            "ObservedValue": observed, "Threshold": float(scaled.above), "CoolDown": "PT5M",
            "TimeGrain": "PT1M", "TimeWindow": "PT10M", "CorrelationId": guid("evaluated", target, minute.at),
            "CurrentInstanceCount": deployment.instances, "NewInstanceCount": deployment.instances,
            "MinimumInstanceCount": scaled.low, "MaximumInstanceCount": scaled.high,
            "DefaultInstanceCount": scaled.usual, "ShouldUpdateInstance": False,
            "SkipRuleEvaluationForCooldown": False,
        }  # fmt: skip


_STATUS = {"Started": "Start", "Accepted": "Accept", "Succeeded": "Success", "Failed": "Failure"}


def _activity_rows(world: World, place: Place, start: int, end: int, endpoint: str | None) -> Iterator[Json]:
    if ACTIVITY not in tables_of(world, place, endpoint or ""):
        return
    tail = f"/onlineEndpoints/{endpoint}"
    for event in reversed(list(events([place], end, start, world.changes))):
        on = event.operation.kind.on
        if endpoint is None or on == tail or on.startswith(f"{tail}/"):
            yield _activity_row(place, event)


def _activity_row(place: Place, event: Event) -> Json:
    document = event_document(event, place.subscription)
    return {
        **common(place, ACTIVITY, document["resourceId"]), "TimeGenerated": datetime_of(event.at),
        "OperationName": document["operationName"]["localizedValue"],
        "OperationNameValue": document["operationName"]["value"].upper(),
        "ActivityStatus": event.status, "ActivityStatusValue": _STATUS[event.status],
        "ActivitySubstatusValue": document["subStatus"]["value"], "Caller": document["caller"],
        "CallerIpAddress": document["claims"]["ipaddr"], "CorrelationId": document["correlationId"],
        "CategoryValue": "Administrative", "Level": document["level"], "ResourceGroup": place.group,
        "ResourceProviderValue": document["resourceProviderName"]["value"].upper(),
        "EventDataId": document["eventDataId"], "Properties": document["properties"],
    }  # fmt: skip
