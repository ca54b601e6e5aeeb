"""Keys from the terminal, read when there are some: a deck that is left open does not look ten times a second.

Textual's own reader does, because an escape that nothing follows is a key of its own, and because it has to see that
it is to end. Here the clock runs only while an escape may be unfinished, and the end wakes the reader.
"""

from __future__ import annotations

import os
import select
import threading
import time
from codecs import getincrementaldecoder
from collections.abc import Callable
from contextlib import suppress

from textual import constants
from textual._parser import ParseError
from textual._xterm_parser import XTermParser
from textual.message import Message

_AT_ONCE = 4096
_LAST = 0.1
"""Seconds in which answers of the terminal may still come once reading ends: the shell must not get them."""


class Waking(threading.Event):
    """An event that whoever waits in `select` notices, too."""

    def __init__(self) -> None:
        super().__init__()
        self._out, self._in = os.pipe()
        os.set_blocking(self._out, False)

    def fileno(self) -> int:
        """What becomes readable when the event is set."""
        return self._out

    def set(self) -> None:
        """Set it, and wake."""
        super().set()
        os.write(self._in, b"!")

    def clear(self) -> None:
        """Take it back."""
        super().clear()
        with suppress(BlockingIOError):
            os.read(self._out, _AT_ONCE)


def read_keys(fileno: int, end: Waking, take: Callable[[Message], None], *, debug: bool = False) -> None:
    """Hand what is typed to `take`, in order, until `end` is set. For a thread of its own. Raises OSError."""
    keys = _Keys(fileno, take, debug=debug)
    while not end.is_set():
        if not keys.read(keys.patience, end):
            end.wait()  # nobody is there any more to type anything
    keys.read(_LAST)
    keys.finish()


class _Keys:
    """What is being typed, of which the last key may be unfinished."""

    def __init__(self, fileno: int, take: Callable[[Message], None], *, debug: bool) -> None:
        self._fileno = fileno
        self._take = take
        self._parser = XTermParser(debug)
        self._decode = getincrementaldecoder("utf-8")("replace").decode  # a stray byte ends no deck
        self._read_at = float("-inf")

    @property
    def patience(self) -> float | None:
        """Seconds to wait for more; None: until it comes."""
        is_unfinished = time.monotonic() - self._read_at < 2 * constants.ESCAPE_DELAY
        return constants.ESCAPE_DELAY / 4 if is_unfinished else None

    def read(self, patience: float | None, *wakes: Waking) -> bool:
        """Hand on what there is, and an escape that nothing followed in time. False once nothing will come."""
        is_there = self._fileno in select.select([self._fileno, *wakes], [], [], patience)[0]
        data = os.read(self._fileno, _AT_ONCE) if is_there else b""
        if data:
            self._read_at = time.monotonic()
        text = self._decode(data)
        for message in [*(self._parser.feed(text) if text else ()), *self._parser.tick()]:
            self._take(message)
        return bool(data) or not is_there

    def finish(self) -> None:
        """Leave what was not finished."""
        with suppress(EOFError, ParseError):
            list(self._parser.feed(""))
