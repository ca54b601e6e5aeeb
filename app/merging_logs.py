"""The logs of several nodes as one, by their time stamps: a file of its own beside the cache, added to as they grow.

A line without a stamp belongs to the one before it. What comes in one go is sorted; what came before stays where it is.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from pathlib import Path

from cache.log_files import LogFiles
from cache.log_text import LogText
from widgets.log_marks import moment_of
from widgets.log_order import text_of
from widgets.log_paint import NODE_END

MOST_OF_EACH = 64 * 1024 * 1024
"""Bytes at the end of each log that are merged."""
PIECE = 1024 * 1024

Stamped = tuple[float, int, bytes]


class MergedLog:
    """Several kept logs merged into one file. `advance` on a worker thread; one object, one thread at a time."""

    def __init__(self, files: LogFiles, path: Path, logs: Sequence[tuple[int, Path]]) -> None:
        self.path = path
        self._files = files
        self._nodes = [_Node(number, LogText(log)) for number, log in logs]
        self._size = 0
        files.begin(path)

    @property
    def left_out(self) -> int:
        """Bytes at the beginning of the logs that are not merged."""
        return sum(node.left_out for node in self._nodes)

    def advance(self) -> bool:
        """Merge what was added to the logs; False when nothing was. Raises CacheError and OSError."""
        block, before = bytearray(), self._size
        for _, number, line in heapq.merge(*(node.lines() for node in self._nodes), key=lambda one: one[:2]):
            block += b"%d%s%s\n" % (number, NODE_END.encode(), line)
            if len(block) > PIECE:
                self._size = self._files.append(self.path, self._size, bytes(block))
                block.clear()
        if block:
            self._size = self._files.append(self.path, self._size, bytes(block))
        return self._size != before

    def close(self) -> None:
        """Close the logs and throw the merged file away."""
        for node in self._nodes:
            node.text.close()
        self._files.remove(self.path)


class _Node:
    """One log and how far it is merged."""

    def __init__(self, number: int, text: LogText) -> None:
        self.number = number
        self.text = text
        start = text.size - MOST_OF_EACH
        self._at = text.line_start(start) if start > 0 else 0
        self.left_out = self._at
        self._moment = 0.0

    def lines(self) -> Iterator[Stamped]:
        """The whole lines that were not merged yet, each with its moment or that of the one before."""
        self.text.look()
        for start, block in self.text.pieces(self._at, PIECE):
            whole = block.rfind(b"\n") + 1
            self._at = start + whole
            for line in block[: whole - 1].split(b"\n") if whole else ():
                moment = moment_of(text_of(line))
                self._moment = self._moment if moment is None else max(moment, self._moment)
                yield self._moment, self.number, line
            if whole < len(block):
                return
