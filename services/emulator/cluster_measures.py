"""What Azure Monitor counts of clusters: their nodes by state and how busy those are, split by the cluster.

The nodes follow from the runs that held them, so that the past of a cluster and its runs never disagree.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from services.emulator.dice import noise
from services.emulator.fleet import Cluster
from services.emulator.overlays import clusters_of
from services.emulator.plans import NEVER, Plan
from services.emulator.run_facts import compute_of, is_orchestrator, nodes_of
from services.emulator.sizes import size_of
from services.emulator.ticks import MINUTE, period, stamp

if TYPE_CHECKING:
    from services.emulator.workspace_measures import WorkspaceMeasures

Json = dict[str, Any]

STATES = ("active", "idle", "preparing", "leaving", "unusable", "preempted")
_SHARES = {"cpuutilizationpercentage": 46.0, "cpumemoryutilizationpercentage": 38.0,
           "gpuutilizationpercentage": 81.0, "gpumemoryutilizationpercentage": 72.0}  # fmt: skip


class Held(NamedTuple):
    """The nodes a run held of a cluster: from when they were prepared, from when they worked, until when."""

    ready: int
    started: int
    ended: int
    nodes: int


class ClusterMeasures:
    """What is measured of the clusters of a workspace, for one question that splits by them."""

    def __init__(self, of: WorkspaceMeasures) -> None:
        self._of = of
        self._known: dict[tuple[str, int], dict[str, int]] = {}

    def series(self, name: str) -> list[Json] | None:
        """Return the series of a metric, one a cluster; None for a question that is not split by clusters alone."""
        terms, metric = self._of.wanted.terms, name.lower()
        if set(terms) == {"clustername"} and metric.endswith(" nodes"):
            return [self._one(one, "clustername", metric.removesuffix(" nodes")) for one in self._named("clustername")]
        if set(terms) == {"computename"} and metric in _SHARES:
            wanted = [one for one in self._named("computename") if "gpu" not in metric or size_of(one.size).gpus]
            return [self._one(one, "computename", metric) for one in wanted]
        return None

    def _named(self, dimension: str) -> list[Cluster]:
        world, place = self._of.world, self._of.place
        known = [one for one in clusters_of(world.changes, place, world.now()) if one.trouble != "failed"]
        return [one for one in known if self._of.wanted.terms[dimension] in ("*", one.name)]

    @cached_property
    def _held(self) -> dict[str, list[Held]]:
        found: dict[str, list[Held]] = defaultdict(list)
        for plan, _ in self._of.plans:
            compute = compute_of(plan)
            if compute is not None and plan.ready < NEVER and not is_orchestrator(plan):
                found[compute].append(_held(plan))
        return found

    def _one(self, cluster: Cluster, dimension: str, what: str) -> Json:
        wanted = self._of.wanted
        split = [{"name": {"value": dimension, "localizedValue": dimension}, "value": cluster.name}]
        data: list[Json] = []
        for at in self._of.buckets:
            value = self._value(cluster, what, max(at * wanted.step, wanted.start))
            point: Json = {"timeStamp": stamp(at * wanted.step, "Z")}
            data.append(point if value is None else {**point, **dict.fromkeys(wanted.aggregations, value)})
        return {"metadatavalues": split, "data": data}

    def _value(self, cluster: Cluster, what: str, at: int) -> float | None:
        states = self.states(cluster, at)
        if what in STATES or what == "total":
            return float(states.get(what, 0) if what != "total" else sum(states.values()))
        nodes = states["active"] + states["idle"]
        if not nodes:
            return None
        level = _SHARES[what] * (1 + 0.25 * noise(f"{cluster.name}{what}{at}"))
        return round(min(100.0, level * states["active"] / nodes + 2), 3)

    def states(self, cluster: Cluster, at: int) -> dict[str, int]:
        """Return how many nodes of a cluster were in each state at a time. Several metrics ask for the same moments."""
        key = cluster.name, at
        if key not in self._known:
            self._known[key] = self._states(cluster, at)
        return self._known[key]

    def _states(self, cluster: Cluster, at: int) -> dict[str, int]:
        held, tail = self._held[cluster.name], period(cluster.idle_timeout or "") or 2 * MINUTE
        active = sum(one.nodes for one in held if one.started <= at < one.ended)
        preparing = sum(one.nodes for one in held if one.ready <= at < min(one.started, one.ended))
        behind = sum(one.nodes for one in held if one.started < NEVER and one.ended <= at < one.ended + tail)
        active = min(active, cluster.high)
        preparing = min(preparing, cluster.high - active)
        room = cluster.high - active - preparing
        idle = min(room, max(behind, cluster.low - active - preparing))
        return {"active": active, "preparing": preparing, "idle": idle, "unusable": int(cluster.trouble == "disk"),
                "leaving": 0, "preempted": 0}  # fmt: skip


def _held(plan: Plan) -> Held:
    return Held(plan.ready, plan.started, plan.ended, nodes_of(plan))
