"""A run as ARM writes it: a job, with no times of its own and no error."""

from __future__ import annotations

from typing import Any

from services.emulator.fleet import POOL
from services.emulator.given_parts import as_object
from services.emulator.job_data import data_inputs, data_outputs, limits_of
from services.emulator.job_variables import variables_of
from services.emulator.places import Place
from services.emulator.plans import Plan
from services.emulator.run_definition import command_of, environment_version, pipeline_jobs
from services.emulator.run_facts import (
    compute_of,
    display_name,
    is_archived,
    metric_name,
    nodes_of,
    parameters,
    person_of,
)
from services.emulator.run_marks import policy_of, properties_of, tags_of
from services.emulator.runbook import RunBook
from services.emulator.samples import PIPELINE_APP
from services.emulator.scripts import LOCAL, SERVERLESS
from services.emulator.ticks import stamp, stamp_blank

Json = dict[str, Any]

TYPES = {"command": "Command", "sweep": "Sweep", "pipeline": "Pipeline", "automl": "AutoML"}
"""The kinds ARM lists; flows, trials and steps are known to run history alone."""


def job_document(place: Place, book: RunBook, plan: Plan, now: int) -> Json:
    """Return one job as `…/jobs` lists it, at a time."""
    run_id = book.run_id(plan)
    _, person = person_of(plan)
    given = {} if plan.given is None else plan.given.job
    job: Json = {
        **given,
        "description": given.get("description"),
        "tags": tags_of(place, book, plan, run_id),
        "properties": {**properties_of(book, plan, run_id), **_times(plan, now)},
        "displayName": display_name(plan, run_id),
        "status": plan.status(now),
        "experimentName": plan.ledger.name,
        "services": {**_services(place, run_id), **as_object(given.get("services"))},
        "computeId": _compute_id(place, plan),
        "isArchived": is_archived(plan),
        "identity": given.get("identity"),
        "componentId": given.get("componentId"),
        "jobType": TYPES[plan.kind],
        **(_of_kind(place, plan, run_id) if plan.given is None else _given(run_id, given)),
    }
    return {
        "id": f"{place.id}/jobs/{run_id}", "name": run_id,
        "type": "Microsoft.MachineLearningServices/workspaces/jobs",
        "properties": job,
        "systemData": {"createdAt": stamp(plan.created), "createdBy": person,
                       "createdByType": "Application" if person == PIPELINE_APP else "User"},
    }  # fmt: skip


def _compute_id(place: Place, plan: Plan) -> str | None:
    """Return the ARM id of the compute; a local run says only that it is one, a serverless one names none."""
    compute = compute_of(plan)
    if compute == LOCAL or compute is None:
        return compute
    if compute == SERVERLESS:
        return None
    return None if plan.kind == "pipeline" else f"{place.id}/computes/{compute}"


def _times(plan: Plan, now: int) -> Json:
    """Return the only times ARM knows: texts without a zone, once it ran on a cluster."""
    if plan.kind != "command" or not plan.has_started(now):
        return {}
    ended = {"EndTimeUtc": stamp_blank(plan.ended)} if plan.has_ended(now) else {}
    return {"StartTimeUtc": stamp_blank(plan.started), **ended}


def _services(place: Place, run_id: str) -> Json:
    tracking = f"azureml://{place.api_host}/mlflow/v1.0{place.id}?"
    wsid = place.id.replace("/resourceGroups/", "/resourcegroups/").replace(
        "/providers/Microsoft.MachineLearningServices", ""
    )
    studio = f"https://ml.azure.com/runs/{run_id}?wsid={wsid}"
    return {
        name: {"jobServiceType": name, "port": None, "endpoint": endpoint, "status": None, "errorMessage": None,
               "properties": None, "nodes": None}
        for name, endpoint in (("Tracking", tracking), ("Studio", studio))
    }  # fmt: skip


def _given(run_id: str, job: Json) -> Json:
    """Return what the service adds to a job of somebody's own: the folder for what it writes, and what was left out."""
    if str(job.get("jobType")).lower() == "pipeline":
        return {"settings": job.get("settings") or {}, "inputs": job.get("inputs") or {},
                "outputs": job.get("outputs") or {}}  # fmt: skip
    added: Json = {
        "inputs": as_object(job.get("inputs")),
        "outputs": {**_output(run_id), **as_object(job.get("outputs"))},
    }
    if str(job.get("jobType")).lower() == "command":
        whole = {"instanceCount": 1, "instanceType": None, "properties": None, "shmSize": "2g", "dockerArgs": None}
        added["resources"] = {**whole, **as_object(job.get("resources"))}
    return added


def _of_kind(place: Place, plan: Plan, run_id: str) -> Json:
    make = {"sweep": _sweep, "pipeline": _pipeline, "automl": _automl}.get(plan.kind, _command)
    return make(place, plan, run_id)


def _environment_id(place: Place, plan: Plan) -> str:
    return f"{place.id}/environments/{plan.ledger.script.environment}/versions/{environment_version(plan)}"


def _output(run_id: str) -> Json:
    uri = f"azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.{run_id}"
    return {"default": {"description": None, "uri": uri, "mode": "ReadWriteMount", "jobOutputType": "uri_folder"}}


