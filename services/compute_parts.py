"""Parts of a compute that come as blocks: its identity, what opens on it, when it starts, what only its kind has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from services.compute_shapes import Assigned
from services.parsing import id_tail
from services.triggers import Trigger, said
from services.wire import as_dict, as_list, text_at, text_of

Facts = dict[str, str | None]


def identities_of(given: Assigned | None) -> tuple[str, ...]:
    """Return the object id of its own identity, then each that was assigned to it with its client id."""
    if given is None:
        return ()
    assigned = (
        f"{id_tail(own_id)} ({text_at(as_dict(ids), 'clientId') or 'no client id'})"
        for own_id, ids in (given.user_assigned_identities or {}).items()
    )
    return tuple(one for one in (given.principal_id, *assigned) if one)


def applications_of(given: object) -> Facts:
    """Return the addresses of what opens on an instance, by name. What has no address is left out."""
    found = ((text_at(as_dict(one), "displayName"), text_at(as_dict(one), "endpointUri")) for one in as_list(given))
    return {name or "application": address for name, address in found if address}


def schedules_of(given: object) -> tuple[str, ...]:
    """Return when an instance is started and stopped: `stop: every day at 19:00 UTC`, with `(off)` where it is off."""
    return tuple(_schedule(as_dict(one)) for one in as_list(as_dict(given).get("computeStartStop")))


def _schedule(one: dict[str, Any]) -> str:
    rule = as_dict(one.get("recurrence")) or as_dict(one.get("cron"))
    try:
        due = said(msgspec.convert(rule, Trigger, strict=False))
    except (msgspec.ValidationError, TypeError, ValueError):
        due = None
    status = text_at(one, "status") or text_at(as_dict(one.get("schedule")), "status")
    off = " (off)" if (status or "").lower() == "disabled" else ""
    return f"{(text_at(one, 'action') or 'start or stop').lower()}: {due or 'Azure does not say when'}{off}"


def facts_of(kind: str, given: object) -> Facts:
    """Return what only an attached compute of its kind has, by label. Keys and connection strings are left out."""
    own = as_dict(given)
    read = {"kubernetes": _kubernetes, "synapsespark": _synapse, "aks": _aks}.get(kind.lower(), _plain)
    return {label: value for label, value in read(own) if value}


_PLAIN = (
    ("workspace", "workspaceUrl"), ("address", "address"), ("SSH port", "sshPort"),
    ("notebook port", "notebookServerPort"), ("Data Lake store", "dataLakeStoreAccountName"),
)  # fmt: skip


def _plain(own: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    yield from ((label, text_of(own.get(name))) for label, name in _PLAIN)
    yield "account", text_at(as_dict(own.get("administratorAccount")), "username")


def _kubernetes(own: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    yield "namespace", text_at(own, "namespace")
    yield "extension", text_at(own, "extensionInstanceReleaseTrain")
    yield "extension identity", text_at(own, "extensionPrincipalId")
    yield "virtual cluster", text_at(own, "vcName")
    yield "default type", text_at(own, "defaultInstanceType")
    for name, block in as_dict(own.get("instanceTypes")).items():
        yield f"type {name}", _resources(as_dict(block))


def _resources(block: dict[str, Any]) -> str | None:
    """Return what a pod of an instance type gets: `2 CPU, 8Gi, 1 GPU, on pool=gpu`."""
    resources = as_dict(block.get("resources"))
    limits = {name: value for name, value in as_dict(resources.get("requests")).items() if value is not None}
    limits |= {name: value for name, value in as_dict(resources.get("limits")).items() if value is not None}
    units = {"cpu": " CPU", "memory": "", "nvidia.com/gpu": " GPU"}
    parts = [f"{text_of(value)}{units.get(name, ' ' + name)}" for name, value in limits.items()]
    chosen = [f"{name}={text_of(value)}" for name, value in as_dict(block.get("nodeSelector")).items()]
    return ", ".join([*parts, *([f"on {' '.join(chosen)}"] if chosen else [])]) or None


def _synapse(own: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    scale, pause = as_dict(own.get("autoScaleProperties")), as_dict(own.get("autoPauseProperties"))
    yield "pool", text_at(own, "poolName")
    yield "Synapse workspace", text_at(own, "workspaceName")
    yield "Spark", text_of(own.get("sparkVersion"))
    yield "node size", " ".join(part for part in (text_at(own, "nodeSizeFamily"), text_at(own, "nodeSize")) if part)
    if scale.get("enabled"):
        yield "scales", f"{scale.get('minNodeCount', '–')} to {scale.get('maxNodeCount', '–')} nodes"
    if pause:
        minutes = pause.get("delayInMinutes")
        yield "pauses", f"after {minutes} min" if pause.get("enabled") and minutes is not None else "never by itself"


def _aks(own: dict[str, Any]) -> Iterator[tuple[str, str | None]]:
    yield "address", text_at(own, "clusterFqdn")
    yield "agents", text_of(own.get("agentCount"))
    yield "purpose", text_at(own, "clusterPurpose")
    yield "TLS", text_at(as_dict(own.get("sslConfiguration")), "status")
    yield "load balancer", text_at(own, "loadBalancerType")
