"""Computes with their price, what works on them and waits for them: rows made of what the cache holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from app.machine_rows import ComputeRow
from services.compute_record import Compute
from services.compute_targets import OWN_KINDS, SERVERLESS, target_of
from services.hourly import PerHour, PriceBook, of_machines, priority_of
from services.nodes import Node
from services.parsing import is_guid
from services.run import Run
from services.vm_sizes import VmSize, accelerator
from services.waiting import QUOTA, Waiting

STOPPED = ("stopped", "createfailed", "setupfailed", "deleting")
"""States in which an instance has no machine that is paid for."""
SERVERLESS_ID = "(serverless)"
MOST_SAID = 4


class Done(msgspec.Struct, frozen=True):
    """What was last done to a compute: what, by whom, when (aware UTC)."""

    what: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Around:
    """What stands around computes. Names of computes are in lower case."""

    prices: PriceBook = field(default_factory=lambda: PriceBook(()))
    sizes: Mapping[str, VmSize] = field(default_factory=dict[str, VmSize])
    names: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of object ids in lower case."""
    nodes: Mapping[str, Sequence[Node]] = field(default_factory=dict[str, Sequence[Node]])
    run_names: Mapping[str, str] = field(default_factory=dict[str, str])
    waiting: Mapping[str, Sequence[Waiting]] | None = None
    """None while no run was read."""
    done: Mapping[str, Done] = field(default_factory=dict[str, Done])
    power: Mapping[str, str | None] = field(default_factory=dict[str, str | None])
    """Of attached virtual machines, by the name of the compute."""
    watched: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    """Since when a node without a run was seen in its state, by the node's id."""


def compute_rows(computes: Iterable[Compute], around: Around) -> Iterator[ComputeRow]:
    """Yield one row a compute."""
    for one in computes:
        size = around.sizes.get((one.vm_size or "").lower())
        cost, idle = cost_of(one, around.prices)
        saving = saving_of(one, size, around.prices)
        waiting = None if around.waiting is None else around.waiting.get(one.name.lower(), ())
        done, target = around.done.get(one.name.lower()), target_of(one.kind)
        owner, user = (_named(given, around.names) for given in (one.owner, one.assigned_to))
        yield ComputeRow(
            **msgspec.structs.asdict(one),
            accelerator=accelerator(one.vm_size, size.gpus if size else None),
            gpus=size.gpus if size else None,
            cores=size.cores if size else None,
            memory_gb=size.memory_gb if size else None,
            per_hour=cost.money,
            idle_per_hour=idle.money,
            priced=(*cost.basis.split("\n"), *((saving,) if saving else ())),
            owner_name=owner,
            user_name=user or owner,
            at_work=tuple(runs_at_work(around.nodes.get(one.name.lower(), ()), around.run_names)),
            idle_since=idle_since(around.nodes.get(one.name.lower(), ()), around.watched),
            queue=None if waiting is None else len(waiting),
            waits_for_quota=sum(run.kind == QUOTA for run in waiting or ()),
            waiting=tuple(f"{run.name}: {run.why}" for run in (waiting or ())[:MOST_SAID]),
            done_by=f"{done.what} by {done.who}" if done else None,
            done_at=done.at if done else None,
            power=around.power.get(one.name),
            can=target.does if target else None,
        )


def _named(given: str | None, names: Mapping[str, str]) -> str | None:
    """A person by name where the cache knows one. A bare id stays: it says that there is somebody."""
    return names.get(given.lower(), given) if given and is_guid(given) else given


def cost_of(one: Compute, prices: PriceBook) -> tuple[PerHour, PerHour]:
    """What the machines of a compute cost an hour now, and what of it idles; no money where that is unknown."""
    if one.kind not in OWN_KINDS:
        no = PerHour(None, "its machines are paid for where they are")
        return no, no
    if one.kind == "ComputeInstance":
        is_off = (one.state or "").lower() in STOPPED
        count: int | None = None if one.state is None else 0 if is_off else 1
        cost = of_machines(prices, count, one.vm_size, one.location)
        tail = "\nits disk and its load balancer are not in it, which are paid for while it is stopped too"
        return msgspec.structs.replace(cost, basis=cost.basis + tail), PerHour(None, "nobody says whether it idles")
    states = (one.running_nodes, one.idle_nodes, one.preparing_nodes, one.leaving_nodes, one.unusable_nodes)
    known = [number for number in states if number is not None]
    count = sum(known) if len(known) == len(states) else one.nodes
    asked = {"sku": one.vm_size, "region": one.location}
    cost = of_machines(prices, count, priority=priority_of(one.priority), **asked)
    return cost, of_machines(prices, one.idle_nodes, priority=priority_of(one.priority), **asked)


