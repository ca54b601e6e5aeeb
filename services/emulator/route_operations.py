"""ARM: how long-running operations stand, each area in its own way, and what they left."""

from __future__ import annotations

from msgspec.structs import replace

from services.emulator.answers import Json, Refusal, Response, gateway_error, ok
from services.emulator.changes import LongRunning
from services.emulator.deployment_errors import failed_operation
from services.emulator.route_endpoints import get_deployment, get_endpoint
from services.emulator.route_workspaces import known_subscription
from services.emulator.routing import Ask, Route
from services.emulator.ticks import stamp
from services.emulator.writing import operation_url

RETRY_AFTER = "2"
"""Seconds the service asks to wait between two looks."""


def _found(ask: Ask) -> LongRunning:
    """Return the operation of the path. Raises Refusal (404) when there is none."""
    known_subscription(ask)
    name = ask.parts["operation"]
    running = ask.world.changes.long_running.get(name)
    if running is not None:
        return running
    place = next((one for one in ask.world.places if f":{one.guid}:" in name), None)
    if place is None:
        raise Refusal(gateway_error(404, "NotFound", f"The operation {name} was not found."))
    # What resources remember of their own making is over since long.
    error = failed_operation(ask.world.changes, place, name, ask.now)
    return LongRunning(id=name, area="job", place=place.name, started=ask.now, ends=ask.now, error=error)


def get_status(ask: Ask) -> Response:
    """Answer how an operation stands; its answer asks to come back in a moment while it goes on."""
    running = _found(ask)
    if ask.now < running.ends:
        return ok(_going(ask, running), headers={"retry-after": RETRY_AFTER})
    ended = {"startTime": stamp(running.started), "endTime": stamp(running.ends)}
    if running.error is not None:
        return ok({"error": running.error, **_named(ask, running), "status": "Failed", **ended})
    return ok({**_named(ask, running), "status": "Succeeded", **ended})


def _going(ask: Ask, running: LongRunning) -> Json:
    if running.area in ("compute", "workspace"):
        return {"status": running.going}
    share = (ask.now - running.started) * 100 // (running.ends - running.started)
    return {**_named(ask, running), "status": running.going, "percentComplete": float(share)}


def _named(ask: Ask, running: LongRunning) -> Json:
    if running.area in ("compute", "workspace"):
        return {}
    path = operation_url(ask, running, "Results", "").partition("?")[0].removeprefix("https://management.azure.com")
    return {"id": path, "name": running.id}


def get_result(ask: Ask) -> Response:
    """Answer what an operation left: 202 with nothing while it goes on, then the resource, or nothing again."""
    running = _found(ask)
    if ask.now < running.ends:
        location = operation_url(ask, running, "Results", ask.query("api-version") or "")
        return ok({}, status=202, headers={"location": location, "retry-after": RETRY_AFTER})
    place = next(one for one in ask.world.places if one.name == running.place)
    left = replace(ask, parts={**ask.parts, **running.parts}, place_or_none=place)
    if "deployment" in running.parts:
        return ok(get_deployment(left))
    if "endpoint" in running.parts:
        return ok(get_endpoint(left))
    return ok(None) if running.area == "job" else Response(status=204)


_L = "/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/locations/{location}"
_AREAS = ("compute", "workspace")

ROUTES = (
    Route("GET", "arm", _L + "/mfeOperationsStatus/{operation}", get_status),
    Route("GET", "arm", _L + "/mfeOperationResults/{operation}", get_result),
    *(Route("GET", "arm", f"{_L}/{area}OperationsStatus/{{operation}}", get_status) for area in _AREAS),
    *(Route("GET", "arm", f"{_L}/{area}OperationsResults/{{operation}}", get_result) for area in _AREAS),
)
