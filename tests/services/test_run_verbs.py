"""Canceling, archiving and tagging runs: planned from a fresh reading, sent once, read back, on every route."""

from __future__ import annotations

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.change import Change, Inverse
from services.emulator.ticks import SECOND, datetime_of
from services.errors import Conflict, NotFound, ReadOnly, Refused
from services.operations import follow, operation_url
from services.run_verbs import tags_of, tags_text
from tests.services.emulated import Emulated


@pytest.fixture
def azure() -> Emulated:
    return Emulated()


def jobs(name: str) -> str:
    return f"/jobs/{name}"


def test_a_canceled_run_is_canceled_on_every_route(azure: Emulated) -> None:
    run = azure.run(status="Running")
    name = run["runId"]
    change = azure.plan("cancel", jobs(name))
    assert azure.look(change).fingerprint == change.seen
    answer = azure.send(change)
    assert (answer.status, answer.body) == (202, b"null")
    now = azure.look(change)
    assert (now.is_done, now.is_moving, now.says) == (False, True, "CancelRequested")
    url = operation_url(azure.connection, answer)
    assert url is not None
    assert "/mfeOperationResults/jc:" in url
    assert [one.state for one in follow(azure.connection, url, clock=azure.clock)][-1] == "succeeded"
    assert azure.look(change).is_done
    assert azure.arm(jobs(name)).json()["properties"]["status"] == "Canceled"
    assert azure.history(f"/runs/{name}").json()["status"] == "Canceled"
    assert name in [one["runId"] for one in azure.runs(run["experiment"], filter="Status eq 'Canceled'")]
    listed = {one["name"]: one for one in azure.arm("/jobs").json()["value"]}
    assert name not in listed or listed[name]["properties"]["status"] == "Canceled"


def test_mlflow_knows_a_canceled_run_as_killed(azure: Emulated) -> None:
    name = azure.run(status="Running")["runId"]
    azure.done("cancel", jobs(name))
    from services.emulator.asking import ask

    url = f"https://{azure.place.api_host}/mlflow/v2.0{azure.place.id}/api/2.0/mlflow/runs/get?run_id={name}"
    assert ask(azure.world, "GET", url).json()["run"]["info"]["status"] == "KILLED"


def test_the_children_of_a_canceled_run_end_with_it(azure: Emulated) -> None:
    run = azure.run(status="Running", runType="azureml.hyperdrive")
    name = run["runId"]
    assert "Running" in {one["status"] for one in azure.history(f"/runs/{name}/children").json()["value"]}
    azure.done("cancel", jobs(name))
    ended = azure.history(f"/runs/{name}").json()["endTimeUtc"]
    for child in azure.history(f"/runs/{name}/children").json()["value"]:
        assert child["status"] in ("Completed", "Failed", "Canceled")
        assert child["endTimeUtc"] <= ended


def test_a_canceled_sweep_starts_no_more_trials(azure: Emulated) -> None:
    name = azure.run(status="Running", runType="azureml.hyperdrive")["runId"]
    azure.done("cancel", jobs(name))
    before = [one["runId"] for one in azure.history(f"/runs/{name}/children").json()["value"]]
    azure.forward(4 * 3_600)
    assert [one["runId"] for one in azure.history(f"/runs/{name}/children").json()["value"]] == before
    listed = azure.runs("fraud", top=500, filter=f"ParentRunId eq '{name}'")
    assert {one["runId"] for one in listed} >= set(before)
    assert len(listed) == int(before[0].rpartition("_")[2]) + 1


def test_a_run_that_is_over_is_refused_by_the_plan_and_by_azure(azure: Emulated) -> None:
    name = azure.run(status="Completed")["runId"]
    with pytest.raises(Conflict, match="is over: it is Completed"):
        azure.plan("cancel", jobs(name))
    refused = azure.arm(jobs(name) + "/cancel", "POST")
    assert refused.status == 400
    error = refused.json()["error"]
    assert error["message"] == f"The pipeline run {name} is in terminal status, it can't be canceled."
    assert error["additionalInfo"][-1]["info"]["value"]["innerError"]["innerError"]["code"] == (
        "CancelPipelineRunInTerminalStatus"
    )
    assert azure.world.changes.made == ()


def test_a_child_is_canceled_with_its_parent(azure: Emulated) -> None:
    parent = azure.run(status="Running", runType="azureml.hyperdrive")["runId"]
    children = azure.history(f"/runs/{parent}/children").json()["value"]
    child = next(one["runId"] for one in children if one["status"] == "Running")
    with pytest.raises(Conflict, match=f"cancel {parent} instead"):
        azure.plan("cancel", jobs(child))


def test_canceling_needs_a_name_where_much_is_lost_with_it(azure: Emulated) -> None:
    sweep = azure.run(status="Running", runType="azureml.hyperdrive")
    assert azure.plan("cancel", jobs(sweep["runId"])).typed == sweep["displayName"]
    queued = azure.run(status="Queued", runType="azureml.scriptrun")
    assert azure.plan("cancel", jobs(queued["runId"])).typed == ""


def test_what_a_run_is_doing_does_not_matter_to_canceling_it(azure: Emulated) -> None:
    running = azure.run(status="Running", runType="azureml.scriptrun")["runId"]
    plan = azure.world.book(azure.place).find(running, azure.world.now())
    assert plan is not None
    azure.at = datetime_of(plan.created + SECOND)
    change = azure.plan("cancel", jobs(running))
    assert [row.now for row in change.rows] == ["NotStarted"]
    azure.at = datetime_of(plan.started + SECOND)
    now = azure.look(change)
    assert (now.says, now.fingerprint) == ("Running", change.seen)