def saving_of(one: Compute, size: VmSize | None, prices: PriceBook) -> str | None:
    """What the same nodes cost at the other priority, as a sentence; None where there are none, or no price."""
    if one.kind != "AmlCompute" or not one.nodes:
        return None
    is_low = priority_of(one.priority) == "low priority"
    if not is_low and (size is None or not size.is_low_priority):
        return None
    other = of_machines(
        prices, one.nodes, one.vm_size, one.location, priority="dedicated" if is_low else "low priority"
    )
    if other.money is None:
        return None
    amount = f"{other.money.amount:,.2f} {other.money.currency}/h"
    return f"dedicated they would be {amount}" if is_low else f"at low priority {amount}, and Azure may take nodes back"


def idle_since(nodes: Iterable[Node], watched: Mapping[str, datetime]) -> datetime | None:
    """Since when the node that idles longest was seen to; None where none idles."""
    found = (watched.get(node.id) for node in nodes if (node.state or "").lower() == "idle")
    return min((at for at in found if at is not None), default=None)


def runs_at_work(nodes: Iterable[Node], names: Mapping[str, str]) -> Iterator[str]:
    """`llm-sft-0042 on 2 nodes` for each run, the one with the most nodes first."""
    held: dict[str, int] = defaultdict(int)
    for node in nodes:
        if node.run:
            held[node.run] += 1
    for run, number in sorted(held.items(), key=lambda pair: (-pair[1], pair[0])):
        yield f"{names.get(run, run)} on {number} node{'s' if number > 1 else ''}"


def is_serverless(run: Run) -> bool:
    """Whether Azure Machine Learning found the machines of a run: it names no compute of the workspace."""
    if (run.compute or "").lower() == "serverless":
        return True
    return run.compute is None and run.vm_size is not None


def serverless_row(
    moving: Sequence[Run], around: Around, location: str | None, newest: Run | None = None
) -> ComputeRow | None:
    """The row of what runs without a compute of the workspace; None when nothing does and nothing ever did.

    `newest` is the youngest run that did, whatever became of it.
    """
    found = [run for run in moving if is_serverless(run)]
    if not found and newest is None:
        return None
    at_work = [run for run in found if run.started is not None]
    sized = [(run, around.sizes.get((run.vm_size or "").lower())) for run in at_work]
    cores = [size.cores * (run.nodes or 1) for run, size in sized if size is not None and size.cores is not None]
    parts = _hourly(at_work or ([newest] if newest else []), around.prices, location, is_idle=not at_work)
    money = [part.money for part in parts if part.money is not None]
    is_known = bool(money) and len(money) == len(parts) and len({one.currency for one in money}) == 1
    total = (
        msgspec.structs.replace(money[0], amount=sum((one.amount for one in money), start=money[0].amount * 0))
        if is_known
        else None
    )
    target = target_of(SERVERLESS)
    return ComputeRow(
        id=SERVERLESS_ID, name="serverless", kind=SERVERLESS, state="Running" if at_work else "Steady",
        location=location, running_nodes=sum(run.nodes or 1 for run in at_work), queue=len(found) - len(at_work),
        cores=sum(cores) if len(cores) == len(at_work) else None, per_hour=total,
        changed=newest.modified or newest.created if newest else None,
        priced=tuple(part.basis for part in parts) if at_work else ("nothing of it runs now",),
        at_work=tuple(f"{run.name} on {run.nodes or 1} node{'s' if (run.nodes or 1) > 1 else ''}" for run in at_work),
        can=target.does if target else None,
    )  # fmt: skip


def _hourly(runs: Sequence[Run], prices: PriceBook, location: str | None, *, is_idle: bool) -> list[PerHour]:
    """What the machines of serverless runs cost an hour, those of a size and a priority together."""
    counted: dict[tuple[str | None, str | None], int] = defaultdict(int)
    for run in runs:
        counted[run.vm_size, run.priority] += 0 if is_idle else run.nodes or 1
    return [
        of_machines(prices, number, size, location, priority=priority_of(priority))
        for (size, priority), number in counted.items()
    ]
