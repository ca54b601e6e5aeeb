"""What runs and endpoints can be sent to: every kind of target, what it is good for, and what amldeck does with it."""

from __future__ import annotations

from typing import NamedTuple

OWN_KINDS = ("AmlCompute", "ComputeInstance")
"""Kinds whose machines are Azure Machine Learning's own; all others are attached."""
SERVERLESS = "Serverless"
"""Machines that Azure Machine Learning finds for one run: no resource, seen from runs alone."""


class Target(NamedTuple):
    """One kind of target. `word` is what people call it; `kinds` are Azure's words for it, none where it has none."""

    title: str
    word: str
    kinds: tuple[str, ...]
    trains: bool
    serves: bool
    sdk: str
    """The SDK it belongs to where it belongs to one alone: v1, v2."""
    does: str
    """What amldeck can do with it, as a sentence."""


TARGETS = (
    Target("Local computer", "local", (), True, False, "",
           "Runs on it are listed with what they log; nothing of the machine itself is known."),
    Target("Azure ML compute cluster", "cluster", ("AmlCompute",), True, False, "",
           "Nodes, runs, use, price and quota are shown; minimum, maximum and idle time are set, and it is deleted."),
    Target("Azure ML compute instance", "instance", ("ComputeInstance",), True, False, "",
           "It is started, stopped, restarted, deleted, and told when to stop by itself; its applications are opened."),
    Target("Azure ML serverless compute", "serverless", (SERVERLESS,), True, False, "v2",
           "Its runs and cores are counted from the runs in the cache; it has no resource of its own."),
    Target("Linux VM, Data Science VM", "vm", ("VirtualMachine",), True, False, "",
           "Whether it runs, its address and the runs on it are shown; it is detached. It is started where VMs are."),
    Target("Azure Databricks", "databricks", ("Databricks",), True, False, "",
           "Its workspace and the runs on it are shown; it is detached. Clusters and their cost are in Databricks."),
    Target("Data Lake Analytics", "adla", ("DataLakeAnalytics",), True, False, "v1",
           "The service was retired in 2024: nothing runs on it any more. It is shown, and detached."),
    Target("Spark for HDInsight", "hdinsight", ("HDInsight",), True, False, "v1",
           "Its address and the runs on it are shown; it is detached. It is scaled and paid for in HDInsight."),
    Target("Azure Container Instance", "aci", (), False, True, "v1",
           "Its web services are in other endpoints, of the SDK's first version; there is nothing to attach."),
    Target("Azure Kubernetes Service", "aks", ("AKS",), False, True, "v1",
           "Its web services are in other endpoints; agents and TLS are shown, and it is detached."),
    Target("Azure Synapse Spark pool", "synapse", ("SynapseSpark",), True, False, "",
           "Its pool, nodes and pause are shown; it is detached. It is scaled and paid for in Synapse."),
    Target("Kubernetes, also through Azure Arc", "kubernetes", ("Kubernetes",), True, True, "v2",
           "Namespace, extension, instance types and the runs and endpoints on it are shown; it is detached."),
    Target("Data Factory", "data factory", ("DataFactory",), False, False, "v1",
           "It moves data for pipelines of the SDK's first version; it is shown, and detached."),
)  # fmt: skip
"""Every kind of target there is or was."""

_BY_KIND = {kind.lower(): target for target in TARGETS for kind in target.kinds}


def target_of(kind: str) -> Target | None:
    """Return what is known of a kind of compute, in any case; None for one Azure has invented since."""
    return _BY_KIND.get(kind.lower())


def is_arc(resource: str | None) -> bool:
    """Return whether an attached Kubernetes cluster is reached through Azure Arc."""
    return "/microsoft.kubernetes/connectedclusters/" in (resource or "").lower()
