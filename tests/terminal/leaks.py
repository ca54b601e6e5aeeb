"""What a terminal must never get from data: controls the deck does not itself say, and characters that hide."""

from __future__ import annotations

import re
import unicodedata

OURS = re.compile(
    r"\x1b\[[0-9;]*[mHK]|\x1b\[\?[0-9;]+[hl]|\x1b\[[<>=][0-9;]*u|\x1b\[\?\d+\$p|\x1b\[2J|\x1b\]22;[a-z-]*\x07|\x1b\\|\r\n"
)
"""All a deck has to say to a terminal: colours, places, modes, the Kitty keyboard, questions, the pointer's shape."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_KEPT = "\u200d\ufe0e\ufe0f"
"""What joins an emoji is drawn."""


def foreign(output: str) -> list[str]:
    """The controls and hidden characters in the output of a deck that are not its own, as ASCII."""
    whole = output[: max(output.rfind("\x1b"), 0)]
    return controls(OURS.sub("", whole))


def controls(text: str) -> list[str]:
    """The control characters in a text, and those that are there without being seen."""
    hidden = [char for char in set(text) if unicodedata.category(char) in ("Cf", "Cs") and char not in _KEPT]
    tags = [char for char in set(text) if 0xE0000 <= ord(char) <= 0xE0FFF]
    return sorted({ascii(char) for char in (*_CONTROL.findall(text), *hidden, *tags)})
