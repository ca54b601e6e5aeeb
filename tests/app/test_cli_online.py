"""Commands on a real connection: the demo in this process, and an emulator over loopback that fails on purpose."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.cli import errand
from app.links import EMULATOR, Account
from services.emulator.faults import Fault
from services.emulator.serve import EmulatorServer, serve
from services.emulator.world import World
from services.records import WorkspaceRef
from tests.app.commanding import REPOSITORY, Command, a_run, cached, put

SMALL = 60


class Emulated:
    """Commands on an emulator of this test's own, over loopback."""

    def __init__(self, command: Command) -> None:
        self._command = command
        self.world = World(seed=7, runs=SMALL)
        self.server: EmulatorServer = serve(self.world)
        self.url = self.server.start()

    def __call__(self, *arguments: str):
        return self._command("--emulator", self.url, *arguments)

    @property
    def folder(self) -> Path:
        return self._command.folder / f"emulator-{self.url.rpartition(':')[2]}"

    def fail(self, status: int, match: str = "", retry_after: float | None = None) -> None:
        self.world.faults.add(Fault(status=status, match=match, retry_after=retry_after))

    def leave_old_runs(self) -> None:
        """Rows read three hours ago."""
        at = self.url.removeprefix("http://")
        with cached(self.folder, Account(EMULATOR, at, "person01@example.com")) as session:
            session.choose(self.world.workspaces["ml-prod"])
            put(session, "experiments")
            put(session, "runs", a_run("brave-elk"), ago=timedelta(hours=3))


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    return Command(tmp_path / "cache", capsys)


@pytest.fixture
def emulated(command: Command) -> Iterator[Emulated]:
    made = Emulated(command)
    yield made
    made.server.stop()


def test_the_demo_answers_without_account_and_network(command: Command) -> None:
    said = command("--demo", "compute", "--json")
    found = json.loads(said.out)
    assert said.code == 0
    assert {"AmlCompute", "ComputeInstance"} <= {one["kind"] for one in found}
    assert f"ml-prod: {len(found)} computes" in said.err
    assert sum(one["kind"] != "Serverless" for one in found) == 13


def test_an_emulator_answers_over_loopback(emulated: Emulated) -> None:
    said = emulated("runs", "", "--json")
    assert said.code == 0
    assert len(json.loads(said.out)) >= SMALL


def test_workspaces_lists_what_w_takes(emulated: Emulated) -> None:
    found = json.loads(emulated("workspaces", "--json").out)
    assert {"ml-prod", "ml-research", "ml-locked"} <= {one["name"] for one in found}


def test_a_name_never_seen_is_looked_up(emulated: Emulated) -> None:
    said = emulated("-w", "ml-research", "compute")
    assert said.code == 0
    assert "ml-research: " in said.err


def test_an_unknown_workspace_is_answered_with_those_there_are(emulated: Emulated) -> None:
    said = emulated("-w", "nosuch", "runs")
    assert (said.code, said.out) == (2, "")
    assert "There is no workspace 'nosuch'. There are ai-hub" in said.err


def test_an_address_of_a_workspace_that_is_not_there_fails_the_query(emulated: Emulated) -> None:
    gone = WorkspaceRef("0a4f1d2e-6b7c-4e8f-9a10-2b3c4d5e6f70", "rg-ml-prod", "gone")
    said = emulated("-w", gone.id, "compute")
    assert (said.code, said.out) == (1, "")
    assert "gone" in said.err


def test_sync_reads_everything_and_says_how_much(emulated: Emulated) -> None:
    said = emulated("sync")
    assert said.code == 0
    assert "Compute: 13 synced." in said.err
    assert emulated("sync", "nosuch").code == 2
    states = json.loads(emulated("--offline", "sources", "--json").out)
    assert {state["state"] for state in states if state["id"] != "workspaces"} == {"ok"}


def test_a_second_command_within_the_minute_asks_nothing(emulated: Emulated) -> None:
    emulated("endpoints")
    emulated.world.log.clear()
    emulated("endpoints", "--json")
    assert len(emulated.world.log) == 0


def test_fresh_asks_again(emulated: Emulated) -> None:
    emulated("endpoints")
    emulated.world.log.clear()
    assert emulated("--fresh", "endpoints").code == 0
    assert len(emulated.world.log) > 0


