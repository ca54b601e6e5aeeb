"""Attached computes as ARM writes them: what only each kind has, with its secrets withheld."""

from __future__ import annotations

from typing import Any

from services.emulator.compute_documents import frame
from services.emulator.fleet import Attached
from services.emulator.places import Place

Json = dict[str, Any]

_CPU = {"cpu": "2", "memory": "8Gi", "nvidia.com/gpu": None}
_GPU = {"cpu": "8", "memory": "56Gi", "nvidia.com/gpu": 1}


def _kubernetes(attached: Attached) -> Json:
    is_arc = "/connectedClusters/" in attached.resource
    types: Json = {"defaultinstancetype": {"nodeSelector": None, "resources": {"requests": _CPU, "limits": _CPU}}}
    if is_arc:
        types["gpu-box"] = {"nodeSelector": {"pool": "gpu"}, "resources": {"requests": _GPU, "limits": _GPU}}
    return {
        "relayConnectionString": None, "serviceBusConnectionString": None, "extensionPrincipalId": None,
        "extensionInstanceReleaseTrain": "stable", "vcName": None, "namespace": "onprem" if is_arc else "ml",
        "defaultInstanceType": "defaultinstancetype", "instanceTypes": types,
    }  # fmt: skip


_OWN: dict[str, Json] = {
    "Databricks": {"databricksAccessToken": None, "workspaceUrl": "https://adb-1042.4.azuredatabricks.net"},
    "VirtualMachine": {
        "virtualMachineSize": "STANDARD_DS3_V2", "sshPort": 22, "notebookServerPort": None, "address": "203.0.113.86",
        "ipAddress": "203.0.113.86", "administratorAccount": {"username": "azureuser", "password": None},
        "imageVersion": None, "applicationUris": None, "createdBy": None,
    },
    "SynapseSpark": {
        "autoScaleProperties": {"minNodeCount": 3, "enabled": True, "maxNodeCount": 10},
        "autoPauseProperties": {"delayInMinutes": 15, "enabled": True}, "sparkVersion": "3.4", "nodeCount": 3,
        "nodeSize": "Medium", "nodeSizeFamily": "MemoryOptimized", "workspaceName": "syn-ml", "poolName": "etl",
    },
    "HDInsight": {"sshPort": 22, "address": "hdi-spark-ssh.azurehdinsight.net",
                  "administratorAccount": {"username": "sshuser", "password": None}},
    "DataLakeAnalytics": {"dataLakeStoreAccountName": "adlsold"},
    "AKS": {
        "clusterFqdn": "aks-v1.hcp.westeurope.azmk8s.io", "systemServices": None, "agentCount": 3,
        "agentVmSize": "Standard_DS3_v2", "clusterPurpose": "FastProd", "sslConfiguration": {"status": "Disabled"},
        "aksNetworkingConfiguration": None, "loadBalancerType": "PublicIp",
    },
}  # fmt: skip


def attached_document(place: Place, attached: Attached) -> Json:
    """Return an attached compute."""
    own = _kubernetes(attached) if attached.kind == "Kubernetes" else _OWN[attached.kind]
    created = "2024-10-08T13:21:05.0000000+00:00"
    return frame(place, attached.name, attached.kind, own, created=created, modified=created, tags=None,
                 resourceId=attached.resource, isAttachedCompute=True, provisioningState=attached.provisioning,
                 provisioningWarnings=None)  # fmt: skip
