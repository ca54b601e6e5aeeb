"""Computes as ARM writes them: clusters with nodes by state, instances, what is attached."""

from __future__ import annotations

from typing import Any

from services.emulator.dice import Dice, guid
from services.emulator.fleet import Cluster, Instance
from services.emulator.load import Load, Node, load_of
from services.emulator.places import Place
from services.emulator.runbook import RunBook
from services.emulator.samples import PEOPLE_IDS, TENANT
from services.emulator.sizes import size_of
from services.emulator.ticks import DAY, HOUR, MINUTE, SECOND, stamp, stamp_ms

Json = dict[str, Any]

CYCLE = 3 * HOUR
"""How often an instance that comes and goes is started."""
UP_FOR = 100 * MINUTE
"""How long it is up each time."""


def frame(place: Place, name: str, kind: str, own: Json, *, created: str, modified: str, **over: Any) -> Json:
    """Return what all kinds of computes have, around what only this one has."""
    tags = over.pop("tags", {})
    properties: Json = {
        "createdOn": created, "modifiedOn": modified, "disableLocalAuth": False, "description": None,
        "resourceId": None,
        "computeType": kind, "computeLocation": place.region, "provisioningState": "Succeeded",
        "provisioningErrors": None,
        "provisioningWarnings": {}, "isAttachedCompute": False, **over, "properties": own,
    }  # fmt: skip
    return {
        "id": f"{place.id}/computes/{name}", "name": name,
        "type": "Microsoft.MachineLearningServices/workspaces/computes",
        "location": place.region, "tags": tags, "properties": properties,
    }  # fmt: skip


def _identity(place: Place, name: str, assigned: str) -> Json | None:
    """Return a managed identity: its own, one that was assigned to it, or none."""
    own = {"principalId": guid("principal", place.name, name)}
    if not assigned or assigned == "SystemAssigned":
        return {"type": assigned, **own, "tenantId": TENANT} if assigned else None
    group = f"/subscriptions/{place.subscription}/resourcegroups/{place.group}"
    path = f"{group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{assigned}"
    ids = {"principalId": guid("principal", assigned), "clientId": guid("client", assigned)}
    return {"type": "UserAssigned", "tenantId": TENANT, "userAssignedIdentities": {path: ids}}


def cluster_document(place: Place, book: RunBook, cluster: Cluster, now: int) -> Json:
    """Return a cluster. One without quota withholds its counts: they are null, not 0."""
    failed = cluster.trouble == "failed"
    load = None if failed else load_of(place, book, cluster, now)
    own: Json = {
        "vmSize": size_of(cluster.size).shouted, "vmPriority": cluster.priority,
        "userAccountCredentials": {"adminUserName": "azureuser", "adminUserPassword": None,
                                   "adminUserSshPublicKey": None},
        "scaleSettings": {"maxNodeCount": cluster.high, "minNodeCount": cluster.low,
                          "nodeIdleTimeBeforeScaleDown": cluster.idle_timeout},
        "subnet": {"id": cluster.subnet} if cluster.subnet else None,
        **_counts(load),
        "errors": _disk_full(place, cluster) if cluster.trouble == "disk" else None,
        "remoteLoginPortPublicAccess": "NotSpecified" if failed else "Enabled",
        **({} if failed else {"osType": "Linux"}),
        "virtualMachineImage": None, "isolatedNetwork": False,
        **({} if failed else {"enableNodePublicIp": not cluster.subnet,
                                  "enableBatchPrivateLink": False, "propertyBag": {}}),
    }  # fmt: skip
    document = frame(
        place, cluster.name, "AmlCompute", own, created=cluster.created, modified=cluster.created, tags=cluster.tags,
        description=cluster.description,
        provisioningState="Updating" if cluster.is_updating else "Failed" if failed else "Succeeded",
        provisioningErrors=_no_quota(cluster) if failed else None,
    )  # fmt: skip
    identity = _identity(place, cluster.name, cluster.identity)
    return {**document, "identity": identity} if identity else document


def _counts(load: Load | None) -> Json:
    if load is None:
        return {"currentNodeCount": None, "targetNodeCount": None, "nodeStateCounts": None, "allocationState": None}
    preempted = int(load.is_resizing and load.target > len(load.nodes))
    counts = {
        f"{state}NodeCount": load.count(state) for state in ("preparing", "running", "idle", "unusable", "leaving")
    }
    return {
        "currentNodeCount": len(load.nodes), "targetNodeCount": load.target,
        "nodeStateCounts": {**counts, "preemptedNodeCount": preempted},
        "allocationState": "Resizing" if load.is_resizing else "Steady",
        "allocationStateTransitionTime": stamp_ms(load.changed),
    }  # fmt: skip


def _disk_full(place: Place, cluster: Cluster) -> list[Json]:
    node = f"tvmps_{Dice('node', place.name, cluster.name, 0).hex(64)}_d"
    text = "The VM disk is full. Delete jobs, tasks, or files on the node to free up space and then reboot the node."
    message = f"ComputeNode.Id={node}: There is not enough disk space on the node"
    return [{"error": {"code": "DiskFull", "message": message, "details": [{"code": "Message", "message": text}]}}]


def _no_quota(cluster: Cluster) -> list[Json]:
    size = size_of(cluster.size)
    message = (
        f"The specified subscription has a {size.family_title.split(' Cluster')[0]} vCPU quota of 0 and cannot "
        f"accomodate for at least {cluster.low} requested managed compute nodes which maps to {size.cores} vCPUs. "
        "Talk to your Subscription Admin or refer to https://docs.microsoft.com/azure/machine-learning/how-to-manage-quotas"
        "#request-quota-increases to increase the family quota"
    )
    return [{"error": {"code": "ClusterMinNodesExceedCoreQuota", "message": message}}]


