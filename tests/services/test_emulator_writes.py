"""The emulator takes writes as Azure does, and every route tells of them alike."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from services.emulator.asking import ask, request_of
from services.emulator.routes import answer
from services.emulator.transport import FakeCredential
from tests.services.emulated import Emulated
from tests.wire.recordings import BY_NAME

FRAUD, ANA = "/onlineEndpoints/fraud-score", "/computes/ci-ana"


@pytest.fixture
def azure() -> Emulated:
    return Emulated()


def follow(azure: Emulated, url: str) -> list[Any]:
    """Return the answers of an operation until it is over, a second apart."""
    found = [ask(azure.world, "GET", url)]
    while len(found) < 60 and "retry-after" in found[-1].headers:
        azure.forward(1)
        found.append(ask(azure.world, "GET", url))
    return found


def test_a_cancel_is_accepted_as_it_was_recorded(azure: Emulated) -> None:
    recorded = BY_NAME.get("jobs/cancel-accepted-202")
    if recorded is None:
        pytest.skip("the recorded answers are not here (set AMLDECK_WIRE)")
    name = azure.run(status="Running")["runId"]
    found = azure.arm(f"/jobs/{name}/cancel", "POST")
    assert (found.status, found.json()) == (recorded.status, recorded.body)
    assert str(len(found.body)) == recorded.meta["headers"]["content-length"]
    assert set(recorded.headers) - set(found.headers) <= {
        "content-length",
        "date",
        "x-aml-cluster",
        "x-ms-response-type",
    }
    assert found.headers["location"].split("?")[0].endswith(f":{name}")
    result = follow(azure, found.headers["location"])
    assert result[0].status == 202
    assert (result[0].json(), result[0].headers["location"]) == ({}, found.headers["location"])
    assert (result[-1].status, result[-1].body) == (200, b"null")


def test_a_refused_cancel_has_the_recorded_frame(azure: Emulated) -> None:
    recorded = BY_NAME.get("errors/400-cancel-terminal-run")
    if recorded is None:
        pytest.skip("the recorded answers are not here (set AMLDECK_WIRE)")
    name = azure.run(status="Failed")["runId"]
    found = azure.arm(f"/jobs/{name}/cancel", "POST")

    def shape(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: shape(one) for key, one in value.items()}
        return [shape(one) for one in value] if isinstance(value, list) else type(value).__name__

    assert found.status == recorded.status
    assert shape(found.json()) == shape(recorded.body)


def test_canceling_twice_is_no_error_and_moves_nothing(azure: Emulated) -> None:
    name = azure.run(status="Running")["runId"]
    azure.arm(f"/jobs/{name}/cancel", "POST")
    azure.forward(5)
    assert azure.arm(f"/jobs/{name}/cancel", "POST").status == 202
    azure.forward(4)
    assert azure.history(f"/runs/{name}").json()["status"] == "Canceled"


def test_steps_and_trials_are_no_jobs_to_cancel(azure: Emulated) -> None:
    parent = azure.run(status="Running", runType="azureml.hyperdrive")["runId"]
    assert azure.arm(f"/jobs/{parent}_0/cancel", "POST").status == 404
    assert azure.arm("/jobs/nobody/cancel", "POST").status == 404


def test_the_nodes_of_a_canceled_run_are_idle_soon(azure: Emulated) -> None:
    run = azure.run(status="Running", runType="azureml.scriptrun")
    cluster = run["compute"]["target"]

    def busy() -> list[str]:
        return [one.get("runId") for one in azure.arm(f"/computes/{cluster}/listNodes", "POST").json()["nodes"]]

    nodes = azure.arm(f"/computes/{cluster}").json()["properties"]["properties"]["nodeStateCounts"]["runningNodeCount"]
    azure.arm(f"/jobs/{run['runId']}/cancel", "POST")
    azure.forward(10)
    after = azure.arm(f"/computes/{cluster}").json()["properties"]["properties"]["nodeStateCounts"]["runningNodeCount"]
    assert after < nodes
    assert run["runId"] not in busy()


@pytest.mark.parametrize(
    ("body", "status"),
    [({"hidden": True}, 200), ({"tags": {"a": None}}, 200), ({"tags": {"a": 1}}, 400), ({"tags": {"": "x"}}, 400),
     ({}, 200)],
)  # fmt: skip
def test_a_run_takes_tags_that_are_texts(azure: Emulated, body: Any, status: int) -> None:
    name = azure.run(status="Completed")["runId"]
    found = azure.history(f"/experiments/any/runs/{name}", "PATCH", body)
    assert found.status == status
    assert len(azure.world.changes.made) == (status == 200)
    assert azure.history("/experiments/any/runs/nobody", "PATCH", body).status == 404


def test_operations_answer_in_the_way_of_their_area(azure: Emulated) -> None:
    stop = azure.arm(f"{ANA}/stop", "POST").headers
    going = follow(azure, stop["azure-asyncoperation"])
    assert going[0].json() == {"status": "InProgress"}
    assert going[0].headers["retry-after"] == "2"
    assert going[-1].json()["status"] == "Succeeded"
    assert ask(azure.world, "GET", stop["location"]).status == 204
    scale = azure.arm(f"{FRAUD}/deployments/green", "PATCH", {"sku": {"capacity": 3}}).headers
    assert "/mfeOperationResults/od:" in scale["location"]
    assert ask(azure.world, "GET", scale["location"]).status == 202
    shares = [one.json().get("percentComplete") for one in follow(azure, scale["azure-asyncoperation"])]
    assert (shares[0], shares[6], shares[-1]) == (0.0, 50.0, None)
    assert ask(azure.world, "GET", scale["location"]).json()["sku"]["capacity"] == 3
    sync = azure.arm("/resyncKeys", "POST").headers
    assert "/workspaceOperationsStatus/" in sync["azure-asyncoperation"]
    assert follow(azure, sync["azure-asyncoperation"])[-1].json()["status"] == "Succeeded"


def test_what_an_endpoint_remembers_of_its_own_making_is_over_and_what_nobody_knows_is_not_there(
    azure: Emulated,
) -> None:
    url = azure.arm(FRAUD).json()["properties"]["properties"]["AzureAsyncOperationUri"]
    assert ask(azure.world, "GET", url).json()["status"] == "Succeeded"
    assert ask(azure.world, "GET", url.replace(azure.place.guid, "nobody")).status == 404


def test_an_endpoint_needs_its_location(azure: Emulated) -> None:
    body = azure.arm(FRAUD).json()
    del body["location"]
    refused = azure.arm(FRAUD, "PUT", body)
    assert (refused.status, refused.json()["error"]["code"]) == (400, "LocationRequired")
    assert azure.arm("/onlineEndpoints/nobody", "PUT", body).status == 404


def test_a_put_leaves_nothing_that_it_does_not_say(azure: Emulated) -> None:
    body = azure.arm(FRAUD).json()
    del body["tags"], body["properties"]["description"]
    azure.arm(FRAUD, "PUT", body)
    azure.forward(60)
    after = azure.arm(FRAUD).json()
    assert (after["tags"], after["properties"]["description"]) == ({}, None)


def test_the_activity_log_tells_who_did_what_and_how_it_ended(azure: Emulated) -> None:
    token = FakeCredential(8).get_token("https://management.azure.com/.default").token
    url = f"https://management.azure.com{azure.place.id}{ANA}/stop?api-version=2024-04-01"
    asked = request_of("POST", url)
    headers = {
        "authorization": f"Bearer {token}",
        "x-ms-correlation-request-id": "11111111-1111-4111-8111-111111111111",
    }
    found = answer(
        azure.world, type(asked)(method="POST", host=asked.host, path=asked.path, query=asked.query, headers=headers)
    )
    assert (found.status, found.headers["x-ms-correlation-request-id"]) == (202, headers["x-ms-correlation-request-id"])
    assert azure.events() == [] or all(not one["resourceId"].endswith("ci-ana") for one in azure.events())
    azure.forward(120)
    mine = [one for one in azure.events() if one["resourceId"].endswith("ci-ana")]
    assert [one["status"]["value"] for one in mine] == ["Succeeded", "Accepted", "Started"]
    for event in mine:
        assert (event["caller"], event["correlationId"]) == (
            "person08@example.com",
            headers["x-ms-correlation-request-id"],
        )
        assert event["operationName"]["value"] == "Microsoft.MachineLearningServices/workspaces/computes/stop/action"
        assert event["resourceId"] == f"{azure.place.id}{ANA}"
    assert mine[-1]["httpRequest"]["method"] == "POST"
    assert azure.world.changes.made[0].caller == "person08@example.com"


def test_a_refused_write_is_in_the_log_as_a_failure_and_changed_nothing(azure: Emulated) -> None:
    assert azure.arm(f"{ANA}/start", "POST").status == 409
    azure.forward(120)
    mine = [one for one in azure.events() if one["resourceId"].endswith("ci-ana")]
    assert mine[0]["status"]["value"] == "Failed"
    assert azure.world.changes.made == ()


def test_changes_of_one_world_are_no_changes_of_another(azure: Emulated) -> None:
    azure.arm(f"{ANA}/stop", "POST")
    azure.forward(60)
    assert Emulated().arm(ANA).json()["properties"]["properties"]["state"] == "Running"
    research = azure.world.workspaces["ml-research"]
    url = f"https://management.azure.com{research.id}/computes/ci-kim?api-version=2024-04-01"
    assert ask(azure.world, "GET", url).json()["properties"]["properties"]["state"] == "Running"


def test_writers_take_turns(azure: Emulated) -> None:
    with ThreadPoolExecutor(8) as pool:
        stopped = list(pool.map(lambda _: azure.arm(f"{ANA}/stop", "POST").status, range(40)))
    assert sorted(set(stopped)) == [202, 409]
    assert stopped.count(202) == len(azure.world.changes.made) == 1


def test_a_private_workspace_takes_no_write(azure: Emulated) -> None:
    private = azure.world.places[-1]
    url = f"https://management.azure.com{private.id}/jobs/x/cancel?api-version=1"
    assert ask(azure.world, "POST", url).status == 403
    assert azure.world.changes.made == ()


def test_writes_are_counted_against_the_writes(azure: Emulated) -> None:
    found = azure.arm(f"{ANA}/stop", "POST").headers
    assert "x-ms-ratelimit-remaining-subscription-writes" in found
    assert "x-ms-ratelimit-remaining-subscription-reads" not in found
