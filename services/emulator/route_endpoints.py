"""ARM: online endpoints, their deployments and the end of a container's log."""

from __future__ import annotations

from services.emulator.answers import Json
from services.emulator.container_log import LONGEST_TAIL, USUAL_TAIL, initializer_log, server_log
from services.emulator.endpoint_documents import deployment_document, endpoint_document
from services.emulator.endpoints import Deployment, Endpoint
from services.emulator.overlays import endpoints_of
from services.emulator.paging import paged
from services.emulator.routing import Ask, Route

ENDPOINTS_A_PAGE = 50
LARGEST = 50
"""Instances a deployment may have."""


def list_endpoints(ask: Ask) -> Json:
    """Answer all online endpoints of the workspace."""
    found = [endpoint_document(ask.place, one, ask.now) for one in endpoints_of(ask.world.changes, ask.place, ask.now)]
    return paged(ask, found, ENDPOINTS_A_PAGE)


def find_endpoint(ask: Ask) -> Endpoint:
    """Return the endpoint of the path. Raises Refusal (404) when there is none."""
    name = ask.parts["endpoint"]
    for one in endpoints_of(ask.world.changes, ask.place, ask.now):
        if one.name.lower() == name.lower():
            return one
    raise ask.missing(f"Endpoint {name} not found.", "EndpointNotFound")


def find_deployment(ask: Ask) -> Deployment:
    """Return the deployment of the path. Raises Refusal (404) when there is none."""
    name = ask.parts["deployment"]
    for one in find_endpoint(ask).deployments:
        if one.name.lower() == name.lower():
            return one
    raise ask.missing(f"Deployment {name} not found.", "DeploymentNotFound")


def get_endpoint(ask: Ask) -> Json:
    """Answer one endpoint."""
    return endpoint_document(ask.place, find_endpoint(ask), ask.now)


def list_deployments(ask: Ask) -> Json:
    """Answer the deployments of an endpoint."""
    endpoint = find_endpoint(ask)
    found = [deployment_document(ask.place, ask.book, endpoint, one, ask.now) for one in endpoint.deployments]
    return paged(ask, found, ENDPOINTS_A_PAGE)


def get_deployment(ask: Ask) -> Json:
    """Answer one deployment."""
    return deployment_document(ask.place, ask.book, find_endpoint(ask), find_deployment(ask), ask.now)


def list_skus(ask: Ask) -> Json:
    """Answer how many instances a deployment may have."""
    capacity = {"minimum": 1, "maximum": LARGEST, "default": find_deployment(ask).instances, "scaleType": "Automatic"}
    return {"value": [{"resourceType": "Microsoft.MachineLearning.Services/endpoints/deployments",
                       "sku": {"name": "default", "tier": "Standard"}, "capacity": capacity}]}  # fmt: skip


def get_logs(ask: Ask) -> Json:
    """Answer the end of one container's log as one text; `tail` says how many lines. Raises Refusal (400)."""
    endpoint, deployment, body = find_endpoint(ask), find_deployment(ask), ask.request.json()
    container, tail = body.get("containerType") or "InferenceServer", body.get("tail")
    if container not in ("InferenceServer", "StorageInitializer"):
        raise ask.wrong(f"The container type {container!r} is neither InferenceServer nor StorageInitializer.")
    lines = min(tail, LONGEST_TAIL) if isinstance(tail, int) and tail > 0 else USUAL_TAIL
    if container == "StorageInitializer":
        return {"content": initializer_log(ask.world, ask.place, endpoint, deployment, lines)}
    return {"content": server_log(ask.world, ask.place, endpoint, deployment, lines)}


_E = "{ws}/onlineEndpoints"

ROUTES = (
    Route("GET", "arm", _E, list_endpoints),
    Route("GET", "arm", _E + "/{endpoint}", get_endpoint),
    Route("GET", "arm", _E + "/{endpoint}/deployments", list_deployments),
    Route("GET", "arm", _E + "/{endpoint}/deployments/{deployment}", get_deployment),
    Route("GET", "arm", _E + "/{endpoint}/deployments/{deployment}/skus", list_skus),
    Route("POST", "arm", _E + "/{endpoint}/deployments/{deployment}/getLogs", get_logs),
)
