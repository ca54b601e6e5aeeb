"""The bottom row: the keys that work here, the most wanted first, as many as fit; `? keys` always at the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events

from widgets.bar import Bar, Zone, zones_of
from widgets.lines import line_width, spaced
from widgets.pane import Line, Span
from widgets.safe import Safe, plain

HELP_KEY = plain("?")


@dataclass(frozen=True, slots=True)
class Hint:
    """A key and a word for what it does here. `action` is what a click on it runs; empty for nothing."""

    key: Safe
    word: Safe
    action: str = ""


def hint_line(hint: Hint) -> Line:
    """The key in accent, the word muted."""
    return (Span(hint.key, "accent"), Span(Safe(f" {hint.word}"), "muted"))


def fitting(hints: Sequence[Hint], width: int) -> list[Hint]:
    """The first hints that fit in `width` cells with two between each; one that is too long ends the list."""
    kept: list[Hint] = []
    left = width
    for hint in hints:
        left -= line_width(hint_line(hint)) + (2 if kept else 0)
        if left < 0:
            break
        kept.append(hint)
    return kept


class Footer(Bar):
    """The bottom row of the deck. Posts `Bar.Pressed(action)`."""

    MOST = 10
    """More hints than this are not read."""

    def __init__(self, *, help_key: Safe = HELP_KEY, id: str | None = None, has_help: bool = True) -> None:
        super().__init__(id=id)
        self._hints: tuple[Hint, ...] = ()
        self._right: Line = hint_line(Hint(help_key, plain("keys"))) if has_help and help_key else ()

    def say(self, hints: Sequence[Hint]) -> None:
        """Show as many of these as fit."""
        self._hints = tuple(hints)
        if self.room and not self.is_said(self._hints):
            self._draw()

    def on_resize(self, event: events.Resize) -> None:
        """Fit the new width."""
        self._draw()

    def _draw(self) -> None:
        taken = line_width(self._right) + 2 if self._right else 0
        shown = fitting(self._hints[: self.MOST], self.room - taken)
        parts = [hint_line(hint) for hint in shown]
        named = list(zip(parts, [hint.action for hint in shown], strict=True))
        end = self.MARGIN + self.room
        help_zone = [Zone(end - line_width(self._right), end, "help")] if self._right else []
        self.show(spaced(parts), self._right, zones=[*zones_of(named, start=self.MARGIN), *help_zone])
