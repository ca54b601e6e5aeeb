"""How many calls were made, and where: for the Sync pane, and for tests that count."""

from __future__ import annotations

import threading
from collections import Counter
from urllib.parse import urlsplit

import msgspec


class CallCounts(msgspec.Struct, frozen=True):
    """What was counted up to one moment. `requests` counts every attempt that left, `tokens` every token asked for."""

    requests: int
    tokens: int
    by_host: dict[str, int]
    by_status: dict[int, int]
    remaining: dict[str, int]
    """What Azure last said is left, by header name without its common beginning."""
    bytes_read: int = 0


_REMAINING = "x-ms-ratelimit-remaining-"


class CallLog:
    """Counts of one connection. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: Counter[tuple[str, ...]] = Counter()
        self._hosts: Counter[str] = Counter()
        self._statuses: Counter[int] = Counter()
        self._remaining: dict[str, int] = {}
        self._bytes = 0

    @property
    def requests(self) -> int:
        """How many requests were sent, retries included."""
        return self.counts().requests

    @property
    def tokens(self) -> int:
        """How often a token was asked for."""
        return self.counts().tokens

    @property
    def by_host(self) -> dict[str, int]:
        """How many requests went to each host."""
        return self.counts().by_host

    def counts(self) -> CallCounts:
        """Return all counts of one moment."""
        with self._lock:
            return CallCounts(
                requests=self._hosts.total(),
                tokens=self._tokens.total(),
                by_host=dict(self._hosts),
                by_status=dict(self._statuses),
                remaining=dict(self._remaining),
                bytes_read=self._bytes,
            )

    def count_request(self, url: str) -> None:
        """Count a request that is about to leave."""
        with self._lock:
            self._hosts[urlsplit(url).hostname or ""] += 1

    def count_answer(self, status: int, headers: dict[str, str], size: int) -> None:
        """Count an answer and remember what it says is left."""
        with self._lock:
            self._statuses[status] += 1
            self._bytes += size
            for name, value in headers.items():
                if name.startswith(_REMAINING) and value.isdecimal():
                    self._remaining[name.removeprefix(_REMAINING)] = int(value)

    def count_token(self, scopes: tuple[str, ...]) -> None:
        """Count a token that is asked for."""
        with self._lock:
            self._tokens[scopes] += 1
