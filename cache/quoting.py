"""How any text at all stands in a filter as itself."""

from __future__ import annotations

import re

QUOTED = r'"(?:[^"\\]|\\.)*"'


def quoted(text: str) -> str:
    """The text in quotes: a filter takes it as it is, whatever is in it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def unquoted(text: str) -> str:
    """The text without its quotes; `\\"` inside them is a quote."""
    if '"' not in text:
        return text
    return re.sub(QUOTED, lambda found: re.sub(r"\\([\"\\])", r"\1", found[0][1:-1]), text)


def equals(field: str, value: str) -> str:
    """The condition that keeps rows whose field is exactly this text."""
    return f"{field}={quoted(value)}"
