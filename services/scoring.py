"""One request to an online endpoint, as its callers send it: once, to Azure's own hosts, behind the lock for writes.

It changes nothing in Azure, and is no read either: it is billed traffic that a model in production answers. So it has
guards of its own. Nothing is sent twice, no redirect is followed, and every status is an answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from services.calls import Call, address, subject
from services.endpoint_keys import Secret
from services.errors import ReadOnly, ServiceError, Unreachable
from services.guards import Boarding, Guard, HostPin, network_errors
from services.limits import Flight, Limits
from services.records import WorkspaceRef
from services.translating import translate
from services.write_lock import WriteLock

if TYPE_CHECKING:
    from services.connection import Connection

LIMITS = Limits(body_bytes=4 * 1024 * 1024, read=310.0, total=310.0)
"""An endpoint may let a request take three minutes, five for a flow, before it gives up itself."""

LOCKED = "writing is locked; unlock it for this workspace first, nothing was sent"

_MODEL_STATUS = "ms-azureml-model-error-statuscode"
_MODEL_REASON = "ms-azureml-model-error-reason"
_IDS = ("x-ms-request-id", "x-request-id", "x-ms-client-request-id")


class Scored(msgspec.Struct, frozen=True, kw_only=True):
    """What an endpoint answered to one request. `body` is as foreign as anything can be."""

    deployment: str
    """The deployment that was asked for; empty where the traffic chose one."""
    status: int
    at: datetime
    """When the answer had come (aware UTC)."""
    seconds: float
    """From the first byte sent to the last byte read."""
    first_byte: float | None = None
    """Seconds until the answer began."""
    request_id: str | None = None
    answered_by: str | None = None
    """The deployment that answered, where it says so."""
    model_status: int | None = None
    """What the model's container answered, where Azure turned that into an error of its own."""
    model_reason: str | None = None
    location: str | None = None
    """Where a redirect leads, which was not followed."""
    content_type: str | None = None
    body: bytes = b""


def must_be_unlocked(lock: WriteLock, workspace: WorkspaceRef, on: str) -> None:
    """Raise ReadOnly while writing is not unlocked for the workspace of an endpoint."""
    unlocked = lock.unlocked
    if unlocked is None or unlocked.workspace.rstrip("/").lower() != workspace.id.lower():
        raise ReadOnly("A test call reaches what is in production", on=on, do=LOCKED)


class _Unlocked(Guard):
    """Refuses everything while writing is not unlocked for the workspace of the endpoint."""

    def __init__(self, lock: Callable[[], WriteLock], workspace: WorkspaceRef) -> None:
        self._lock = lock
        self._workspace = workspace

    def send(self, request: Any) -> Any:
        """Pass the request on, or raise ReadOnly."""
        must_be_unlocked(self._lock(), self._workspace, subject(request.context["call"]))
        return self.next.send(request)


class _Carrying(Guard):
    """Puts the key or the token in. It stands behind the host pin, and nothing behind it writes anything down."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def send(self, request: Any) -> Any:
        """Pass the request on with its key."""
        request.http_request.headers["Authorization"] = f"Bearer {self._secret.reveal()}"
        return self.next.send(request)


class _Timed(Guard):
    """The last of all: looks at the clock when the request leaves and when the head of its answer is there."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self.began = now()
        self.first_byte: float | None = None

    def send(self, request: Any) -> Any:
        """Pass the request on."""
        request.context["flight"].attempts += 1
        self.began = self._now()
        response = self.next.send(request)
        self.first_byte = self._now() - self.began
        return response


def score(connection: Connection, workspace: WorkspaceRef, call: Call, secret: Secret, deployment: str = "") -> Scored:
    """Send one request to an endpoint of a workspace and return its answer, whatever its status. For workers.

    Raises ReadOnly while writing is locked there and ForeignHost for an address that is not Azure's (nothing was sent);
    any other ServiceError with `is_outcome_unknown` when no answer came: the model may have run all the same.
    """
    from azure.core.rest import HttpRequest

    if connection.clock.is_closed:
        raise Unreachable("The connection is closed")
    timed = _Timed(connection.clock.now)
    guards = (
        Boarding(),
        HostPin(connection.cloud),
        _Unlocked(lambda: connection.lock, workspace),
        _Carrying(secret),
    )
    pipeline = connection.through(guards, (timed,), LIMITS)
    request = HttpRequest(call.method, address(call), headers=call.headers, content=msgspec.json.encode(call.body))
    flight = Flight(connection.clock.now() + LIMITS.total)
    try:
        done = pipeline.run(request, amldeck=(call, flight))
    except ServiceError as error:
        error.is_outcome_unknown = flight.attempts > 0
        raise
    except network_errors() as error:
        translated = translate(error, call)
        translated.is_outcome_unknown = flight.attempts > 0
        # From None: what requests quotes of a request could hold the key.
        raise translated from None
    return _scored(done.context["answer"], deployment, connection.clock.now() - timed.began, timed.first_byte)


def _scored(answer: Any, deployment: str, seconds: float, first_byte: float | None) -> Scored:
    given = answer.headers
    model = given.get(_MODEL_STATUS, "")
    return Scored(
        deployment=deployment,
        status=answer.status,
        at=answer.fetched_at,
        seconds=seconds,
        first_byte=first_byte,
        request_id=next((given[name] for name in _IDS if given.get(name)), None),
        answered_by=given.get("azureml-model-deployment"),
        model_status=int(model) if model.isascii() and model.isdecimal() and len(model) == 3 else None,
        model_reason=given.get(_MODEL_REASON),
        location=given.get("location") if 300 <= answer.status < 400 else None,
        content_type=given.get("content-type"),
        body=answer.body,
    )
