"""How a write is taken: one at a time, by somebody who may, and told of in the activity log, however it ends."""

from __future__ import annotations

from typing import Any

import msgspec

from services.emulator.answers import Json, Refusal, Response, aml_error, data_error, ok
from services.emulator.callers import caller_of
from services.emulator.changes import LongRunning, Made
from services.emulator.dice import guid
from services.emulator.operations import AML, Kind, Operation
from services.emulator.routing import Ask, Handler, Write
from services.emulator.ticks import SECOND

_PREFIX = f"{AML}/workspaces/"


def write(ask: Ask, handler: Handler) -> Response | Json | list[Any]:
    """Return the answer to a write. What is refused changes nothing, and is in the activity log as a failure."""
    with ask.world.changes.turn():
        try:
            return handler(ask)
        except Refusal as refusal:
            _log(ask, failure=_code(refusal.response))
            raise


def done(ask: Ask, document: object, body: Json, *, status: int = 200) -> Response:
    """Return the answer to a write that is done at once, and remember it."""
    _note(ask, body)
    _log(ask)
    return ok(document, status=status, headers=_correlated(ask))


class Task(msgspec.Struct, frozen=True):
    """What the service goes on to do after it has said yes. `parts` name the resource it leaves; none leaves none."""

    area: str
    parts: dict[str, str] = {}
    going: str = "InProgress"
    error: Json | None = None
    name: str | None = None
    """The end of the operation's id, where it is not a GUID."""
    has_status: bool = True
    """Whether Azure-AsyncOperation is among the headers, or Location alone."""


def accepted(ask: Ask, task: Task, body: Json, *, status: int = 202, document: object = None) -> Response:
    """Return the answer to a write that takes its time: with the addresses of its state and of its result."""
    running = _running(ask, task)
    ask.world.changes.long_running[running.id] = running
    _note(ask, body)
    _log(ask, failure=task.error["code"] if task.error else "")
    version = ask.query("api-version") or ""
    headers = {**_correlated(ask), "location": operation_url(ask, running, "Results", version)}
    if task.has_status:
        headers["azure-asyncoperation"] = operation_url(ask, running, "Status", version)
    return ok(document, status=status, headers=headers)


def _running(ask: Ask, task: Task) -> LongRunning:
    assert ask.write is not None
    number = len(ask.world.changes.long_running)
    own = task.name or guid("long running", ask.place.name, number, ask.now)
    return LongRunning(
        id=f"{_KINDS[task.area]}:{ask.place.guid}:{own}" if task.area in _KINDS else own, area=task.area,
        place=ask.place.name, started=ask.now, ends=ask.now + ask.write.ticks, parts=task.parts, going=task.going,
        error=task.error,
    )  # fmt: skip


_KINDS = {"job": "jc", "endpoint": "oe", "deployment": "od"}
"""How the ids of the management front end begin."""
_AREAS = {"compute": "computeOperations", "workspace": "workspaceOperations"}


def operation_url(ask: Ask, running: LongRunning, what: str, version: str) -> str:
    """Return the address of an operation's "Status" or of its "Results"."""
    area = _AREAS.get(running.area)
    name = f"{area}{what}" if area else "mfeOperationsStatus" if what == "Status" else "mfeOperationResults"
    place = next(one for one in ask.world.places if one.name == running.place)
    where = f"/subscriptions/{place.subscription}/providers/{AML}/locations/{place.region}"
    return f"https://management.azure.com{where}/{name}/{running.id}?api-version={version}"


def resource_of(ask: Ask) -> str:
    """Return the path of what is changed, below the workspace; after `~` what lies beside it in the group."""
    marker = f"/workspaces/{ask.place.name}".lower()
    path = ask.request.path
    if marker not in path.lower():
        return "~" + path.partition("/providers/")[2].rstrip("/")
    tail = path[path.lower().index(marker) + len(marker) :].rstrip("/")
    return tail.rpartition("/")[0] if ask.request.method.upper() == "POST" else tail


def _action(write: Write) -> str:
    return write.action if write.action.startswith("Microsoft.") else _PREFIX + write.action


def _note(ask: Ask, body: Json) -> None:
    assert ask.write is not None
    ask.world.changes.note(
        Made(at=ask.now, action=_action(ask.write), resource=_id_of(ask),
             caller=caller_of(ask.request).name, correlation=_correlation(ask), body=body)
    )  # fmt: skip


def _id_of(ask: Ask) -> str:
    """Return the ARM id of what is changed."""
    on = resource_of(ask)
    return f"{ask.place.id.partition('/providers/')[0]}/providers/{on[1:]}" if on.startswith("~") else ask.place.id + on


def _log(ask: Ask, failure: str = "") -> None:
    """Put the write into the activity log; run history is no part of ARM, whose log it is."""
    if ask.host != "arm" or ask.write is None or ask.place_or_none is None:
        return
    write, ends = ask.write, ask.now + max(ask.write.ticks, SECOND // 2)
    kind = Kind(_action(write), write.title, resource_of(ask), ask.request.method.upper(),
                write.ticks / SECOND, failure=failure)  # fmt: skip
    ask.world.changes.log(
        Operation(kind, ask.now, None, _correlation(ask), bool(failure), ends, ask.place, caller_of(ask.request))
    )


def _correlation(ask: Ask) -> str:
    """Return the id that all events of this write share: the client's own, when it gave one."""
    given = ask.request.headers.get("x-ms-correlation-request-id")
    return given or guid("write", ask.request.method, ask.request.path, ask.now, len(ask.world.changes.made))


def _correlated(ask: Ask) -> dict[str, str]:
    # The change is noted by now, so the id is read back rather than made again.
    return {"x-ms-correlation-request-id": ask.world.changes.made[-1].correlation}


def _code(response: Response) -> str:
    error = response.json().get("error", {})
    return str(error.get("code") or response.status)


def refusal(ask: Ask, status: int, message: str, *codes: str) -> Refusal:
    """Return the refusal of a write, to be raised, in the frame of the service that was asked."""
    frame = data_error if ask.host == "data" else aml_error
    return Refusal(frame(status, message, codes, region=ask.place.region, at=ask.now))


__all__ = ["Task", "Write", "accepted", "done", "operation_url", "refusal", "resource_of", "write"]
