"""A job written down is the job again: Microsoft's own loader takes it, and sends what was sent the first time."""

from __future__ import annotations

import io
import json
import logging
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.job_definition import Definition, parse_definition
from services.records import WorkspaceRef
from services.redact import redact
from services.reproduce import reproduce
from tests.services.emulated import Emulated
from tests.wire.recordings import BY_NAME

# azure-ai-ml 1.35 builds its schemas the way marshmallow 3 still allows.
pytestmark = pytest.mark.filterwarnings("ignore::marshmallow.warnings.Marshmallow4Warning")

HERE = WorkspaceRef("11111111-1111-1111-1111-111111111111", "rg-ml", "ml-prod")
REFUSED = {
    "automl", "get-command-canceled", "data-transfer", "do-while", "internal-distributed", "spark-sweep",
    "sweep-choice",
}  # fmt: skip
"""Recorded jobs of kinds that are not written down: AutoML, Data Factory, and steps that are no plain component."""


def definition(**job: Any) -> Definition:
    whole = {"jobType": "Command", "command": "python train.py", "displayName": "again", **job}
    document = {"id": f"{HERE.id}/jobs/mine", "name": "mine", "properties": whole}
    return parse_definition(redact(json.dumps(document).encode()))


def recorded() -> list[tuple[str, dict[str, Any]]]:
    found = [(name, one.body) for name, one in BY_NAME.items() if name.startswith("jobs/")]
    jobs = [(name, job) for name, body in found if body for job in body.get("value", [body])]
    return [(name, job) for name, job in jobs if "properties" in job]


def load(text: str) -> Any:
    from azure.ai.ml import load_job

    logging.getLogger("azure.ai.ml").setLevel(logging.ERROR)
    return load_job(io.StringIO(text))


def test_every_recorded_job_is_taken_by_the_real_loader_or_said_not_to_be_written(tmp_path: Path) -> None:
    if not recorded():
        pytest.skip("the recorded answers are not here (set AMLDECK_WIRE)")
    taken = 0
    for name, job in recorded():
        given = parse_definition(redact(json.dumps(job).encode()))
        text = reproduce(given, HERE, "yaml")
        if any(part in name for part in REFUSED):
            assert "submit it again instead" in text
            assert yaml.safe_load(text) is None
        else:
            assert load(text).display_name == job["properties"]["displayName"]
            taken += 1
        compile(reproduce(given, HERE, "python"), name, "exec")
    assert taken > 12


def job_of(azure: Emulated, kind: str) -> dict[str, Any]:
    """A job of the emulator; of pipelines one without a sweep among its steps, which cannot be written down."""
    if kind == "pipeline":
        runs = azure.runs("fraud", top=200)
        name = next(one["runId"] for one in runs if one["runTypeV2"]["orchestrator"] == "Pipeline")
        return azure.arm(f"/jobs/{name}").json()
    return next(one for one in azure.arm("/jobs").json()["value"] if one["properties"]["jobType"].lower() == kind)


@pytest.mark.parametrize("kind", ["command", "sweep", "pipeline"])
def test_what_the_emulator_ran_is_sent_again_as_it_was(kind: str) -> None:
    azure = Emulated(runs=300)
    job = job_of(azure, kind)
    given = parse_definition(json.dumps(job).encode())
    from_yaml = load(reproduce(given, HERE, "yaml"))
    space: dict[str, Any] = {}
    exec(reproduce(given, HERE, "python").partition("\nml = ")[0], space)
    from_python = space["job"]
    for again in (from_yaml, from_python):
        assert (again.type, again.display_name, again.experiment_name) == (
            kind, job["properties"]["displayName"], job["properties"]["experimentName"],
        )  # fmt: skip
    if kind == "command":
        assert from_yaml.command == from_python.command == job["properties"]["command"]
        assert set(from_python.inputs) == set(from_yaml.inputs) == set(job["properties"]["inputs"])
    if kind == "sweep":
        assert from_yaml.limits.max_total_trials == job["properties"]["limits"]["maxTotalTrials"]


def test_secrets_are_not_written_and_named_in_a_note() -> None:
    given = definition(environmentVariables={"HF_TOKEN": "hf_" + "a" * 34, "OMP_NUM_THREADS": "8"})
    for form in ("yaml", "python", "command"):
        text = reproduce(given, HERE, form)
        assert "hf_aaa" not in text
        assert "# HF_TOKEN: what looks like a secret is not written down" in text
        assert "OMP_NUM_THREADS" in text


def test_the_code_that_is_not_in_the_definition_is_said_with_snapshot_and_commit() -> None:
    own = {"ContentSnapshotId": "8145a3c9", "mlflow.source.git.commit": "9f2c1ab", "azureml.git.dirty": "True"}
    text = reproduce(definition(properties=own), HERE, "yaml")
    assert "# The code is not part of the definition. Azure keeps it as the snapshot 8145a3c9." in text
    assert "# It ran from commit 9f2c1ab of its repository, with changes that were not committed." in text


def test_assets_of_this_workspace_are_short_and_others_keep_their_id() -> None:
    other = HERE.id.replace("ml-prod", "ml-dev")
    given = definition(
        environmentId=f"{HERE.id}/environments/sklearn/versions/3",
        inputs={"data": {"jobInputType": "uri_folder", "uri": f"{other}/data/cards/versions/1", "mode": "Download"},
                "lr": {"jobInputType": "literal", "value": "0.1"}, "code": {"jobInputType": "literal", "value": "007"}},
    )  # fmt: skip
    document = yaml.safe_load(reproduce(given, HERE, "yaml"))
    assert document["environment"] == "azureml:sklearn:3"
    assert document["inputs"] == {
        "data": {"type": "uri_folder", "path": f"azureml:{other}/data/cards/versions/1", "mode": "download"},
        "lr": 0.1, "code": "007",
    }  # fmt: skip


def test_the_place_a_job_chose_itself_is_not_written_over_by_the_next() -> None:
    uri = "azureml://datastores/workspaceartifactstore/ExperimentRun/dcid.mine"
    given = definition(outputs={"default": {"jobOutputType": "uri_folder", "uri": uri}})
    assert "dcid" not in reproduce(given, HERE, "yaml")


def test_names_with_line_feeds_and_quotes_stay_names(tmp_path: Path) -> None:
    evil = 'a\nend\'"""\x1b[2J\nEND\n$(touch x)'
    given = definition(displayName=evil, command=evil, experimentName=evil)
    assert yaml.safe_load(reproduce(given, HERE, "yaml"))["display_name"] == evil
    space: dict[str, Any] = {}
    exec(reproduce(given, HERE, "python").partition("\nml = ")[0].replace("command(", "dict(", 1), space)
    assert space["job"]["command"] == evil
    shell = reproduce(given, HERE, "command").rpartition("az ml job create")[0]
    subprocess.run(["sh", "-c", shell], cwd=tmp_path, check=True, timeout=20)
    assert [one.name for one in tmp_path.iterdir()] == ["mine.yml"]
    assert yaml.safe_load((tmp_path / "mine.yml").read_text())["command"] == evil
    assert "\x1b" not in reproduce(given, HERE, "command")
