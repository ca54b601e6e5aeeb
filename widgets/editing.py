"""One line of text being typed: the text, the caret, and what the editing keys do to them. No widget."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from widgets.safe import Safe, plain, safe

LONGEST = 1000
"""Characters one typed line holds."""

_NOTHING = plain("")


@dataclass
class Editing:
    """Text and caret. `history` is what was entered before, oldest first."""

    text: Safe = _NOTHING
    at: int = 0
    history: Sequence[Safe] = field(default_factory=tuple[Safe, ...])
    _recalled: int = 0
    _draft: Safe = _NOTHING

    def begin(self, text: Safe, history: Sequence[Safe] = ()) -> None:
        """Start to edit a text, with the caret at its end."""
        self.history = history
        self._recalled = len(history)
        self._put(text, len(text))

    def insert(self, typed: str) -> None:
        """Put typed or pasted text at the caret, on one line and made safe."""
        one_line = " ".join(typed.split("\n")).replace("\r", "") if "\n" in typed else typed
        self.replace(self.at, self.at, one_line)

    def replace(self, start: int, end: int, text: str) -> None:
        """Put other text between two places; the caret goes behind it."""
        after = self.text[end:]
        whole = safe(self.text[:start] + text + after, LONGEST)
        self._put(whole, max(0, len(whole) - len(after)))

    def press(self, key: str) -> bool:
        """Do what an editing key does; False when it is not one."""
        action = self._actions().get(key)
        if action is not None:
            action()
        return action is not None

    def word_start(self) -> int:
        """Where the word before the caret begins; blanks inside quotes do not end it."""
        start, quote = 0, ""
        for index, char in enumerate(self.text[: self.at]):
            if char in "\"'":
                quote = "" if char == quote else quote or char
            elif char == " " and not quote:
                start = index + 1
        return start

    def recall(self, step: int) -> None:
        """Walk through what was entered before; past the newest is what was being typed."""
        goal = min(max(0, self._recalled + step), len(self.history))
        if goal == self._recalled:
            return
        if self._recalled == len(self.history):
            self._draft = self.text
        self._recalled = goal
        text = self._draft if goal == len(self.history) else self.history[goal]
        self._put(text, len(text))

    def _put(self, text: Safe, at: int) -> None:
        self.text, self.at = text, min(max(0, at), len(text))

    def _previous_word(self) -> int:
        head = self.text[: self.at].rstrip(" ")
        return head.rfind(" ") + 1

    def _next_word(self) -> int:
        rest = self.text[self.at :]
        blanks = len(rest) - len(rest.lstrip(" "))
        end = rest.find(" ", blanks)
        return len(self.text) if end < 0 else self.at + end

    def _actions(self) -> dict[str, Callable[[], None]]:
        """What each key does. Keys as in readline."""
        end = len(self.text)
        moves = {
            ("left", "ctrl+b"): self.at - 1,
            ("right", "ctrl+f"): self.at + 1,
            ("home", "ctrl+a"): 0,
            ("end", "ctrl+e"): end,
            ("ctrl+left", "alt+b"): self._previous_word(),
            ("ctrl+right", "alt+f"): self._next_word(),
        }
        cuts = {
            ("backspace", "ctrl+h"): (max(0, self.at - 1), self.at),
            ("delete", "ctrl+d"): (self.at, self.at + 1),
            ("ctrl+w", "alt+backspace"): (self._previous_word(), self.at),
            ("ctrl+u",): (0, self.at),
            ("ctrl+k",): (self.at, end),
        }
        return {
            **{key: partial(self._put, self.text, goal) for keys, goal in moves.items() for key in keys},
            **{key: partial(self.replace, *piece, "") for keys, piece in cuts.items() for key in keys},
            "up": partial(self.recall, -1),
            "down": partial(self.recall, 1),
        }
