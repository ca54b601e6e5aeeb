"""What everything that is up costs an hour now: clusters by their nodes, instances, deployments. Pure, no I/O."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

import msgspec

from services.compute import Compute
from services.deployments import Deployment
from services.estimates import OURS, Sum, together
from services.hourly import PerHour, PriceBook, of_deployment, of_machines
from services.prices import Priority
from services.records import Money
from services.run import Run
from services.serverless import is_serverless, nodes_of, of_runs

STOPPED = ("stopped", "stopping", "deleting", "createfailed", "creating", "unknown", "")
"""States in which no machine of an instance is up, or nobody knows."""


class Up(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is up: what it costs an hour, and what of that nobody uses; None is not known."""

    kind: Literal["cluster", "instance", "deployment", "serverless"]
    name: str
    machines: int | None
    idle_machines: int | None = None
    """Nodes of a cluster without a run, unusable ones too; of the others nobody says."""
    per_hour: PerHour
    idle: Money | None = None


class RunningNow(msgspec.Struct, frozen=True):
    """Everything that is up, the dearest first, with its sums an hour."""

    parts: tuple[Up, ...]
    per_hour: Sum
    idle: Sum


def running_now(
    computes: Iterable[Compute],
    deployments: Iterable[Deployment],
    book: PriceBook,
    places: Mapping[str, str | None],
    region: str | None = None,
    runs: Iterable[Run] = (),
) -> RunningNow:
    """Return what is up. `places` are the regions of endpoints by lower-case name, `region` that of the workspace.

    `runs` are those at work; the serverless ones among them are up beside the computes.
    """
    found = [*_computes(computes, book, region), *_deployments(deployments, book, places, region),
             *_serverless(runs, book, region)]  # fmt: skip
    found.sort(key=lambda one: (-one.per_hour.money.amount if one.per_hour.money else 0, one.name))
    idle = [Sum({one.idle.currency: one.idle.amount}) for one in found if one.idle is not None]
    return RunningNow(tuple(found), together(map(_sum, found)), together(idle))


def _sum(one: Up) -> Sum:
    money = one.per_hour.money
    return Sum(unknown=1) if money is None else Sum({money.currency: money.amount})


def _computes(computes: Iterable[Compute], book: PriceBook, region: str | None) -> Iterator[Up]:
    for one in computes:
        kind, place = one.kind.lower(), one.location or region
        low: Priority = "low priority" if (one.priority or "").lower().startswith("low") else "dedicated"
        if kind == OURS[0]:
            up, idle = nodes_up(one)
            if up == 0 or (up is None and (one.provisioning or "").lower() == "failed"):
                continue  # nothing is up; of one that could not be made Azure gives no counts
            hour = of_machines(book, up, one.vm_size, place, priority=low)
            unused = of_machines(book, idle, one.vm_size, place, priority=low).money
            yield Up(kind="cluster", name=one.name, machines=up, idle_machines=idle, per_hour=hour, idle=unused)
        elif kind == OURS[1] and (one.state or "").lower() not in STOPPED:
            yield Up(kind="instance", name=one.name, machines=1, per_hour=of_machines(book, 1, one.vm_size, place))


def nodes_up(one: Compute) -> tuple[int | None, int | None]:
    """Return how many nodes of a cluster are paid for, and on how many of them no run is.

    None where Azure withholds it. Nodes that leave, or that are unusable, are up and paid for as well.
    """
    states = (one.running_nodes, one.idle_nodes, one.preparing_nodes, one.leaving_nodes, one.unusable_nodes)
    known = [number for number in states if number is not None]
    if not known:
        return one.nodes, None
    return sum(known), (one.idle_nodes or 0) + (one.unusable_nodes or 0)


def _deployments(
    deployments: Iterable[Deployment], book: PriceBook, places: Mapping[str, str | None], region: str | None
) -> Iterator[Up]:
    for one in deployments:
        if one.instances == 0 or (one.kind or "").lower() == "kubernetes":
            continue
        hour = of_deployment(one, places.get(one.endpoint.lower()) or region, book)
        yield Up(kind="deployment", name=one.id, machines=one.instances, per_hour=hour)


def _serverless(runs: Iterable[Run], book: PriceBook, region: str | None) -> Iterator[Up]:
    found = [run for run in runs if is_serverless(run) and run.started is not None]
    if found:
        machines = sum(nodes_of(run) for run in found)
        yield Up(kind="serverless", name="serverless", machines=machines, per_hour=of_runs(book, found, region))
