"""ARM: batch endpoints and their deployments; the workspace's own service: their jobs."""

from __future__ import annotations

from services.emulator.answers import Json
from services.emulator.batch import BATCH, BatchDeployment, BatchEndpoint, jobs_of
from services.emulator.dice import Dice
from services.emulator.endpoints import created_at
from services.emulator.models import versions_of
from services.emulator.paging import paged
from services.emulator.plans import Plan
from services.emulator.routing import Ask, Route
from services.emulator.run_facts import person_of
from services.emulator.samples import PEOPLE
from services.emulator.ticks import stamp

PAGE = 10
_NOBODY = "00000000-0000-0000-0000-000000000000"


def list_endpoints(ask: Ask) -> Json:
    """Answer the batch endpoints of the workspace."""
    return paged(ask, [_endpoint(ask, one) for one in BATCH.get(ask.place.name, ())], PAGE)


def _find(ask: Ask) -> BatchEndpoint:
    name = ask.parts["batch"]
    for one in BATCH.get(ask.place.name, ()):
        if one.name.lower() == name.lower():
            return one
    raise ask.missing(f"Endpoint {name} not found.", "EndpointNotFound")


def list_deployments(ask: Ask) -> Json:
    """Answer the deployments of a batch endpoint."""
    endpoint = _find(ask)
    return paged(ask, [_deployment(ask, endpoint, one) for one in endpoint.deployments], PAGE)


def list_jobs(ask: Ask) -> Json:
    """Answer the newest jobs of a batch endpoint."""
    endpoint = _find(ask)
    return paged(ask, [_job(ask, endpoint, plan) for plan in jobs_of(ask.book, endpoint, ask.now)], PAGE)


def _id(ask: Ask, endpoint: BatchEndpoint) -> str:
    return f"{ask.place.id}/batchEndpoints/{endpoint.name}"


def _made(ask: Ask, days: int, owner: int) -> Json:
    at = stamp(created_at(days, owner, ask.now))
    return {"createdAt": at, "createdBy": PEOPLE[owner], "lastModifiedAt": at}


def _endpoint(ask: Ask, one: BatchEndpoint) -> Json:
    address = f"https://{one.name}.{ask.place.region}.inference.ml.azure.com/jobs"
    return {
        "id": _id(ask, one), "name": one.name, "type": "Microsoft.MachineLearningServices/workspaces/batchEndpoints",
        "properties": {"description": one.description, "properties": {"BatchEndpointCreationApiVersion": "2022-05-01"},
                       "scoringUri": address, "swaggerUri": None, "authMode": "AADToken",
                       "defaults": {"deploymentName": one.default}, "provisioningState": "Succeeded"},
        "systemData": _made(ask, one.days, one.owner), "tags": {}, "location": ask.place.region,
        "identity": {"type": "None", "principalId": _NOBODY, "tenantId": _NOBODY},
    }  # fmt: skip


def _deployment(ask: Ask, endpoint: BatchEndpoint, one: BatchDeployment) -> Json:
    is_pipeline = bool(one.component)
    component = f"{ask.place.id}/components/{one.component}/versions/3"
    named = {"ComponentDeployment.ComponentId": component, "ComponentDeployment.Type": "pipeline"}
    newest = next(versions_of(ask.book, one.model, ask.now), None) if one.model else None
    number = newest.number if newest else 1
    model = {"referenceType": "Id", "assetId": f"{ask.place.id}/models/{one.model}/versions/{number}"}
    environment = f"{ask.place.id}/environments/openmpi4_1_0-ubuntu22_04/versions/14"
    return {
        "id": f"{_id(ask, endpoint)}/deployments/{one.name}", "name": one.name,
        "type": "Microsoft.MachineLearningServices/workspaces/batchEndpoints/deployments",
        "properties": {
            "description": None, "properties": named if is_pipeline else {}, "codeConfiguration": None,
            "environmentId": None if is_pipeline else environment, "environmentVariables": None if is_pipeline else {},
            "compute": None if is_pipeline else f"{ask.place.id}/computes/{one.compute}",
            "errorThreshold": 0 if is_pipeline else one.threshold,
            "retrySettings": {"maxRetries": 0 if is_pipeline else 3, "timeout": "PT0S" if is_pipeline else "PT30S"},
            "miniBatchSize": 0 if is_pipeline else one.mini_batch, "loggingLevel": "Info",
            "model": None if is_pipeline else model, "maxConcurrencyPerInstance": 0 if is_pipeline else one.concurrency,
            "outputAction": "SummaryOnly" if is_pipeline else one.action,
            "outputFileName": "predictions.csv" if one.action == "AppendRow" and not is_pipeline else None,
            "resources": {"instanceCount": one.instances, "instanceType": None, "properties": None},
            "provisioningState": "Succeeded",
        },
        "systemData": _made(ask, one.days, one.owner), "tags": {}, "location": ask.place.region,
    }  # fmt: skip


def _job(ask: Ask, endpoint: BatchEndpoint, plan: Plan) -> Json:
    """Return one job: now and then with more machines than its deployment has, or with mini-batches that failed."""
    name, one, dice = ask.book.run_id(plan), endpoint.deployments[0], Dice("batch job", endpoint.name, plan.index)
    status, own = plan.status(ask.now), f"{_id(ask, endpoint)}/jobs/{ask.book.run_id(plan)}"
    failed = dice.whole(0, one.threshold + 1) if one.threshold > 0 else dice.whole(0, 3)
    notes = {"azureml.deploymentname": one.name}
    notes |= {"azureml.failedMiniBatches": str(failed)} if plan.has_ended(ask.now) else {}
    return {
        "id": own, "name": name, "type": "Microsoft.MachineLearningServices/workspaces/batchEndpoints/jobs",
        "properties": {
            "name": None, "description": None, "status": status, "provisioningState": "Succeeded",
            "compute": {"target": f"{ask.place.id}/computes/{one.compute}",
                        "instanceCount": one.instances * (3 if dice.happens(1, 0.2) else 1), "isLocal": False},
            "miniBatchSize": one.mini_batch, "errorThreshold": one.threshold,
            "maxConcurrencyPerInstance": one.concurrency, "outputFileName": "predictions.csv",
            "retrySettings": {"maxRetries": 3, "timeout": "PT30S"}, "properties": notes, "tags": {},
        },
        "systemData": {"createdAt": stamp(plan.created), "createdBy": person_of(plan)[1],
                       "lastModifiedAt": stamp(plan.modified(ask.now))},
    }  # fmt: skip


_E = "{ws}/batchEndpoints"

ROUTES = (
    Route("GET", "arm", _E, list_endpoints),
    Route("GET", "arm", _E + "/{batch}/deployments", list_deployments),
    Route("GET", "data", "/mferp/managementfrontend" + _E + "/{batch}/jobs", list_jobs),
)
