"""A card: sentences in the place of a table, with a title line and the keys that help."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.key_map import KeyMap
from app.source_state import SourceState
from widgets import format as fmt
from widgets.lines import NO_LINE, blank, say
from widgets.pane import Line, Look, Pane, Span
from widgets.safe import Safe, plain, safe

INDENT = 3
"""Cells before a sentence: it hangs on the table's first column."""


@dataclass(frozen=True, slots=True)
class Card:
    """Sentences in the place of a table: a title line and what stands under it."""

    title: Line
    right: Line
    body: tuple[Line, ...]


def key_lines(keys: KeyMap, *ways: tuple[str, Safe]) -> list[Line]:
    """Keys and what they do, as cards end with: by the id of an action, or the digit of a pane. Without a key, none."""
    named = [(Safe(id) if id.isdigit() else keys.first(id), words) for id, words in ways]
    return [
        (Span(Safe(f"{key:<{max(5, len(key) + 2)}}"), "accent", bold=True), Span(words)) for key, words in named if key
    ]


def strong(text: str) -> Line:
    """A sentence that matters. The text is ours, or safe already."""
    return say(Safe(text), "strong", bold=True)


def muted(text: str) -> Line:
    """The rest of what is said. The text is ours, or safe already."""
    return say(Safe(text), "muted")


def lead(text: str, look: Look) -> Line:
    """The first sentence, with the sign of attention before it. The text is ours, or safe already."""
    return (Span(plain("!  " if look.is_ascii else "▲  "), "warn"), Span(Safe(text), "strong", bold=True))


def make_card(pane: Pane[Any], word: str, state: SourceState, look: Look, body: list[Line]) -> Card:
    """A card about a source: pane and word of the problem in the title, when it was asked at the right."""
    title: Line = (Span(safe(pane.title), "strong", bold=True), Span(Safe(f"  {word}"), "warn"))
    checked = Safe(f"checked {fmt.age(state.last_try, look.now)}") if state.last_try else plain("")
    indented = tuple((blank(6 if index else INDENT), *line) if line else line for index, line in enumerate(body))
    return Card(title, say(checked, "muted"), (NO_LINE, *indented))
