"""Writes on online endpoints: the whole endpoint with its traffic, and the size of a deployment."""

from __future__ import annotations

from typing import Any, cast

from services.emulator.answers import Json, Refusal, Response, gateway_error
from services.emulator.changes import DELETING_FOR, SCALING_FOR, SHIFTING_FOR, EndpointChange, ScaleChange
from services.emulator.endpoint_documents import endpoint_document
from services.emulator.endpoints import Deployment, Endpoint, endpoint_state
from services.emulator.overlays import endpoints_of
from services.emulator.route_endpoints import LARGEST, find_deployment, find_endpoint, get_deployment
from services.emulator.route_quotas import LIMITS
from services.emulator.routing import Ask, Route, Write
from services.emulator.sizes import size_of
from services.emulator.writing import Task, accepted, refusal


def put_endpoint(ask: Ask) -> Response:
    """Answer 201 and take the endpoint as it is written: what the body leaves out is gone, traffic too."""
    endpoint, body = find_endpoint(ask), ask.request.json()
    if not body.get("location"):
        raise Refusal(gateway_error(400, "LocationRequired", "The location property is required for this definition."))
    state, before, _ = endpoint_state(endpoint, ask.now)
    if state == "Updating":
        raise refusal(ask, 409, f"Endpoint {endpoint.name} is in state Updating, try again later.", "Conflict")
    properties: Json = body.get("properties") or {}
    change = EndpointChange(
        at=ask.now, before=before, traffic=_traffic(ask, endpoint, properties.get("traffic"), (0, 100)),
        mirror=_traffic(ask, endpoint, properties.get("mirrorTraffic"), range(51)),
        tags=body.get("tags") or {}, description=properties.get("description"),
        public=properties.get("publicNetworkAccess") or "Enabled",
    )  # fmt: skip
    ask.world.changes.endpoints[ask.place.name, endpoint.name] = change
    after = endpoints_of(ask.world.changes, ask.place, ask.now)
    document = next(endpoint_document(ask.place, one, ask.now) for one in after if one.name == endpoint.name)
    document["properties"]["traffic"] = change.traffic
    return accepted(ask, Task("endpoint", {"endpoint": endpoint.name}), body, status=201, document=document)


def _traffic(ask: Ask, endpoint: Endpoint, given: Any, sums: tuple[int, ...] | range) -> dict[str, int]:
    """Return a map of traffic. Raises Refusal for one of unknown deployments or of another sum than is allowed."""
    traffic = cast("dict[str, Any]", given) if isinstance(given, dict) else {}
    known = {one.name for one in endpoint.deployments}
    for name, share in traffic.items():
        if name not in known:
            message = f"Invalid traffic: deployment {name} does not exist in endpoint {endpoint.name}."
            raise refusal(ask, 400, message, "BadArgument", "ArgumentInvalid")
        if not isinstance(share, int) or isinstance(share, bool) or not 0 <= share <= 100:
            raise refusal(
                ask, 400, f"Invalid traffic for deployment {name}: {share}.", "BadArgument", "ArgumentInvalid"
            )
    if sum(traffic.values()) not in sums:
        message = f"Invalid traffic: the sum of traffic is {sum(traffic.values())}, it must be 0 or 100."
        raise refusal(ask, 400, message, "BadArgument", "ArgumentInvalid", "InvalidTraffic")
    return traffic


def patch_deployment(ask: Ask) -> Response:
    """Answer 202 and give a deployment another number of instances, if the quota of the family allows."""
    deployment, body = find_deployment(ask), ask.request.json()
    sku: Json = body.get("sku") or {}
    capacity = sku.get("capacity")
    if not isinstance(capacity, int) or isinstance(capacity, bool) or not 1 <= capacity <= LARGEST:
        message = f"Instance count {capacity} is not valid: it must be between 1 and {LARGEST}."
        raise refusal(ask, 400, message, "BadArgument", "ArgumentInvalid")
    if deployment.state == "Updating":
        raise refusal(ask, 409, f"Deployment {deployment.name} is in state Updating, try again later.", "Conflict")
    error = _out_of_quota(deployment, capacity)
    key = (ask.place.name, find_endpoint(ask).name, deployment.name)
    ask.world.changes.scales[key] = ScaleChange(
        at=ask.now, instances=capacity, before=deployment.instances, is_failed=error is not None
    )
    parts = {"endpoint": key[1], "deployment": key[2]}
    task = Task("deployment", parts, "Updating", error)
    return accepted(ask, task, body, document=get_deployment(ask))


def delete_deployment(ask: Ask) -> Response:
    """Answer 202 and take a deployment away, unless requests are sent to it."""
    endpoint, deployment = find_endpoint(ask), find_deployment(ask)
    share = endpoint.traffic.get(deployment.name, 0) or endpoint.mirror.get(deployment.name, 0)
    if share:
        message = f"Deployment {deployment.name} gets {share} % of the traffic of endpoint {endpoint.name}."
        raise refusal(ask, 400, message, "BadArgument", "ArgumentInvalid")
    if deployment.state in ("Updating", "Deleting"):
        message = f"Deployment {deployment.name} is in state {deployment.state}, try again later."
        raise refusal(ask, 409, message, "Conflict")
    ask.world.changes.removals[ask.place.name, endpoint.name, deployment.name] = ask.now
    return accepted(ask, Task("deployment", going="Deleting"), {})


def _out_of_quota(deployment: Deployment, capacity: int) -> Json | None:
    size = size_of(deployment.size)
    limit = LIMITS[size.family]
    if capacity * size.cores <= limit:
        return None
    message = (
        f"Not enough quota available for {size.name} in SubscriptionId. Current usage/limit: "
        f"{deployment.instances * size.cores}/{limit}. Additional needed: "
        f"{(capacity - deployment.instances) * size.cores}. Please see troubleshooting guide, available here: "
        "https://aka.ms/oe-tsg#error-outofquota"
    )
    return {"code": "OutOfQuota", "message": message, "details": [], "additionalInfo": []}


_E = "{ws}/onlineEndpoints/{endpoint}"

ROUTES = (
    Route("PUT", "arm", _E, put_endpoint,
          write=Write("onlineEndpoints/write", "Create or Update Online Endpoint", SHIFTING_FOR)),
    Route("PATCH", "arm", _E + "/deployments/{deployment}", patch_deployment,
          write=Write("onlineEndpoints/deployments/write", "Create or Update Online Deployment", SCALING_FOR)),
    Route("DELETE", "arm", _E + "/deployments/{deployment}", delete_deployment,
          write=Write("onlineEndpoints/deployments/delete", "Delete Online Deployment", DELETING_FOR)),
)  # fmt: skip
