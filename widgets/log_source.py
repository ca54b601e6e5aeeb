"""What a log view is handed: the text of a file by the byte, and a search over it. It opens no file itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol


class Stretch(Protocol):
    """A line as the file holds it."""

    @property
    def start(self) -> int:
        """The byte it begins at."""
        ...

    @property
    def text(self) -> bytes:
        """What it says, without its end."""
        ...


class LogSource(Protocol):
    """The lines of a file, known by the byte they begin at. Every call is a few small reads; `count` takes its time."""

    @property
    def size(self) -> int:
        """Bytes taken in so far."""
        ...

    @property
    def lines(self) -> int | None:
        """How many lines there are; None while they are being counted."""
        ...

    @property
    def last_start(self) -> int:
        """Where the last line begins."""
        ...

    def look(self) -> bool:
        """Take in what was added; True when there was something."""
        ...

    def lines_from(self, start: int, count: int) -> Sequence[Stretch]:
        """Up to `count` lines from the one at `start`."""
        ...

    def start_before(self, start: int, count: int = 1) -> int:
        """Where the line begins that is `count` lines before."""
        ...

    def line_start(self, at: int) -> int:
        """Where the line begins that holds a byte."""
        ...

    def next_start(self, start: int) -> int | None:
        """Where the line after it begins; None when it is the last."""
        ...

    def number_of(self, start: int) -> int | None:
        """Which line begins there, from 0; None while it is not counted."""
        ...

    def count(self, seconds: float) -> bool:
        """Count lines for so long; False when all are counted. On a thread."""
        ...


class Hunt(Protocol):
    """A search that goes on while one looks: `advance` on a thread, the rest at any time."""

    @property
    def starts(self) -> Sequence[int]:
        """Where the lines begin that match, in order, as far as they are remembered."""
        ...

    @property
    def count(self) -> int:
        """How many match, as far as was searched."""
        ...

    @property
    def done_to(self) -> int:
        """Up to which byte was searched."""
        ...

    @property
    def is_done(self) -> bool:
        """Whether all was searched."""
        ...

    def spans(self, line: str) -> Sequence[tuple[int, int]]:
        """Where it is found in one line, in characters."""
        ...

    def advance(self, seconds: float) -> bool:
        """Search for so long; False when nothing is left."""
        ...


Seek = Callable[[str], Hunt]
"""Begins a search for what was typed: a text, or `~` and a regular expression. Raises ValueError with a sentence."""
