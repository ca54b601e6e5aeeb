"""Deleting a deployment that nobody is sent to: what stops being paid for, and what can no longer be gone back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.change import Answers, Change, Note, Row, Seen, Verb
from services.deployment_verbs import read_deployment
from services.deployments import Deployment
from services.endpoint_verbs import API, Standing
from services.errors import NotFound
from services.planning import (
    UNSAID,
    az,
    counted,
    fingerprint,
    id_of,
    path_of,
    target_of,
    workspace_of,
    write_call,
    wrong_state,
)
from services.records import WorkspaceRef

if TYPE_CHECKING:
    from services.connection import Connection

GONE = fingerprint("gone")


def _shares(standing: Standing, one: Deployment) -> tuple[int, int]:
    """Return its per cent of the traffic, and of the mirrored traffic."""
    mirror = standing.endpoint.mirror or {}
    return standing.split.get(one.name, 0), round(mirror.get(one.name, 0))


def _seen(standing: Standing, one: Deployment) -> str:
    return fingerprint(one.state, one.instances, _shares(standing, one))


def plan_delete(connection: Connection, ref: WorkspaceRef, target: str, answers: Answers) -> Change:
    """Return the change that deletes a deployment. Raises ServiceError; Conflict while it answers requests.

    Its name has to be typed: nothing brings it back. Reads GET …/onlineEndpoints/{name} and …/deployments; sends
    DELETE …/deployments/{name}.
    """
    standing, one = read_deployment(connection, ref, target)
    on, (share, mirror) = f"deployment {one.id}", _shares(standing, one)
    if share or mirror:
        what = f"{share} % of the traffic" if share else f"a copy of {mirror} % of the traffic"
        raise wrong_state(f"{one.name} gets {what}", on, do="shift that to another deployment first")
    if (one.state or "").lower() in ("creating", "updating", "deleting"):
        raise wrong_state(f"{one.name} is {one.state}: wait until it is done", on)
    path = path_of("onlineEndpoints", one.endpoint, "deployments", one.name)
    options = ("--name", one.name, "--endpoint-name", one.endpoint, "--yes")
    return Change(
        verb="delete-deployment", workspace=ref.id, name=one.id, what=f"delete {one.id}", typed=one.name,
        target=id_of(ref, "onlineEndpoints", one.endpoint, "deployments", one.name),
        rows=(Row("deployment", one.state or UNSAID, "deleted"), Row("instances", _instances(one), "none")),
        notes=_notes(standing, one), az=az(ref, "ml online-deployment delete", *options), seen=_seen(standing, one),
        call=write_call(connection, ref, "DELETE", path, API),
    )  # fmt: skip


def _instances(one: Deployment) -> str:
    return counted(one.instances, "instance") if one.instances is not None else UNSAID


def _notes(standing: Standing, one: Deployment) -> tuple[Note, ...]:
    notes = [Note("keeps", "the model, the environment and the code it was made from stay registered")]
    if len(standing.deployments) == 1:
        notes.append(Note("endpoint", "it is the last deployment: the endpoint stays, and answers nobody", True))
    elif (one.state or "").lower() == "succeeded":
        notes.append(Note("way back", "it is ready to answer: without it traffic cannot be shifted back to it", True))
    if (one.state or "").lower() == "failed":
        notes.append(Note("state", "it is Failed, and may hold machines that are paid for all the same"))
    notes.append(Note("named", "callers that name it in the azureml-model-deployment header are refused from then on"))
    return tuple(notes)


def look_delete(connection: Connection, change: Change) -> Seen:
    """Return how the deployment stands: done when Azure knows it no more."""
    try:
        standing, one = read_deployment(connection, workspace_of(change), target_of(change))
    except NotFound:
        return Seen(GONE, is_done=True, says="deleted")
    is_moving = (one.state or "").lower() not in ("succeeded", "failed", "canceled")
    return Seen(_seen(standing, one), is_done=False, is_moving=is_moving, says=one.state or UNSAID)


VERBS = (
    Verb("delete-deployment", "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments/delete",
         plan_delete, look_delete),
)  # fmt: skip
