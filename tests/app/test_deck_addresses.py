"""What can be copied of a row and where it leads."""

import shlex
from datetime import UTC, datetime

import pytest

from app.addresses import Addressed, copies, has_browser, open_in_browser, rest_call
from app.panes import PANES
from cache.origins import Provenance
from services.records import WorkspaceRef
from services.run import Run
from widgets.pane import Look
from widgets.safe import Safe, plain

NOW = datetime(2026, 11, 21, tzinfo=UTC)
REF = WorkspaceRef("11111111-1111-1111-1111-111111111111", "rg-ml", "ml-prod")
RUNS = next(pane for pane in PANES if pane.name == "runs")
RUN = Run(id="brave-elk", name="brave elk", status="Failed", experiment="fraud")


def test_a_run_can_be_copied_in_every_way() -> None:
    origin = Provenance("https://westeurope.api.azureml.ms/history/v1.0/x/runs:query", None, NOW, "measured", "POST")
    found = dict(copies(Addressed(RUNS, RUN, REF), Look(NOW), origin))

    assert found["name or id"] == "brave-elk"
    assert found["ARM id"] == f"{REF.id}/jobs/brave-elk"
    assert found["studio link"] == f"https://ml.azure.com/runs/brave-elk?wsid={REF.id}"
    assert found["portal link"] == f"https://portal.azure.com/#@/resource{REF.id}/jobs/brave-elk"
    assert "az ml job show" in found["az command"]
    assert found["cell experiment"] == "fraud"
    assert "cell user" not in found


def test_a_hostile_id_cannot_leave_the_command_or_the_address() -> None:
    run = Run(id="x'; rm -rf / #\x1b[2J", name="evil", status="Failed")
    row = Addressed(RUNS, run, REF)

    az, studio = row.az(), row.studio()
    assert az is not None
    assert studio is not None
    assert "\x1b" not in az + studio
    assert "rm" not in shlex.split(az)
    assert " " not in studio
    assert studio.startswith("https://ml.azure.com/")


def test_without_a_workspace_there_are_no_addresses() -> None:
    row = Addressed(RUNS, RUN, None)

    assert (row.arm_id(), row.studio(), row.portal(), row.az()) == (None, None, None, None)


def test_the_rest_call_is_a_command_that_runs() -> None:
    origin = Provenance(f"https://management.azure.com{REF.id}/computes", "2024-10-01", NOW, "measured", "GET")

    assert rest_call(origin) == (
        f"az rest --method get --url 'https://management.azure.com{REF.id}/computes?api-version=2024-10-01'"
    )
    assert rest_call(Provenance("experiments, runs", None, NOW, "inferred", "GET")) is None


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"DISPLAY": ":0"}, True),
        ({"DISPLAY": ":0", "SSH_CONNECTION": "1.2.3.4 5 6 7"}, False),
    ],
)
def test_a_browser_is_for_the_screen_one_sits_at(environ: dict[str, str], expected: bool) -> None:
    assert has_browser(environ) is expected


def test_only_web_addresses_are_opened() -> None:
    assert open_in_browser(Safe("file:///etc/passwd")) is False
    assert open_in_browser(plain("javascript:alert(1)")) is False
