from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from app import first_paint, start
from cache.files import NAME
from tests.terminal.harness import NARROW, REPOSITORY, Terminal
from tests.terminal.prepared import STOP_AT_THE_COMMAND, keep_screen, row, screen_of

pytestmark = pytest.mark.pty

TINY = [sys.executable, "-m", "tests.terminal.start_tiny"]


def test_the_last_rows_are_on_the_screen_before_the_program_is_imported(cache: Path, tmp_path: Path) -> None:
    loaded = tmp_path / "loaded"
    command = [sys.executable, "-c", STOP_AT_THE_COMMAND, "--cache", cache]
    with Terminal(command, env={"LOADED": str(loaded)}) as terminal:
        terminal.wait_for("? keys")
        terminal.wait_until(lambda: loaded.exists() and loaded.read_text() != "")
        assert "textual" not in loaded.read_text().split("\n")
        assert terminal.lines[1] == "brave-elk-922"
        assert terminal.lines[23] == "? keys"
        assert terminal.is_cursor_hidden
        terminal.type("x")
        assert terminal.wait_end() == 0
        assert terminal.trouble() == []


def test_the_first_row_says_how_old_the_picture_is(tmp_path: Path) -> None:
    keep_screen(tmp_path, screen_of("calm-fox-930"))
    with Terminal([*TINY, "--cache", tmp_path]) as terminal:
        terminal.wait_for("calm-fox-930")
        assert terminal.lines[0].startswith(" ml-prod  westeurope")
        assert terminal.lines[0].endswith("d ago")
        assert "12s" not in terminal.lines[0]


def test_a_start_without_a_cache_shows_the_name_and_loses_no_key(tmp_path: Path) -> None:
    with Terminal([*TINY, "--cache", tmp_path / "none"]) as terminal:
        terminal.wait_for("amldeck")
        terminal.type("jj")
        terminal.wait_for("heard 2")
    assert not (tmp_path / "none").exists()


def test_what_the_deck_keeps_is_what_the_next_start_paints(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    with Terminal([*TINY, "--cache", tmp_path], env={"TINY_SCREEN": str(kept)}) as terminal:
        terminal.wait_for("heard 0")
        terminal.type("jjw")
        terminal.wait_for("written")
    lines = kept.read_text(encoding="utf-8").split("\n")
    # The top row is made anew, so what is to be compared starts one lower.
    keep_screen(tmp_path / "cache", [row("header"), *lines[:22], lines[23]])
    command = [sys.executable, "-c", STOP_AT_THE_COMMAND, "--cache", tmp_path / "cache"]
    with Terminal(command, env={"LOADED": os.devnull}) as terminal:
        terminal.wait_for("heard 2")
        assert terminal.colour_at(0, 1) == ("d6dce6", "0f1217")


@pytest.mark.parametrize("changes", [{"TERM": "dumb"}, {"TERM": ""}])
def test_a_terminal_that_cannot_draw_gets_no_first_paint(cache: Path, tmp_path: Path, changes: dict[str, str]) -> None:
    loaded = tmp_path / "loaded"
    command = [sys.executable, "-c", STOP_AT_THE_COMMAND, "--cache", cache]
    with Terminal(command, env={"LOADED": str(loaded), **changes}) as terminal:
        terminal.wait_until(lambda: loaded.exists() and loaded.read_text() != "")
        assert terminal.output == b""


def test_a_command_with_a_verb_gets_no_first_paint(cache: Path, tmp_path: Path) -> None:
    loaded = tmp_path / "loaded"
    command = [sys.executable, "-c", STOP_AT_THE_COMMAND, "--cache", cache, "runs"]
    with Terminal(command, env={"LOADED": str(loaded)}) as terminal:
        terminal.wait_until(lambda: loaded.exists() and loaded.read_text() != "")
        assert terminal.output == b""


def test_a_damaged_cache_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"not a database at all" * 100)
    with Terminal([*TINY, "--cache", tmp_path]) as terminal:
        terminal.wait_for("heard 0")


def test_lines_that_were_tampered_with_are_left_out(tmp_path: Path) -> None:
    evil = ["\x1b]52;c;ZXZpbA==\x07evil", "\x1b[2Jevil", "evil\x07", "\x1b[1mgood\x1b[0m"]
    keep_screen(tmp_path, screen_of(*evil))
    with Terminal([*TINY, "--cache", tmp_path]) as terminal:
        terminal.wait_for("good")
        assert b"evil" not in terminal.output


