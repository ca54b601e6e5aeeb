"""A tour of the emulated world: what a viewer of the demo is promised to find, at any hour."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.emulator.asking import ask
from services.emulator.world import World

NOW = datetime(2026, 11, 21, 14, 1, 7, 123456, tzinfo=UTC)
VERSION = "?api-version=2024-04-01"
HOURS = (0, 3, 6.5, 7.02, 13, 20, 31, 51, 77, 120)


def world_at(hours: float) -> World:
    return World(clock=lambda: NOW + timedelta(hours=hours))


def get(world: World, path: str) -> Any:
    return ask(world, "GET", f"https://management.azure.com{world.places[0].id}{path}{VERSION}").json()


def all_runs(world: World) -> list[Any]:
    base = f"https://{world.places[0].api_host}/history/v1.0{world.places[0].id}"
    found: list[Any] = []
    for one in ask(world, "POST", f"{base}/experiments:query", body={"viewType": "All"}).json()["value"]:
        token = None
        while True:
            url = f"{base}/experiments/{one['name']}/runs:query"
            page = ask(world, "POST", url, body={"top": 500, "continuationToken": token}).json()
            found += [{**run, "experiment": one["name"]} for run in page["value"]]
            token = page["continuationToken"]
            if token is None:
                break
    return found


@pytest.fixture(scope="module")
def runs() -> list[Any]:
    """Every run of the world: it takes two seconds, and those who only collect the tests need none."""
    return all_runs(world_at(0))


@pytest.mark.parametrize("hours", HOURS)
def test_at_any_hour_something_runs_something_waits_and_something_lost_its_heartbeat(hours: float) -> None:
    world = world_at(hours)
    book = world.book(world.places[0])
    states = Counter(plan.status(world.now()) for plan in book.recent(world.now(), world.now()))
    assert states["Running"] >= 2
    assert states["Queued"] >= 1
    assert states["NotResponding"] >= 1


@pytest.mark.parametrize("hours", HOURS)
def test_at_any_hour_nodes_burn_a_spot_cluster_resizes_and_instances_idle(hours: float) -> None:
    computes = {one["name"]: one["properties"] for one in get(world_at(hours), "/computes")["value"]}
    burning = computes["gpu-a100"]["properties"]
    assert burning["nodeStateCounts"]["idleNodeCount"] >= 1
    assert burning["scaleSettings"]["minNodeCount"] == burning["currentNodeCount"] == 8
    spot = computes["t4-spot"]["properties"]
    assert (spot["vmPriority"], spot["allocationState"]) == ("LowPriority", "Resizing")
    forgotten = computes["ci-ana"]["properties"]
    assert forgotten["state"] == "Running"
    assert "idleTimeBeforeShutdown" not in forgotten
    assert forgotten["lastOperation"]["operationTime"] < (NOW + timedelta(hours=hours - 24 * 5)).isoformat()
    assert {computes[name]["computeType"] for name in ("aks-shared", "dbx-legacy")} == {"Kubernetes", "Databricks"}


def test_clusters_grow_and_shrink_with_the_work() -> None:
    seen = {
        get(world_at(minutes / 60), "/computes/cpu-ci")["properties"]["properties"]["currentNodeCount"]
        for minutes in range(0, 300, 9)
    }
    assert len(seen) >= 3


@pytest.mark.parametrize("hours", HOURS)
def test_at_any_hour_one_endpoint_is_updated_one_deployment_failed_and_one_endpoint_answers_nobody(
    hours: float,
) -> None:
    world = world_at(hours)
    endpoints = {one["name"]: one["properties"] for one in get(world, "/onlineEndpoints")["value"]}
    assert endpoints["price-elast"]["provisioningState"] == "Updating"
    assert endpoints["fraud-old"]["traffic"] == {}
    assert endpoints["ocr-batch"]["traffic"]["green"] == 0
    assert {one["authMode"] for one in endpoints.values()} == {"AADToken", "Key", "AMLToken"}
    assert sum(endpoints["fraud-score"]["traffic"].values()) == 100
    states = {one["name"]: one["properties"]["provisioningState"]
              for one in get(world, "/onlineEndpoints/embed/deployments")["value"]}  # fmt: skip
    assert states == {"blue": "Succeeded", "green": "Failed"}


def test_traffic_shifts_and_the_activity_log_says_who_shifted_it() -> None:
    seen = set()
    for hour in range(13):
        world = world_at(hour + 0.5)
        endpoint = get(world, "/onlineEndpoints/fraud-score")
        seen.add(tuple(endpoint["properties"]["traffic"].values()))
        since = endpoint["systemData"]["lastModifiedAt"][:19]
        until = since[:14] + "59:59Z"
        text = f"eventTimestamp ge {since}Z and eventTimestamp le {until} and status eq 'Started'"
        url = (f"https://management.azure.com/subscriptions/{world.places[0].subscription}/providers/Microsoft.Insights"
               f"/eventtypes/management/values?api-version=2015-04-01&$filter={text}")  # fmt: skip
        changed = [one for one in ask(world, "GET", url).json()["value"] if one["resourceId"] == endpoint["id"]]
        assert changed[0]["caller"].endswith("@example.com")
        assert changed[0]["httpRequest"]["method"] == "PUT"
    assert seen == {(90, 10), (50, 50), (10, 90), (100, 0)}


def test_deployments_serve_versions_that_exist_and_versions_name_runs_that_exist() -> None:
    world = world_at(0)
    for endpoint in get(world, "/onlineEndpoints")["value"]:
        for deployment in get(world, f"/onlineEndpoints/{endpoint['name']}/deployments")["value"]:
            tail = deployment["properties"]["model"].partition("/workspaces/ml-prod")[2]
            assert get(world, tail)["name"] == tail.rpartition("/")[2]
    versions = get(world, "/models/fraud-score/versions")["value"]
    jobs = [one["properties"]["jobName"] for one in versions]
    assert None in jobs
    for name in [one for one in jobs if one][:5]:
        assert get(world, f"/jobs/{name}")["properties"]["status"] == "Completed"
    assert {one["properties"]["stage"] for one in versions} >= {"Production", "Staging", "Archived"}


def test_models_have_every_type_the_service_writes() -> None:
    world = world_at(0)
    types = {
        get(world, f"/models/{name}/versions")["value"][0]["properties"]["modelType"]
        for name in ("churn", "embed", "llm-sft")
    }
    assert types == {"mlflow_model", "custom_model", None}


def test_failures_are_of_many_kinds_deep_and_sometimes_say_nothing(runs: list[Any]) -> None:
    failed = [run for run in runs if run["status"] == "Failed"]
    errors = [run["error"] for run in failed]
    assert None in errors
    texts = " ".join(one["error"]["message"] for one in errors if one)
    for part in ("CUDA out of memory", "was preempted", "stream was not found", "vCPU quota", "KeyError",
                 "No heartbeat",
                 "Image build failed", "loss is NaN"):  # fmt: skip
        assert part in texts
    deepest = max(str(one).count("innerError") for one in errors)
    assert deepest >= 4
    assert any(one and '{"' in one["error"]["message"] for one in errors)
    assert any(one and one["error"]["debugInfo"] for one in errors)
    assert any(run["error"] for run in runs if run["status"] == "Completed")


def test_runs_carry_what_real_ones_carry(runs: list[Any]) -> None:
    assert any(run["tags"] is None for run in runs)
    assert any(None in (run["tags"] or {}).values() for run in runs)
    assert any(None in run["properties"].values() for run in runs)
    assert any("mlflow.source.git.commit" in run["properties"] for run in runs)
    assert any("_aml_system_ComputeTargetStatus" in (run["tags"] or {}) for run in runs)
    assert any(run["scheduleId"] for run in runs)
    assert any(run["hidden"] for run in runs)
    names = {run["createdBy"]["userName"] for run in runs}
    assert {f"Person{number:02} Example" for number in range(1, 10)} < names
    assert len(names) == 10


def test_display_names_read_like_names_people_give(runs: list[Any]) -> None:
    names = {run["displayName"] for run in runs}
    for start in (
        "fraud-hpo-",
        "churn-nightly",
        "llm-sft-",
        "embed-v5-",
        "ocr-ft-",
        "price-el-",
        "geo-rank-",
        "ablate-",
    ):
        assert any(name.startswith(start) for name in names), start


def test_a_sweep_has_trials_with_parameters_and_a_pipeline_has_steps_in_order(runs: list[Any]) -> None:
    by_parent = defaultdict(list)
    for run in runs:
        if run["parentRunId"]:
            by_parent[run["parentRunId"]].append(run)
    sweep = next(run for run in runs if run["runType"] == "azureml.hyperdrive" and run["status"] == "Completed")
    assert {"lr", "batch_size", "dropout"} == set(by_parent[sweep["runId"]][0]["parameters"])
    done = [run for run in runs if run["runType"] == "azureml.PipelineRun" and run["status"] == "Completed"]
    pipeline = next(run for run in done if run["experiment"] == "fraud")
    steps = sorted(by_parent[pipeline["runId"]], key=lambda run: run["startTimeUtc"])
    assert [step["displayName"] for step in steps] == ["prep", "train", "evaluate", "register"]
    assert steps[-1]["endTimeUtc"] <= pipeline["endTimeUtc"]


def test_an_operation_is_several_events_under_one_correlation() -> None:
    world = world_at(0)
    url = (f"https://management.azure.com/subscriptions/{world.places[0].subscription}/providers/Microsoft.Insights/eventtypes"
           "/management/values?api-version=2015-04-01&$filter=eventTimestamp ge 2026-11-18T00:00:00Z")  # fmt: skip
    by_correlation = defaultdict(list)
    for event in ask(world, "GET", url).json()["value"]:
        by_correlation[event["correlationId"]].append(event["status"]["value"])
    assert ["Succeeded", "Accepted", "Started"] in by_correlation.values()
    assert any(states[0] == "Failed" for states in by_correlation.values())


def test_the_bill_has_a_week_an_anomaly_and_two_days_that_are_not_complete() -> None:
    world = world_at(0)
    url = f"https://management.azure.com/subscriptions/{world.places[0].subscription}/providers/Microsoft.CostManagement/query{VERSION}"
    body = {"timeframe": "Custom", "timePeriod": {"from": "2026-08-24", "to": "2026-11-21"},
            "dataset": {"granularity": "Daily", "aggregation": {"c": {"name": "Cost"}}}}  # fmt: skip
    costs = {row[1]: row[0] for row in ask(world, "POST", url, body=body).json()["properties"]["rows"]}
    usual = sorted(costs.values())[len(costs) // 2]
    assert costs[20261118] > 2 * usual
    assert costs[20261121] < usual / 2
    assert max(cost for day, cost in costs.items() if day != 20261118) < 1.6 * usual
    weekend = [costs[day] for day in (20261107, 20261108, 20261114, 20261115)]
    assert max(weekend) < min(costs[day] for day in range(20261109, 20261114))


def test_quotas_count_the_cores_that_are_up() -> None:
    world = world_at(0)
    url = (f"https://management.azure.com/subscriptions/{world.places[0].subscription}/providers/"
           f"Microsoft.MachineLearningServices/locations/westeurope/usages{VERSION}")  # fmt: skip
    usages = {one["name"]["value"]: one for one in ask(world, "GET", url).json()["value"]}
    assert usages["standardNCADSA100v4Family"]["currentValue"] == 8 * 48
    assert 0.9 <= usages["standardNCADSA100v4Family"]["currentValue"] / usages["standardNCADSA100v4Family"]["limit"] < 1
    dedicated = sum(
        one["currentValue"] for one in usages.values() if one["type"].endswith("vmFamily/dedicatedCores/usages")
    )
    assert usages["TotalDedicatedCores"]["currentValue"] == dedicated


def test_prices_say_that_they_are_the_emulators_own() -> None:
    items = ask(world_at(0), "GET", "https://prices.azure.com/api/retail/prices", has_token=False).json()["Items"]
    assert all("emulator price" in one["productName"] for one in items)
