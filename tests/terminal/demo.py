"""How the terminal tests start the real deck, and what they look for on its runs."""

from __future__ import annotations

import re
import sys

from tests.terminal.harness import DEADLINE, Terminal

START = [sys.executable, "-c", "import sys; from app.launch import main; sys.exit(main())"]
SLOW = 3 * DEADLINE
"""Seconds a first start may take on a busy machine: it invents a world and reads all of it."""

_RUN = re.compile(r"\b(?:completed|failed|running|queued|canceled) +(\S+) ")


def rows(terminal: Terminal) -> list[str]:
    """The rows of the runs pane: those with a state in them."""
    return [line for line in terminal.lines if _RUN.search(line)]


def names(terminal: Terminal) -> list[str]:
    """The names of the runs on the screen, such as `price-el-862`, shortened as they are shown."""
    return [found.group(1) for line in terminal.lines if (found := _RUN.search(line))]


def is_open(terminal: Terminal) -> bool:
    """Whether the deck itself shows rows, and not the first paint."""
    return rows(terminal) != [] and "saved" not in terminal.lines[0]
