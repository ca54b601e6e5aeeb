"""How much of the endurance tests a run does: a part of them everywhere, all with `make endurance`."""

from __future__ import annotations

import os

PART = 7


def some(number: int) -> int:
    """Return a seventh of a number of repetitions, or all of them where AMLDECK_ENDURANCE is set."""
    return number if os.environ.get("AMLDECK_ENDURANCE") else -(-number // PART)
