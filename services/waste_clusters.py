"""Waste of clusters: nodes nobody needs (W4 to W6), and dear ones where cheap ones would do (W14)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from services.compute import Compute
from services.hourly import PerHour, of_machines, priority_of
from services.planning import counted, length
from services.records import Money
from services.run_use import RunUse
from services.utilization import known
from services.waste_facts import HOURS, IDLE, Facts, a_day, is_gpu
from services.waste_finding import Confidence, Finding
from services.waste_instances import CLUSTER, hourly

USUAL_TIMEOUT, LONG_TIMEOUT = 120.0, 900.0
"""Seconds: what Azure sets by itself, and from where on nodes are kept for nothing."""
SHORT = 3_600.0
"""Seconds: losing a run that takes no longer costs little."""
LEAST_RUNS = 20


def _clusters(facts: Facts) -> Iterator[Compute]:
    for one in facts.computes or ():
        if one.kind == CLUSTER and one.provisioning != "Failed":
            yield one


def is_unneeded(facts: Facts, one: Compute) -> bool:
    """Whether a cluster keeps nodes though no run has needed it for a day, by all that tells of it."""
    has_minimum, are_free = bool(one.min_nodes), one.running_nodes == 0 and one.preparing_nodes == 0
    is_known_idle = facts.busy is not None and one.name.lower() not in facts.busy
    used = facts.used(f"compute/{one.name}")
    has_worked = used is not None and any(value >= IDLE for value in known(used.cpu))
    return has_minimum and are_free and is_known_idle and not has_worked


def held_for_nothing(facts: Facts) -> Iterator[Finding]:
    """W4: a cluster that keeps a minimum of nodes though no run has needed it for a day."""
    for one in _clusters(facts):
        if one.min_nodes and one.idle_nodes and is_unneeded(facts, one):
            cost = hourly(facts, one, one.idle_nodes)
            yield _smaller(
                facts, one, cost, rule="W4", confidence="sure",
                evidence=f"{one.name} keeps at least {counted(one.min_nodes, 'node')}; {one.idle_nodes} idle, no run "
                "holds one, and no run is known that has ended there in the last day.",
                as_of=facts.as_of("computes", "busy"),
            )  # fmt: skip


def idle_nodes(facts: Facts) -> Iterator[Finding]:
    """W5: nodes that idle beyond their timeout or because of a minimum, and nodes that are of no use."""
    for one in _clusters(facts):
        if one.unusable_nodes:
            yield _unusable(facts, one, one.unusable_nodes)
        if not one.idle_nodes or is_unneeded(facts, one) or one.changed is None:
            continue
        idle_for = facts.now - one.changed
        if not one.min_nodes and (one.idle_timeout is None or idle_for.total_seconds() <= one.idle_timeout):
            continue
        cost = hourly(facts, one, one.idle_nodes)
        held = f"its minimum is {one.min_nodes}" if one.min_nodes else f"its timeout is {length(one.idle_timeout or 0)}"
        yield _smaller(
            facts, one, cost, rule="W5", confidence="sure" if idle_for > timedelta(hours=1) else "likely",
            evidence=f"{one.idle_nodes} of {one.nodes} nodes of {one.name} idle, and nothing has changed there for "
            f"{length(idle_for.total_seconds())}; {held}.",
            as_of=facts.as_of("computes"),
        )  # fmt: skip


def _smaller(
    facts: Facts, one: Compute, cost: PerHour, *, rule: str, confidence: Confidence, evidence: str,
    as_of: datetime | None,
) -> Finding:  # fmt: skip
    low, name = one.min_nodes or 0, one.name
    save = f"minimum {low} to 0" if low else f"timeout {length(USUAL_TIMEOUT)}"
    options = ("--min-instances", "0") if low else ("--idle-time-before-scale-down", f"{USUAL_TIMEOUT:.0f}")
    return Finding(
        id=f"{rule}/{name}", rule=rule, why="idle", what=name, kind="cluster", since=one.changed,
        per_day=a_day(cost), basis=cost.basis, confidence=confidence, evidence=evidence,
        unless="somebody wants nodes that are there at once", save=save, verb="resize",
        target=f"/computes/{name}", answers={"min": "0"} if low else {"idle": "120"},
        command=("compute", "update", "--name", name, *options),
        pane="compute", query=f'name="{name}"', as_of=as_of,
    )  # fmt: skip


def _unusable(facts: Facts, one: Compute, count: int) -> Finding:
    cost = hourly(facts, one, count)
    why = f": {one.error.rstrip('.')}" if one.error else ""
    return Finding(
        id=f"W5/{one.name}/unusable", rule="W5", why="unusable", what=one.name, kind="cluster", since=one.changed,
        per_day=a_day(cost), basis=cost.basis, confidence="likely",
        evidence=f"{counted(count, 'node')} of {one.name} can do nothing and may be billed{why}.",
        unless="Azure does not say whether such a node is billed; it counts as held",
        save="let the nodes go", command=("compute", "update", "--name", one.name, "--min-instances", "0"),
        pane="nodes", query=f'compute="{one.name}" state=unusable', as_of=facts.as_of("computes"),
    )  # fmt: skip


def long_timeout(facts: Facts) -> Iterator[Finding]:
    """W6: a GPU cluster that keeps its nodes for a quarter of an hour and more after their run."""
    for one in _clusters(facts):
        timeout, can_shrink = one.idle_timeout, (one.min_nodes or 0) < (one.max_nodes or 0)
        if not is_gpu(one.vm_size) or timeout is None or timeout < LONG_TIMEOUT or not can_shrink:
            continue
        use = [each for each in facts.run_use or () if (each.compute or "").lower() == one.name.lower()]
        ends = sum(each.runs for each in use) / _days(use, facts.now) if use else None
        cost = hourly(facts, one, 1)
        hours = None if ends is None else min(ends * (timeout - USUAL_TIMEOUT) / 3600, 1.0 * HOURS * (one.nodes or 0))
        cadence = f"{ends:.1f} runs end there a day" if ends is not None else "how many runs end there is not known"
        yield Finding(
            id=f"W6/{one.name}", rule="W6", why="long timeout", what=one.name, kind="cluster",
            per_day=a_day(cost, hours / HOURS) if hours else None,
            basis=f"at most, an idle tail after each run: {cost.basis}", confidence="likely" if hours else "unknown",
            evidence=f"A node of {one.name} is kept for {length(timeout)} after its run, where Azure's own default is "
            f"{length(USUAL_TIMEOUT)}; {cadence}.",
            unless="runs follow each other so closely that nodes are taken again", save="timeout 2 min",
            verb="resize", target=f"/computes/{one.name}", answers={"idle": "120"},
            command=("compute", "update", "--name", one.name, "--idle-time-before-scale-down", "120"),
            pane="compute", query=f'name="{one.name}"', as_of=facts.as_of("computes", "run_use"),
        )  # fmt: skip


def _days(use: Sequence[RunUse], now: datetime) -> float:
    oldest = min((each.oldest for each in use if each.oldest is not None), default=now)
    return max(1.0, (now - oldest).total_seconds() / 86_400)


def could_be_preempted(facts: Facts) -> Iterator[Finding]:
    """W14: a dedicated cluster whose runs are so short that losing one to preemption costs little."""
    for one in _clusters(facts):
        use = [each for each in facts.run_use or () if (each.compute or "").lower() == one.name.lower()]
        runs, timed = sum(each.runs for each in use), sum(each.timed for each in use)
        longest = max((each.long for each in use if each.long is not None), default=None)
        if priority_of(one.priority) != "dedicated" or runs < LEAST_RUNS or timed < runs * 0.8:
            continue
        if longest is None or longest > SHORT or not _is_sold_low(facts, one):
            continue
        yield _preemptible(facts, one, runs, longest, sum(each.node_seconds for each in use) / _days(use, facts.now))


def _is_sold_low(facts: Facts, one: Compute) -> bool:
    """Whether its size may be had at low priority, as far as Azure says."""
    return all(size.is_low_priority is not False for size in facts.sizes if size.id == (one.vm_size or "").lower())


def _preemptible(facts: Facts, one: Compute, runs: int, longest: float, daily: float) -> Finding:
    hours = Decimal(str(round(daily / 3600, 4)))
    now = of_machines(facts.prices, 1, one.vm_size, one.location)
    then = of_machines(facts.prices, 1, one.vm_size, one.location, priority="low priority")
    saving = None
    if now.money and then.money and now.money.currency == then.money.currency:
        saving = Money((now.money.amount - then.money.amount) * hours, now.money.currency)
    unknown = now.basis if now.money is None else then.basis
    return Finding(
        id=f"W14/{one.name}", rule="W14", why="dedicated", what=one.name, kind="cluster",
        per_day=saving, basis=f"{hours:.1f} node hours a day at low priority instead" if saving else unknown,
        confidence="likely",
        evidence=f"Nine in ten of the {runs:,} runs of {one.name} took no longer than {length(longest)}: starting one "
        "anew costs little.",
        unless="a run must end in time, or cannot be started anew; the priority of a cluster cannot be changed later",
        save="low priority", command=("compute", "create", "--name", f"{one.name}-low", "--type",
        "AmlCompute", "--size", one.vm_size or "", "--tier", "low_priority"),
        pane="compute", query=f'name="{one.name}"', as_of=facts.as_of("computes", "run_use"),
    )  # fmt: skip
