"""Token buckets per host and scope: amldeck takes at most half of what Azure grants, and costs slower still."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from services.calls import Call, subject
from services.errors import Throttled
from services.limits import Clock, Flight, wait
from services.routes import reads_by_path
from services.waits import rest_asked


class Allowance(msgspec.Struct, frozen=True):
    """How fast calls of one kind may go: `burst` at once, then `rate` a second."""

    name: str
    rate: float
    burst: float
    patience: float = 0.0
    """Seconds a call may wait for its turn beyond its own deadline, which moves on meanwhile."""


_SUBSCRIPTION = re.compile(r"/subscriptions/([^/]+)", re.IGNORECASE)
_COST_SCOPE = re.compile(r"^(.*?)/providers/microsoft\.costmanagement/", re.IGNORECASE)

COSTS = Allowance("costs", 1 / 20, 1, patience=600)
"""Users report a 429 after about four calls a minute and scope; and every answer may ask for a minute of rest."""
COSTS_FLOOR = 900.0
"""Seconds after which what Cost Management said may be asked again, by key too: its data is hours old anyway."""
GRAPH = Allowance("resource graph", 1.5, 7)
READS = Allowance("reads", 12, 125)
"""ARM grants 25 a second from a bucket of 250, per subscription and principal."""
WRITES = Allowance("writes", 5, 100)
LOGS = Allowance("logs", 3, 50)
HISTORY = Allowance("run history", 12, 125)
PRICES = Allowance("prices", 2, 10)

RESERVE = 0.3
"""The part of a budget that calls which can wait leave to the others."""


def allowance(call: Call) -> tuple[Allowance, str]:
    """Return the allowance a call falls under and the key of its bucket: host, kind and scope."""
    parts = urlsplit(call.url)
    host, path = (parts.hostname or "").lower(), parts.path
    lowered = path.lower()
    if found := _COST_SCOPE.match(path):
        return COSTS, f"{host}|costs|{found[1].lower()}"
    if lowered.startswith("/providers/microsoft.resourcegraph/"):
        return GRAPH, f"{host}|graph"
    if call.audience == "none" and host.startswith("prices."):
        return PRICES, f"{host}|prices"
    if call.audience == "logs":
        return LOGS, f"{host}|logs"
    scope = found[1].lower() if (found := _SUBSCRIPTION.search(path)) else ""
    if not reads_by_path(call.method, path):
        return WRITES, f"{host}|writes|{scope}"
    if lowered.startswith(("/history/", "/metric/", "/mlflow/", "/index/")):
        return HISTORY, f"{host}|history|{scope}"
    return READS, f"{host}|reads|{scope}"


class BudgetLeft(msgspec.Struct, frozen=True):
    """What is left of one bucket now. `held_for` is how many seconds Azure asked us to stay away.

    `next_in` is how many seconds the call that waits has still to wait, for Azure's sake or for ours.
    """

    name: str
    host: str
    scope: str
    left: float
    burst: float
    rate: float
    held_for: float = 0.0
    next_in: float = 0.0


class _Bucket:
    def __init__(self, key: str, allowed: Allowance, now: float) -> None:
        self.key = key
        self.allowed = allowed
        self.left = allowed.burst
        self.at = now
        self.held_until = 0.0

    def refill(self, now: float) -> None:
        self.left = min(self.allowed.burst, self.left + max(0.0, now - self.at) * self.allowed.rate)
        self.at = max(now, self.at)

    def take(self, now: float, reserve: float) -> float:
        """Take one call and return how many seconds to wait before sending it. Callers queue by going below zero."""
        self.refill(now)
        self.left -= 1
        floor = reserve * self.allowed.burst if self.allowed.burst > 1 else 0.0
        owed = (floor - self.left) / self.allowed.rate if self.left < floor else 0.0
        return max(owed, self.held_until - now)

    def give_back(self) -> None:
        self.left = min(self.allowed.burst, self.left + 1)


class Budgets:
    """All buckets of a connection. Safe to use from any thread."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, _Bucket] = {}

    def take(self, call: Call, flight: Flight) -> None:
        """Wait for a call's turn. Raises Throttled at once when its turn comes after the flight's deadline."""
        with self._lock:
            bucket, now = self._bucket(call), self._clock.now()
            pause = bucket.take(now, flight.reserve)
            if now + pause >= flight.deadline + bucket.allowed.patience and pause > 0:
                bucket.give_back()
                raise _spent(call, bucket.allowed, pause)
        if pause > 0:
            self._wait(bucket, pause, flight)
            if bucket.allowed.patience:
                flight.deadline += pause

    def _wait(self, bucket: _Bucket, pause: float, flight: Flight) -> None:
        try:
            wait(self._clock, pause, flight.stop)
        except BaseException:
            with self._lock:
                bucket.give_back()
            raise

    def hold(self, call: Call, until: float) -> None:
        """Let no call of this one's bucket leave before `until` (monotonic seconds): Azure said so."""
        with self._lock:
            bucket = self._bucket(call)
            bucket.held_until = max(bucket.held_until, until)

    def heed(self, call: Call, headers: Mapping[str, str]) -> None:
        """Rest as long as a good answer of Cost Management asks for: it does so with a 200, too."""
        if allowance(call)[0] is COSTS and (rest := rest_asked(headers)):
            self.hold(call, self._clock.now() + rest)

    def left(self) -> tuple[BudgetLeft, ...]:
        """Return what is left of every bucket in use, by host and scope."""
        with self._lock:
            now = self._clock.now()
            for bucket in self._buckets.values():
                bucket.refill(now)
            return tuple(_left(self._buckets[key], now) for key in sorted(self._buckets))

    def _bucket(self, call: Call) -> _Bucket:
        allowed, key = allowance(call)
        if key not in self._buckets:
            self._buckets[key] = _Bucket(key, allowed, self._clock.now())
        return self._buckets[key]


def _left(bucket: _Bucket, now: float) -> BudgetLeft:
    host, _, rest = bucket.key.partition("|")
    allowed = bucket.allowed
    held = max(0.0, bucket.held_until - now)
    return BudgetLeft(
        name=allowed.name,
        host=host,
        scope=rest.partition("|")[2],
        left=max(0.0, bucket.left),
        burst=allowed.burst,
        rate=allowed.rate,
        held_for=held,
        next_in=max(held, -bucket.left / allowed.rate),
    )


def _spent(call: Call, allowed: Allowance, pause: float) -> Throttled:
    return Throttled(
        f"The budget for {allowed.name} is spent for now",
        on=subject(call),
        do=f"the next call is due in {pause:.0f} s",
        retry_after=pause,
    )


class Metered:
    """The policy that makes every attempt wait for its turn."""

    next: Any

    def __init__(self, budgets: Budgets) -> None:
        self._budgets = budgets

    def send(self, request: Any) -> Any:
        """Pass the request on when its turn has come; raise Throttled when that is too late."""
        self._budgets.take(request.context["call"], request.context["flight"])
        return self.next.send(request)
