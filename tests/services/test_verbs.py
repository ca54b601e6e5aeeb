"""What all verbs have in common: nothing is sent by planning or looking, and none of their requests is a read."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from services.alerts import PROVIDER
from services.budgets import allowance
from services.calls import address
from services.change import Change
from services.clouds import PUBLIC
from services.emulator.alerts import UNUSABLE
from services.emulator.asking import ask
from services.emulator.dice import guid
from services.errors import ReadOnly, Refused, ServiceBroken
from services.routes import is_read
from services.verbs import VERBS
from tests.services.emulated import NOON, Emulated

ENDPOINT = "/onlineEndpoints/fraud-score"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SAMPLES: dict[str, tuple[str, dict[str, str]]] = {
    "cancel": ("Running", {}), "archive": ("Completed", {}), "restore": ("Completed", {}),
    "tag": ("Completed", {"tags": "team=x"}), "resubmit": ("Completed", {}),
    "submit": ("/jobs/from_a_file", {"api": "2025-01-01-preview", "file": "train.yml", "job": '{"jobType": "Command", '
               '"command": "echo", "environmentId": "azureml://registries/azureml/environments/a/versions/1"}'}),
    "start": ("/computes/ci-sam", {}), "stop": ("/computes/ci-ana", {}), "restart": ("/computes/ci-ana", {}),
    "idle-shutdown": ("/computes/ci-ana", {"idle": "45m"}),
    "resize": ("/computes/gpu-a100", {"min": "0", "max": "6"}), "delete-compute": ("/computes/cpu-ci", {}),
    "shift-traffic": (ENDPOINT, {"traffic": "blue=100 green=0"}),
    "scale": (ENDPOINT + "/deployments/green", {"instances": "3"}),
    "delete-deployment": ("/onlineEndpoints/ocr-batch/deployments/green", {}),
    "autoscale": ("/onlineEndpoints/geo-rank/deployments/main", {"minimum": "1", "maximum": "5"}),
    "alert-state": (f"{PROVIDER}/{guid('alert', 'ml-prod', UNUSABLE.name, (NOON - EPOCH).days)}", {"state": "closed"}),
    "trigger-schedule": ("/schedules/churn-nightly-schedule", {}),
    "resync-keys": ("", {}), "regenerate-key": ("/onlineEndpoints/churn", {"key": "primary"}),
}  # fmt: skip

SILENT = ("resync-keys", "regenerate-key", "trigger-schedule")
"""Those whose effect shows nowhere: whether keys were read again or made anew, or a run was started."""
MANAGED = ("resize", "delete-compute")
"""Those a data scientist may not: they are asked for by somebody who manages compute."""
MANAGER = 5
TELLING = [name for name in SAMPLES if name not in SILENT]


def azure_for(verb: str) -> Emulated:
    return Emulated(person=MANAGER if verb in MANAGED else 1)


def planned(azure: Emulated, verb: str) -> Change:
    target, answers = SAMPLES[verb]
    if target and not target.startswith("/"):
        name = azure.run(status=target, runType="azureml.scriptrun", hidden=False)["runId"]
        target = f"/jobs/{name}"
        if verb == "restore":
            azure.done("archive", target)
    return azure.plan(verb, target, **answers)


def writes(azure: Emulated) -> list[str]:
    logged = azure.world.log.entries()
    return [
        f"{one.method} {one.path}" for one in logged if not is_read(PUBLIC, one.method, f"https://{one.host}{one.path}")
    ]


def test_every_verb_has_a_sample_here() -> None:
    assert set(SAMPLES) == set(VERBS)
    assert all(name == verb.name for name, verb in VERBS.items())


@pytest.mark.parametrize("name", SAMPLES)
def test_planning_and_looking_send_nothing_and_need_no_unlocked_session(name: str) -> None:
    azure = azure_for(name)
    change = planned(azure, name)
    sent = len(writes(azure))
    azure.lock.close()
    change = azure.plan(name, change.target.removeprefix(azure.ref.id), **SAMPLES[name][1])
    seen = azure.look(change)
    assert seen.fingerprint == change.seen
    assert (bool(seen.is_done), seen.is_moving) == (False, False)
    assert len(writes(azure)) == sent


@pytest.mark.parametrize("name", SAMPLES)
def test_the_request_of_a_verb_is_no_read_and_takes_from_the_budget_for_writes(name: str) -> None:
    azure = azure_for(name)
    call = planned(azure, name).call
    assert not is_read(PUBLIC, call.method, address(call))
    assert allowance(call)[0].name == "writes"
    with pytest.raises(ReadOnly):
        azure.connection.read(call)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_change_survives_a_restart_and_is_sent_once(name: str) -> None:
    azure = azure_for(name)
    change = planned(azure, name)
    again = msgspec.json.decode(msgspec.json.encode(change), type=Change)
    assert again == change
    before = len(azure.world.changes.made)
    azure.send(again)
    azure.forward(60)
    made = azure.world.changes.made[before:]
    assert [one.action.lower() for one in made] == [VERBS[name].action.lower()]
    assert bool(azure.look(again).is_done) == (name not in SILENT)
    assert msgspec.json.encode(azure.look(again))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_write_that_azure_could_not_answer_is_sent_once_and_its_outcome_is_unknown(name: str) -> None:
    azure = azure_for(name)
    change = planned(azure, name)
    before = len(writes(azure))
    azure.fault(f"{change.call.method} ", status=503)
    with pytest.raises(ServiceBroken, match="503") as caught:
        azure.send(change)
    assert caught.value.is_outcome_unknown
    assert len(writes(azure)) == before + 1
    azure.world.faults.clear()
    seen = azure.look(change)
    assert (bool(seen.is_done), seen.is_moving, seen.fingerprint) == (False, False, change.seen)


@pytest.mark.parametrize("name", TELLING)
def test_a_write_that_was_done_and_not_answered_for_is_found_done(name: str) -> None:
    azure = azure_for(name)
    change = planned(azure, name)
    who = MANAGER if name in MANAGED else 1
    ask(azure.world, change.call.method, address(change.call), body=change.call.body, who=who)
    assert azure.look(change).fingerprint != change.seen
    azure.forward(60)
    assert azure.look(change).is_done


@pytest.mark.parametrize("name", TELLING)
@pytest.mark.parametrize(
    "target",
    ["", "/", "/onlineEndpoints/../computes/x", "/jobs/a/../b", "/workspaces/other", "computes", "/computes/./x"],
)
def test_a_target_of_another_kind_reaches_nothing(name: str, target: str) -> None:
    azure = azure_for(name)
    with pytest.raises(Refused):
        azure.plan(name, target, **SAMPLES[name][1])
    assert not azure.world.log.entries()


def test_the_az_command_names_the_whole_address() -> None:
    azure = Emulated()
    for name in SAMPLES:
        command = planned(azure, name).az
        assert azure.ref.resource_group in command
        assert azure.ref.name in command
        assert azure.ref.subscription in command