def test_an_archived_run_leaves_the_lists_and_a_restored_one_comes_back(azure: Emulated) -> None:
    run = azure.run(status="Completed", runType="azureml.scriptrun", hidden=False)
    name, experiment = run["runId"], run["experiment"]
    change = azure.done("archive", jobs(name))
    assert azure.look(change).is_done
    hidden = "hidden eq true"
    assert azure.history(f"/runs/{name}").json()["hidden"] is True
    assert name in [one["runId"] for one in azure.runs(experiment, filter=hidden, top=500)]
    assert azure.arm(jobs(name)).json()["properties"]["isArchived"] is True
    assert change.inverse == Inverse("restore", {})
    back = azure.done("restore", jobs(name))
    assert azure.look(back).is_done
    assert not azure.look(change).is_done
    assert azure.arm(jobs(name)).json()["properties"]["isArchived"] is False
    with pytest.raises(Conflict, match="listed already"):
        azure.plan("restore", jobs(name))


def test_an_old_run_that_was_changed_is_the_last_modified(azure: Emulated) -> None:
    old = azure.runs("fraud", top=400)[-1]["runId"]
    azure.done("tag", jobs(old), tags="kept=yes")
    newest = azure.runs("fraud", orderBy="LastModifiedUtc desc", top=400)
    at = [one["runId"] for one in newest].index(old)
    assert all(one["lastModifiedUtc"] >= newest[at]["lastModifiedUtc"] for one in newest[:at])
    assert len({one["runId"] for one in newest}) == len(newest)


def test_tags_are_merged_and_can_be_set_back(azure: Emulated) -> None:
    run = azure.run(status="Completed", runType="azureml.scriptrun")
    name, before = run["runId"], run["tags"]
    change = azure.plan("tag", jobs(name), tags="team=blue note='two words'")
    assert [(row.label, row.now, row.after) for row in change.rows] == [
        ("team", before["team"], "blue"), ("note", "-", "two words"),
    ]  # fmt: skip
    assert not azure.look(change).is_done
    azure.send(change)
    assert azure.look(change).is_done
    for found in (azure.history(f"/runs/{name}").json()["tags"], azure.arm(jobs(name)).json()["properties"]["tags"]):
        assert found == {**before, "team": "blue", "note": "two words"}
    assert change.inverse is not None
    azure.done("tag", jobs(name), **change.inverse.answers)
    assert azure.history(f"/runs/{name}").json()["tags"] == {**before, "note": None}


def test_a_secret_in_a_tag_is_not_kept_to_go_back_to(azure: Emulated) -> None:
    name = azure.run(status="Completed", runType="azureml.scriptrun")["runId"]
    secret = "https://x.blob.core.windows.net/c?sv=2024&sig=Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6"
    azure.history(f"/experiments/fraud/runs/{name}", "PATCH", {"tags": {"where": secret}})
    change = azure.plan("tag", jobs(name), tags="where=elsewhere")
    assert (change.inverse, change.undo) == (None, "")
    assert "Zm9vYmFy" not in str(change)


@pytest.mark.parametrize("text", ["", "=x", "a=1 a=2", "_aml_system_x=1", "mlflow.user=me", "'open"])
def test_tags_that_cannot_be_set_are_refused(text: str) -> None:
    with pytest.raises(Refused):
        tags_of(text)


NAMES = st.from_regex(r"[a-z][^=\x00]{0,8}", fullmatch=True).filter(lambda name: "." not in name)


@given(st.dictionaries(NAMES, st.none() | st.text(max_size=12), min_size=1))
def test_tags_survive_being_written_down(tags: dict[str, str | None]) -> None:
    assert tags_of(tags_text(tags)) == tags


def test_a_lost_reply_is_settled_by_reading_back(azure: Emulated) -> None:
    name = azure.run(status="Running", runType="azureml.scriptrun")["runId"]
    change = azure.plan("cancel", jobs(name))
    assert not azure.look(change).is_done
    azure.arm(jobs(name) + "/cancel", "POST")
    assert azure.look(change).is_moving
    azure.forward(30)
    assert azure.look(change).is_done


def test_nothing_leaves_while_the_session_is_locked(azure: Emulated) -> None:
    name = azure.run(status="Running")["runId"]
    change = azure.plan("cancel", jobs(name))
    azure.lock.close()
    with pytest.raises(ReadOnly):
        azure.send(change)
    assert azure.world.changes.made == ()


@pytest.mark.parametrize("target", ["", "/jobs", "/jobs/a/b", "/computes/a", "/jobs/..", "/jobs//"])
def test_a_target_of_another_kind_is_refused(azure: Emulated, target: str) -> None:
    with pytest.raises(Refused):
        azure.plan("cancel", target)


def test_a_run_that_is_not_there_is_not_found(azure: Emulated) -> None:
    with pytest.raises(NotFound):
        azure.plan("cancel", "/jobs/nobody")


def test_the_az_command_is_one_command_whatever_the_tags_hold(azure: Emulated) -> None:
    name = azure.run(status="Completed", runType="azureml.scriptrun")["runId"]
    change: Change = azure.plan("tag", jobs(name), tags=shlex.quote("a=$(rm -rf /); `x` \"'\n"))
    words = shlex.split(change.az)
    assert words[:6] == ["az", "ml", "job", "update", "--name", name]
    assert words[7] == "tags.a=$(rm -rf /); `x` \"'\n"
