from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.terminal.harness import Terminal
from tests.terminal.prepared import STOP_AT_THE_COMMAND

pytestmark = [pytest.mark.pty, pytest.mark.slow]

TINY = [sys.executable, "-m", "tests.terminal.start_tiny"]


def test_the_deck_takes_the_painted_screen_over_without_a_second_switch(cache: Path) -> None:
    with Terminal([*TINY, "--cache", cache]) as terminal:
        terminal.wait_for("heard 0")
        assert terminal.output.count(b"\x1b[?1049h") == 1
        assert terminal.output.count(b"\x1b[2J") == 1
        terminal.type("q")
        assert terminal.wait_end() == 0
        assert terminal.trouble() == []


def test_keys_pressed_while_it_starts_reach_the_deck_and_do_not_echo(cache: Path) -> None:
    with Terminal([*TINY, "--cache", cache]) as terminal:
        terminal.wait_for("calm-fox-930")
        # ctrl+z must neither stop a program that cannot give the terminal back yet, nor throw the other keys away.
        terminal.type("jj\x1aj")
        terminal.wait_for("heard 3")
        assert b"jj" not in terminal.output


def test_an_escape_that_nothing_follows_is_a_key_and_a_byte_that_is_no_text_is_none(cache: Path) -> None:
    with Terminal([*TINY, "--cache", cache]) as terminal:
        terminal.wait_for("heard 0")
        terminal.type("\x1b")
        terminal.wait_for("heard 1")
        terminal.type(b"\xff\xc3(j")
        terminal.wait_for("heard 2")
        terminal.type("q")
        assert terminal.wait_end() == 0


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="Linux tells how often a thread woke")
def test_nothing_wakes_in_a_deck_that_is_left_alone(cache: Path) -> None:
    with Terminal([*TINY, "--cache", cache]) as terminal:
        terminal.wait_for("heard 0")
        terminal.wait_quiet(0.5)
        before = wakes(terminal)
        terminal.listen(2.0)
        assert wakes(terminal) - before <= 4


def wakes(terminal: Terminal) -> int:
    """How often any thread of the command has waited for something so far."""
    states = Path(f"/proc/{terminal.process.pid}/task").glob("*/status")
    lines = (line for state in states for line in state.read_text().splitlines())
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary"))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_deck_told_to_end_leaves_the_terminal_clean(cache: Path, number: signal.Signals) -> None:
    with Terminal([*TINY, "--cache", cache]) as terminal:
        terminal.wait_for("heard 0")
        terminal.send_signal(number)
        assert terminal.wait_end() == 128 + number
        assert terminal.trouble() == []


def test_a_stalled_deck_told_to_end_leaves_the_terminal_clean(cache: Path) -> None:
    with Terminal([*TINY, "--cache", cache]) as terminal:
        terminal.wait_for("heard 0")
        terminal.type("s")
        terminal.wait_until(lambda: b"stalled" in terminal.output)
        terminal.send_signal(signal.SIGTERM)
        assert terminal.wait_end() == 128 + signal.SIGTERM
        assert terminal.trouble() == []


@pytest.mark.parametrize("number", [None, signal.SIGTERM])
def test_a_thread_that_never_ends_holds_up_no_end(cache: Path, number: signal.Signals | None) -> None:
    stuck = "import runpy, threading; threading.Thread(target=threading.Event().wait).start(); "
    command = [sys.executable, "-c", stuck + "runpy.run_module('tests.terminal.start_tiny', run_name='__main__')"]
    with Terminal([*command, "--cache", cache]) as terminal:
        terminal.wait_for("heard 0")
        if number:
            terminal.send_signal(number)
        else:
            terminal.type("q")
        assert terminal.wait_end() == (128 + number if number else 0)
        assert terminal.trouble() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_start_told_to_end_leaves_the_terminal_clean(cache: Path, tmp_path: Path, number: signal.Signals) -> None:
    loaded = tmp_path / "loaded"
    command = [sys.executable, "-c", STOP_AT_THE_COMMAND, "--cache", cache]
    with Terminal(command, env={"LOADED": str(loaded)}) as terminal:
        terminal.wait_until(lambda: loaded.exists() and loaded.read_text() != "")
        terminal.send_signal(number)
        assert terminal.wait_end() in (-number, 130)
        assert terminal.trouble() == []


def test_ctrl_c_ends_a_start_that_takes_too_long(cache: Path, tmp_path: Path) -> None:
    loaded = tmp_path / "loaded"
    command = [sys.executable, "-c", STOP_AT_THE_COMMAND, "--cache", cache]
    with Terminal(command, env={"LOADED": str(loaded)}) as terminal:
        terminal.wait_until(lambda: loaded.exists() and loaded.read_text() != "")
        terminal.type("\x03")
        assert terminal.wait_end() == 130
        assert terminal.trouble() == []


def test_a_refusal_is_readable_after_the_first_paint(cache: Path) -> None:
    with Terminal([*TINY, "--cache", cache], env={"TINY_REFUSES": "no such workspace: ml-prod"}) as terminal:
        assert terminal.wait_end() == 2
        assert terminal.trouble() == []
        assert b"no such workspace" in terminal.output.partition(b"\x1b[?1049l")[2]


def test_a_program_that_breaks_while_it_starts_leaves_the_terminal_clean(cache: Path) -> None:
    with Terminal([*TINY, "--cache", cache], env={"TINY_BREAKS": "a bad import"}) as terminal:
        assert terminal.wait_end() == 1
        assert terminal.trouble() == []
        assert b"a bad import" in terminal.output.partition(b"\x1b[?1049l")[2]


def test_a_deck_that_crashes_leaves_the_terminal_clean_and_says_why(cache: Path) -> None:
    with Terminal([*TINY, "--cache", cache]) as terminal:
        terminal.wait_for("heard 0")
        terminal.type("x")
        assert terminal.wait_end() == 1
        assert terminal.trouble() == []
        assert b"the tiny deck broke" in terminal.output.rpartition(b"\x1b[?1049l")[2]


def test_strings_for_the_terminal_hidden_in_a_name_never_arrive(cache: Path) -> None:
    with Terminal([*TINY, "--cache", cache]) as terminal:
        terminal.wait_for("heard 0")
        terminal.type("h")
        terminal.wait_for("end")
        assert b"\x1b]52" not in terminal.output
        assert b"\x1bP" not in terminal.output
        assert b"\xc2\x9b" not in terminal.output


def test_the_clipboard_can_be_written_on_purpose(cache: Path) -> None:
    with Terminal([*TINY, "--cache", cache]) as terminal:
        terminal.wait_for("heard 0")
        terminal.type("c")
        terminal.wait_for("copied")
        assert b"\x1b]52;c;bWluZQ==\x07" in terminal.output


def test_an_idle_deck_writes_nothing(cache: Path) -> None:
    with Terminal([*TINY, "--cache", cache]) as terminal:
        terminal.wait_for("heard 0")
        terminal.wait_quiet()
        assert terminal.listen(2.0) == b""
