"""Online endpoints and deployments as ARM writes them."""

from __future__ import annotations

from itertools import islice
from typing import Any

from services.emulator.dice import guid
from services.emulator.endpoints import Deployment, Endpoint, created_at, endpoint_state
from services.emulator.models import versions_of
from services.emulator.places import Place
from services.emulator.runbook import RunBook
from services.emulator.samples import PEOPLE, TENANT
from services.emulator.ticks import stamp

Json = dict[str, Any]


def endpoint_document(place: Place, endpoint: Endpoint, now: int) -> Json:
    """Return one endpoint; its id inside `properties` is in lower case, as the service keeps it."""
    state, traffic, changed = endpoint_state(endpoint, now)
    own_id = f"{place.id}/onlineEndpoints/{endpoint.name}"
    host = f"https://{endpoint.name}.{place.region}.inference.ml.azure.com"
    return {
        "id": own_id, "name": endpoint.name, "type": "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
        "properties": {
            "description": endpoint.description,
            "properties": {"azureml.onlineendpointid": own_id.lower(),
                           "AzureAsyncOperationUri": _operation(place, "oeidp", endpoint.name, changed)},
            "scoringUri": f"{host}/score", "swaggerUri": f"{host}/swagger.json", "authMode": endpoint.auth,
            "provisioningState": state, "compute": None, "traffic": traffic, "mirrorTraffic": endpoint.mirror,
            "publicNetworkAccess": endpoint.public,
        },
        "systemData": {"createdAt": stamp(created_at(endpoint.days, endpoint.owner, now)),
                       "createdBy": PEOPLE[endpoint.owner],
                       "lastModifiedAt": stamp(changed)},
        "tags": endpoint.tags, "location": place.region, "kind": "Managed",
        "identity": {"type": "SystemAssigned", "principalId": guid("principal", place.name, endpoint.name),
                     "tenantId": TENANT},
    }  # fmt: skip


def _operation(place: Place, kind: str, name: str, at: int) -> str:
    locations = (
        f"/subscriptions/{place.subscription}/providers/Microsoft.MachineLearningServices/locations/{place.region}"
    )
    operation = _name(place, kind, name, at)
    return f"https://management.azure.com{locations}/mfeOperationsStatus/{operation}?api-version=2023-04-01-preview"


def _name(place: Place, kind: str, name: str, at: int) -> str:
    return f"{kind}:{place.guid}:{guid('operation', name, at)}"


def operation_name(place: Place, endpoint: Endpoint, deployment: Deployment, now: int) -> str:
    """Return the name of the operation that a deployment was last changed by."""
    return _name(place, "odidp", deployment.model, _changed(endpoint, deployment, now))


def _changed(endpoint: Endpoint, deployment: Deployment, now: int) -> int:
    created = created_at(deployment.days, deployment.owner, now)
    return deployment.changed or (endpoint_state(endpoint, now)[2] if deployment.state == "Updating" else created)


def deployment_document(place: Place, book: RunBook, endpoint: Endpoint, deployment: Deployment, now: int) -> Json:
    """Return one deployment of an endpoint."""
    created = created_at(deployment.days, deployment.owner, now)
    changed = _changed(endpoint, deployment, now)
    return {
        "id": f"{place.id}/onlineEndpoints/{endpoint.name}/deployments/{deployment.name}", "name": deployment.name,
        "type": "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments",
        "properties": _properties(place, book, deployment, now, changed),
        "systemData": {"createdAt": stamp(created), "createdBy": PEOPLE[deployment.owner],
                       "lastModifiedAt": stamp(changed)},
        "tags": {}, "location": place.region, "kind": "Managed",
        "sku": {"name": "Default", "tier": "Standard", "capacity": deployment.instances},
    }  # fmt: skip


def _properties(place: Place, book: RunBook, deployment: Deployment, now: int, changed: int) -> Json:
    code = f"{place.id}/codes/{guid('code', deployment.model)}/versions/1"
    return {
        "description": None,
        "properties": {"AzureAsyncOperationUri": _operation(place, "odidp", deployment.model, changed)},
        "codeConfiguration": {"codeId": code, "scoringScript": "score.py"},
        "environmentId": f"{place.id}/environments/openmpi4_1_0-ubuntu22_04/versions/14",
        "environmentVariables": {"AZUREML_ENTRY_SCRIPT": "score.py", "WORKER_COUNT": "2"},
        "scaleSettings": {"scaleType": "Default"},
        "requestSettings": {"maxQueueWait": "PT0S", "requestTimeout": deployment.timeout,
                            "maxConcurrentRequestsPerInstance": deployment.concurrency},
        "modelMountPath": None, "appInsightsEnabled": deployment.has_insights, "livenessProbe": _PROBE,
        "readinessProbe": _PROBE, "provisioningState": deployment.state, "instanceType": deployment.size,
        "model": f"{place.id}/models/{deployment.model}/versions/{model_version(book, deployment, now)}",
        "privateNetworkConnection": False, "egressPublicNetworkAccess": deployment.egress,
        "dataCollector": _COLLECTOR if deployment.collects else None, "endpointComputeType": "Managed",
    }  # fmt: skip


_PROBE = {
    "failureThreshold": 30, "successThreshold": 1, "timeout": "PT2S", "period": "PT10S", "initialDelay": "PT10S",
}  # fmt: skip
_COLLECTOR: Json = {
    "collections": {"model_inputs": {"clientId": None, "dataCollectionMode": "Enabled", "dataId": None,
                                     "samplingRate": 1.0}},
    "rollingRate": "Hour", "requestLogging": None,
}  # fmt: skip


def model_version(book: RunBook, deployment: Deployment, now: int) -> int:
    """Return the version of its model a deployment serves."""
    # No more than those are worked out: a model may have thousands of versions.
    newest = [version.number for version in islice(versions_of(book, deployment.model, now), deployment.back + 1)]
    return newest[-1] if newest else 1
