"""The verdict of a pane, asked for again when its rows change, but not for every page that arrives."""

from __future__ import annotations

from collections.abc import Callable

from textual.timer import Timer

from widgets.lines import NO_LINE
from widgets.pane import Line

EVERY = 1.0
"""Seconds between two verdicts while rows keep changing."""


class Summing:
    """Keeps one line fresh. `ask` gets it from a worker, `later` calls back after some seconds, `changed` draws it."""

    def __init__(
        self,
        ask: Callable[[Callable[[Line], None]], None],
        later: Callable[[float, Callable[[], None]], Timer],
        changed: Callable[[], None],
    ) -> None:
        self._ask = ask
        self._later = later
        self._changed = changed
        self.line: Line = NO_LINE
        self._timer: Timer | None = None
        self._is_late = False
        self._asked = 0

    def restart(self) -> None:
        """Another pane: what was said, and what is being asked, is of no use any more."""
        if self._timer is not None:
            self._timer.stop()
        self.line, self._timer, self._is_late = NO_LINE, None, False
        self._asked += 1
        self.again()

    def again(self) -> None:
        """The rows changed."""
        if self._timer is not None:
            self._is_late = True
            return
        number = self._asked
        self._ask(lambda line: self._take(number, line))
        self._timer = self._later(EVERY, self._may)

    def _may(self) -> None:
        is_late, self._is_late, self._timer = self._is_late, False, None
        if is_late:
            self.again()

    def _take(self, number: int, line: Line) -> None:
        if number == self._asked and line != self.line:
            self.line = line
            self._changed()
