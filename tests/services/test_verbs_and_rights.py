"""Who may do what is decided by roles, and a reply that was lost is settled by reading back."""

from __future__ import annotations

import pytest

from services.errors import Forbidden, Unreachable
from services.verbs import VERBS
from tests.services.emulated import Emulated
from tests.services.test_verbs import MANAGED, SAMPLES, TELLING, azure_for, planned, writes

READER, SCIENTIST, CONTRIBUTOR, ENDPOINT_OPERATOR, COMPUTE_OPERATOR = 2, 1, 8, 6, 5


@pytest.mark.parametrize("name", SAMPLES)
def test_a_reader_plans_and_is_refused_with_the_action_and_changes_nothing(name: str) -> None:
    azure = Emulated(person=READER)
    if name == "restore":
        run = azure.run(status="Completed", runType="azureml.scriptrun", hidden=False)["runId"]
        azure.history(f"/experiments/any/runs/{run}", "PATCH", {"hidden": True})
        change = azure.plan("restore", f"/jobs/{run}")
    else:
        change = planned(azure, name)
    before = azure.world.changes.made
    with pytest.raises(Forbidden) as caught:
        azure.send(change)
    assert (caught.value.action or "").lower() == VERBS[name].action.lower()
    assert azure.world.changes.made == before
    assert azure.look(change).fingerprint == change.seen


@pytest.mark.parametrize(
    ("person", "allowed"),
    [
        (SCIENTIST, set(SAMPLES)),
        (CONTRIBUTOR, set(SAMPLES)),
        (ENDPOINT_OPERATOR, {"shift-traffic", "scale", "delete-deployment"}),
        (COMPUTE_OPERATOR, {"start", "stop", "restart", "idle-shutdown", *MANAGED}),
    ],
)
def test_every_role_does_what_it_holds(person: int, allowed: set[str]) -> None:
    for name in set(SAMPLES) - {"restore"}:
        azure = Emulated(runs=200, person=person)
        change = planned(azure, name)
        if name in allowed:
            azure.send(change)
            assert azure.world.changes.made[-1].caller == f"person{person:02}@example.com"
        else:
            with pytest.raises(Forbidden):
                azure.send(change)


@pytest.mark.parametrize("name", TELLING)
def test_a_reply_lost_after_the_change_is_found_done(name: str) -> None:
    azure = azure_for(name)
    change = planned(azure, name)
    sent, made = len(writes(azure)), len(azure.world.changes.made)
    azure.fault(f"{change.call.method} ", lose=True, times=1)
    with pytest.raises(Unreachable) as caught:
        azure.send(change)
    assert caught.value.is_outcome_unknown
    assert len(writes(azure)) == sent + 1
    assert len(azure.world.changes.made) == made + 1
    seen = azure.look(change)
    assert seen.is_done or seen.is_moving
    azure.forward(60)
    assert azure.look(change).is_done


@pytest.mark.parametrize("name", SAMPLES)
def test_a_request_lost_before_the_change_is_found_undone(name: str) -> None:
    azure = azure_for(name)
    change = planned(azure, name)
    made = azure.world.changes.made
    azure.fault(f"{change.call.method} ", drop=True, times=1)
    with pytest.raises(Unreachable) as caught:
        azure.send(change)
    assert caught.value.is_outcome_unknown
    assert azure.world.changes.made == made
    seen = azure.look(change)
    assert (bool(seen.is_done), seen.is_moving, seen.fingerprint) == (False, False, change.seen)
