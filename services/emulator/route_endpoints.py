"""ARM: online endpoints, their deployments and the first lines of a deployment's log."""

from __future__ import annotations

from services.emulator.answers import Json
from services.emulator.endpoint_documents import deployment_document, endpoint_document
from services.emulator.endpoints import Deployment, Endpoint
from services.emulator.overlays import endpoints_of
from services.emulator.paging import paged
from services.emulator.routing import Ask, Route
from services.emulator.ticks import MINUTE, SECOND, stamp

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
    """Answer the container's log as one text; a failed deployment never got its image."""
    deployment = find_deployment(ask)
    at = ask.now // (10 * MINUTE) * 10 * MINUTE
    if deployment.state == "Failed":
        return {"content": _NO_IMAGE.replace("<time>", stamp(at, "Z"))}
    lines = [
        f"{stamp(at + second * SECOND)} | gunicorn/run | POST /score HTTP/1.0 200 {18 + second % 7} ms"
        for second in range(12)
    ]
    return {"content": _STARTED + "\n".join(lines) + "\n"}


_NO_IMAGE = (
    "Instance status:\nSystemSetup: Succeeded\nUserContainerImagePull: Failed\n\nContainer events:\n"
    "Kind: Pod, Name: Failed, Type: Warning, Time: <time>, Message: Failed to pull image: manifest unknown\n"
)
_STARTED = (
    "Instance status:\nSystemSetup: Succeeded\nUserContainerImagePull: Succeeded\nModelDownload: Succeeded\n"
    "UserContainerStart: Succeeded\n\nContainer logs:\n"
)

_E = "{ws}/onlineEndpoints"

ROUTES = (
    Route("GET", "arm", _E, list_endpoints),
    Route("GET", "arm", _E + "/{endpoint}", get_endpoint),
    Route("GET", "arm", _E + "/{endpoint}/deployments", list_deployments),
    Route("GET", "arm", _E + "/{endpoint}/deployments/{deployment}", get_deployment),
    Route("GET", "arm", _E + "/{endpoint}/deployments/{deployment}/skus", list_skus),
    Route("POST", "arm", _E + "/{endpoint}/deployments/{deployment}/getLogs", get_logs),
)
