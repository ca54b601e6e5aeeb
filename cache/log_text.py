"""The lines of a large file, by the byte: opened at once whatever its size, read with pread, counted while one looks.

A line is known by where it begins. Line numbers come from a sparse count of line ends, one number a megabyte, made
piece by piece on whichever thread calls `count`. Everything else is a few small reads.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

WINDOW = 64 * 1024
"""Bytes read at a time when looking for lines."""
LONGEST = 1024 * 1024
"""Bytes of one line; what is longer counts as several."""
STRIDE = 1024 * 1024
"""Bytes between two known counts."""

_OPEN = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class TextLine(NamedTuple):
    """A line: where it begins, and what it says, without its end and at most one window of it."""

    start: int
    text: bytes


class LogText:
    """One file. `look` takes in what was added to it; any thread may read. Raises OSError."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, _OPEN)
        self._guard = threading.Lock()
        self.size = 0
        self._counts = [0]
        self._tail = (0, 0)
        """Up to where the last, partial megabyte is counted, and the line ends in it."""
        self.look()

    def close(self) -> None:
        """Close the file; what still reads it gets nothing."""
        with self._guard:
            file, self._file = self._file, -1
        if file >= 0:
            os.close(file)

    def look(self) -> bool:
        """Take in what was added; True when there was something. A file that shrank is read as a new one."""
        if self._file < 0:
            return False
        size = os.fstat(self._file).st_size
        if size < self.size:
            self._counts, self._tail = [0], (0, 0)
        has_changed, self.size = size != self.size, size
        return has_changed

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`, or to the end of what was taken in."""
        start, end = max(0, start), min(end, self.size)
        if start >= end or self._file < 0:
            return b""
        try:
            return self._read(start, end)
        except OSError:
            if self._file < 0:  # closed while it was read: nobody wants it any more
                return b""
            raise

    def _read(self, start: int, end: int) -> bytes:
        if hasattr(os, "pread"):
            return os.pread(self._file, end - start, start)
        with self._guard:  # Windows has no pread
            os.lseek(self._file, start, os.SEEK_SET)
            return os.read(self._file, end - start)

    def lines_from(self, start: int, count: int) -> list[TextLine]:
        """Up to `count` lines, the first beginning at `start`."""
        found: list[TextLine] = []
        while len(found) < count and start < self.size:
            block = self.read(start, start + WINDOW)
            if not block:
                break
            used = _split(block, start, count - len(found), found)
            if used == 0:
                found.append(TextLine(start, block))
                used = self._line_end(start + len(block)) - start
            start += used
        return found

    def start_before(self, start: int, count: int = 1) -> int:
        """Where the line begins that is `count` lines before the one beginning at `start`; 0 when there are fewer."""
        at = min(start, self.size)
        while count > 0 and at > 0:
            low = max(0, at - 1 - WINDOW)
            block, ends = self.read(low, at - 1), 0
            end = len(block)
            while count > 0 and (end := block.rfind(b"\n", 0, end)) >= 0:
                count, at, ends = count - 1, low + end + 1, ends + 1
            if not ends:
                at, count = self._long_start(low, at), count - 1
            elif count > 0 and low == 0:
                return 0
        return at

    def line_start(self, at: int) -> int:
        """Where the line begins that holds a byte."""
        at = min(max(0, at), self.size)
        return self._long_start(at, at)

    def next_start(self, start: int) -> int | None:
        """Where the line after the one at `start` begins; None when it is the last."""
        end = self._line_end(start)
        return end if end < self.size else None

    @property
    def last_start(self) -> int:
        """Where the last line begins."""
        return self.start_before(self.size) if self.size else 0

    @property
    def lines(self) -> int | None:
        """How many lines there are; None while they are being counted. An end after the last one makes no line."""
        if not self.is_counted:
            return None
        total = self._counts[-1] + self._tail[1]
        return total + (1 if self.size and self.read(self.size - 1, self.size) != b"\n" else 0)

    @property
    def is_counted(self) -> bool:
        """Whether every line end is counted."""
        return max((len(self._counts) - 1) * STRIDE, self._tail[0]) >= self.size

    def count(self, seconds: float) -> bool:
        """Count on for at most so long; False when nothing is left to count."""
        until = time.monotonic() + seconds
        while not self.is_counted:
            start = (len(self._counts) - 1) * STRIDE
            end = min(start + STRIDE, self.size)
            ends = self.read(start, end).count(b"\n")
            if end - start == STRIDE:
                self._counts.append(self._counts[-1] + ends)
            else:
                self._tail = (end, ends)
            if time.monotonic() >= until:
                return not self.is_counted
        return False

    def number_of(self, start: int) -> int | None:
        """Which line begins at `start`, from 0; None while it is not counted."""
        piece = start // STRIDE
        if piece >= len(self._counts):
            return None
        return self._counts[piece] + self.read(piece * STRIDE, start).count(b"\n")

    def pieces(self, start: int, size: int) -> Iterator[tuple[int, bytes]]:
        """Yield whole lines from `start` on, so many bytes at a time: where each piece begins, and the piece."""
        while start < self.size:
            block = self.read(start, start + size)
            cut = block.rfind(b"\n") + 1 or len(block)
            if start + len(block) < self.size and not block.endswith(b"\n") and cut:
                block = block[:cut]
            if not block:
                return
            yield start, block
            start += len(block)

    def _line_end(self, at: int) -> int:
        """The byte after the end of the line that holds `at`."""
        low = at
        while low < self.size and low < at + LONGEST:
            block = self.read(low, low + WINDOW)
            end = block.find(b"\n")
            if end >= 0:
                return low + end + 1
            if not block:
                break
            low += len(block)
        return min(low, self.size)

    def _long_start(self, at: int, before: int) -> int:
        """Where the line begins of which no beginning was found from `at` on."""
        low = at
        while low > 0 and low > before - LONGEST:
            start = max(0, low - WINDOW)
            end = self.read(start, low).rfind(b"\n")
            if end >= 0:
                return start + end + 1
            low = start
        return low


def _split(block: bytes, start: int, count: int, found: list[TextLine]) -> int:
    """Add the whole lines of a block, at most `count`; gives the bytes they take, their ends too."""
    at = 0
    while count > 0 and (end := block.find(b"\n", at)) >= 0:
        found.append(TextLine(start + at, block[at:end]))
        at, count = end + 1, count - 1
    return at
