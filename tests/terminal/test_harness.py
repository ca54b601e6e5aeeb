from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.terminal.harness import Terminal

pytestmark = pytest.mark.pty


def python(code: str) -> list[str | Path]:
    return [sys.executable, "-I", "-c", f"import sys; {code}"]


@pytest.mark.parametrize(
    ("left", "named"),
    [
        ("\x1b[?1049h", "the other screen"), ("\x1b[?25l", "cursor"), ("\x1b[31mred", "colour"), ("\x1b[?7l", "wrap"),
        ("\x1b[?1003h", "mouse 1003"), ("\x1b[?1016h", "mouse 1016"), ("\x1b[?2004h", "pasting"),
        ("\x1b[>25u", "Kitty"), ("\x1b[?2026h", "frame"), ("\x1b[?1004h", "focus"),
    ],
)  # fmt: skip
def test_whatever_is_left_on_is_named(left: str, named: str) -> None:
    with Terminal(python(f"sys.stdout.write({left!r})")) as terminal:
        assert terminal.wait_end() == 0
        (trouble,) = terminal.trouble()
        assert named in trouble


def test_settings_that_differ_are_named() -> None:
    with Terminal(python("import tty; tty.setraw(0)")) as terminal:
        assert terminal.wait_end() == 0
        assert terminal.trouble() == ["the terminal's own settings differ"]


def test_a_well_behaved_command_leaves_no_trouble() -> None:
    with Terminal(python("print('\\x1b[1mhello\\x1b[0m')")) as terminal:
        assert terminal.wait_end() == 0
        assert terminal.lines[0] == "hello"
        assert terminal.trouble() == []


def test_a_text_that_never_comes_is_reported_with_the_screen() -> None:
    silent = pytest.raises(AssertionError, match="something else")
    with Terminal(python("print('something else')")) as terminal, silent:
        terminal.wait_for("rows", deadline=5)


def test_questions_are_answered_as_a_terminal_would() -> None:
    ask = "import tty; tty.setraw(0); sys.stdout.write('\\x1b[c'); sys.stdout.flush(); print(ascii(sys.stdin.read(9)))"
    with Terminal(python(ask)) as terminal:
        terminal.wait_for("?62;22c")


def test_resizing_reaches_the_command() -> None:
    tell = "import os, signal; tell = lambda *_: os.write(1, str(os.get_terminal_size()).encode())"
    with Terminal(python(f"{tell}; signal.signal(signal.SIGWINCH, tell); tell(); signal.pause()")) as terminal:
        terminal.wait_for("columns=80, lines=24")
        terminal.resize(100, 30)
        terminal.wait_for("columns=100, lines=30")
