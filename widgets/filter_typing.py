"""A filter while it is typed: the text and caret, completions beside it, and how both look. No widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from widgets.editing import Editing
from widgets.filter_clauses import Problem, paint
from widgets.line_cut import slice_line
from widgets.lines import GAP, clip_line, line_width, say, spaced
from widgets.pane import Line, Span
from widgets.safe import Safe, cell_width, plain

Complete = Callable[[Safe], Sequence[Safe]]
"""What the word being typed could become, best first: `sta` → `status:`, `status:fa` → `status:failed`."""

OFFERED = 5
"""Completions shown at a time."""

SIGN: Line = (Span(plain("/ "), "accent", bold=True),)
"""What a filter begins with on the screen."""


class Typing:
    """One go at typing a filter."""

    def __init__(self, text: Safe, history: Sequence[Safe], complete: Complete, sign: Line = SIGN) -> None:
        self._sign = sign
        self.line = Editing()
        self.line.begin(text, history)
        self._complete = complete
        self._taken = -1
        self._offers: tuple[Safe, ...] = ()
        self._offer()

    @property
    def text(self) -> Safe:
        """What stands there."""
        return self.line.text

    def insert(self, text: str) -> None:
        """Typed or pasted text."""
        self.line.insert(text)
        self._offer()

    def press(self, key: str) -> bool:
        """An editing key; False when it is not one."""
        if not self.line.press(key):
            return False
        self._offer()
        return True

    def take(self, step: int) -> bool:
        """Put the next completion in place of the word; False when there is none."""
        if not self._offers:
            return False
        here = self._taken if self._taken >= 0 or step > 0 else 0
        self._taken = (here + step) % len(self._offers)
        self.line.replace(self.line.word_start(), self.line.at, self._offers[self._taken])
        if len(self._offers) == 1:
            self._offer()
        return True

    def picture(self, problems: Sequence[Problem], width: int) -> tuple[Line, int, int]:
        """The line in `width` cells with completions and the first problem's reason; the caret's cell and width."""
        room = max(1, width - line_width(self._sign) - 1)
        painted = paint(self.text, problems)
        caret = cell_width(self.text[: self.line.at])
        start = max(0, caret - room + 1)
        shown = (*self._sign, *slice_line(painted, start, room))
        left = width - line_width(shown) - 3
        beside = clip_line(self._beside(problems), left) if left > 3 else ()
        if beside:
            shown = (*shown, GAP, Span(plain(" ")), *beside)
        return (
            shown,
            line_width(self._sign) + caret - start,
            max(1, cell_width(self.text[self.line.at : self.line.at + 1])),
        )

    def _beside(self, problems: Sequence[Problem]) -> Line:
        if problems:
            return say(problems[0].message, "warn")
        first = max(0, self._taken - OFFERED + 1)
        offers = self._offers[first : first + OFFERED]
        more = len(self._offers) - first - len(offers)
        parts = [say(offer, "text" if first + at == self._taken else "muted") for at, offer in enumerate(offers)]
        return spaced([*parts, say(Safe(f"+{more}"), "muted")] if more else parts)

    def _offer(self) -> None:
        """Ask for completions of the word before the caret; nothing is offered before there is one."""
        word = Safe(self.text[self.line.word_start() : self.line.at])
        self._offers = tuple(offer for offer in self._complete(word) if offer != word)
        self._taken = -1
