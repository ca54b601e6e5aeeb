"""Wrong questions, a missing az and a cache that is not what it should be: sentences, and the right exit code."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.app.commanding import REPOSITORY, Command, leave_runs, run_alone


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    monkeypatch.setenv("AMLDECK_CONFIG", str(tmp_path / "config"))
    return Command(tmp_path / "cache", capsys)


@pytest.fixture
def filled(command: Command) -> Command:
    leave_runs(command.folder)
    return command


def test_a_filter_that_is_not_understood_is_underlined_and_no_data_is_written(filled: Command) -> None:
    said = filled("--offline", "runs", "brave created<24q", "--json")
    assert (said.code, said.out) == (2, "")
    text, carets = said.err.splitlines()[-2:]
    assert text[carets.index("^") : carets.rindex("^") + 1] == "created<24q"


def test_a_field_nobody_can_sort_by_is_named_with_those_that_can(filled: Command) -> None:
    said = filled("--offline", "runs", "--sort", "colour")
    assert said.code == 2
    assert "created" in said.err


@pytest.mark.parametrize(
    ("workspace", "code", "words"),
    [
        ("nosuch", 2, "no workspace 'nosuch'"),
        ("https://ml.azure.com/home", 2, "names no workspace"),
        ("https://evil.example/?wsid=/subscriptions/x", 2, "is not the studio"),
        ("a/b/c/d", 2, "names no workspace"),
    ],
)
def test_a_wrong_workspace_is_a_sentence(filled: Command, workspace: str, code: int, words: str) -> None:
    said = filled("--offline", "-w", workspace, "runs")
    assert (said.code, said.out) == (code, "")
    assert words in said.err


def test_without_any_workspace_the_command_says_how_to_name_one(command: Command) -> None:
    said = command("--offline", "runs")
    assert said.code == 2
    assert "-w" in said.err


def test_the_setting_names_the_workspace_when_the_command_line_does_not(filled: Command, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text('workspace = "nosuch"\nglyphs = "pink"')
    said = filled("--offline", "runs")
    assert said.code == 2
    assert "no workspace 'nosuch'" in said.err
    assert "glyphs = 'pink' is not known" in said.err


def test_contradicting_options_are_a_usage_error(filled: Command) -> None:
    assert filled("--demo", "--emulator", "http://127.0.0.1:1", "runs").code == 2
    assert filled("--offline", "--fresh", "runs").code == 2
    assert filled("--offline", "sync").code == 2
    assert filled("nosuchverb").code == 2


@pytest.mark.parametrize("address", ["http://example.com:80", "https://127.0.0.1:1", "ftp://localhost", "http://[::1"])
def test_an_emulator_is_only_ever_on_this_machine(filled: Command, address: str) -> None:
    said = filled("--emulator", address, "runs")
    assert said.code == 2
    assert "on this machine" in said.err or "is no address" in said.err


def test_a_corrupt_cache_is_moved_aside_with_a_word(filled: Command) -> None:
    file = next(filled.folder.glob("*.db"))
    file.write_bytes(b"not a database at all" * 100)
    said = filled("--offline", "workspaces", "--json")
    assert "moved aside" in said.err
    assert said.out in ("", "[]\n")
    assert list(filled.folder.glob("*damaged*"))


def test_a_cache_from_a_newer_version_is_read_and_never_written(filled: Command) -> None:
    file = next(filled.folder.glob("*.db"))
    db = sqlite3.connect(file)
    db.execute("PRAGMA user_version = 9999")
    db.close()
    said = filled("--offline", "runs", "brave", "--json")
    assert said.code == 0
    assert len(json.loads(said.out)) == 1
    assert "newer amldeck" in said.err


def test_a_folder_that_cannot_be_made_leaves_a_cache_in_memory_with_a_word(command: Command, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way")
    said = command("--offline", "workspaces")
    assert "kept until amldeck ends" in said.err


def test_without_az_the_cache_answers_and_the_sentence_names_az(
    filled: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    said = filled("runs", "brave", "--json")
    assert (said.code, len(json.loads(said.out))) == (0, 1)
    assert "az" in said.err
    assert "Showing what was seen 3h ago" in said.err
    fresh = filled("--fresh", "runs", "brave", "--json")
    assert (fresh.code, fresh.out) == (1, "")


def test_without_az_and_without_a_cache_nothing_can_be_answered(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    said = command("workspaces")
    assert (said.code, said.out) == (1, "")
    assert "az login" in said.err


def test_a_wrong_address_ends_before_the_deck_opens(command: Command) -> None:
    said = command("-w", "https://ml.azure.com/home")
    assert (said.code, said.out) == (2, "")
    assert "names no workspace" in said.err


@pytest.mark.parametrize("verb", [("demo",), ("--demo",)])
def test_the_deck_without_a_terminal_is_refused_with_a_sentence(verb: tuple[str, ...]) -> None:
    said = run_alone(*verb, stdin=subprocess.DEVNULL)
    assert said.code == 2
    assert "The deck needs a terminal" in said.err
    assert said.out == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no device that is always full")
def test_a_full_disk_under_the_output_is_a_sentence() -> None:
    words = [sys.executable, "-m", "app", "--version"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, cwd=REPOSITORY)
    assert done.returncode == 1
    assert done.stderr == "Error: What was asked for could not be written: No space left on device.\n"