def test_an_expired_token_shows_the_cache_and_fails_when_fresh_was_asked(emulated: Emulated) -> None:
    emulated.leave_old_runs()
    emulated.fail(401)
    said = emulated("runs", "", "--json")
    assert (said.code, [run["id"] for run in json.loads(said.out)]) == (0, ["brave-elk"])
    assert "signed out" in said.err
    assert "Showing what was seen 3h ago" in said.err
    fresh = emulated("--fresh", "runs", "--json")
    assert (fresh.code, fresh.out) == (1, "")


def test_a_killed_emulator_leaves_old_rows_with_their_age_and_a_later_try_when_fresh(emulated: Emulated) -> None:
    emulated.leave_old_runs()
    emulated.server.stop()
    said = emulated("runs", "", "--json")
    assert (said.code, len(json.loads(said.out))) == (0, 1)
    assert "Showing what was seen 3h ago" in said.err
    fresh = emulated("--fresh", "runs", "--json")
    assert (fresh.code, fresh.out) == (3, "")


def test_a_connection_that_breaks_half_way_keeps_what_was_read(emulated: Emulated) -> None:
    emulated.world.faults.add(Fault(drop=True, match="runs:query"))
    emulated.world.faults.add(Fault(drop=True, match="/jobs"))
    said = emulated("--fresh", "runs", "--json")
    assert (said.code, said.out) == (3, "")
    emulated.world.faults.clear()
    assert len(json.loads(emulated("experiments", "--json").out)) > 1


def test_a_stalled_service_is_waited_for_a_while_and_the_cache_answers(
    emulated: Emulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errand, "PATIENCE", 0.2)
    emulated.leave_old_runs()
    emulated.world.faults.add(Fault(stall=120))
    said = emulated("runs", "", "--json")
    assert (said.code, len(json.loads(said.out))) == (0, 1)
    assert "runs 3h ago" in said.err


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to another process")
def test_a_command_that_waits_can_be_interrupted(emulated: Emulated, tmp_path: Path) -> None:
    emulated.world.faults.add(Fault(stall=120, times=1))
    process = subprocess.Popen(
        [sys.executable, "-m", "app", "--emulator", emulated.url, "--cache", str(tmp_path), "--fresh", "compute"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY,
    )  # fmt: skip
    while emulated.world.faults.all and process.poll() is None:
        threading.Event().wait(0.01)
    process.send_signal(signal.SIGINT)
    out, narration = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in narration


def test_nothing_cached_and_nobody_there_is_a_connection_that_failed(emulated: Emulated) -> None:
    emulated.server.stop()
    for arguments in (("runs",), ("workspaces",), ("-w", "ml-prod", "compute")):
        said = emulated(*arguments)
        assert (said.code, said.out) == (3, "")


def test_a_missing_right_fails_the_query_and_names_it(emulated: Emulated) -> None:
    said = emulated("-w", "ml-locked", "compute")
    assert (said.code, said.out) == (1, "")
    assert "Microsoft.MachineLearningServices/workspaces/computes/read" in said.err


def test_one_forbidden_part_does_not_hide_the_others(emulated: Emulated) -> None:
    emulated.fail(403, "costmanagement")
    said = emulated("pulse", "--json")
    assert said.code == 0
    assert json.loads(said.out)
    assert "Costs: forbidden" in said.err


def test_a_broken_service_is_worth_a_later_try(emulated: Emulated) -> None:
    emulated.fail(503, "/computes")
    said = emulated("compute")
    assert (said.code, said.out) == (3, "")


def test_the_doctor_finds_the_demo_in_good_health(command: Command) -> None:
    said = command("--demo", "doctor")
    assert said.code == 0, said.out
    for name in ("versions", "sqlite", "settings", "terminal", "proxy", "sign-in", "azure", "clock", "cache"):
        assert name in said.out
    assert "person01@example.com" in said.out


def test_the_demo_leaves_the_real_cache_alone(command: Command) -> None:
    command("--demo", "compute")
    assert list((command.folder / "demo").glob("*.db"))
    assert not list(command.folder.glob("*.db"))
