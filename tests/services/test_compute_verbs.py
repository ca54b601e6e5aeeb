"""Starting, stopping and restarting instances, and when they stop by themselves."""

from __future__ import annotations

import shlex

import pytest

from services.change import Inverse
from services.compute_verbs import idle_of, iso_minutes
from services.errors import Conflict, Refused
from services.operations import follow, operation_url, poll
from tests.services.emulated import Emulated

ANA, SAM = "/computes/ci-ana", "/computes/ci-sam"


@pytest.fixture
def azure() -> Emulated:
    return Emulated()


def state(azure: Emulated, path: str) -> str:
    return azure.arm(path).json()["properties"]["properties"]["state"]


@pytest.mark.parametrize(
    ("verb", "target", "before", "going", "after"),
    [
        ("start", SAM, "Stopped", "Starting", "Running"),
        ("stop", ANA, "Running", "Stopping", "Stopped"),
        ("restart", ANA, "Running", "Restarting", "Running"),
    ],
)
def test_an_instance_goes_where_it_was_sent(
    azure: Emulated, verb: str, target: str, before: str, going: str, after: str
) -> None:
    change = azure.plan(verb, target)
    said = "Restarting, then Running" if verb == "restart" else after
    assert [(row.now, row.after) for row in change.rows] == [(before, said)]
    assert azure.look(change).fingerprint == change.seen
    assert not azure.look(change).is_done
    answer = azure.send(change)
    assert answer.status == 202
    now = azure.look(change)
    assert (now.is_done, now.is_moving, now.says) == (False, True, going)
    url = operation_url(azure.connection, answer)
    assert url is not None
    assert "/computeOperationsStatus/" in url
    assert poll(azure.connection, url).state == "running"
    assert list(follow(azure.connection, url, clock=azure.clock))[-1].state == "succeeded"
    assert azure.look(change).is_done
    assert state(azure, target) == after
    listed = {one["name"]: one for one in azure.arm("/computes").json()["value"]}
    own = listed[target.rpartition("/")[2]]["properties"]["properties"]
    assert (own["state"], own["lastOperation"]["operationName"].lower()) == (after, verb)
    assert own["lastOperation"]["operationStatus"] == "Succeeded"


@pytest.mark.parametrize(
    ("verb", "target"), [("start", ANA), ("stop", SAM), ("restart", SAM), ("stop", "/computes/ci-old")]
)
def test_an_instance_in_another_state_is_refused_by_the_plan_and_by_azure(
    azure: Emulated, verb: str, target: str
) -> None:
    with pytest.raises(Conflict, match="nothing was sent"):
        azure.plan(verb, target)
    refused = azure.arm(f"{target}/{verb}", "POST")
    assert refused.status == 409
    assert f"in state {state(azure, target)}" in refused.json()["error"]["message"]
    assert azure.world.changes.made == ()


def test_a_cluster_cannot_be_started(azure: Emulated) -> None:
    with pytest.raises(Conflict, match="is no compute instance but AmlCompute"):
        azure.plan("start", "/computes/gpu-a100")
    assert azure.arm("/computes/gpu-a100/start", "POST").status == 400
    assert azure.arm("/computes/nobody/start", "POST").status == 404


def test_an_instance_that_comes_and_goes_stays_where_it_was_put(azure: Emulated) -> None:
    target = "/computes/ci-noor"
    while state(azure, target) != "Running":
        azure.forward(600)
    azure.done("stop", target)
    for _ in range(24):
        azure.forward(1_800)
        assert state(azure, target) == "Stopped"
    azure.forward(120)
    mine = [one for one in azure.events() if one["resourceId"].endswith("ci-noor")]
    assert mine == []


def test_what_ends_work_wants_the_name_and_what_does_not_does_not(azure: Emulated) -> None:
    assert azure.plan("stop", ANA).typed == azure.plan("restart", ANA).typed == "ci-ana"
    assert azure.plan("start", SAM).typed == ""


