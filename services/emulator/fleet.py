"""The computes of each workspace, as data: clusters, instances and what is attached."""

from __future__ import annotations

import msgspec

from services.emulator.scripts import SERVERLESS


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """One AmlCompute cluster. `trouble` is "", failed (no quota) or disk (works, but reports an error)."""

    name: str
    size: str
    low: int = 0
    high: int
    priority: str = "Dedicated"
    idle_timeout: str | None = "PT2M"
    trouble: str = ""
    created: str = "2025-03-18T10:22:20.6013506+00:00"
    description: str | None = None
    tags: dict[str, str] | None = {}
    subnet: str | None = None
    identity: str = ""
    """SystemAssigned, or the name of one that was assigned to it; empty for none."""
    is_updating: bool = False
    """Somebody changed its settings a moment ago."""


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """One compute instance, in its state since `hour` o'clock UTC `days` ago. `cycles` ones start and stop all day."""

    name: str
    size: str
    state: str
    owner: int
    days: int = 0
    hour: float = 7.5
    cycles: bool = False
    idle_shutdown: str | None = None
    operation: str = "Start"
    trigger: str = "User"
    is_old_image: bool = False
    error: str = ""
    schedules: tuple[str, ...] = ()
    """`Stop 0 19 * * 1-5` for a cron expression, `Start Day 7` for every day at an hour."""
    cpu: float = 31.0
    """Per cent of its CPU that is used while it runs, and of its GPU."""
    gpu: float = 44.0
    since: int | None = None
    """When somebody brought it to its state, in ticks; None is the time its own life says."""


class Attached(msgspec.Struct, frozen=True, kw_only=True):
    """One attached compute, of any kind that is not Azure Machine Learning's own."""

    name: str
    kind: str
    resource: str
    provisioning: str = "Succeeded"


_GROUP = "/subscriptions/0a4f1d2e-6b7c-4e8f-9a10-2b3c4d5e6f70/resourcegroups/rg-shared"

CLUSTERS: dict[str, tuple[Cluster, ...]] = {
    "ml-prod": (
        Cluster(name="gpu-a100", size="Standard_NC48ads_A100_v4", low=8, high=8, idle_timeout="PT30M",
                description="A100, for training only", tags={"team": "platform"}, identity="id-training"),
        Cluster(name="t4-spot", size="Standard_NC4as_T4_v3", high=6, priority="LowPriority", idle_timeout="PT5M",
                created="2025-06-02T08:15:00.2Z"),
        Cluster(name="cpu-ci", size="Standard_D8s_v5", high=10, identity="SystemAssigned"),
        Cluster(name="cpu-etl", size="Standard_DS3_v2", high=4, trouble="disk", tags=None,
                subnet=f"{_GROUP}/providers/Microsoft.Network/virtualNetworks/vnet-ml/subnets/compute"),
        Cluster(name="h100-new", size="Standard_NC80adis_H100_v5", low=1, high=2, idle_timeout=None,
                trouble="failed"),
    ),
    "ml-research": (
        Cluster(name="gpu-a100", size="Standard_NC48ads_A100_v4", high=8, idle_timeout="PT20M"),
        Cluster(name="t4-spot", size="Standard_NC4as_T4_v3", high=4, priority="LowPriority", idle_timeout="PT5M"),
        Cluster(name="cpu-spare", size="Standard_DS3_v2", low=1, high=2),
    ),
}  # fmt: skip

INSTANCES: dict[str, tuple[Instance, ...]] = {
    "ml-prod": (
        Instance(name="ci-ana", size="Standard_DS3_v2", state="Running", owner=0, days=6, hour=9.87,
                 cpu=0.9),
        Instance(name="ci-li", size="Standard_NC6s_v3", state="Running", owner=1, hour=8.4, idle_shutdown="PT60M",
                 cpu=1.3, gpu=0.2, schedules=("Stop 0 19 * * 1-5", "Start Day 7")),
        Instance(name="ci-sam", size="Standard_DS3_v2", state="Stopped", owner=2, days=2, hour=17.2,
                 idle_shutdown="PT30M",
                 operation="Stop", trigger="IdleShutdown"),
        Instance(name="ci-old", size="Standard_DS2_v2", state="CreateFailed", owner=3, days=41, operation="Create",
                 is_old_image=True, error="QuotaExceeded"),
        Instance(name="ci-noor", size="Standard_E4s_v3", state="Starting", owner=4, cycles=True,
                 idle_shutdown="PT45M"),
    ),
    "ml-research": (
        Instance(name="ci-kim", size="Standard_NC6s_v3", state="Running", owner=6, days=3, hour=15.1,
                 is_old_image=True, gpu=0.4),
        Instance(name="ci-tom", size="Standard_DS3_v2", state="Stopped", owner=5, days=33, hour=16.4,
                 idle_shutdown="PT30M", operation="Stop"),
    ),
}  # fmt: skip

ATTACHED: dict[str, tuple[Attached, ...]] = {
    "ml-prod": (
        Attached(name="aks-shared", kind="Kubernetes",
                 resource=f"{_GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-shared"),
        Attached(name="dbx-legacy", kind="Databricks", provisioning="Unknown",
                 resource=f"{_GROUP}/providers/Microsoft.Databricks/workspaces/dbx-legacy"),
        Attached(name="dsvm-label", kind="VirtualMachine",
                 resource=f"{_GROUP.replace('rg-shared', 'rg-ml-prod')}/providers/Microsoft.Compute/virtualMachines"
                          "/dsvm-label"),
    ),
    "ml-research": (
        Attached(name="arc-onprem", kind="Kubernetes",
                 resource=f"{_GROUP}/providers/Microsoft.Kubernetes/connectedClusters/arc-onprem"),
        Attached(name="synapse-etl", kind="SynapseSpark",
                 resource=f"{_GROUP}/providers/Microsoft.Synapse/workspaces/syn-ml/bigDataPools/etl"),
        Attached(name="hdi-spark", kind="HDInsight", provisioning="Failed",
                 resource=f"{_GROUP}/providers/Microsoft.HDInsight/clusters/hdi-spark"),
        Attached(name="adla-old", kind="DataLakeAnalytics", provisioning="Unknown",
                 resource=f"{_GROUP}/providers/Microsoft.DataLakeAnalytics/accounts/adlaold"),
        Attached(name="aks-v1", kind="AKS",
                 resource=f"{_GROUP}/providers/Microsoft.ContainerService/managedClusters/aks-v1"),
    ),
}  # fmt: skip


POOL = Cluster(name=SERVERLESS, size="Standard_DS3_v2", high=100, idle_timeout="PT0S")
"""The machines the service finds for runs that name no compute: no resource, and gone with the run."""


def cluster_of(place: str, name: str | None) -> Cluster | None:
    """Return a cluster by its workspace's name and its own; the pool for what is serverless."""
    if name == SERVERLESS:
        return POOL
    return next((one for one in CLUSTERS.get(place, ()) if one.name == name), None)
