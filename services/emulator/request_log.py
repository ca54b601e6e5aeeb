"""Every request the emulator was asked, in order: what tests count instead of trusting what a client says."""

from __future__ import annotations

import threading
from collections import Counter, deque

import msgspec

KEPT = 20_000
"""Older entries are dropped, never the counts."""


class Logged(msgspec.Struct, frozen=True, kw_only=True):
    """One request and how it was answered. `status` 0 is a connection that was dropped."""

    method: str
    host: str
    path: str
    query: str
    status: int
    has_token: bool


class RequestLog:
    """The requests so far, oldest first. Safe on any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[Logged] = deque(maxlen=KEPT)
        self._count = 0

    def add(self, entry: Logged) -> None:
        """Note one request."""
        with self._lock:
            self._entries.append(entry)
            self._count += 1

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._count = 0

    def entries(self, match: str = "") -> tuple[Logged, ...]:
        """Return the entries whose method, host and path contain `match`, in any case."""
        with self._lock:
            found = tuple(self._entries)
        return tuple(one for one in found if match.lower() in f"{one.method} {one.host}{one.path}".lower())

    def by_host(self) -> Counter[str]:
        """Return how many requests each host got."""
        return Counter(one.host for one in self.entries())

    def __len__(self) -> int:
        return self._count
