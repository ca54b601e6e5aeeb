"""What the emulator writes has the keys, and the kinds of values, of what Azure was recorded to write."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.emulator.asking import ask
from services.emulator.kql.engine import evaluated
from services.emulator.route_monitor import LogTables
from services.emulator.world import World

WIRE = Path(os.environ.get("AMLDECK_WIRE") or Path(__file__).parents[2] / "../shared/wire").resolve()
NOW = datetime(2026, 11, 21, 14, 1, 7, 123456, tzinfo=UTC)
WORLD = World(clock=lambda: NOW)
PROD = WORLD.places[0]
ARM = f"https://management.azure.com{PROD.id}"
DATA = f"https://{PROD.api_host}"
VERSION = "?api-version=2024-04-01"

FREE = {
    "tags", "traffic", "mirrorTraffic", "environmentVariables", "flavors", "userAssignedIdentities", "parameters",
    "data",
    "outputData", "dataReferences", "messageParameters", "inputDataBindings", "outputDataBindings", "claims",
    "inputs",
    "outputs", "actionUris", "searchSpace", "jobs",
    "innerError", "additionalInfo", "debugInfo", "condaDependencies",
}  # fmt: skip
"""Blocks whose keys are somebody's own names."""

NOT_OURS = {
    # Only some workspaces, jobs and runs carry these; which, the recordings do not say.
    "userAccountCredentials", "resourceGroup", "c7n:MatchedFilters", "altsecid", "token", "job_out_path_1",
}  # fmt: skip


def recorded(name: str) -> Any:
    path = WIRE / f"{name}.json"
    if not path.exists():
        pytest.skip(f"the recorded answers are not here: {path} (set AMLDECK_WIRE)")
    return json.loads(path.read_text())["body"]


def kind(value: Any) -> str:
    if isinstance(value, bool):
        return "flag"
    return "number" if isinstance(value, int | float) else type(value).__name__


def differences(theirs: Any, ours: Any, at: str = "") -> list[str]:
    """Return where ours lacks a key of theirs, or has another kind of value at it."""
    if theirs is None or ours is None:
        return []
    if kind(theirs) != kind(ours):
        return [f"{at}: {kind(theirs)} there, {kind(ours)} here"]
    if isinstance(theirs, list):
        return differences(theirs[0], ours[0], f"{at}[]") if theirs and ours else []
    if not isinstance(theirs, dict) or at.rpartition(".")[2] in FREE or at.endswith("properties.properties"):
        return []
    found = [f"{at}.{key}: missing" for key in theirs if key not in ours and key not in NOT_OURS]
    shared = [key for key in theirs if key in ours and not (key == "properties" and "runNumber" in theirs)]
    return found + [one for key in shared for one in differences(theirs[key], ours[key], f"{at}.{key}")]


def arm(path: str) -> Any:
    return ask(WORLD, "GET", f"{ARM}{path}{VERSION}").json()


def of_type(compute_type: str) -> Any:
    return next(one for one in arm("/computes")["value"] if one["properties"]["computeType"] == compute_type)


def job(job_type: str) -> Any:
    return ask(WORLD, "GET", f"{ARM}/jobs{VERSION}&jobType={job_type}").json()["value"][0]


def rundata(filter_text: str, experiment: str = "fraud") -> Any:
    url = f"{DATA}/history/v1.0{PROD.id}"
    body = {"filter": filter_text, "top": 1}
    run = ask(WORLD, "POST", f"{url}/experiments/{experiment}/runs:query", body=body).json()["value"][0]
    wanted = {
        "runId": run["runId"],
        "selectRunMetadata": True,
        "selectRunDefinition": True,
        "selectJobSpecification": True,
    }
    return ask(WORLD, "POST", f"{url}/rundata", body=wanted).json()


def test_workspaces() -> None:
    theirs = recorded("workspaces/get-recent-aso")
    assert differences(theirs, arm("")) == []
    assert differences(recorded("workspaces/list-subscription-2026")["value"][0], arm("")) == []


def test_subscriptions_and_permissions() -> None:
    ours = ask(WORLD, "GET", f"https://management.azure.com/subscriptions{VERSION}").json()
    assert differences(recorded("subscriptions/list"), ours) == []
    assert (
        differences(recorded("authorization/permissions-star"), arm("/providers/Microsoft.Authorization/permissions"))
        == []
    )


