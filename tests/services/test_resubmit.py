"""Submitting a job again: the definition as Azure has it, without what the service added, and no secret on the way."""

from __future__ import annotations

import msgspec
import pytest

from services.change import rest_text
from services.errors import Conflict
from services.job_definition import parse_definition
from services.resubmit import again
from tests.services.emulated import Emulated

SECRET = "hf_" + "a" * 34


def submit(azure: Emulated, name: str = "mine", **more: object) -> None:
    job = {
        "jobType": "Command", "command": "python train.py", "experimentName": "fraud",
        "environmentId": f"{azure.place.id}/environments/sklearn-1.5/versions/7",
        "computeId": f"{azure.place.id}/computes/cpu-ci", "tags": {"team": "risk"}, **more,
    }  # fmt: skip
    assert azure.arm(f"/jobs/{name}", "PUT", {"properties": job}).status == 201


def test_the_job_is_there_again_as_it_was_asked_for_and_runs() -> None:
    azure = Emulated()
    submit(azure)
    azure.forward(600)
    change = azure.done("resubmit", "/jobs/mine")
    new = change.makes.rpartition("/")[2]
    mine, theirs = (azure.arm(f"/jobs/{name}").json()["properties"] for name in ("mine", new))
    for field in ("command", "environmentId", "computeId", "experimentName", "inputs", "resources"):
        assert theirs[field] == mine[field]
    assert theirs["outputs"]["default"]["uri"].endswith(f"dcid.{new}")
    assert azure.history(f"/runs/{new}").json()["status"] in ("Queued", "Preparing", "Starting", "Running")


def test_secrets_go_to_azure_and_nowhere_else() -> None:
    azure = Emulated()
    submit(azure, environmentVariables={"HF_TOKEN": SECRET})
    change = azure.plan("resubmit", "/jobs/mine")
    assert SECRET in msgspec.json.encode(change.call.body).decode()
    shown = [rest_text(change), change.az, change.what, *(f"{row.now} {row.after}" for row in change.rows)]
    assert SECRET not in " ".join([*shown, *(note.text for note in change.notes)])
    assert "HF_TOKEN go along as Azure has them" in " ".join(note.text for note in change.notes)
    azure.send(change)
    new = azure.arm(change.makes.removeprefix(azure.ref.id)).json()
    assert new["properties"]["environmentVariables"] == {"HF_TOKEN": SECRET}


def test_a_job_submitted_again_and_again_keeps_one_ending() -> None:
    azure = Emulated()
    submit(azure)
    first = azure.done("resubmit", "/jobs/mine").makes.rpartition("/")[2]
    second = azure.done("resubmit", f"/jobs/{first}").makes.rpartition("/")[2]
    assert first != second
    assert first.count("_again_") == second.count("_again_") == 1


@pytest.mark.parametrize("kind", ["Sweep", "Pipeline", "AutoML", "Command"])
def test_every_kind_the_emulator_runs_can_be_submitted_again(kind: str) -> None:
    azure = Emulated(runs=300)
    jobs = azure.arm("/jobs").json()["value"]
    name = next(one["name"] for one in jobs if one["properties"]["jobType"] == kind)
    change = azure.done("resubmit", f"/jobs/{name}")
    found = azure.arm(change.makes.removeprefix(azure.ref.id))
    assert parse_definition(found.body).kind == kind.lower()


def test_a_trial_is_refused_with_what_to_submit_instead() -> None:
    azure = Emulated()
    sweep = azure.run(runType="azureml.hyperdrive", status="Completed")["runId"]
    with pytest.raises(Conflict, match="go with their parent"):
        azure.plan("resubmit", f"/jobs/{sweep}_0")


def test_what_the_service_added_is_not_asked_for() -> None:
    job = {
        "status": "Completed", "isArchived": False, "codeId": None,
        "services": {"Studio": {}, "jupyter": {"jobServiceType": "JupyterLab"}},
        "properties": {"StartTimeUtc": "x", "mlflow.source.git.commit": "9f2c1ab"},
        "tags": {"_aml_system_ComputeTargetStatus": "{}", "team": "risk"}, "outputs": {"kept": {"uri": "azureml://x"}},
    }  # fmt: skip
    assert again(job, "mine") == {
        "services": {"jupyter": {"jobServiceType": "JupyterLab"}}, "tags": {"team": "risk"},
        "properties": {"mlflow.source.git.commit": "9f2c1ab"}, "outputs": {"kept": {"uri": "azureml://x"}},
    }  # fmt: skip