def test_the_workspace_on_the_command_line_must_be_the_one_on_the_screen(tmp_path: Path) -> None:
    keep_screen(tmp_path, screen_of("from-prod"))
    with Terminal([*TINY, "--cache", tmp_path, "-w", "ML-Prod"]) as terminal:
        terminal.wait_for("from-prod")
    with Terminal([*TINY, "--cache", tmp_path, "-w", "prod"]) as terminal:
        terminal.wait_for("heard 0")
        assert b"from-" not in terminal.output


def test_the_file_is_the_one_the_cache_writes() -> None:
    assert first_paint.DATABASE == NAME


@pytest.mark.parametrize("size", [(60, 15), (120, 40), (10, 3), (1, 1)])
def test_a_screen_of_another_size_is_cut_or_left_open(cache: Path, size: tuple[int, int]) -> None:
    with Terminal([*TINY, "--cache", cache], size) as terminal:
        # What comes next may come in the same breath.
        later = b"heard" if size[1] > 2 else b"\x1b[H"
        terminal.wait_until(lambda: terminal.output.endswith(b"\x1b[H") or later in terminal.output)
        if size[1] > 2:
            lines = terminal.lines_before(b"heard")
            assert lines[1] == "brave-elk-922"[: size[0]]
            assert lines[size[1] - 1] == "? keys"


def test_no_color_takes_the_colours_out_of_the_first_paint(cache: Path) -> None:
    with Terminal([*TINY, "--cache", cache], env={"NO_COLOR": "1"}) as terminal:
        terminal.wait_for("calm-fox-930")
        assert b"38;2" not in terminal.output.partition(b"calm-fox-930")[0]


def test_a_folder_that_cannot_be_written_to_is_painted_from() -> None:
    # As nobody, because root may write anywhere; and not in tmp_path, which nobody may enter.
    code = """
import os, sys, sqlite3
from app import first_paint
if os.geteuid() == 0:
    os.setuid(65534)
first_paint.paint(sys.argv[1])
"""
    with tempfile.TemporaryDirectory() as name:
        keep_screen(Path(name), screen_of("calm-fox-930"))
        (Path(name) / NAME).chmod(0o444)
        Path(name).chmod(0o555)
        done = subprocess.run([sys.executable, "-c", code, name], cwd=REPOSITORY, capture_output=True, timeout=60)
        Path(name).chmod(0o755)
    assert b"calm-fox-930" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "is_deck"),
    [
        ("", True), ("demo", True), ("--demo", True), ("--offline -w ml-prod", True), ("--cache=/tmp/x demo", True),
        ("--emulator http://127.0.0.1:8765", True), ("demo --runs 1000", True), ("-w demo", True),
        ("runs", False), ("--demo runs", False), ("--version", False), ("--help", False), ("demo --json", False),
    ],
)  # fmt: skip
def test_the_deck_is_what_a_command_line_without_a_verb_opens(arguments: str, is_deck: bool) -> None:
    assert start.opens_deck(arguments.split()) is is_deck


def test_the_demo_and_every_emulator_keep_a_cache_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/tmp/caches")
    monkeypatch.setattr(sys, "platform", "linux")
    assert start.cache_folder([]) == "/tmp/caches/amldeck"
    assert start.cache_folder(["demo"]) == start.cache_folder(["--demo", "runs"]) == "/tmp/caches/amldeck/demo"
    assert start.cache_folder(["--emulator", "http://127.0.0.1:8765/"]) == "/tmp/caches/amldeck/emulator-8765"
    assert start.cache_folder(["--cache", "/data", "-w", "demo"]) == "/data"
    assert start.cache_folder(["--cache=/data", "demo"]) == "/data/demo"


def test_a_line_is_cut_by_its_characters_and_keeps_its_colours() -> None:
    assert first_paint.clip("\x1b[1mabc\x1b[0mdef", 4) == "\x1b[1mabc\x1b[0md"
    assert first_paint.clip("\x1b[1mabc\x1b[0mdef", is_coloured=False) == "abcdef"
    assert first_paint.clip("\x1b[31mred\x1b[0m", 0) == "\x1b[31m\x1b[0m"


def test_the_size_is_the_one_textual_will_find(cache: Path) -> None:
    with Terminal([*TINY, "--cache", cache], NARROW, env={"COLUMNS": "40", "LINES": "10"}) as terminal:
        terminal.wait_for("? keys")
        assert terminal.lines[9] == "? keys"
