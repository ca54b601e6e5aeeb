"""Searching a large file, a slice of time at a time: stopped at any moment, with what was found so far at hand."""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable

from cache.log_text import LogText
from cache.patterns import NoExpression, compiled

PIECE = 1024 * 1024
MOST = 200_000
"""Lines that are remembered; more are only counted."""
MOST_SPANS = 50
"""Occurrences in one line that are told."""
REGEX = "~"
"""What begins a regular expression: the sign the query language uses."""

Find = Callable[[bytes, int], tuple[int, int] | None]
"""The first occurrence in a block from a place on: where it begins and ends."""


class BadPattern(ValueError):
    """The regular expression cannot be read; the message is a sentence."""


def finder(text: str) -> Find:
    """What finds a text whatever its case, or a regular expression written as `~…`. Raises BadPattern.

    Plain text is searched as bytes; the rest by RE2, which no expression can keep busy for long.
    """
    if text.startswith(REGEX):
        return pattern(text[len(REGEX) :])
    if not text.isascii():
        return pattern(text, is_literal=True)
    wanted, length = text.lower().encode(), len(text)

    def find(block: bytes, start: int) -> tuple[int, int] | None:
        at = block.find(wanted, start)
        return None if at < 0 else (at, at + length)

    return _Lowered(find)


class _Lowered:
    """Finds in the lower case of a block, which is made once a block."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._block = self._lowered = b""

    def __call__(self, block: bytes, start: int) -> tuple[int, int] | None:
        if block is not self._block:
            self._block, self._lowered = block, block.lower()
        return self._find(self._lowered, start)


def pattern(expression: str, *, is_literal: bool = False, is_cased: bool = False) -> Find:
    """What finds a regular expression, line by line. Raises BadPattern."""
    wanted = expression if is_literal else f"(?m){expression}"
    try:
        search = compiled(wanted, is_literal=is_literal, is_cased=is_cased).search
    except NoExpression as error:
        raise BadPattern(f"The expression {error}.") from error

    def find(block: bytes, start: int) -> tuple[int, int] | None:
        found = search(block, start)
        return None if found is None else (found.start(), found.end())

    return find


class Finds:
    """The lines of a text that match, in order: `starts` where they begin, `count` how many were seen so far."""

    def __init__(self, text: LogText, find: Find, *, start: int = 0) -> None:
        self._text = text
        self._find = find
        self.starts: array[int] = array("Q")
        self.count = 0
        self.done_to = start
        self._open_line = -1
        """A line that matched and had no end yet: it is not counted again."""

    @property
    def is_done(self) -> bool:
        """Whether everything that is there was searched."""
        return self.done_to >= self._text.size

    def spans(self, line: str) -> list[tuple[int, int]]:
        """Where it is found in one line, in characters."""
        block, at = line.encode("utf-8", "replace"), 0
        found: list[tuple[int, int]] = []
        while at <= len(block) and len(found) < MOST_SPANS and (span := self._find(block, at)) is not None:
            start, end = (len(block[:edge].decode("utf-8", "replace")) for edge in span)
            if end > start:
                found.append((start, end))
            at = max(span[1], at + 1)
        return found

    def advance(self, seconds: float) -> bool:
        """Search on for at most so long; False when nothing is left to search. On any one thread at a time."""
        until = time.monotonic() + seconds
        for start, block in self._text.pieces(self.done_to, PIECE):
            self._take(start, block)
            self.done_to = start + len(block)
            if time.monotonic() >= until:
                break
        return not self.is_done

    def _take(self, start: int, block: bytes) -> None:
        at = 0
        while at < len(block) and (found := self._find(block, at)) is not None:
            line = block.rfind(b"\n", 0, found[0]) + 1
            end = block.find(b"\n", found[0])
            if start + line != self._open_line:
                self.count += 1
                if len(self.starts) < MOST:
                    self.starts.append(start + line)
            self._open_line = start + line if end < 0 else -1
            if end < 0:
                return
            at = end + 1


def first_match(text: LogText, find: Find, start: int = 0, seconds: float = 60.0) -> int | None:
    """Where the first line from `start` on begins that matches; None when none does, or the time is over."""
    until = time.monotonic() + seconds
    for begins, block in text.pieces(start, PIECE):
        if found := find(block, 0):
            return begins + block.rfind(b"\n", 0, found[0]) + 1
        if time.monotonic() >= until:
            break
    return None
