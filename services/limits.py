"""The caps of one connection, and the clock every wait goes through."""

from __future__ import annotations

import threading
import time

import msgspec

from services.records import Stop, never


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much one call and one listing may cost. Times in seconds, sizes in bytes."""

    body_bytes: int = 64 * 1024 * 1024
    """Of one answer, as sent and after unpacking."""
    connect: float = 10.0
    read: float = 30.0
    """Without a single byte."""
    total: float = 60.0
    """Of one call: all attempts, the waits between them, and the last byte of the body."""
    retries: int = 2
    """Of a read that Azure could not answer."""
    reconnects: int = 1
    """Of a read that found no connection: being offline should be known soon."""
    redirects: int = 3
    pages: int = 20_000
    depth: int = 64
    """Levels of JSON."""


class Stopped(Exception):
    """The caller no longer wants it. Never leaves services."""


class Clock:
    """Monotonic seconds and interruptible sleep. A test hands in one that moves at once."""

    def __init__(self) -> None:
        self._closing = threading.Event()

    def now(self) -> float:
        """Return monotonic seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep, at most until `close`."""
        self._closing.wait(seconds)

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called: nobody waits any more."""
        return self._closing.is_set()

    def close(self) -> None:
        """End every sleep, now and later."""
        self._closing.set()


SLICE = 0.25
"""Seconds of sleep between two looks at `stop`."""


def wait(clock: Clock, seconds: float, stop: Stop = never) -> None:
    """Sleep `seconds` in slices. Raises Stopped as soon as `stop` says so or the connection is closed."""
    until = clock.now() + seconds
    while (left := until - clock.now()) > 0:
        if clock.is_closed or stop():
            raise Stopped
        clock.sleep(min(left, SLICE))
    if clock.is_closed or stop():
        raise Stopped


class Flight:
    """One call on its way: what its attempts share. Lives as long as the call."""

    def __init__(self, deadline: float, stop: Stop = never, reserve: float = 0.0) -> None:
        self.deadline = deadline
        self.stop = stop
        self.reserve = reserve
        self.attempts = 0
