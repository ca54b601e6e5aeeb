"""What can be done to a deployment behind an online endpoint: give it more or fewer instances."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import msgspec

from services.change import Answers, Change, Inverse, Note, Row, Seen, Verb
from services.deployments import Deployment
from services.endpoint_verbs import API, Standing, read_standing
from services.errors import NotFound
from services.planning import (
    UNSAID,
    az,
    counted,
    document,
    fingerprint,
    id_of,
    names_of,
    path_of,
    target_of,
    workspace_of,
    write_call,
    wrong_answer,
    wrong_state,
)
from services.records import WorkspaceRef
from services.wire import Wire

if TYPE_CHECKING:
    from services.connection import Connection


class _Capacity(Wire):
    minimum: int | None = None
    maximum: int | None = None


class _OneSku(Wire):
    capacity: _Capacity | None = None


class _Skus(Wire):
    value: tuple[_OneSku, ...] | None = None


def read_deployment(connection: Connection, ref: WorkspaceRef, target: str) -> tuple[Standing, Deployment]:
    """Return a deployment as it stands now, with its endpoint. Raises ServiceError; NotFound when it is gone."""
    endpoint, name = names_of(target, "onlineEndpoints", "deployments")
    standing = read_standing(connection, ref, endpoint)
    found = next((one for one in standing.deployments if one.name.lower() == name.lower()), None)
    if found is None:
        raise NotFound(f"{endpoint} has no deployment {name}", on=standing.on, do="it may have been deleted")
    return standing, found


def most_instances(connection: Connection, ref: WorkspaceRef, one: Deployment) -> int | None:
    """Return how many instances it may have; None when Azure does not say."""
    path = path_of("onlineEndpoints", one.endpoint, "deployments", one.name, "skus")
    found = msgspec.convert(document(connection, connection.arm(ref.id + path, API)), _Skus)
    return max((sku.capacity.maximum or 0 for sku in found.value or () if sku.capacity), default=0) or None


def instances_of(text: str, most: int | None, on: str = "") -> int:
    """Return a number of instances from 1 to `most`. Raises Refused for anything else."""
    written = text.strip()
    number = int(written) if written.isascii() and written.isdigit() and len(written) < 6 else 0
    if number < 1 or (most is not None and number > most):
        upto = f"1 to {most}" if most else "1 or more"
        raise wrong_answer(f"{written!r} is no number of instances for it", on, do=f"give a whole number, {upto}")
    return number


def _seen(one: Deployment) -> str:
    return fingerprint(one.instances, one.state)


def plan_scale(connection: Connection, ref: WorkspaceRef, target: str, answers: Answers) -> Change:
    """Return the change of how many instances a deployment has. Raises ServiceError; Conflict while it is changed.

    `answers["instances"]` is a number. The endpoint's name has to be typed to scale to fewer: requests may be refused.
    Reads GET …/onlineEndpoints/{name}, …/deployments and …/skus; sends PATCH …/deployments/{name}.
    """
    standing, one = read_deployment(connection, ref, target)
    on = f"deployment {one.id}"
    if (one.state or "").lower() not in ("succeeded", "failed"):
        raise wrong_state(f"{one.name} is {one.state or 'in a state Azure does not say'}: wait until it is done", on=on)
    if one.instances is None or (one.scale_type or "Default").lower() != "default":
        raise wrong_state(f"{one.name} is scaled by rules ({one.scale_type or UNSAID})", on=on, do="change its rules")
    number = instances_of(answers.get("instances", ""), most_instances(connection, ref, one), on)
    if number == one.instances:
        raise wrong_state(f"{one.name} has {counted(number, 'instance')} already", on=on)
    path = path_of("onlineEndpoints", one.endpoint, "deployments", one.name)
    options = ("--name", one.name, "--endpoint-name", one.endpoint, "--set", f"instance_count={number}")
    return Change(
        verb="scale", workspace=ref.id, target=id_of(ref, "onlineEndpoints", one.endpoint, "deployments", one.name),
        name=one.id, what=f"scale {one.id} to {counted(number, 'instance')}",
        rows=(Row("instances", str(one.instances), str(number)),), notes=_notes(standing, one, number),
        undo=f"scale it back to {one.instances}", az=az(ref, "ml online-deployment update", *options), seen=_seen(one),
        call=write_call(connection, ref, "PATCH", path, API, {"sku": {"capacity": number}}),
        inverse=Inverse("scale", {"instances": str(one.instances)}),
        typed=one.endpoint if number < one.instances else "",
    )  # fmt: skip


def _notes(standing: Standing, one: Deployment, number: int) -> tuple[Note, ...]:
    now, share = one.instances or 0, standing.split.get(one.name, 0)
    machine = one.instance_type or "its machine"
    notes: list[Note] = []
    if number > now:
        more = counted(number - now, "more instance")
        notes.append(Note("quota", f"{more} of {machine}: without quota Azure keeps {now}", False))
    elif share:
        load = math.floor(now / number * 100) - 100
        text = f"it has {share} % of the traffic; each instance left gets {load} % more requests"
        notes.append(Note("load", text, True))
    if one.max_concurrent:
        now_at_once, then = now * one.max_concurrent, number * one.max_concurrent
        notes.append(Note("at once", f"{then} requests instead of {now_at_once}; more of them wait or get a 429"))
    if (one.state or "").lower() == "failed":
        notes.append(Note("state", "it is Failed: scaling does not mend it", True))
    return tuple(notes)


def look_scale(connection: Connection, change: Change) -> Seen:
    """Return how the deployment stands: done when it has its instances and Azure says that it is finished."""
    _, one = read_deployment(connection, workspace_of(change), target_of(change))
    wanted = msgspec.convert(change.call.body, dict[str, dict[str, int]])["sku"]["capacity"]
    state = (one.state or "").lower()
    is_done = one.instances == wanted and state == "succeeded"
    says = f"{counted(one.instances, 'instance') if one.instances is not None else UNSAID}, {one.state or UNSAID}"
    return Seen(_seen(one), is_done, is_moving=state not in ("succeeded", "failed", "canceled"), says=says)


VERBS = (
    Verb("scale", "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments/write", plan_scale,
         look_scale),
)  # fmt: skip
