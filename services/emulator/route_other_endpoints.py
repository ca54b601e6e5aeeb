"""ARM: serverless endpoints; the service of models: web services as the SDK's first version made them."""

from __future__ import annotations

from services.emulator.answers import Json
from services.emulator.dice import guid
from services.emulator.endpoints import created_at
from services.emulator.paging import paged
from services.emulator.routing import Ask, Route
from services.emulator.samples import PEOPLE
from services.emulator.ticks import stamp

PAGE = 10

_SERVERLESS: dict[str, tuple[tuple[str, str], ...]] = {"ml-prod": (("support-chat", "Meta-Llama-3-8B-Instruct"),)}
"""Name and model of the serverless endpoints of a workspace."""
_LEGACY: dict[str, tuple[tuple[str, str, str, bool], ...]] = {
    "ml-prod": (("churn-v1", "ACI", "Unhealthy", False), ("fraud-v1", "AKS", "Healthy", True)),
}  # fmt: skip
"""Name, compute, state and whether it takes keys, of the old web services of a workspace."""


def list_serverless(ask: Ask) -> Json:
    """Answer the serverless endpoints of the workspace."""
    return paged(ask, [_serverless(ask, *one) for one in _SERVERLESS.get(ask.place.name, ())], PAGE)


def _serverless(ask: Ask, name: str, model: str) -> Json:
    at = stamp(created_at(33, 6, ask.now))
    return {
        "id": f"{ask.place.id}/serverlessEndpoints/{name}", "name": name,
        "type": "Microsoft.MachineLearningServices/workspaces/serverlessEndpoints",
        "properties": {
            "authMode": "Key", "provisioningState": "Succeeded", "endpointState": "Online",
            "marketplaceSubscriptionId": None, "contentSafety": None,
            "modelSettings": {"modelId": f"azureml://registries/azureml-meta/models/{model}"},
            "inferenceEndpoint": {"uri": f"https://{name}.{ask.place.region}.models.ai.azure.com", "headers": {}},
        },
        "systemData": {"createdAt": at, "createdBy": PEOPLE[6], "lastModifiedAt": at}, "tags": {},
        "location": ask.place.region, "sku": {"name": "Consumption"},
    }  # fmt: skip


def list_legacy(ask: Ask) -> Json:
    """Answer the web services of the SDK's first version."""
    return paged(ask, [_legacy(ask, *one) for one in _LEGACY.get(ask.place.name, ())], PAGE)


def _legacy(ask: Ask, name: str, compute: str, state: str, has_keys: bool) -> Json:
    message = "Container stopped answering its liveness probe." if state == "Unhealthy" else None
    at, host = stamp(created_at(1_400, 2, ask.now), "Z"), f"{guid('host', name)}.{ask.place.region}.azurecontainer.io"
    return {
        "id": name, "name": name, "description": None, "computeType": compute, "state": state,
        "operationId": guid(name), "scoringUri": f"http://{host}/score",
        "authEnabled": has_keys, "aadAuthEnabled": False, "location": ask.place.region, "createdTime": at,
        "updatedTime": at, "kvTags": {}, "properties": {}, "deploymentType": "HttpRealtimeEndpoint",
        "error": {"code": "WebserviceUnhealthy", "statusCode": 400, "message": message} if message else None,
    }  # fmt: skip


ROUTES = (
    Route("GET", "arm", "{ws}/serverlessEndpoints", list_serverless),
    Route("GET", "data", "/modelmanagement/v1.0{ws}/services", list_legacy),
)
