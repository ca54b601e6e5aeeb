"""Jobs that somebody submits: taken as Azure takes them, and told of by every route while they live."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.job_definition import parse_definition
from services.run_metrics import read_metrics
from tests.services.emulated import Emulated
from tests.wire.recordings import BY_NAME

ENVIRONMENT = "/environments/sklearn-1.5/versions/7"


@pytest.fixture
def azure() -> Emulated:
    return Emulated()


def job(azure: Emulated, **more: Any) -> dict[str, Any]:
    return {"properties": {
        "jobType": "Command", "command": "python train.py --lr ${{inputs.lr}}", "experimentName": "fraud",
        "environmentId": azure.place.id + ENVIRONMENT, "computeId": f"{azure.place.id}/computes/cpu-ci",
        "displayName": "again", "tags": {"team": "risk"}, "properties": {},
        "inputs": {"lr": {"jobInputType": "literal", "value": "0.1"}}, **more,
    }}  # fmt: skip


def statuses(azure: Emulated, name: str, seconds: int = 400) -> list[str]:
    """Return every state of a run, in order, as run history tells of it."""
    found: list[str] = []
    for _ in range(0, seconds, 4):
        status = azure.history(f"/runs/{name}").json()["status"]
        if status not in found[-1:]:
            found.append(status)
        azure.forward(4)
    return found


def test_a_submitted_job_is_answered_as_it_was_recorded(azure: Emulated) -> None:
    recorded = BY_NAME.get("jobs/put-command-inputs-starting")
    found = azure.arm("/jobs/mine_1", "PUT", job(azure))
    assert found.status == 201
    mine = found.json()
    assert (mine["name"], mine["properties"]["displayName"], mine["properties"]["status"]) == (
        "mine_1", "again", "NotStarted",
    )  # fmt: skip
    if recorded is None:
        pytest.skip("the recorded answers are not here (set AMLDECK_WIRE)")
    theirs = recorded.body["properties"]
    for block in ("inputs", "outputs"):
        assert {type(one) for one in mine["properties"][block].values()} == {dict}
    assert set(theirs["resources"]) - set(mine["properties"]["resources"]) <= {"maxInstanceCount", "locations"}
    assert set(theirs["services"]) == set(mine["properties"]["services"])


def test_it_waits_runs_and_ends_and_every_route_tells_of_it(azure: Emulated) -> None:
    azure.arm("/jobs/mine_1", "PUT", job(azure))
    lived = statuses(azure, "mine_1")
    assert lived[0] == "NotStarted"
    assert lived[-1] == "Completed"
    assert [one for one in lived if one in ("Queued", "Running")] == ["Queued", "Running"]
    assert azure.arm("/jobs").json()["value"][0]["name"] == "mine_1"
    (listed,) = (one for one in azure.runs("fraud", top=5) if one["runId"] == "mine_1")
    assert (listed["parameters"], listed["tags"]["team"], listed["target"]) == ({"lr": "0.1"}, "risk", "cpu-ci")
    by_change = azure.runs("fraud", top=5, orderBy="LastModifiedUtc desc")
    assert "mine_1" in [one["runId"] for one in by_change]


def pages(azure: Emulated, order: str) -> list[str]:
    """Return the ids of all runs of the experiment price, seven a page."""
    ids: list[str] = []
    token = None
    while True:
        asked = {"top": 7, "orderBy": order, "continuationToken": token}
        found = azure.history("/experiments/price/runs:query", "POST", asked).json()
        ids += [one["runId"] for one in found["value"]]
        token = found["continuationToken"]
        if token is None:
            return ids


def test_pages_hold_every_run_once_with_submitted_ones_among_them(azure: Emulated) -> None:
    for number in range(3):
        azure.arm(f"/jobs/mine_{number}", "PUT", job(azure, experimentName="price"))
        azure.forward(1_800)
    for order in ("CreatedUtc desc", "CreatedUtc asc", "LastModifiedUtc desc"):
        ids = pages(azure, order)
        assert len(ids) == len(set(ids)) > 50
        assert {"mine_0", "mine_1", "mine_2"} <= set(ids)


def test_a_new_experiment_is_there_with_its_only_run(azure: Emulated) -> None:
    azure.arm("/jobs/mine_1", "PUT", job(azure, experimentName="brand-new"))
    names = [one["name"] for one in azure.history("/experiments:query", "POST", {}).json()["value"]]
    assert "brand-new" in names
    assert [one["runId"] for one in azure.runs("brand-new")] == ["mine_1"]


def test_a_command_that_exits_with_1_fails(azure: Emulated) -> None:
    azure.arm("/jobs/mine_1", "PUT", job(azure, command="python train.py; exit 1"))
    assert statuses(azure, "mine_1")[-1] == "Failed"
    assert azure.history("/runs/mine_1").json()["error"]


def test_a_submitted_job_can_be_canceled(azure: Emulated) -> None:
    azure.arm("/jobs/mine_1", "PUT", job(azure))
    azure.done("cancel", "/jobs/mine_1")
    assert azure.history("/runs/mine_1").json()["status"] == "Canceled"


def test_the_same_put_twice_is_one_job_and_another_one_under_its_name_is_refused(azure: Emulated) -> None:
    azure.arm("/jobs/mine_1", "PUT", job(azure))
    assert azure.arm("/jobs/mine_1", "PUT", job(azure)).status == 200
    assert len(azure.world.changes.given("ml-prod")) == 1
    other = azure.arm("/jobs/mine_1", "PUT", job(azure, command="rm -rf"))
    assert other.status == 400
    assert "already exists" in other.json()["error"]["message"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"computeId": "/x/computes/nosuch"}, "Compute nosuch"), ({"command": ""}, "needs a command"),
        ({"jobType": "Labeling"}, "not supported"), ({"environmentId": "ENV/environments/none/versions/1"}, "none"),
    ],
)  # fmt: skip
def test_what_azure_would_not_take_is_refused_and_leaves_nothing(
    azure: Emulated, more: dict[str, str], said: str
) -> None:
    given = {name: value.replace("ENV", azure.place.id) for name, value in more.items()}
    found = azure.arm("/jobs/mine_1", "PUT", job(azure, **given))
    assert found.status == 400
    assert said in found.json()["error"]["message"]
    assert not azure.world.changes.given("ml-prod")
    assert azure.arm("/jobs/mine_1").status == 404


def test_some_command_jobs_read_data_assets_write_elsewhere_and_have_a_timeout(azure: Emulated) -> None:
    listed = [parse_definition(json.dumps(one).encode()) for one in azure.arm("/jobs").json()["value"]]
    commands = [one for one in listed if one.kind == "command"]
    data = [given for one in commands for given in one.inputs if given.kind == "uri_folder"]
    assert data
    assert all(f"{azure.place.id}/data/" in (given.uri or "") for given in data)
    assert any(given.name == "model" for one in commands for given in one.outputs)
    assert {one.timeout is None for one in commands} == {True, False}
    assert all(one.timeout is None or one.timeout >= 7_200 for one in commands)


def test_some_runs_are_local_and_say_so_in_the_job_and_in_run_history(azure: Emulated) -> None:
    listed = [parse_definition(json.dumps(one).encode()) for one in azure.arm("/jobs").json()["value"]]
    local = next(one for one in listed if one.compute == "local")
    run = azure.history(f"/runs/{local.id}").json()
    assert (run["target"], run["compute"]["targetType"], run["compute"]["vmSize"]) == ("local", "local", None)


def sweep(azure: Emulated, **more: Any) -> dict[str, Any]:
    return job(
        azure, jobType="Sweep", experimentName="mine", command=None, limits={"maxTotalTrials": 4},
        objective={"primaryMetric": "score", "goal": "Minimize"}, trial={"command": "python train.py"},
        searchSpace={"lr": ["loguniform", [-9, -3]], "layers": ["choice", [[2, 4]]], "kind": ["choice", [["a", "b"]]]},
        **more,
    )  # fmt: skip


def children(azure: Emulated, run: str) -> list[dict[str, Any]]:
    return list(reversed(azure.history(f"/runs/{run}/children").json()["value"]))


def test_a_submitted_sweep_gets_its_trials_one_after_the_other_and_they_reach_what_it_is_judged_by(
    azure: Emulated,
) -> None:
    azure.arm("/jobs/mine_1", "PUT", sweep(azure))
    seen = {0}
    while azure.history("/runs/mine_1").json()["status"] not in ("Completed", "Failed"):
        azure.forward(10)
        seen.add(len(children(azure, "mine_1")))
    assert seen >= {0, 1, 2, 3, 4}
    trials = children(azure, "mine_1")
    assert [one["runId"] for one in trials] == [f"mine_1_{at}" for at in range(4)]
    assert {one["status"] for one in trials} == {"Completed"}
    drawn = [json.loads(one["tags"]["hyperparameters"]) for one in trials]
    assert all(0.0001 < one["lr"] < 0.05 and one["layers"] in (2, 4) and one["kind"] in "ab" for one in drawn)
    assert len({one["lr"] for one in drawn}) == 4
    parent = azure.history("/runs/mine_1").json()
    assert json.loads(parent["properties"]["primary_metric_config"]) == {"name": "score", "goal": "minimize"}
    assert "score" in [one.name for one in read_metrics(azure.connection, azure.ref, "mine_1_0").records]
    assert len(azure.runs("mine")) == 5


def test_a_canceled_sweep_starts_no_more_trials(azure: Emulated) -> None:
    azure.arm("/jobs/mine_1", "PUT", sweep(azure))
    while not children(azure, "mine_1"):
        azure.forward(5)
    azure.done("cancel", "/jobs/mine_1")
    count = len(children(azure, "mine_1"))
    azure.forward(900)
    assert (len(children(azure, "mine_1")), count < 4) == (count, True)
    assert {one["status"] for one in children(azure, "mine_1")} == {"Canceled"}


def node(name: str, *after: str, **more: Any) -> dict[str, Any]:
    inputs = {one: {"job_input_type": "literal", "value": f"${{{{parent.jobs.{one}.outputs.x}}}}"} for one in after}
    return {"name": name, "type": "command", "inputs": inputs, **more}


def pipeline(azure: Emulated, **jobs: dict[str, Any]) -> dict[str, Any]:
    settings = {"default_compute": f"{azure.place.id}/computes/cpu-ci"}
    return job(azure, jobType="Pipeline", experimentName="mine", command=None, jobs=jobs, settings=settings, inputs={})


def test_a_submitted_pipeline_does_its_steps_in_their_order_with_what_is_inside_of_them(azure: Emulated) -> None:
    tune = {"type": "sweep", "limits": {"max_total_trials": 2}, "inputs": {},
            "objective": {"primary_metric": "auc", "goal": "maximize"}, "trial": {"componentId": "x"},
            "search_space": {"lr": {"type": "uniform", "min_value": 0.1, "max_value": 0.2}}}  # fmt: skip
    jobs = {"last": node("last", "rank", "tune"), "rank": node("rank", "first", type="pipeline"), "tune": tune,
            "first": node("first")}  # fmt: skip
    azure.arm("/jobs/mine_1", "PUT", pipeline(azure, **jobs))
    assert statuses(azure, "mine_1", 900)[-1] == "Completed"
    steps = {one["displayName"]: one for one in children(azure, "mine_1")}
    ended = sorted(steps, key=lambda name: steps[name]["endTimeUtc"])
    assert (ended.index("first") < ended.index("rank"), ended[-1], len(ended)) == (True, "last", 4)
    assert {one["status"] for one in steps.values()} == {"Completed"}
    (inner,) = children(azure, steps["rank"]["runId"])
    assert inner["properties"]["runSource"] == "SubGraphCloud"
    assert [one["displayName"] for one in children(azure, inner["runId"])] == ["candidates", "features", "score"]
    (search,) = children(azure, steps["tune"]["runId"])
    assert len(children(azure, search["runId"])) == 2
    assert azure.arm(f"/jobs/{inner['runId']}").status == 404
    assert [one["name"] for one in azure.arm("/jobs").json()["value"]].count("mine_1") == 1


def test_a_submitted_pipeline_fails_at_the_step_that_exits_with_1(azure: Emulated) -> None:
    jobs = {"a": node("a"), "b": node("b", "a", command="exit 1"), "c": node("c", "b")}
    azure.arm("/jobs/mine_1", "PUT", pipeline(azure, **jobs))
    assert statuses(azure, "mine_1")[-1] == "Failed"
    found = {one["displayName"]: one["status"] for one in children(azure, "mine_1")}
    assert found == {"a": "Completed", "b": "Failed", "c": "Canceled"}
