"""How far a cluster may grow, and taking computes away: planned, refused, carried out with a lag, read back."""

from __future__ import annotations

import pytest

from services.cluster_verbs import iso_seconds, wait_of
from services.errors import Conflict, Refused
from services.operations import follow, operation_url
from tests.services.emulated import Emulated
from tests.services.test_verbs import MANAGER

A100 = "/computes/gpu-a100"


def test_a_cluster_gets_its_settings_when_azure_is_done_and_gets_them_back_by_undo() -> None:
    azure = Emulated(person=MANAGER)
    change = azure.plan("resize", A100, min="0", max="6", idle="2m")
    rows = [(row.label, row.now, row.after) for row in change.rows]
    assert rows == [("minimum", "8", "0"), ("maximum", "8", "6"), ("idle after", "30 min", "2 min")]
    assert change.call.method == "PATCH"
    assert change.az.startswith("az ml compute update --name gpu-a100 --min-instances 0 --max-instances 6 --idle-time")
    answer = azure.send(change)
    assert answer.status == 202
    seen = azure.look(change)
    assert (seen.is_done, seen.is_moving, seen.says) == (False, True, "8 to 8 nodes, Updating")
    url = operation_url(azure.connection, answer)
    assert url is not None
    assert list(follow(azure.connection, url, clock=azure.clock))[-1].state == "succeeded"
    assert azure.look(change).is_done
    assert azure.arm(A100).json()["properties"]["properties"]["scaleSettings"] == {
        "maxNodeCount": 6, "minNodeCount": 0, "nodeIdleTimeBeforeScaleDown": "PT120S",
    }  # fmt: skip
    assert change.inverse is not None
    azure.done("resize", A100, **change.inverse.answers)
    assert azure.arm(A100).json()["properties"]["properties"]["scaleSettings"]["minNodeCount"] == 8


def test_a_cluster_without_a_minimum_gives_its_idle_nodes_back() -> None:
    azure = Emulated(person=MANAGER)
    assert azure.arm(A100).json()["properties"]["properties"]["currentNodeCount"] == 8
    azure.done("resize", A100, min="0", idle="1m")
    counts = azure.arm(A100).json()["properties"]["properties"]
    assert counts["currentNodeCount"] < 8
    used = azure.plan("resize", A100, min="1")
    assert any(note.label == "costs" and note.is_warning for note in used.notes)


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"min": "9"}, "minimum of 9 is more than a maximum of 8"),
        ({"min": "-1"}, "no smallest number"),
        ({"max": "many"}, "no largest number"),
        ({"max": "65001"}, "no largest number"),
        ({"idle": "soon"}, "no idle time"),
        ({"idle": "8d"}, "no idle time"),
        ({"idle": "0"}, "no idle time"),
    ],
)
def test_settings_that_make_no_sense_are_refused_before_they_are_sent(answers: dict[str, str], says: str) -> None:
    azure = Emulated(person=MANAGER)
    with pytest.raises(Refused, match=says):
        azure.plan("resize", A100, **answers)
    assert azure.world.changes.made == ()


def test_what_has_no_nodes_what_stays_the_same_and_what_moves_is_refused() -> None:
    azure = Emulated(person=MANAGER)
    with pytest.raises(Conflict, match="is no cluster but ComputeInstance"):
        azure.plan("resize", "/computes/ci-ana", min="0")
    with pytest.raises(Conflict, match="8 to 8 nodes already"):
        azure.plan("resize", A100)
    azure.send(azure.plan("resize", A100, min="0"))
    with pytest.raises(Conflict, match="is updating"):
        azure.plan("resize", A100, min="1")
    body = {"properties": {"properties": {"scaleSettings": {"maxNodeCount": 4, "minNodeCount": 0}}}}
    assert azure.arm(A100, "PATCH", body).status == 409


def test_azure_refuses_a_minimum_beyond_the_quota() -> None:
    azure = Emulated(person=MANAGER)
    with pytest.raises(Refused, match="quota of 400"):
        azure.send(azure.plan("resize", A100, min="9", max="9"))


@pytest.mark.parametrize(("text", "found"), [("120", 120), ("10m", 600), ("2 h", 7_200), ("PT5M", 300), ("90s", 90)])
def test_idle_times_of_nodes_are_read_as_people_write_them(text: str, found: float) -> None:
    assert wait_of(text) == found
    assert iso_seconds(found) == f"PT{found:.0f}S"


def test_fewer_nodes_than_are_at_work_want_the_name() -> None:
    azure = Emulated(person=MANAGER)
    while not azure.arm(A100).json()["properties"]["properties"]["nodeStateCounts"]["runningNodeCount"] > 1:
        azure.forward(600)
    change = azure.plan("resize", A100, min="0", max="1")
    assert change.typed == "gpu-a100"
    assert any(note.label == "work" and note.is_warning for note in change.notes)
    deleted = azure.plan("delete-compute", A100)
    assert any(note.label == "runs" and "they fail" in note.text for note in deleted.notes)


def test_a_deleted_compute_goes_after_a_while_and_says_before_what_hangs_on_it() -> None:
    azure = Emulated(person=MANAGER)
    change = azure.plan("delete-compute", "/computes/cpu-ci")
    notes = {note.label: note.text for note in change.notes}
    assert "churn-nightly-schedule" in notes["schedules"]
    assert (change.typed, change.inverse, change.undo) == ("cpu-ci", None, "")
    assert change.call.params == {"underlyingResourceAction": "Delete"}
    assert azure.send(change).status == 202
    seen = azure.look(change)
    assert (seen.is_done, seen.is_moving, seen.says) == (False, True, "Deleting")
    with pytest.raises(Conflict, match="being deleted already"):
        azure.plan("delete-compute", "/computes/cpu-ci")
    azure.forward(30)
    assert azure.look(change).is_done
    assert azure.arm("/computes/cpu-ci").status == 404
    assert "cpu-ci" not in {one["name"] for one in azure.arm("/computes").json()["value"]}


def test_what_is_attached_is_detached_and_goes_on_elsewhere() -> None:
    azure = Emulated(person=MANAGER)
    change = azure.done("delete-compute", "/computes/aks-shared")
    assert change.what == "detach aks-shared"
    assert change.call.params == {"underlyingResourceAction": "Detach"}
    assert any("managedClusters/aks-shared" in note.text for note in change.notes if note.label == "there")
    assert azure.look(change).is_done


def test_what_could_not_be_read_about_a_compute_is_said_and_hides_nothing_else() -> None:
    azure = Emulated(person=MANAGER)
    azure.fault("/schedules", status=403)
    notes = {note.label: note for note in azure.plan("delete-compute", "/computes/cpu-ci").notes}
    assert notes["schedules"].text.startswith("not known")
    assert notes["costs"].text
