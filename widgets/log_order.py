"""Which lines of a log are shown, and in what order: all from a place on, or those that match, with their context."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from typing import NamedTuple

from widgets.log_source import Hunt, LogSource

CONTEXT = 2
"""Lines shown before and after one that matches."""
MOST_SHOWN = 20_000
"""Matches shown together with their context."""


LOOKED_AT = 200
"""Lines in a row looked at for a stamp: a long traceback has none."""

MomentOf = Callable[[str], float | None]


class Place(NamedTuple):
    """A line that is shown. `has_gap` says that lines before it are left out; `is_match` that it is what was sought."""

    start: int
    has_gap: bool = False
    is_match: bool = False


class AllLines:
    """Every line from `floor` on."""

    def __init__(self, source: LogSource, floor: int = 0) -> None:
        self._source = source
        self.floor = floor

    def at_or_after(self, start: int) -> Place | None:
        """The first line from a byte on."""
        start = max(start, self.floor)
        begin = self._source.line_start(start)
        begin = begin if begin >= start else self._source.next_start(begin) or self._source.size
        return Place(begin) if begin < self._source.size else None

    def after(self, place: Place, count: int) -> list[Place]:
        """Up to `count` lines after one."""
        found = self._source.lines_from(place.start, count + 1)[1:]
        return [Place(line.start) for line in found]

    def before(self, start: int, count: int) -> list[Place]:
        """Up to `count` lines before a byte, in the order of the file."""
        first = max(self.floor, self._source.start_before(start, count))
        return [Place(line.start) for line in self._source.lines_from(first, count) if line.start < start]


class SomeLines:
    """The lines a search found, and a few around each. Built once more when the search has found more."""

    def __init__(self, source: LogSource, floor: int = 0, context: int = CONTEXT) -> None:
        self._source = source
        self.floor = floor
        self._context = context
        self._starts = array("Q")
        self._flags = bytearray()
        self._taken = 0

    @property
    def shown(self) -> int:
        """How many matches are shown."""
        return self._taken

    def grow(self, hunt: Hunt) -> bool:
        """Take in what the search has found since, with its context; True when there was something. On a thread."""
        starts = hunt.starts
        end = min(len(starts), MOST_SHOWN)
        if end <= self._taken:
            return False
        for start in starts[self._taken : end]:
            if start >= self.floor:
                self._add(start)
        self._taken = end
        return True

    def _add(self, match: int) -> None:
        first = self._source.start_before(match, self._context)
        for line in self._source.lines_from(first, 2 * self._context + 1):
            is_match = line.start == match
            if self._starts and line.start <= self._starts[-1]:
                if is_match:
                    self._flags[bisect_left(self._starts, match)] |= 1
                continue
            last = self._starts[-1] if self._starts else None
            is_next = last is not None and self._source.next_start(last) == line.start
            self._flags.append((1 if is_match else 0) | (0 if is_next or (last is None and line.start == 0) else 2))
            self._starts.append(line.start)

    def at_or_after(self, start: int) -> Place | None:
        """The first line shown from a byte on."""
        at = bisect_left(self._starts, start)
        return self._place(at) if at < len(self._starts) else None

    def after(self, place: Place, count: int) -> list[Place]:
        """Up to `count` lines after one."""
        at = bisect_right(self._starts, place.start)
        return [self._place(one) for one in range(at, min(at + count, len(self._starts)))]

    def before(self, start: int, count: int) -> list[Place]:
        """Up to `count` lines before a byte."""
        at = bisect_left(self._starts, start)
        return [self._place(one) for one in range(max(0, at - count), at)]

    def _place(self, at: int) -> Place:
        return Place(self._starts[at], bool(self._flags[at] & 2), bool(self._flags[at] & 1))


Order = AllLines | SomeLines


def since(source: LogSource, seconds: float, moment_of: MomentOf) -> int | None:
    """Where the lines of the last `seconds` of the log begin; None when its lines do not say when they were written.

    The log's own last stamp counts, not the clock: a log that has ended still has a last hour.
    """
    last = _moment_near(source, source.size, moment_of, is_back=True)
    if last is None:
        return None
    low, high = 0, source.size
    while high - low > 4096:
        middle = source.line_start((low + high) // 2)
        at = _moment_near(source, middle, moment_of, is_back=False)
        if at is None or at >= last - seconds:
            high = middle if middle < high else low
        else:
            low = max(middle, low + 1)
    return _first_since(source, source.line_start(low), last - seconds, moment_of)


def _first_since(source: LogSource, start: int, moment: float, moment_of: MomentOf) -> int:
    for line in source.lines_from(start, 4096):
        at = moment_of(text_of(line.text))
        if at is not None and at >= moment:
            return line.start
    return source.last_start


def _moment_near(source: LogSource, at: int, moment_of: MomentOf, *, is_back: bool) -> float | None:
    """The stamp of the nearest line that has one: before a byte, or from it on."""
    first = source.start_before(at, LOOKED_AT) if is_back else at
    lines = source.lines_from(first, LOOKED_AT)
    found = (moment_of(text_of(line.text)) for line in (reversed(lines) if is_back else lines))
    return next((one for one in found if one is not None), None)


def text_of(line: bytes) -> str:
    """The beginning of a line, to look for its stamp."""
    return line[:80].decode("utf-8", "replace")
