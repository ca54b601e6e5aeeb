"""What the verbs have in common: names out of a target, a fresh document, a fingerprint, the `az` command."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import quote

import msgspec

from services.calls import Call, subject
from services.errors import Conflict, Malformed, Refused
from services.parsing import id_part
from services.records import Page, WorkspaceRef

if TYPE_CHECKING:
    from services.change import Change
    from services.connection import Connection

T = TypeVar("T")

UNSAID = "-"
"""What a row shows where Azure said nothing."""


def names_of(target: str, *kinds: str) -> tuple[str, ...]:
    """Return the names in a path such as `/onlineEndpoints/a/deployments/b`, asked for by its kinds.

    Raises Refused when the path is another one: what is planned must never land on another resource.
    """
    parts = target.strip("/").split("/") if target.strip("/") else []
    names = tuple(parts[1::2])
    is_known = len(parts) == 2 * len(kinds) and all(
        a.lower() == b.lower() for a, b in zip(parts[::2], kinds, strict=True)
    )
    if not is_known or any(not name or name in (".", "..") for name in names):
        raise Refused(f"{target!r} is not what this can be done to", do="nothing was sent")
    return names


def path_of(*parts: str) -> str:
    """Return a path below the workspace, each name escaped: a slash inside a name leads nowhere else."""
    return "".join(f"/{quote(part, safe='')}" for part in parts)


def id_of(ref: WorkspaceRef, *parts: str) -> str:
    """Return the ARM id of something below a workspace, its names as they are."""
    return "/".join((ref.id, *parts))


def write_call(
    connection: Connection, ref: WorkspaceRef, method: str, path: str, api: str, body: object = None
) -> Call:
    """Return a write on Azure Resource Manager below a workspace."""
    return msgspec.structs.replace(connection.arm(ref.id + path, api), method=method, body=body)


def document(connection: Connection, call: Call) -> dict[str, Any]:
    """Return the JSON object a read answers, whole. Raises ServiceError; Malformed when it is no object."""
    answer = connection.read(call)
    try:
        found = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise Malformed("The answer cannot be read", on=subject(call), do="nothing was sent") from error
    if not isinstance(found, dict):
        raise Malformed("The answer is not an object", on=subject(call), do="nothing was sent")
    return cast("dict[str, Any]", found)


def only(page: Page[T], on: str) -> T:
    """Return the one record of a page. Raises Malformed when the answer could not be read."""
    if not page.records:
        reason = page.set_aside[0].reason if page.set_aside else "it is empty"
        raise Malformed(f"The answer cannot be read: {reason}", on=on, do="nothing was sent")
    return page.records[0]


def fingerprint(*parts: object) -> str:
    """Return a short text that is the same for the same values, whatever the order of their names."""
    return hashlib.sha256(msgspec.json.encode(parts, order="sorted")).hexdigest()[:32]


def az(ref: WorkspaceRef, command: str, *options: str) -> str:
    """Return an `az` command with its options quoted for a POSIX shell, ending with where the workspace is."""
    # Of a workspace itself the name is among the options.
    name = () if command.startswith("ml workspace") else ("--workspace-name", ref.name)
    where = ("--resource-group", ref.resource_group, *name, "--subscription", ref.subscription)
    return f"az {command} {shlex.join((*options, *where))}"


def workspace_of(change: Change) -> WorkspaceRef:
    """Return the workspace of a change. Raises Malformed for an id that names none."""
    names = [id_part(change.workspace, kind) for kind in ("subscriptions", "resourceGroups", "workspaces")]
    subscription, group, name = names
    if not (subscription and group and name):
        raise Malformed(f"{change.workspace!r} names no workspace")
    return WorkspaceRef(subscription, group, name)


def target_of(change: Change) -> str:
    """Return the path of what is changed, below its workspace. Raises Malformed when it lies elsewhere."""
    workspace = change.workspace.rstrip("/")
    if not change.target.lower().startswith(workspace.lower()):
        raise Malformed(f"{change.target!r} is not in {change.workspace!r}")
    return change.target[len(workspace) :]


def wrong_state(what: str, on: str, do: str = "nothing was sent") -> Conflict:
    """Return the refusal of a change that the state of its target does not allow."""
    return Conflict(what, on=on, do=do)


def wrong_answer(what: str, on: str, do: str = "nothing was sent") -> Refused:
    """Return the refusal of a change whose answers do not make sense."""
    return Refused(what, on=on, do=do)


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence counts them: `a`, `a and b`, `a, b and c`."""
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: `1 instance`, `3 instances`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def length(seconds: float) -> str:
    """Return a length of time in its largest whole units: `45 min`, `2 h 5 min`, `3 d`."""
    minutes = round(seconds / 60)
    days, minutes = divmod(minutes, 1_440)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{count} {unit}" for count, unit in ((days, "d"), (hours, "h"), (minutes, "min")) if count]
    return " ".join(parts[:2]) or "0 min"
