"""ctrl+z under a real shell: the terminal is the shell's again, and fg brings the deck back as it was."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

import pytest

from tests.terminal.demo import SLOW, START, is_open, names
from tests.terminal.harness import Terminal

pytestmark = pytest.mark.pty

SHELL = shutil.which("bash")


@pytest.mark.skipif(SHELL is None, reason="there is no bash to suspend to")
def test_a_suspended_deck_gives_the_terminal_back_and_fg_shows_a_clean_screen(demo: Path) -> None:
    assert SHELL is not None
    with Terminal([SHELL, "--norc", "--noprofile", "-i"], env={"PS1": "ready> "}) as terminal:
        terminal.wait_for("ready>")
        command = shlex.join([*START, "--offline", "demo", "--cache", str(demo)])
        terminal.type(f"{command}\n")
        terminal.wait_until(lambda: is_open(terminal), "the deck", SLOW)
        terminal.wait_quiet(0.5, SLOW)
        shown = names(terminal)

        terminal.type("\x1a")
        terminal.wait_for("Stopped", SLOW)
        assert not terminal.modes.get(1049)
        assert not terminal.is_cursor_hidden
        assert not any(terminal.modes.get(mode) for mode in (1000, 1003, 1006))
        terminal.type("echo still-$((20 + 22))\n")
        terminal.wait_for("still-42")

        terminal.type("fg\n")
        terminal.wait_until(lambda: terminal.modes.get(1049, False), "the deck again", SLOW)
        terminal.wait_until(lambda: names(terminal) == shown and "still-42" not in terminal.text, "its rows", SLOW)
        assert "? keys" in terminal.lines[-1]
        terminal.type("d")
        terminal.wait_for("scroll")
        terminal.type("dq")
        terminal.wait_for("ready>", SLOW)
        terminal.type("exit\n")
        assert terminal.wait_end(SLOW) == 0
