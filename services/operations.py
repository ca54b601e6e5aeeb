"""Long-running operations: what a write left behind to be looked at until it is over.

An operation is an address. It is read with GET, so that it needs no unlocked session, and whoever kept the address can
go on looking after a restart. Azure answers in many shapes (`…/locations/{region}/mfeOperationsStatus/{id}` and its
like): a status, the resource itself, or nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import msgspec

from services.calls import Answer, Call
from services.errors import ServiceBroken, ServiceError, Throttled, Unreachable
from services.guards import pinned_host
from services.limits import Clock, Stopped, wait
from services.records import Stop, never
from services.sentences import explain
from services.waits import pause_asked

if TYPE_CHECKING:
    from services.connection import Connection

State = Literal["running", "succeeded", "failed", "canceled"]

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 30.0
"""Seconds between two looks, however long Azure asks to stay away: somebody is waiting for the end."""
DEADLINE = 3_600.0
"""Seconds after which looking ends; the operation itself may go on."""


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How an operation stands: `percent` (0 to 100) and `retry_after` (seconds) where Azure says so."""

    state: State
    says: str = ""
    """Azure's own word for it, or the sentence of what went wrong."""
    percent: float | None = None
    retry_after: float | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will come of it."""
        return self.state != "running"


def operation_url(connection: Connection, answer: Answer) -> str | None:
    """Return where the operation that an answer began is looked at: Azure-AsyncOperation, else Location.

    None when there is neither, or when it leads out of Azure: then only the resource itself tells.
    """
    for name in ("azure-asyncoperation", "operation-location", "location"):
        url = answer.headers.get(name)
        if url and _is_pinned(connection, url):
            return url
    return None


def is_report(answer: Answer) -> bool:
    """Return whether an answer itself tells that what was asked is done: a document, and not of something accepted."""
    if answer.status not in (200, 201):
        return False
    try:
        return bool(msgspec.json.decode(answer.body, type=dict[str, msgspec.Raw]))
    except (msgspec.MsgspecError, UnicodeError):
        return False


def _is_pinned(connection: Connection, url: str) -> bool:
    try:
        pinned_host(connection.cloud, Call(url=url), url)
    except ServiceError:
        return False
    return True


def poll(connection: Connection, url: str, *, stop: Stop = never) -> Progress:
    """Return how an operation stands now. Raises ServiceError; NotFound when Azure forgot it. Reads GET `url`."""
    return progress_of(connection.read(Call(url=url), stop=stop))


class _Named(msgspec.Struct, rename="camel"):
    provisioning_state: str | None = None


class _Told(msgspec.Struct, rename="camel"):
    """What the body of an operation may hold, in any of its shapes."""

    status: object = None
    percent_complete: object = None
    properties: object = None
    run_id: object = None


_read = msgspec.json.Decoder(_Told, strict=False).decode
_STATES: dict[str, State] = {
    "succeeded": "succeeded", "completed": "succeeded", "finished": "succeeded",
    "failed": "failed", "canceled": "canceled", "cancelled": "canceled",
}  # fmt: skip


def progress_of(answer: Answer) -> Progress:
    """Return what one answer of an operation says. A body that cannot be read says only what its HTTP status says."""
    told = _told(answer.body)
    word = _word(told)
    is_going = answer.status == 202
    state = _STATES.get(word.lower(), "running") if word else "running" if is_going else "succeeded"
    percent = told.percent_complete
    return Progress(
        state=state,
        says=explain(answer.body).sentence or word if state in ("failed", "canceled") else word,
        percent=_share(percent),
        retry_after=pause_asked(answer.headers) if state == "running" else None,
    )


def _told(body: bytes) -> _Told:
    try:
        return _read(body)
    except (msgspec.MsgspecError, UnicodeError):
        return _Told()


def _word(told: _Told) -> str:
    """Return the word an answer has for its state: a status, or that of the resource it is.

    A run's own status is none: its operation is over when the answer is not 202 any more.
    """
    if told.run_id is not None:
        return ""
    if isinstance(told.status, str) and told.status:
        return told.status
    try:
        return msgspec.convert(told.properties, _Named).provisioning_state or ""
    except msgspec.ValidationError:
        return ""


def _share(percent: object) -> float | None:
    if isinstance(percent, bool) or not isinstance(percent, int | float) or not math.isfinite(percent):
        return None
    return min(max(float(percent), 0.0), 100.0)


def follow(
    connection: Connection, url: str, *, stop: Stop = never, deadline: float = DEADLINE, clock: Clock | None = None
) -> Iterator[Progress]:
    """Yield how an operation stands, look after look, until it is over, `stop` says so, or `deadline` seconds passed.

    When the time is up the last one yielded is still running. A look that fails because Azure cannot be reached, is
    broken or throttles is made again; its error is raised when the time is up first. Raises every other ServiceError.
    """
    clock = clock or Clock()
    until, pause = clock.now() + deadline, FIRST_PAUSE
    while True:
        failure: ServiceError | None = None
        asked: float | None = None
        try:
            progress = poll(connection, url, stop=stop)
        except (Unreachable, ServiceBroken, Throttled) as error:
            failure, asked = error, error.retry_after
        else:
            yield progress
            asked = progress.retry_after
            if progress.is_over:
                return
        pause = _next_pause(asked, pause)
        try:
            if not _waited(clock, pause, until, stop):
                break
        except Stopped:
            return
    if failure is not None:
        raise failure


def _next_pause(asked: float | None, before: float) -> float:
    if asked is not None:
        return min(max(asked, FIRST_PAUSE), LONGEST_PAUSE)
    return min(before * 1.5, LONGEST_PAUSE)


def _waited(clock: Clock, pause: float, until: float, stop: Stop) -> bool:
    """Wait, and return whether there is time for another look. Raises Stopped."""
    if clock.now() + pause >= until:
        return False
    wait(clock, pause, stop)
    return True
