"""Searching lines of text: where a word occurs, and which occurrence one is at."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from widgets.safe import Safe, plain

MOST = 10_000
"""Occurrences that are looked for; there may be more."""


class Match(NamedTuple):
    """An occurrence: line, first character and the one after the last."""

    line: int
    start: int
    end: int


class Search:
    """All occurrences of a text, ignoring case, in order; `at` is the one looked at."""

    def __init__(self, lines: Sequence[Safe], text: Safe) -> None:
        self.text = text
        self.matches: list[Match] = []
        self.at = 0
        self._first: dict[int, int] = {}
        if text:
            self._find(lines, re.compile(re.escape(text), re.IGNORECASE))

    @property
    def here(self) -> Match | None:
        """The occurrence looked at."""
        return self.matches[self.at] if self.matches else None

    @property
    def said(self) -> Safe:
        """`3 of 17`, `not found`, nothing without a text."""
        if not self.text:
            return plain("")
        if not self.matches:
            return plain("not found")
        more = "+" if len(self.matches) >= MOST else ""
        return Safe(f"{self.at + 1:,} of {len(self.matches):,}{more}")

    def start_from(self, line: int) -> None:
        """Look at the first occurrence from a line on, or at the first of all."""
        found = bisect_left(self.matches, (line, 0, 0))
        self.at = found if found < len(self.matches) else 0

    def step(self, by: int) -> None:
        """Look at the next or previous occurrence, round the end."""
        if self.matches:
            self.at = (self.at + by) % len(self.matches)

    def on_line(self, line: int) -> list[Match]:
        """The occurrences on one line."""
        first = self._first.get(line)
        if first is None:
            return []
        last = bisect_left(self.matches, (line + 1, 0, 0))
        return self.matches[first:last]

    def _find(self, lines: Sequence[Safe], wanted: re.Pattern[str]) -> None:
        for number, line in enumerate(lines):
            for found in wanted.finditer(line):
                self._first.setdefault(number, len(self.matches))
                self.matches.append(Match(number, found.start(), found.end()))
            if len(self.matches) >= MOST:
                return
