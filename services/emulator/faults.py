"""What goes wrong on purpose: slow, refused, throttled, broken and stalled answers, set and lifted at any time."""

from __future__ import annotations

import threading
import time
from typing import Any, Literal, cast

import msgspec

from services.emulator.answers import Request

Kind = Literal[
    "truncate", "malform", "html", "error", "huge", "bomb", "drip", "headers",
    "redirect", "foreign", "cycle", "endless", "half",
]  # fmt: skip
"""What becomes of an answer; `control` tells what each is."""

MEGABYTE = 1024 * 1024


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that goes wrong, for requests whose method, host and path contain `match` (in any case).

    `match` is looked for in "GET management.azure.com/subscriptions/…". `times` None is until it is lifted. Seconds.
    First comes the waiting, then `drop`; then what is answered (`late`, `status`, or as usual) is spoilt as `kind`
    says, and with `lose` it never arrives.
    """

    match: str = ""
    status: int | None = None
    retry_after: float | str | None = None
    """Without it a 429 has no Retry-After header, as those of Azure ML. A text is sent as it is, on any answer."""
    latency: float = 0.0
    stall: float = 0.0
    """Wait this long, then answer as usual; `Faults.release` ends it."""
    drop: bool = False
    """Close the connection without an answer, and do nothing."""
    lose: bool = False
    """Do what was asked, then close the connection without an answer."""
    late: float = 0.0
    """Answer a write with 202 at once, and do it only so many seconds of the world's clock later."""
    kind: Kind | None = None
    seed: int = 0
    """Where `truncate` cuts and what `malform` spoils."""
    to: str = ""
    """Where `foreign` and `redirect` lead; without it a redirect leads to where it was asked, for ever."""
    size: int = 200 * MEGABYTE
    """Bytes of a `huge` answer, and of a `bomb` once it is unpacked."""
    pace: float = 1.0
    """Seconds between two bytes of a `drip`."""
    times: int | None = None

    def hits(self, request: Request) -> bool:
        """Return whether this request is meant."""
        return self.match.lower() in f"{request.method} {request.host}{request.path}".lower()


class Faults:
    """The faults in force, oldest first; the first that hits is the one that counts. Safe on any thread."""

    def __init__(self, *given: Fault, latency: float = 0.0, status: int | None = None,
                 retry_after: float | None = None,
                 match: str = "") -> None:  # fmt: skip
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._given: list[Fault] = []
        self._left: dict[int, int] = {}
        self._postponed: list[tuple[int, Request]] = []
        if latency or status is not None:
            given = (*given, Fault(latency=latency, status=status, retry_after=retry_after, match=match))
        for fault in given:
            self.add(fault)

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        with self._lock:
            self._released.clear()
            self._given.append(fault)
            if fault.times is not None:
                self._left[id(fault)] = fault.times

    def clear(self, match: str | None = None) -> None:
        """Lift the faults whose `match` is this one, or all of them, and let go who is stalled."""
        with self._lock:
            self._given = [fault for fault in self._given if match is not None and fault.match != match]
            self._left = {id(fault): self._left[id(fault)] for fault in self._given if id(fault) in self._left}
        self.release()

    def release(self) -> None:
        """End every wait at once, and those to come until a fault is added: nobody need sit through a stall."""
        self._released.set()

    @property
    def all(self) -> tuple[Fault, ...]:
        """The faults in force."""
        with self._lock:
            return tuple(self._given)

    def take(self, request: Request) -> Fault | None:
        """Return the fault for a request and count it down."""
        with self._lock:
            fault = next((one for one in self._given if one.hits(request)), None)
            if fault is None or fault.times is None:
                return fault
            self._left[id(fault)] -= 1
            if self._left[id(fault)] <= 0:
                self._given = [one for one in self._given if one is not fault]
                del self._left[id(fault)]
            return fault

    def postpone(self, request: Request, due: int) -> None:
        """Have a write done at a later time, in ticks."""
        with self._lock:
            self._postponed.append((due, request))

    def due(self, now: int) -> list[Request]:
        """Return the postponed writes whose time has come, oldest first, each once."""
        with self._lock:
            ready = [request for due, request in self._postponed if due <= now]
            self._postponed = [one for one in self._postponed if one[0] > now]
            return ready

    def wait(self, seconds: float, patience: float | None = None) -> bool:
        """Wait out a delay, or until released. Return False when `patience` (a read timeout) ended first."""
        if seconds <= 0:
            return True
        end = time.monotonic() + seconds
        if patience is not None and patience < seconds:
            return self._released.wait(patience)
        self._released.wait(end - time.monotonic())
        return True


def fault_of(document: object) -> Fault:
    """Return the fault a JSON document describes. Raises ValueError naming what is wrong with it."""
    try:
        return msgspec.convert(cast(Any, document), Fault)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
