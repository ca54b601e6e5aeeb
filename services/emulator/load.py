"""How busy a cluster is: its nodes follow from the runs at work, so counts and runs never disagree."""

from __future__ import annotations

from typing import NamedTuple

from services.emulator.dice import Dice
from services.emulator.fleet import Cluster
from services.emulator.places import Place
from services.emulator.plans import NEVER, Plan
from services.emulator.run_facts import compute_of, is_orchestrator, nodes_of
from services.emulator.runbook import RunBook
from services.emulator.ticks import HOUR, MINUTE, period

USUAL_IDLE = 2 * MINUTE
"""How long an idle node is kept where a cluster says nothing."""


class Node(NamedTuple):
    """One node and the run on it."""

    id: str
    state: str
    run: str | None
    number: int


class Load(NamedTuple):
    """A cluster's nodes at a time, and what waits for it."""

    nodes: tuple[Node, ...]
    target: int
    waiting: int
    is_resizing: bool
    changed: int
    """When the allocation last changed, in ticks."""

    def count(self, state: str) -> int:
        """Return how many nodes are in a state."""
        return sum(node.state == state for node in self.nodes)


def kept_for(cluster: Cluster) -> int:
    """Return how long a node without a run is kept, in ticks."""
    kept = period(cluster.idle_timeout or "")
    return USUAL_IDLE if kept is None else kept


def load_of(place: Place, book: RunBook, cluster: Cluster, now: int) -> Load:
    """Return how busy a cluster is."""
    kept = kept_for(cluster)
    plans = [
        plan for plan in book.recent(now, now - kept) if compute_of(plan) == cluster.name and not is_orchestrator(plan)
    ]
    states = [one for plan in plans for one in _held(book, plan, now)]
    states.sort(key=lambda one: one[2])
    if cluster.trouble == "disk":
        states += [("unusable", None, 0)]
    states += [("idle", None, 0)] * (cluster.low - len(states))
    nodes = tuple(
        Node(_node_id(place, cluster, number), state, run, number)
        for number, (state, run, _) in enumerate(states[: cluster.high])
    )
    waiting = sum(plan.status(now) == "Queued" for plan in plans)
    return _load(cluster, nodes, waiting, _changed(plans, now))


def _held(book: RunBook, plan: Plan, now: int) -> list[tuple[str, str | None, int]]:
    """Return the nodes a run holds, or left behind: state, run and since when."""
    status = plan.status(now)
    if status in ("Preparing", "Starting"):
        return [("preparing", None, plan.ready)] * nodes_of(plan)
    if status in ("Running", "Finalizing", "NotResponding", "CancelRequested") and plan.has_started(now):
        return [("running", book.run_id(plan), plan.started)] * nodes_of(plan)
    if plan.has_ended(now) and plan.started != NEVER:
        return [("idle", None, plan.ended)] * nodes_of(plan)
    return []


def _load(cluster: Cluster, nodes: tuple[Node, ...], waiting: int, changed: int) -> Load:
    count = len(nodes)
    if cluster.priority == "LowPriority":
        # Spare capacity is short: the cluster always asks for one node more than it gets.
        return Load(nodes, min(count + 1, cluster.high), waiting, True, changed)
    preparing = any(node.state == "preparing" for node in nodes)
    return Load(nodes, count, waiting, preparing, changed)


def _changed(plans: list[Plan], now: int) -> int:
    moments = [at for plan in plans for at in (plan.ready, plan.started, plan.ended) if at <= now]
    return max(moments, default=(now - 7 * HOUR) // (6 * HOUR) * 6 * HOUR)


def _node_id(place: Place, cluster: Cluster, number: int) -> str:
    kind = "p" if cluster.priority == "LowPriority" else "d"
    return f"tvmps_{Dice('node', place.name, cluster.name, number).hex(64)}_{kind}"
