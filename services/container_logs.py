"""Logs of the containers behind a deployment: their tail, and how one tail follows on another.

getLogs gives the end of the log of one instance, which the service chooses. Following it is asking again and taking
away what was seen; where nothing of the earlier tail is in the later one, lines may be missing, and that is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from services.errors import Forbidden, Malformed
from services.log_redaction import LogRedactor
from services.wire import as_dict

if TYPE_CHECKING:
    from services.connection import Connection
    from services.records import WorkspaceRef

API = "2024-04-01"
ACTION = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments/getLogs/action"
USUAL_TAIL = 500

Container = Literal["inference-server", "storage-initializer"]
CONTAINERS: tuple[Container, ...] = ("inference-server", "storage-initializer")
"""What answers, then what fetched the model before it."""
_TYPES: dict[Container, str] = {"inference-server": "InferenceServer", "storage-initializer": "StorageInitializer"}
_HEADINGS = ("Instance status:", "Container events:", "Container logs:")


class Tail(msgspec.Struct, frozen=True, kw_only=True):
    """The text of getLogs in its parts. A part that is not in it is empty."""

    status: tuple[str, ...] = ()
    """How far the instance came: `UserContainerImagePull: Failed`."""
    events: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()


class Joined(msgspec.Struct, frozen=True, kw_only=True):
    """What a later tail adds to an earlier one."""

    new: tuple[str, ...]
    may_miss: bool
    """The two have nothing in common: lines may be missing, or another instance or a new container answered."""
    shared: int = 0
    """How many lines the later one begins with that are no new ones: what the two were joined by."""
    replaces: int = 0
    """1 where the last line of the earlier tail had not ended, and the first of `new` is the whole of it."""


def read_container_log(
    connection: Connection,
    ref: WorkspaceRef,
    endpoint: str,
    deployment: str,
    container: Container = "inference-server",
    tail: int = USUAL_TAIL,
) -> str:
    """Return the last lines of a container's log, without secrets; empty where it never started.

    Raises ServiceError; Forbidden names the right that is missing. Reads POST
    …/onlineEndpoints/{endpoint}/deployments/{deployment}/getLogs.
    """
    body = {"containerType": _TYPES[container], "tail": tail}
    call = connection.arm(f"{ref.id}{log_path(endpoint, deployment)}", API)
    call = msgspec.structs.replace(call, method="POST", body=body)
    on = f"deployment {endpoint}/{deployment}"
    try:
        answer = connection.read(call)
    except Forbidden as refusal:
        raise _refused(refusal, on) from refusal
    return _redacted(_content(answer.body, on))


def log_path(endpoint: str, deployment: str) -> str:
    """Return where the logs of a deployment's containers are read, below the workspace."""
    return f"/onlineEndpoints/{endpoint}/deployments/{deployment}/getLogs"


def tail_of(text: str) -> Tail:
    """Return the parts of what getLogs gives; a text without headings is all log."""
    parts: dict[str, list[str]] = {heading: [] for heading in _HEADINGS}
    lines = text.splitlines()
    if not any(line.strip() in _HEADINGS for line in lines):
        return Tail(lines=tuple(lines))
    current: list[str] = []
    for line in lines:
        # Only the first of each heading is one: a log may hold the same words.
        if line.strip() in _HEADINGS and current is not parts[_HEADINGS[-1]]:
            current = parts[line.strip()]
        else:
            current.append(line)
    status, events, log = (_trimmed(parts[heading]) for heading in _HEADINGS)
    return Tail(status=status, events=events, lines=log)


def joined(before: Sequence[str], after: Sequence[str]) -> Joined:
    """Return what is new in a later tail: what follows on the longest part of the earlier one that it shares."""
    if not before or not after:
        return Joined(new=tuple(after), may_miss=False)
    common = _known(before, after)
    if common == 0:
        # The last line may have been read while it was written: then the later tail has more of it.
        common = _known(before[:-1], after)
        goes_on = len(before) == 1 or common > 0
        if goes_on and common < len(after) and before[-1] and after[common].startswith(before[-1]):
            return Joined(new=tuple(after[common:]), may_miss=False, shared=common, replaces=1)
        return Joined(new=tuple(after), may_miss=True)
    return Joined(new=tuple(after[common:]), may_miss=False, shared=common)


def _known(before: Sequence[str], after: Sequence[str]) -> int:
    """Return how many lines at the beginning of `after` are not new: it holds all of `before`, or begins within it."""
    if not before:
        return 0
    whole, later = tuple(before), tuple(after)
    found = (at for at in range(len(later) - len(whole) + 1) if later[at : at + len(whole)] == whole)
    return next((at + len(whole) for at in found), None) or _overlap(before, after)


def _overlap(before: Sequence[str], after: Sequence[str]) -> int:
    """Return how many lines `after` begins with that `before` ends with, in time that grows with their number."""
    falls = [0] * len(after)
    length = 0
    for at in range(1, len(after)):
        while length and after[at] != after[length]:
            length = falls[length - 1]
        length += after[at] == after[length]
        falls[at] = length
    length = 0
    for line in before[-len(after) :]:
        while length and (length == len(after) or line != after[length]):
            length = falls[length - 1]
        length += line == after[length]
    return length


def _trimmed(lines: list[str]) -> tuple[str, ...]:
    while lines and not lines[-1].strip():
        lines.pop()
    return tuple(lines)


def _content(body: bytes, on: str) -> str:
    try:
        given: Any = msgspec.json.decode(body) if body.strip() else {}
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Malformed("The log of the container cannot be read", on=on) from error
    content = as_dict(given).get("content", "")
    if content is None:
        return ""
    if not isinstance(content, str) or not isinstance(given, dict):
        raise Malformed("The log of the container is no text", on=on)
    return content


def _redacted(text: str) -> str:
    redactor = LogRedactor()
    clean = redactor.feed(text.encode("utf-8", "replace")) + redactor.finish()
    return clean.decode("utf-8", "replace")


def _refused(refusal: Forbidden, on: str) -> Forbidden:
    """Return the refusal with what is missing: reading logs is an action, and Reader has none."""
    told = Forbidden(
        f"Reading the log of a container needs {ACTION}", on=on,
        do="Reader lacks it, AzureML Data Scientist has it; or read the console log in Log Analytics",
        status=refusal.status, code=refusal.code, request_id=refusal.request_id,
    )  # fmt: skip
    told.action, told.scope = ACTION, refusal.scope
    return told