def node_document(node: Node) -> Json:
    """Return one node of a cluster. A node without a run has no `runId` at all."""
    document: Json = {
        "nodeId": node.id, "privateIpAddress": f"10.0.0.{node.number + 4}",
        "publicIpAddress": f"203.0.113.{node.number + 20}",
        "port": 50_000 + node.number, "nodeState": node.state,
    }  # fmt: skip
    return {**document, "runId": node.run} if node.run else document


def instance_since(instance: Instance, now: int) -> tuple[str, int, str]:
    """Return an instance's state, since when (ticks), and the operation that brought it there."""
    if instance.since is not None:
        return instance.state, instance.since, instance.operation
    if instance.cycles:
        start, gone = now // CYCLE * CYCLE, now % CYCLE
        if gone < 4 * MINUTE:
            return "Starting", start, "Start"
        if gone < UP_FOR:
            return "Running", start, "Start"
        stopped = start + UP_FOR
        return ("Stopping" if gone < UP_FOR + 3 * MINUTE else "Stopped"), stopped, "Stop"
    since = now // DAY * DAY - instance.days * DAY + int(instance.hour * HOUR) // SECOND * SECOND + 4_120_000
    return instance.state, since if since <= now else since - DAY, instance.operation


def instance_document(place: Place, instance: Instance, now: int) -> Json:
    """Return an instance. Without idle shutdown the field is not there."""
    state, since, operation = instance_since(instance, now)
    failed = state == "CreateFailed"
    host = f"https://{instance.name}.{place.region}.instances.azureml.ms"
    own: Json = {
        "vmSize": size_of(instance.size).shouted, "state": state,
        "errors": [{"error": {"code": instance.error, "message": _INSTANCE_ERROR}}] if failed else [],
        "connectivityEndpoints": None if failed else _ADDRESSES,
        "applications": [{"displayName": title, "endpointUri": host + path} for title, path in _APPLICATIONS],
        "lastOperation": _last_operation(instance, state, since, operation), **_owned(instance), **_INSTANCE_SETTINGS,
        "schedules": {"computeStartStop": [_schedule(instance, text) for text in instance.schedules]},
        **({"idleTimeBeforeShutdown": instance.idle_shutdown} if instance.idle_shutdown else {}),
        "osImageMetadata": {"currentImageVersion": "26.05.12" if instance.is_old_image else "26.10.28",
                            "latestImageVersion": "26.10.28", "isLatestOsImageVersion": not instance.is_old_image,
                            "osPatchingStatus": None},
    }  # fmt: skip
    created = stamp(now // DAY * DAY - (instance.days + 60) * DAY + 330_077_220_061)
    document = frame(place, instance.name, "ComputeInstance", own, created=created, modified=stamp(since),
                      provisioningState="Failed" if failed else "Succeeded")  # fmt: skip
    return {**document, "identity": _identity(place, instance.name, "SystemAssigned")}


def _owned(instance: Instance) -> Json:
    owner = PEOPLE_IDS[instance.owner]
    return {
        "createdBy": {"userOrgId": TENANT, "userId": owner}, "applicationSharingPolicy": "Personal",
        "computeInstanceAuthorizationType": "personal",
        "personalComputeInstanceSettings": {"assignedUser": {"objectId": owner, "tenantId": TENANT}},
    }  # fmt: skip


_ADDRESSES = {"publicIpAddress": "203.0.113.70", "privateIpAddress": "10.0.0.4"}
_INSTANCE_SETTINGS: Json = {
    "imageVersion": None, "subnet": None, "autologgerSettings": None, "setupScripts": None,
    "sshSettings": {"sshPublicAccess": "Disabled", "adminUserName": "azureuser", "sshPort": 50_000,
                    "adminPublicKey": None},
    "enableNodePublicIp": True, "enableBatchPrivateLink": False,
    "enableOSPatching": False, "releaseQuotaOnStop": False, "enableSSO": True, "dataMounts": None, "dataDisks": None,
    "containers": None, "updateStatus": None, "versions": {"runtime": "3.0.03188.0002"}, "customServices": [],
}  # fmt: skip


def _last_operation(instance: Instance, state: str, since: int, operation: str) -> Json:
    is_moving = state in ("Starting", "Stopping", "Restarting")
    status = "InProgress" if is_moving else "Failed" if state == "CreateFailed" else "Succeeded"
    trigger = "User" if operation == "Start" else instance.trigger
    return {"operationName": operation, "operationTime": stamp_ms(since), "operationStatus": status,
            "operationTrigger": trigger}  # fmt: skip


_APPLICATIONS = (("Jupyter", "/tree/"), ("Jupyter Lab", "/lab"))
_INSTANCE_ERROR = "The instance could not be created: the family quota of 0 vCPUs does not allow 2 more."


def _schedule(instance: Instance, text: str) -> Json:
    """Return when an instance is started or stopped, as the service writes it."""
    action, _, rule = text.partition(" ")
    own: Json = {"id": guid("schedule", instance.name, text), "provisioningStatus": "Completed", "status": "Enabled"}
    zone = {"startTime": "2026-01-12T06:00:00", "timeZone": "W. Europe Standard Time"}
    if rule.count(" ") == 4:
        cron = {**zone, "expression": rule}
        return {**own, "action": action, "triggerType": "Cron", "recurrence": None, "cron": cron}
    unit, _, hour = rule.partition(" ")
    due = {"hours": [int(hour)], "minutes": [0], "weekDays": None, "monthDays": None}
    recurrence = {"frequency": unit, "interval": 1, **zone, "schedule": due}
    return {**own, "action": action, "triggerType": "Recurrence", "recurrence": recurrence, "cron": None}