def test_clusters_instances_and_attached_computes() -> None:
    cluster, instance = recorded("compute/list-aml-and-instance")["value"]
    assert differences(cluster, of_type("AmlCompute")) == []
    assert differences(instance, of_type("ComputeInstance")) == []
    assert differences(recorded("compute/get-kubernetes"), of_type("Kubernetes"), "") == []
    assert differences(recorded("compute/get-amlcompute-failed-quota"), arm("/computes/h100-new")) == []
    assert differences(recorded("compute/get-amlcompute-resizing-diskfull"), arm("/computes/cpu-etl")) == []


def test_a_failed_cluster_withholds_its_counts_and_a_full_disk_hides_behind_succeeded() -> None:
    failed = arm("/computes/h100-new")["properties"]
    assert failed["provisioningState"] == "Failed"
    assert failed["properties"]["nodeStateCounts"] is None
    full = arm("/computes/cpu-etl")["properties"]
    assert full["provisioningState"] == "Succeeded"
    assert full["properties"]["errors"][0]["error"]["code"] == "DiskFull"


def test_nodes_usages_and_sizes() -> None:
    nodes = ask(WORLD, "POST", f"{ARM}/computes/gpu-a100/listNodes{VERSION}").json()
    assert differences(recorded("compute/list-nodes"), nodes) == []
    region = (
        f"https://management.azure.com/subscriptions/{PROD.subscription}/providers/Microsoft.MachineLearningServices"
    )
    for name in ("usages", "vmSizes"):
        ours = ask(WORLD, "GET", f"{region}/locations/westeurope/{name}{VERSION}").json()
        assert differences(recorded(f"compute/{name.lower()}"), ours) == []


def test_endpoints_and_deployments() -> None:
    assert differences(recorded("endpoints/online-list-2026"), arm("/onlineEndpoints")) == []
    assert differences(recorded("endpoints/online-get-key-auth"), arm("/onlineEndpoints/churn")) == []
    ours = arm("/onlineEndpoints/fraud-score/deployments")
    assert differences(recorded("endpoints/deployments-list-2024"), ours) == []
    assert differences(recorded("endpoints/deployment-get"), ours["value"][0]) == []
    skus = arm("/onlineEndpoints/fraud-score/deployments/blue/skus")
    assert differences(recorded("endpoints/deployment-skus"), skus) == []


def test_models_and_components() -> None:
    assert differences(recorded("assets/models-list-paged"), arm("/models")) == []
    ours = arm("/models/fraud-score/versions")
    assert differences(recorded("assets/model-versions-list"), ours) == []
    assert differences(recorded("assets/model-version-mlflow-stage"), ours) == []
    assert differences(recorded("assets/components-list-paged"), arm("/components")) == []


def test_jobs_of_every_type() -> None:
    assert differences(recorded("jobs/list-2026")["value"][0], job("Command")) == []
    assert differences(recorded("jobs/get-sweep-running"), job("Sweep")) == []
    assert differences(recorded("jobs/get-pipeline-completed"), job("Pipeline")) == []
    assert differences(recorded("jobs/get-automl-regression-running"), job("AutoML")) == []


@pytest.mark.parametrize(
    ("recording", "asked"),
    [("rundata-completed", "Status eq 'Completed' and RunType eq 'azureml.StepRun'"),
     ("rundata-failed-connection", "Status eq 'Failed' and RunType eq 'azureml.scriptrun' and ParentRunId eq null")],
)  # fmt: skip
def test_runs_with_their_definition_and_job(recording: str, asked: str) -> None:
    assert differences(recorded(f"runhistory/{recording}"), rundata(asked)) == []


def test_runs_that_are_going_and_runs_that_completed_with_an_error() -> None:
    going = rundata("Status eq 'Running'", "llm-sft")["runMetadata"]
    assert differences(recorded("runhistory/rundata-running"), going) == []
    assert going["currentComputeTime"]
    assert going["duration"] is None
    url = f"{DATA}/history/v1.0{PROD.id}/experiments/llm-eval/runs:query"
    flows = ask(
        WORLD, "POST", url, body={"filter": "RunType eq 'azureml.promptflow.FlowRun' and Status eq 'Completed'"}
    ).json()
    partial = next(one for one in flows["value"] if one["error"])
    theirs = recorded("runhistory/rundata-completed-with-error")["runMetadata"]
    assert differences(theirs, partial) == []
    assert json.loads(partial["error"]["error"]["messageFormat"])["totalChildRuns"] == 200


