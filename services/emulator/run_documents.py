"""A run as run history writes it: the shape of the recorded rundata answers, nulls and missing blocks included."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from services.emulator.dice import guid
from services.emulator.failures import error_of, partial_error
from services.emulator.fleet import cluster_of
from services.emulator.places import Place
from services.emulator.plans import STEPS, Plan
from services.emulator.run_facts import (
    compute_of,
    display_name,
    is_archived,
    is_orchestrator,
    metric_name,
    nodes_of,
    parameters,
    person_of,
    schedule_of,
)  # fmt: skip
from services.emulator.run_files import logs_of
from services.emulator.run_marks import properties_of, run_type, tags_of
from services.emulator.runbook import RunBook
from services.emulator.samples import TENANT
from services.emulator.sas import sas_url
from services.emulator.scripts import LOCAL
from services.emulator.sizes import size_of
from services.emulator.ticks import SECOND, span, stamp

Json = dict[str, Any]


def run_document(place: Place, book: RunBook, plan: Plan, now: int) -> Json:
    """Return one run as `runs:query`, children and rundata hold it, at a time."""
    run_id = book.run_id(plan)
    parent_id = book.run_id(plan.parent) if plan.parent else None
    root_id = book.run_id(plan.root) if plan.parent else run_id
    return {
        **_identity(place, plan, run_id, parent_id, root_id),
        **_progress(plan, now),
        **run_type(plan),
        **_work(place, plan, run_id, now),
        **_NEVER_SAID,
        "error": _error(place, plan, run_id, now),
        "warnings": _warnings(plan, now),
        "properties": properties_of(book, plan, run_id),
        "parameters": parameters(plan),
        "tags": tags_of(place, book, plan, run_id),
    }


def _identity(place: Place, plan: Plan, run_id: str, parent_id: str | None, root_id: str) -> Json:
    person = _person(*person_of(plan))
    return {
        "runNumber": plan.created // SECOND, "rootRunId": root_id, "createdUtc": stamp(plan.created),
        "createdBy": person,
        "userId": person["userObjectId"], "runUuid": guid("uuid", run_id), "rootRunUuid": guid("uuid", root_id),
        "parentRunUuid": guid("uuid", parent_id) if parent_id else None, "lastModifiedBy": person, "runId": run_id,
        "parentRunId": parent_id, "experimentId": experiment_id(place, plan.ledger.name),
        "scheduleId": schedule_of(plan), "displayName": display_name(plan, run_id),
        "name": "azureml_anonymous" if plan.kind in STEPS else None, "dataContainerId": f"dcid.{run_id}",
        "hidden": is_archived(plan),
    }  # fmt: skip


def _progress(plan: Plan, now: int) -> Json:
    """Return the state and every time: a run that is going has `currentComputeTime`, one that ended its durations."""
    started, ended = plan.has_started(now), plan.has_ended(now)
    going = stamp(plan.started) if started and not ended else None
    length = span(plan.ended - plan.started) if started and ended else None
    return {
        "status": plan.status(now), "startTimeUtc": stamp(plan.started) if started else None,
        "endTimeUtc": stamp(plan.ended) if ended else None, "lastModifiedUtc": stamp(plan.modified(now)),
        "duration": length, "computeDuration": length, "lastStartTimeUtc": going, "effectiveStartTimeUtc": going,
        "currentComputeTime": span(now - plan.started) if going else None, "revision": 3 + plan.dice.whole(15, 12),
        "statusRevision": 2 if ended else 1, "currentAttemptId": None if plan.parent else 1,
    }  # fmt: skip


def _work(place: Place, plan: Plan, run_id: str, now: int) -> Json:
    target = compute_of(plan)
    cancel = None if plan.kind == "flow" else cancel_uri(place, plan, run_id)
    return {
        "actionUris": {"Cancel": cancel, "Diagnose": ""} if cancel else {}, "cancelUri": cancel,
        "diagnosticsUri": "" if cancel else None, "target": target,
        "scriptName": "train.py" if plan.kind in ("command", "trial") else None,
        "uniqueChildRunComputeTargets": _child_targets(plan), "primaryMetricName": metric_name(plan),
        "computeRequest": None if is_orchestrator(plan) or not target else _request(place, plan),
        "compute": _compute(place, plan), "retainForLifetimeOfWorkspace": None if plan.parent else False,
        "inputs": None if plan.parent else {},
        "outputs": None if plan.parent or not plan.has_started(now) else _outputs(place, run_id),
    }  # fmt: skip


_NEVER_SAID: Json = {
    "token": None, "tokenExpiryTimeUtc": None, "cancelationReason": None, "description": None, "settings": {},
    "services": {}, "inputDatasets": [], "outputDatasets": [], "runDefinition": None, "jobSpecification": None,
    "createdFrom": None, "completeUri": None, "queueingInfo": None,
}  # fmt: skip


def experiment_id(place: Place, name: str) -> str:
    """Return the GUID of an experiment."""
    return guid("experiment", place.name, name)


@lru_cache(maxsize=64)
def _person(object_id: str, name: str) -> Json:
    return {
        "userObjectId": object_id, "userPuId": None, "userIdp": None, "userAltSecId": None,
        "userIss": f"https://sts.windows.net/{TENANT}/", "userTenantId": TENANT, "userName": name, "upn": None,
    }  # fmt: skip


def cancel_uri(place: Place, plan: Plan, run_id: str) -> str:
    """Return where a run would be canceled; it also names the experiment, which nothing else in the answer does."""
    return f"https://{place.api_host}/execution/v1.0{place.id}/experiments/{plan.ledger.name}/runId/{run_id}/cancel"


def _error(place: Place, plan: Plan, run_id: str, now: int) -> Json | None:
    if not plan.has_ended(now):
        return None
    if plan.kind == "flow" and plan.outcome == "Completed" and plan.dice.happens(14, 0.4):
        return partial_error(run_id, 200, 1 + plan.dice.whole(13, 30), plan.ended)
    if plan.outcome != "Failed":
        return None
    return error_of(
        plan.failure,
        run_id=run_id,
        experiment=plan.ledger.name,
        compute=compute_of(plan),
        region=place.region,
        ended=plan.ended,
    )


def _warnings(plan: Plan, now: int) -> list[Json] | None:
    if not plan.has_started(now) or not plan.dice.happens(15, 0.04):
        return None
    return [{"source": None, "message": "Metric val_loss was logged more than 10,000 times; values were sampled"}]


def _child_targets(plan: Plan) -> list[str]:
    own = {step.compute for step in plan.seat.part.steps if step.compute}
    target = compute_of(plan)
    return sorted(own | {target} if plan.seat.part.children and target else own)


def _gpus(place: Place, plan: Plan) -> int:
    cluster = cluster_of(place.name, compute_of(plan))
    return size_of(cluster.size).gpus * nodes_of(plan) if cluster else 0


def _request(place: Place, plan: Plan) -> Json:
    return {"nodeCount": nodes_of(plan), "gpuCount": _gpus(place, plan)}


def _compute(place: Place, plan: Plan) -> Json | None:
    target = compute_of(plan)
    if target is None:
        return None
    cluster = cluster_of(place.name, target)
    says_size = cluster is not None and plan.parent is None
    return {
        "target": target, "targetType": LOCAL if target == LOCAL else "amlcompute",
        "vmSize": size_of(cluster.size).shouted if cluster and says_size else None,
        "instanceType": None, "instanceCount": nodes_of(plan), "gpuCount": _gpus(place, plan),
        "priority": cluster.priority if cluster and says_size else None, "region": None,
    }  # fmt: skip


def _outputs(place: Place, run_id: str) -> Json:
    asset = f"azureml://locations/{place.region}/workspaces/{place.guid}/data/azureml_{run_id}_output_data_default/versions/1"
    return {"default": {"assetId": asset, "type": "UriFolder"}}


_DETAILS = (
    "runId runUuid parentRunUuid rootRunUuid target status parentRunId dataContainerId startTimeUtc "
    "endTimeUtc error warnings tags properties parameters services inputDatasets outputDatasets revision "
    "runTypeV2 settings computeRequest compute createdBy computeDuration effectiveStartTimeUtc runNumber "
    "rootRunId userId statusRevision currentComputeTime lastStartTimeUtc lastModifiedBy lastModifiedUtc "
    "duration inputs outputs currentAttemptId"
)
_COST = (
    "chargedCpuCoreSeconds",
    "chargedCpuMemoryMegabyteSeconds",
    "chargedGpuSeconds",
    "chargedNodeUtilizationSeconds",
)


def run_details(place: Place, book: RunBook, plan: Plan, now: int) -> Json:
    """Return the answer to `…/runs/{id}/details`, with a signed link to each log there is by now."""
    run = run_document(place, book, plan, now)
    container = f"ExperimentRun/dcid.{run['runId']}"
    logs = {name: sas_url(place, f"{container}/{name}", now) for name in logs_of(book, plan, now)}
    return {
        **{key: run[key] for key in _DETAILS.split()},
        "createdTimeUtc": run["createdUtc"], "logFiles": logs, "jobCost": dict.fromkeys(_COST), "runDefinition": None,
    }  # fmt: skip
