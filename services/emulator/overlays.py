"""Endpoints and computes as they are after what was changed: the data with the changes of the world laid over it."""

from __future__ import annotations

from msgspec.structs import replace

from services.emulator import changes as made
from services.emulator.autoscale_events import instances_by_night, is_night
from services.emulator.changes import Changes, ClusterChange, EndpointChange, InstanceChange
from services.emulator.compute_documents import instance_since
from services.emulator.endpoints import ENDPOINTS, Deployment, Endpoint
from services.emulator.fleet import ATTACHED, CLUSTERS, INSTANCES, Attached, Cluster, Instance
from services.emulator.places import Place
from services.emulator.plans import NEVER


def endpoints_of(changes: Changes, place: Place, now: int) -> tuple[Endpoint, ...]:
    """Return the online endpoints of a workspace with their deployments, as they are now."""
    return tuple(_endpoint(changes, place, one, now) for one in ENDPOINTS.get(place.name, ()))


def endpoint_at(changes: Changes, place: Place, name: str, at: int) -> Endpoint | None:
    """Return one endpoint with its deployments as it was at a time; None when there is none of this name."""
    found = next((one for one in ENDPOINTS.get(place.name, ()) if one.name == name), None)
    return found and _endpoint(changes, place, found, at)


def _endpoint(changes: Changes, place: Place, endpoint: Endpoint, now: int) -> Endpoint:
    if changes.incident is not None:
        endpoint = changes.incident.laid_over(place, endpoint, now)
    found = [_deployment(changes, place, endpoint, one, now) for one in endpoint.deployments]
    deployments = tuple(one for one in found if one is not None)
    names = {one.name for one in deployments}
    traffic = {name: share for name, share in endpoint.traffic.items() if name in names}
    endpoint = replace(endpoint, deployments=deployments, traffic=traffic)
    change = changes.endpoints.get((place.name, endpoint.name))
    return endpoint if change is None or now < change.at else _put(endpoint, change, now)


def _put(endpoint: Endpoint, change: EndpointChange, now: int) -> Endpoint:
    """Return an endpoint after its PUT: for a second more its old traffic is shown, as by a replica that lags."""
    return replace(
        endpoint, story="", changed=change.at, mirror=change.mirror, tags=change.tags, description=change.description,
        traffic=change.before if now < change.at + made.STALE_FOR else change.traffic, public=change.public,
        state="Updating" if now < change.at + made.SHIFTING_FOR else "Succeeded",
    )  # fmt: skip


def _deployment(
    changes: Changes, place: Place, endpoint: Endpoint, deployment: Deployment, now: int
) -> Deployment | None:
    """Return a deployment as it is now; None once it is deleted."""
    gone = changes.removals.get((place.name, endpoint.name, deployment.name), NEVER)
    if now >= gone:
        is_over = now >= gone + made.DELETING_FOR
        return None if is_over else replace(deployment, changed=gone, state="Deleting")
    if is_night(now) and (few := instances_by_night(place, endpoint.name, deployment.name)) is not None:
        deployment = replace(deployment, instances=few)
    change = changes.scales.get((place.name, endpoint.name, deployment.name))
    if change is None or now < change.at:
        return deployment
    is_over = now >= change.at + made.SCALING_FOR
    instances = change.instances if is_over and not change.is_failed else change.before
    return replace(deployment, instances=instances, changed=change.at, state="Succeeded" if is_over else "Updating")


def instances_of(changes: Changes, place: Place, now: int) -> tuple[Instance, ...]:
    """Return the compute instances of a workspace as they are now."""
    found = [one for one in INSTANCES.get(place.name, ()) if not is_gone(changes, place, one.name, now)]
    return tuple(_instance(one, changes.instances.get((place.name, one.name)), now) for one in found)


def _instance(instance: Instance, change: InstanceChange | None, now: int) -> Instance:
    if change is None:
        return instance
    if change.idle_shutdown is not None:
        instance = replace(instance, idle_shutdown=change.idle_shutdown or None)
    if not change.operation:
        return instance
    going, then, length = MOVES[change.operation]
    return replace(
        instance, cycles=False, operation=change.operation, trigger="User", since=change.at,
        state=going if now < change.at + length else then,
    )  # fmt: skip


MOVES = {
    "Start": ("Starting", "Running", made.STARTING_FOR),
    "Stop": ("Stopping", "Stopped", made.STOPPING_FOR),
    "Restart": ("Restarting", "Running", made.STARTING_FOR),
}
"""What each operation does to an instance: the state on the way, the state after, and how long it takes."""


def clusters_of(changes: Changes, place: Place, now: int) -> tuple[Cluster, ...]:
    """Return the clusters of a workspace as they are now."""
    found = [one for one in CLUSTERS.get(place.name, ()) if not is_gone(changes, place, one.name, now)]
    return tuple(_cluster(one, changes.clusters.get((place.name, one.name)), now) for one in found)


def _cluster(cluster: Cluster, change: ClusterChange | None, now: int) -> Cluster:
    """Return a cluster after its PATCH: it has its new settings when Azure has finished with them."""
    if change is None:
        return cluster
    is_over = now >= change.at + made.RESIZING_FOR
    low, high, idle = (change.low, change.high, change.idle_timeout) if is_over else change.before
    return replace(cluster, low=low, high=high, idle_timeout=idle, is_updating=not is_over)


def attached_of(changes: Changes, place: Place, now: int) -> tuple[Attached, ...]:
    """Return what is attached to a workspace now."""
    return tuple(one for one in ATTACHED.get(place.name, ()) if not is_gone(changes, place, one.name, now))


def is_gone(changes: Changes, place: Place, compute: str, now: int) -> bool:
    """Return whether a compute was deleted or detached, and Azure is done with it."""
    at = changes.lost_computes.get((place.name, compute))
    return at is not None and now >= at + made.DELETING_FOR


def is_going(changes: Changes, place: Place, compute: str) -> bool:
    """Return whether a compute was deleted or detached, or is about to be gone."""
    return (place.name, compute) in changes.lost_computes


def instance_state(instance: Instance, now: int) -> str:
    """Return the state an instance is in."""
    return instance_since(instance, now)[0]