def test_the_plan_says_what_it_costs_and_what_it_ends(azure: Emulated) -> None:
    notes = {note.label: note for note in azure.plan("stop", ANA).notes}
    assert notes["kernels"].is_warning
    assert "still pays for its disk" in notes["costs"].text
    start = {note.label: note for note in azure.plan("start", SAM).notes}
    assert (start["stops itself"].text, start["stops itself"].is_warning) == ("after 30 min without use", False)
    restart = {note.label: note for note in azure.plan("restart", ANA).notes}
    assert restart["stops itself"].is_warning


def test_a_restart_is_not_taken_for_done_before_it_was_asked_for(azure: Emulated) -> None:
    azure.done("restart", ANA)
    again = azure.plan("restart", ANA)
    seen = azure.look(again)
    assert (seen.is_done, seen.fingerprint) == (False, again.seen)
    azure.send(again)
    azure.forward(60)
    assert azure.look(again).is_done


def test_undo_of_a_stop_starts_it_again(azure: Emulated) -> None:
    change = azure.done("stop", ANA)
    assert change.inverse == Inverse("start", {})
    back = azure.done("start", ANA)
    assert azure.look(back).is_done
    assert not azure.look(change).is_done


def test_the_idle_time_is_set_read_back_and_set_back(azure: Emulated) -> None:
    change = azure.plan("idle-shutdown", ANA, idle="45m")
    assert [(row.now, row.after) for row in change.rows] == [("never", "45 min")]
    assert azure.send(change).status == 200
    assert azure.look(change).is_done
    own = azure.arm(ANA).json()["properties"]["properties"]
    assert own["idleTimeBeforeShutdown"] == "PT45M"
    assert change.inverse == Inverse("idle-shutdown", {"idle": "never"})
    azure.done("idle-shutdown", ANA, idle="never")
    assert "idleTimeBeforeShutdown" not in azure.arm(ANA).json()["properties"]["properties"]


def test_an_idle_time_survives_a_stop(azure: Emulated) -> None:
    azure.done("idle-shutdown", ANA, idle="2h")
    azure.done("stop", ANA)
    own = azure.arm(ANA).json()["properties"]["properties"]
    assert (own["idleTimeBeforeShutdown"], own["state"]) == ("PT120M", "Stopped")


@pytest.mark.parametrize(
    ("text", "found"),
    [("45", 2_700), ("45m", 2_700), ("2 h", 7_200), ("1d", 86_400), ("PT1H30M", 5_400), ("NEVER", None)],
)
def test_idle_times_are_read_as_people_write_them(text: str, found: float | None) -> None:
    assert idle_of(text) == found
    assert iso_minutes(found) == (None if found is None else f"PT{found // 60}M")


@pytest.mark.parametrize("text", ["", "14m", "4d", "soon", "-45", "45s", "PT15M30S", "9" * 40])
def test_other_idle_times_are_refused(azure: Emulated, text: str) -> None:
    with pytest.raises(Refused, match="15 minutes to 3 days"):
        azure.plan("idle-shutdown", ANA, idle=text)


@pytest.mark.parametrize("given", ["PT14M", "PT73H", "P4D", "soon", "PT", ""])
def test_azure_refuses_such_an_idle_time_itself(azure: Emulated, given: str) -> None:
    refused = azure.arm(f"{ANA}/updateIdleShutdownSetting", "POST", {"idleTimeBeforeShutdown": given})
    assert (refused.status, refused.json()["error"]["code"]) == (400, "UserError")


def test_the_command_for_the_idle_time_is_the_request_itself(azure: Emulated) -> None:
    words = shlex.split(azure.plan("idle-shutdown", ANA, idle="45m").az)
    assert words[:5] == ["az", "rest", "--method", "post", "--url"]
    assert words[-2:] == ["--body", '{"idleTimeBeforeShutdown":"PT45M"}']


def test_a_lost_reply_is_settled_by_reading_back(azure: Emulated) -> None:
    change = azure.plan("stop", ANA)
    azure.arm(f"{ANA}/stop", "POST")
    assert azure.look(change).is_moving
    azure.forward(30)
    assert azure.look(change).is_done
