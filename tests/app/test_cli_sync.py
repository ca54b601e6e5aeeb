"""`amldeck sync`: as far back as asked, told in plain lines or one line, stopped cleanly, and gone on with."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.cli.progress import Progress, count, standing
from app.panes.sync import rows_cell
from app.source_state import Problem, Refreshed, SourceState, source_row
from services.emulator.faults import Fault
from services.emulator.serve import EmulatorServer, serve
from services.emulator.world import World
from tests.app.commanding import REPOSITORY, Command
from widgets.lines import line_text
from widgets.pane import Look

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
READING = SourceState("history", "Run history", 120.0, is_reading=True, progress=90, done=412, total=10_231, rate=480.0)


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    return Command(tmp_path / "cache", capsys)


@pytest.fixture
def world() -> World:
    return World(runs=1_500)


@pytest.fixture
def server(world: World) -> Iterator[EmulatorServer]:
    server = serve(world)
    server.start()
    yield server
    world.faults.release()
    server.stop()


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (READING, "Run history: 412 of 10,231 synced, 480/s, 20s left"),
        (SourceState("runs", "Runs", 30.0, is_reading=True, progress=90), "Runs: 90 synced"),
    ],
)
def test_a_source_says_how_many_how_fast_and_how_long(state: SourceState, words: str) -> None:
    assert standing(state) == words


def test_a_source_that_another_process_reads_is_said_to_be_waited_for_once(capsys: pytest.CaptureFixture[str]) -> None:
    problem = Problem("waiting", "Another amldeck is reading this now.", NOW)
    state, progress = SourceState("history", "Run history", 120.0, problem=problem), Progress()
    for _ in range(3):
        progress(Refreshed("history", (), state))
    assert capsys.readouterr().err == "Run history: waiting. Another amldeck is reading this now.\n"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("metrics", "did you mean workspace_metrics (Workspace metrics), values (Metrics of runs)?"),
        ("histroy", "did you mean history (Run history)?"),
        ("nothing-like-it", "`amldeck sources` lists them."),
    ],
)
def test_a_source_that_there_is_not_is_looked_for_by_title_and_spelling(command: Command, name: str, hint: str) -> None:
    said = command("sync", name, "--demo", "--demo-runs", "0")
    assert (said.code, said.out) == (2, "")
    assert f"There is no source {name}: {hint}" in " ".join(said.err.split())


def test_a_total_that_is_smaller_than_what_is_there_is_not_said() -> None:
    state = SourceState("history", "Run history", 120.0, rows=500, total=499)
    assert count(state) == "500 synced"
    assert line_text(rows_cell(source_row(state), Look(NOW))) == "500"


def test_the_history_is_read_as_far_as_asked_and_told_as_json(
    server: EmulatorServer, world: World, command: Command
) -> None:
    arguments = ("--emulator", server.url, "-w", "ml-prod", "sync", "runs", "history", "values", "children")
    said = command(*arguments, "--since", "12d", "--metrics", "--no-children", "--json")
    assert said.code == 0, said.err
    rows = {row["id"]: row for row in json.loads(said.out)}
    assert rows["history"]["note"].startswith("back to ")
    assert rows["history"]["rows"] == rows["history"]["total"] > 500
    assert "Run history: " in said.err
    assert "synced, back to" in said.err
    assert world.log.entries("/children") == ()
    assert world.log.entries("runs/search") != ()
    everything = command(*arguments, "--since", "all", "--no-metrics", "--children", "--json")
    rows = {row["id"]: row for row in json.loads(everything.out)}
    assert rows["history"]["note"] == "back to the first run"
    assert rows["history"]["rows"] >= 1_500
    assert rows["children"]["rows"] == len({one.path for one in world.log.entries("/children")})


def test_a_span_nobody_understands_is_a_question_of_usage(command: Command) -> None:
    said = command("--demo", "sync", "--since", "soon")
    assert (said.code, said.out) == (2, "")
    assert "'soon' is no span of time: write 90d, 12w, 6m, 2y or all" in said.err


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGINT to another process")
def test_an_interrupted_sync_ends_at_once_and_the_next_one_goes_on(
    server: EmulatorServer, world: World, tmp_path: Path
) -> None:
    world.faults.add(Fault(stall=120, match="price/runs:query", times=1))
    line = [sys.executable, "-m", "app", "--emulator", server.url, "-w", "ml-prod", "--cache", str(tmp_path)]
    command = [*line, "sync", "runs", "history", "--no-metrics"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=REPOSITORY, start_new_session=True
    )
    while world.faults.all and process.poll() is None:
        threading.Event().wait(0.01)
    process.send_signal(signal.SIGINT)
    out, narration = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, ""), narration
    assert "Stopped. What was read is kept, and the next sync goes on from there." in narration
    assert "Traceback" not in narration
