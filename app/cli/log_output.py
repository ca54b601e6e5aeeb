"""A kept log as text on stdout: lines made safe, since what follows a pipe is a terminal mostly; or its bytes."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator

from cache.log_search import Find
from cache.log_text import LogText
from widgets.log_paint import as_left
from widgets.safe import safe

PIECE = 1024 * 1024
LONGEST = 100_000
"""Characters of a line that is made safe."""


class LogPrinter:
    """Prints a log from where it was left. `find` keeps lines that match only."""

    def __init__(self, text: LogText, find: Find | None, *, is_raw: bool) -> None:
        self._text = text
        self._find = find
        self._is_raw = is_raw
        self._at = 0
        self.printed = 0

    def begin_at_end(self, lines: int) -> None:
        """Print the last lines (or the last that match), and go on from there."""
        if self._find is None:
            self._at = self._text.start_before(self._text.size, lines) if lines else self._text.size
            self.go_on()
        else:
            self._print(deque(self._lines(), maxlen=lines))

    def go_on(self) -> None:
        """Print what there is that was not printed."""
        self._text.look()
        self._print(self._lines())
        sys.stdout.flush()

    def _lines(self) -> Iterator[bytes]:
        for start, block in self._text.pieces(self._at, PIECE):
            self._at = start + len(block)
            if self._find is None and self._is_raw:
                self.printed += block.count(b"\n") - 1
                yield block
                continue
            for line in block.removesuffix(b"\n").split(b"\n"):
                if self._find is None or self._find(line, 0) is not None:
                    yield line + b"\n"

    def _print(self, lines: Iterable[bytes]) -> None:
        for line in lines:
            self.printed += 1
            if self._is_raw:
                sys.stdout.buffer.write(line)
            else:
                sys.stdout.write(f"{_shown(line)}\n")
        sys.stdout.flush()


def _shown(line: bytes) -> str:
    text = as_left(line.decode("utf-8", "backslashreplace").rstrip("\n"))
    return safe(text.expandtabs(4), LONGEST)
