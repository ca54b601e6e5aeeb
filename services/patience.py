"""A call that may never come back, and somebody who does not wait for it longer than agreed.

A Secret Service prompt that nobody answers blocks its caller without limit, and nothing can be thrown into it. So such
calls run on a daemon thread: it may hang for good, whoever asked does not, and the program can end.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

GLANCE = 0.05
"""Seconds between two looks at whether the user has given up."""


class TookTooLong(Exception):
    """The call is still running when the time was over."""


class GivenUp(Exception):
    """Whoever asked has stopped waiting."""


class Outcome(Generic[T]):
    """What became of a call: its value, or the error it raised. Any error: the call is somebody else's code."""

    def __init__(self) -> None:
        self.is_there = threading.Event()
        self.error: BaseException | None = None
        self._values: list[T] = []

    @property
    def value(self) -> T:
        """What the call returned. Raises what the call raised."""
        if self.error is not None:
            raise self.error
        return self._values[0]

    def run(self, work: Callable[[], T]) -> None:
        """Do the work and keep what becomes of it."""
        with self:
            self._values.append(work())

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, traceback: object) -> bool:
        self.error = error
        self.is_there.set()
        return True


class Patience:
    """Runs one call after the other, each on a daemon thread, for one thing that may hang."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._hanging: threading.Event | None = None
        self._guard = threading.Lock()

    @property
    def is_hanging(self) -> bool:
        """Whether a call that somebody stopped waiting for is still running."""
        return self._hanging is not None and not self._hanging.is_set()

    def call(self, work: Callable[[], T], seconds: float, stop: Callable[[], bool] | None = None) -> Outcome[T]:
        """Return what became of `work`; any thread may call.

        Raises TookTooLong after `seconds`, and GivenUp soon after `stop` returns True. While an earlier call hangs, no
        second one is begun: there is one prompt, and threads do not pile up behind it.
        """
        deadline = time.monotonic() + seconds
        _until(lambda seconds: self._guard.acquire(timeout=seconds), deadline, stop)
        try:
            if self._hanging is not None:
                _until(self._hanging.wait, deadline, stop)
            outcome: Outcome[T] = Outcome()
            self._hanging = outcome.is_there
            threading.Thread(target=outcome.run, args=(work,), name=self._name, daemon=True).start()
            _until(outcome.is_there.wait, deadline, stop)
        finally:
            self._guard.release()
        return outcome


def _until(is_done: Callable[[float], bool], deadline: float, stop: Callable[[], bool] | None) -> None:
    """Wait for what says after so many seconds whether it is done."""
    while not is_done(GLANCE if stop else max(0.0, deadline - time.monotonic())):
        if stop is not None and stop():
            raise GivenUp
        if time.monotonic() >= deadline:
            raise TookTooLong