def _resources(plan: Plan) -> Json:
    return {
        "instanceCount": nodes_of(plan),
        "instanceType": POOL.size if compute_of(plan) == SERVERLESS else None,
        "properties": None,
        "shmSize": "2g",
        "dockerArgs": None,
    }


def _command(place: Place, plan: Plan, run_id: str) -> Json:
    inputs = {
        name: {"description": None, "value": value, "jobInputType": "literal"}
        for name, value in parameters(plan).items()
    }
    inputs |= data_inputs(place, plan)
    distribution = {"distributionType": "PyTorch", "processCountPerInstance": 2} if nodes_of(plan) > 1 else None
    outputs = {**_output(run_id), **data_outputs(plan, run_id)}
    return {
        "resources": _resources(plan), "codeId": None, "command": command_of(plan),
        "environmentId": _environment_id(place, plan),
        "inputs": inputs, "outputs": outputs, "distribution": distribution, "limits": limits_of(plan),
        "environmentVariables": variables_of(plan, run_id), "parameters": {},
        "queueSettings": {"jobTier": "Standard", "priority": None} if compute_of(plan) == SERVERLESS else None,
    }  # fmt: skip


def _early_termination(plan: Plan) -> Json | None:
    policy = policy_of(plan)
    if policy["name"] == "Default":
        return None
    given = policy["properties"]
    return {"policyType": policy["name"], "delayEvaluation": given["delay_evaluation"], "slackAmount": 0,
            "evaluationInterval": given["evaluation_interval"], "slackFactor": given["slack_factor"]}  # fmt: skip


def _sweep(place: Place, plan: Plan, run_id: str) -> Json:
    search = " ".join(f"--{name} ${{{{search_space.{name}}}}}" for name in ("lr", "batch_size", "dropout"))
    return {
        "searchSpace": {"lr": ["loguniform", [-10.6, -3.9]], "batch_size": ["choice", [[16, 32, 64, 96, 128, 256]]],
                        "dropout": ["uniform", [0.05, 0.5]]},
        "samplingAlgorithm": {"samplingAlgorithmType": "Random", "seed": None, "logbase": None, "rule": "Random"},
        "limits": {"timeout": "PT48H", "jobLimitsType": "Sweep", "maxTotalTrials": plan.seat.part.children,
                   "maxConcurrentTrials": 2, "trialTimeout": None},
        "earlyTermination": _early_termination(plan),
        "objective": {"primaryMetric": metric_name(plan), "goal": "Maximize"},
        "trial": {"codeId": None, "command": f"python train.py {search}",
                  "environmentId": _environment_id(place, plan),
                  "environmentVariables": {}, "distribution": None,
                  "resources": {"instanceCount": 1, "instanceType": None, "properties": None, "dockerArgs": None}},
        "inputs": {}, "outputs": _output(run_id),
    }  # fmt: skip


def _pipeline(place: Place, plan: Plan, run_id: str) -> Json:
    return {"settings": {"_source": "YAML.JOB"}, "jobs": pipeline_jobs(place, plan), "inputs": {}, "outputs": {},
            "sourceJobId": None}  # fmt: skip


def _automl(place: Place, plan: Plan, run_id: str) -> Json:
    data = {"description": None, "uri": "azureml://datastores/workspaceblobstore/paths/curated/churn/train",
            "mode": "ReadOnlyMount", "jobInputType": "mltable"}  # fmt: skip
    limits = {"maxTrials": 3, "trialTimeout": "PT10M", "timeout": "PT1H", "maxConcurrentTrials": 1, "maxNodes": 1,
              "maxCoresPerTrial": -1, "exitScore": None, "enableEarlyTermination": True, "sweepTrials": 0,
              "sweepConcurrentTrials": 0}  # fmt: skip
    training = {"enableOnnxCompatibleModels": False, "stackEnsembleSettings": None, "enableStackEnsemble": False,
                "enableVoteEnsemble": False, "ensembleModelDownloadTimeout": "PT5M",
                "enableModelExplainability": True,
                "enableDnnTraining": False, "trainingMode": "Auto", "allowedTrainingAlgorithms": None,
                "blockedTrainingAlgorithms": None}  # fmt: skip
    return {
        "notificationSetting": None, "resources": {**_resources(plan), "locations": None}, "environmentId": None,
        "environmentVariables": None,
        "taskDetails": {"logVerbosity": "Info", "trainingData": data, "targetColumnName": "churned",
                        "limitSettings": limits,
                        "sweepSettings": None, "fixedParameters": None, "searchSpace": None,
                        "nCrossValidations": {"mode": "Custom", "value": 2}, "cvSplitColumnNames": None,
                        "weightColumnName": None, "validationData": None, "testData": None,
                        "validationDataSize": None,
                        "testDataSize": None, "featurizationSettings": None, "positiveLabel": None,
                        "taskType": "Classification", "primaryMetric": "AUCWeighted", "trainingSettings": training},
        "outputs": {}, "queueSettings": {"jobTier": "Standard", "priority": None},
    }  # fmt: skip
