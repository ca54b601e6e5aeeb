"""Writes on computes as a whole: how far a cluster may grow and shrink, and taking a compute away."""

from __future__ import annotations

from typing import Any

from services.emulator.answers import Json, Response
from services.emulator.changes import DELETING_FOR, RESIZING_FOR, ClusterChange
from services.emulator.fleet import Cluster
from services.emulator.overlays import attached_of, clusters_of, is_going
from services.emulator.route_compute import get_compute
from services.emulator.route_quotas import limit_of
from services.emulator.routing import Ask, Route, Write
from services.emulator.sizes import size_of
from services.emulator.ticks import period
from services.emulator.writing import Task, accepted, refusal
from services.wire import as_dict


def resize(ask: Ask) -> Response:
    """Answer 202 and begin: the settings of a cluster change together, when Azure is done with them."""
    cluster, body = _cluster(ask), ask.request.json()
    if cluster.is_updating or is_going(ask.world.changes, ask.place, cluster.name):
        message = f"Compute {cluster.name} is in a transient state: it cannot be updated now."
        raise refusal(ask, 409, message, "Conflict", "ComputeInTransientState")
    given = _settings(ask, body)
    low, high = given.get("minNodeCount", 0), given["maxNodeCount"]
    idle = given.get("nodeIdleTimeBeforeScaleDown", cluster.idle_timeout)
    _check(ask, cluster, low, high, idle)
    ask.world.changes.clusters[ask.place.name, cluster.name] = ClusterChange(
        at=ask.now, low=low, high=high, idle_timeout=idle, before=(cluster.low, cluster.high, cluster.idle_timeout)
    )
    return accepted(ask, Task("compute"), body)


def _cluster(ask: Ask) -> Cluster:
    """Return the cluster of the path. Raises Refusal: 404 without such a compute, 400 for one of another kind."""
    name = ask.parts["compute"]
    for one in clusters_of(ask.world.changes, ask.place, ask.now):
        if one.name == name:
            return one
    get_compute(ask)
    raise ask.wrong(f"Compute {name} is not an AmlCompute cluster: it has no scale settings.")


def _settings(ask: Ask, body: Json) -> dict[str, Any]:
    """Return the scale settings of a PATCH. Raises Refusal (400) without any: nothing else can be changed."""
    given = as_dict(as_dict(as_dict(body.get("properties")).get("properties")).get("scaleSettings"))
    if not isinstance(given.get("maxNodeCount"), int):
        raise ask.wrong("The update needs properties.properties.scaleSettings with a maxNodeCount.")
    return given


def _check(ask: Ask, cluster: Cluster, low: object, high: int, idle: object) -> None:
    if not isinstance(low, int) or not 0 <= low <= high:
        raise ask.wrong(f"The minimum node count {low} must be 0 or more, and no more than the maximum of {high}.")
    if idle is not None and not period(str(idle)):
        raise ask.wrong(f"The idle time before scale down '{idle}' is not a period in ISO 8601.")
    size = size_of(cluster.size)
    if cluster.priority == "Dedicated" and low * size.cores > limit_of(size.family):
        message = (
            f"The specified subscription has a {size.family_title.split(' Cluster')[0]} vCPU quota of "
            f"{limit_of(size.family)} and cannot accomodate for at least {low} requested managed compute nodes which "
            f"maps to {low * size.cores} vCPUs."
        )
        raise refusal(ask, 400, message, "BadArgument", "ClusterMinNodesExceedCoreQuota")


def delete(ask: Ask) -> Response:
    """Answer 202 and begin. What is Azure Machine Learning's is deleted, what is attached can only be detached."""
    name = get_compute(ask)["name"]
    action = ask.query("underlyingResourceAction") or ""
    if action not in ("Delete", "Detach"):
        raise ask.wrong("The query parameter underlyingResourceAction must be Delete or Detach.")
    is_attached = name in {one.name for one in attached_of(ask.world.changes, ask.place, ask.now)}
    if is_attached != (action == "Detach"):
        word = "detached" if is_attached else "deleted"
        raise ask.wrong(f"Compute {name} can only be {word}: the action {action} does not apply to it.")
    if is_going(ask.world.changes, ask.place, name):
        raise refusal(ask, 409, f"Compute {name} is being deleted already.", "Conflict", "ComputeInTransientState")
    ask.world.changes.lost_computes[ask.place.name, name] = ask.now
    return accepted(ask, Task("compute"), {})


_C = "{ws}/computes/{compute}"

ROUTES = (
    Route("PATCH", "arm", _C, resize, write=Write("computes/write", "Creates or updates compute", RESIZING_FOR)),
    Route("DELETE", "arm", _C, delete, write=Write("computes/delete", "Deletes compute", DELETING_FOR)),
)