def test_children_and_details() -> None:
    run = rundata("RunType eq 'azureml.PipelineRun' and Status eq 'Completed'")["runMetadata"]
    children = ask(WORLD, "GET", f"{DATA}/history/v1.0{PROD.id}/runs/{run['runId']}/children").json()
    assert differences(recorded("runhistory/children-completed"), children) == []
    details = ask(WORLD, "GET", f"{DATA}/history/v1.0{PROD.id}/runs/{run['runId']}/details").json()
    theirs = recorded("runhistory/details-pipeline-completed")
    assert differences({**theirs, "logFiles": None, "runDefinition": None}, details) == []


def test_metrics_of_run_history_and_of_mlflow() -> None:
    run = rundata("RunType eq 'azureml.scriptrun' and Status eq 'Completed'")["runMetadata"]["runId"]
    ours = ask(WORLD, "POST", f"{DATA}/metric/v2.0{PROD.id}/runs/{run}/lastvalues", body={}).json()
    theirs = recorded("runhistory/metrics-lastvalues")
    for values in (theirs["value"][0]["value"][0], ours["value"][0]["value"][0]):
        values["data"] = {}
    theirs["value"][0]["columns"] = ours["value"][0]["columns"]
    assert differences(theirs, ours) == []
    mlflow = ask(WORLD, "GET", f"{DATA}/mlflow/v2.0{PROD.id}/api/2.0/mlflow/runs/get?run_id={run}").json()
    assert differences(recorded("runhistory/mlflow-run-create"), mlflow) == []


def test_activity() -> None:
    url = f"https://management.azure.com/subscriptions/{PROD.subscription}/providers/Microsoft.Insights/eventtypes/management/values"
    ours = ask(WORLD, "GET", f"{url}?api-version=2015-04-01&$filter=eventTimestamp ge 2026-11-20T00:00:00Z").json()
    # What autoscale notes has properties of its own.
    written = [one for one in ours["value"] if one["category"]["value"] == "Administrative"]
    events = {one["status"]["value"]: one for one in written}
    assert set(events) == {"Started", "Accepted", "Succeeded", "Failed"}
    theirs = recorded("activity/list-one-2023")["value"][0]
    assert differences({**theirs, "httpRequest": None}, {**events["Succeeded"], "httpRequest": None}) == []
    assert differences(theirs["httpRequest"], events["Started"]["httpRequest"]) == []


def test_costs() -> None:
    url = f"https://management.azure.com/subscriptions/{PROD.subscription}/providers/Microsoft.CostManagement/query{VERSION}"
    dataset = {"granularity": "Daily", "aggregation": {"c": {"name": "PreTaxCost"}},
               "grouping": [{"type": "Dimension", "name": "ResourceGroup"}]}  # fmt: skip
    ours = ask(WORLD, "POST", url, body={"timeframe": "MonthToDate", "dataset": dataset}).json()
    assert differences(recorded("costs/query-daily-by-resourcegroup-nextlink"), ours) == []
    theirs = recorded("costs/query-daily-by-resourcegroup-nextlink")["properties"]["columns"]
    assert ours["properties"]["columns"] == theirs
    assert "" in {row[2] for row in ours["properties"]["rows"]}


def test_log_tables() -> None:
    url = f"https://api.loganalytics.io/v1{PROD.id}/query"
    ours = ask(WORLD, "POST", url, body={"query": "AmlOnlineEndpointTrafficLog | take 2"}).json()
    assert differences(recorded("loganalytics/query-heartbeat"), {**ours, "rows": []}) == []
    columns = recorded("loganalytics/doc-trafficlog-columns")["columns"]
    named = {one["name"]: one["type"] for one in ours["tables"][0]["columns"]}
    assert {name: kind for name, kind in named.items() if name in columns} == named
    schema = ask(WORLD, "POST", url, body={"query": "AmlOnlineEndpointTrafficLog | getschema"}).json()
    assert differences(recorded("loganalytics/query-getschema"), schema) == []
    theirs = {**recorded("loganalytics/query-getschema")["tables"][0], "rows": []}
    assert {**schema["tables"][0], "rows": []} == theirs


def test_a_log_answer_that_is_not_whole() -> None:
    ours = evaluated("range x from 1 to 3 step 1", LogTables(WORLD, (PROD,), None, None), WORLD.clock(), most_rows=2)
    assert differences(recorded("loganalytics/query-partial-error"), ours) == []
