"""Taking a compute out of a workspace: deleting what Azure Machine Learning made, detaching what was only attached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from services.batch_endpoints import list_batch_deployments, list_batch_endpoints
from services.calls import Call
from services.change import Answers, Change, Note, Row, Seen, Verb
from services.compute import API, get_compute
from services.compute_record import BELONGS, Compute
from services.compute_targets import OWN_KINDS
from services.endpoints import list_endpoints
from services.errors import NotFound, ServiceError
from services.nodes import list_nodes
from services.parents import names_in
from services.planning import (
    UNSAID,
    az,
    fingerprint,
    id_of,
    listed,
    names_of,
    only,
    path_of,
    target_of,
    workspace_of,
    write_call,
    wrong_state,
)
from services.records import Page, WorkspaceRef
from services.schedules import list_schedules

if TYPE_CHECKING:
    from services.connection import Connection

MOST_NAMED = 3


def is_own(kind: str) -> bool:
    """Return whether a compute of this kind is deleted with its machines; else it is only detached."""
    return kind in OWN_KINDS


def plan_delete(connection: Connection, ref: WorkspaceRef, target: str, answers: Answers) -> Change:
    """Return the change that deletes or detaches a compute. Raises ServiceError; Conflict while it is on its way.

    It says what hangs on it, or that this could not be read. The name has to be typed.
    Reads GET …/computes/{name}, …/listNodes, …/schedules, …/onlineEndpoints, …/batchEndpoints and their deployments;
    sends DELETE …/computes/{name}?underlyingResourceAction={Delete|Detach}.
    """
    (name,) = names_of(target, "computes")
    compute = only(get_compute(connection, ref, name), on=name)
    name = compute.name
    if (compute.provisioning or "").lower() == "deleting":
        raise wrong_state(f"{name} is being deleted already", on=f"compute {name}")
    word = "delete" if is_own(compute.kind) else "detach"
    call = write_call(connection, ref, "DELETE", path_of("computes", name), API)
    call = _with_action(call, word.capitalize())
    command = "ml compute delete" if word == "delete" else "ml compute detach"
    return Change(
        verb="delete-compute", workspace=ref.id, target=id_of(ref, "computes", name), name=name,
        what=f"{word} {name}", rows=(Row("compute", compute.state or compute.provisioning or UNSAID, "gone"),),
        notes=(*_hangs_on(connection, ref, compute), *_about(compute)),
        undo="" if word == "delete" else "attach it again; runs find it by its name",
        az=az(ref, command, "--name", name, "--yes"), seen=_seen(compute), call=call, typed=name,
    )  # fmt: skip


def _with_action(call: Call, action: str) -> Call:
    return msgspec.structs.replace(call, params={**call.params, "underlyingResourceAction": action})


def _seen(compute: Compute | None) -> str:
    return fingerprint("gone") if compute is None else fingerprint(compute.id, compute.provisioning)


def _about(compute: Compute) -> Iterator[Note]:
    if compute.kind == "ComputeInstance":
        yield Note("disk", "what lies on its own disk is lost; the workspace's file share stays", True)
        yield Note(BELONGS, compute.assigned_to or compute.owner or UNSAID)
    elif compute.kind == "AmlCompute":
        yield Note("costs", "nothing of it is paid for any longer")
    else:
        yield Note("there", f"{compute.kind} goes on, and is paid for, at {compute.resource or 'its own place'}")


def _hangs_on(connection: Connection, ref: WorkspaceRef, compute: Compute) -> Iterator[Note]:
    name = compute.name.lower()
    if compute.state == "JobRunning":
        yield Note("runs", "a run is at work on it and fails", True)
    if compute.kind == "AmlCompute":
        yield from _note("runs", "at work on it: they fail", _known(lambda: _runs(connection, ref, compute.name)))
    yield from _note("schedules", "start runs on it: they fail from then on",
                     _known(lambda: _named(list_schedules(connection, ref), name)))  # fmt: skip
    yield from _note("batch deployments", "work on it", _known(lambda: _batch(connection, ref, name)))
    if not is_own(compute.kind):
        yield from _note("endpoints", "answer on it", _known(lambda: _named(list_endpoints(connection, ref), name)))


def _known(read: Callable[[], list[str]]) -> list[str] | ServiceError:
    """Return the names, or why they could not be read: that hides nothing else."""
    try:
        return read()
    except ServiceError as error:
        return error


def _note(label: str, what: str, found: list[str] | ServiceError) -> Iterator[Note]:
    if isinstance(found, ServiceError):
        yield Note(label, f"not known: {found.what}", True)
    elif found:
        rest = len(found) - MOST_NAMED
        names = [*found[:MOST_NAMED], f"{rest} more"] if rest > 1 else found
        yield Note(label, f"{listed(names)} {what}", True)


def _named(pages: Iterator[Page[Any]], name: str) -> list[str]:
    return [one.name for page in pages for one in page.records if (one.compute or "").lower() == name]


def _runs(connection: Connection, ref: WorkspaceRef, name: str) -> list[str]:
    pages = list_nodes(connection, ref, name)
    return list(dict.fromkeys(node.run for page in pages for node in page.records if node.run))


def _batch(connection: Connection, ref: WorkspaceRef, name: str) -> list[str]:
    endpoints, asked, _ = names_in(list_batch_endpoints(connection, ref), lambda one: one.name)
    if asked is None:
        return []
    pages = list_batch_deployments(connection, ref, endpoints, asked=asked)
    return [one.id for page in pages for one in page.records if (one.compute or "").lower() == name]


def look_delete(connection: Connection, change: Change) -> Seen:
    """Return whether the compute is gone."""
    (name,) = names_of(target_of(change), "computes")
    try:
        compute = only(get_compute(connection, workspace_of(change), name), on=name)
    except NotFound:
        return Seen(_seen(None), True, says="gone")
    is_moving = (compute.provisioning or "").lower() == "deleting"
    return Seen(_seen(compute), False, is_moving=is_moving, says=compute.provisioning or UNSAID)


VERBS = (
    Verb("delete-compute", "Microsoft.MachineLearningServices/workspaces/computes/delete", plan_delete, look_delete),
)  # fmt: skip
