"""How the terminal tests start the real deck, and what they look for on its runs."""

from __future__ import annotations

import re
import sys

from tests.terminal.harness import DEADLINE, Terminal

START = [sys.executable, "-c", "import sys; from app.launch import main; sys.exit(main())"]
SLOW = 3 * DEADLINE
"""Seconds a first start may take on a busy machine: it invents a world and reads all of it."""


def rows(terminal: Terminal) -> list[str]:
    """The rows of the runs pane: those with a state in them."""
    states = ("completed", "failed", "running", "queued", "canceled")
    return [line for line in terminal.lines if any(state in line for state in states)]


def names(terminal: Terminal) -> list[str]:
    """The names of the runs on the screen, such as `price-el-862`."""
    return [found.group() for row in rows(terminal) if (found := re.search(r"[a-z]+-[a-z]+-\d+", row))]


def is_open(terminal: Terminal) -> bool:
    """Whether the deck itself shows rows, and not the first paint."""
    return rows(terminal) != [] and "saved" not in terminal.lines[0]
