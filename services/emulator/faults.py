"""What goes wrong on purpose: slow, refused, throttled, broken and stalled answers, set and lifted at any time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, cast

import msgspec

from services.emulator.answers import Request, Response, aml_error, challenge, data_error, gateway_error
from services.emulator.callers import FIRST, Caller, caller_of
from services.emulator.dice import guid
from services.emulator.ticks import DAY, clock_text, day_text

REGION = "westeurope"
"""Where a fault says it comes from."""


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that goes wrong, for requests whose method, host and path contain `match` (in any case).

    `match` is looked for in "GET management.azure.com/subscriptions/…". `times` None is until it is lifted. Seconds.
    """

    match: str = ""
    status: int | None = None
    retry_after: float | None = None
    """Without it a 429 has no Retry-After header, as those of Azure ML."""
    latency: float = 0.0
    stall: float = 0.0
    """Wait this long, then answer as usual; `Faults.release` ends it."""
    drop: bool = False
    """Close the connection without an answer."""
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


def fault_response(fault: Fault, request: Request, at: int) -> Response:
    """Return the error answer of a fault, in the frame the service asked would use."""
    status, path = fault.status or 500, request.path
    is_data = request.host.lower().endswith(".azureml.ms")
    is_aml = is_data or "/microsoft.machinelearningservices/workspaces/" in path.lower()
    frame = data_error if is_data else aml_error
    match status:
        case 401:
            message = "The access token expiry UTC time '1/1/2024 6:05:58 PM' is earlier than current UTC time."
            return gateway_error(401, "ExpiredAuthenticationToken", message, challenge("The access token is invalid."))
        case 403:
            return forbidden(path, operation_of(request.method, path), caller_of(request))
        case 404:
            return gateway_error(404, "ResourceNotFound", f"The Resource '{path}' was not found.")
        case 429:
            return _throttled(fault, request, frame if is_aml else None, at)
        case 502 | 504:
            return _html(status, {502: "502 Bad Gateway", 504: "504 Gateway Time-out"}[status])
        case _ if is_aml:
            return frame(status, "InternalServerError", (), region=REGION, at=at, code="ServiceError")
        case _:
            return _broken(status, at)


def _throttled(fault: Fault, request: Request, frame: Callable[..., Response] | None, at: int) -> Response:
    """Return a 429: Azure ML says the wait in words alone, Cost Management in headers of its own."""
    wait = f"{fault.retry_after or (20 if frame else 60):g}"
    headers = {} if fault.retry_after is None else {"retry-after": wait}
    if frame is not None:
        message = f"Received too many requests in a short amount of time. Retry again after {wait} seconds."
        made = frame(429, message, ("QuotaExceeded", "TooManyRequests"), region=REGION, at=at)
        return Response(status=429, headers={**made.headers, **headers}, body=made.body)
    names = ("entity", "tenant") if "costmanagement" in request.path.lower() else ()
    headers |= {f"x-ms-ratelimit-microsoft.costmanagement-{name}-retry-after": wait for name in names}
    return gateway_error(429, "429", "Too many requests. Please retry.", headers)


def _broken(status: int, at: int) -> Response:
    when = f"{day_text(at // DAY)}T{clock_text(at)}Z".replace("-", "").replace(":", "")
    hint = f"Diagnostic information: timestamp '{when}', tracking id '{guid('tracking', at)}'."
    return gateway_error(status, "InternalServerError", f"Encountered internal server error. {hint}")


_VERBS = {"PUT": "write", "PATCH": "write", "DELETE": "delete"}


def operation_of(method: str, path: str) -> str:
    """Return the operation a role would have to grant: the provider, the types along the path, and the verb."""
    parts = [part for part in path.replace(":query", "").split("/") if part]
    lowered = [part.lower() for part in parts]
    if "providers" not in lowered:
        return "/".join(("Microsoft.Resources", *parts[::2], _VERBS.get(method, "read")))
    provider, *rest = parts[len(parts) - lowered[::-1].index("providers") :]
    types = rest[::2]
    if method == "POST" and len(rest) % 2 and not path.endswith(":query"):
        return "/".join((provider, *types, "action"))
    return "/".join((provider, *types, _VERBS.get(method, "read")))


def forbidden(scope: str, action: str, caller: Caller = FIRST) -> Response:
    """Return ARM's refusal of an action over a scope."""
    message = (
        f"The client '{caller.name}' with object id '{caller.id}' does not have authorization to perform action "
        f"'{action}' over scope '{scope}' or the scope is invalid. If access was recently granted, please refresh your "
        "credentials."
    )
    return gateway_error(403, "AuthorizationFailed", message)


def _html(status: int, title: str) -> Response:
    lines = ("<html>", f"<head><title>{title}</title></head>", "<body>", f"<center><h1>{title}</h1></center>",
             "<hr><center>nginx</center>", "</body>", "</html>", "")  # fmt: skip
    page = "\r\n".join(lines)
    return Response(status=status, headers={"content-type": "text/html"}, body=page.encode())
