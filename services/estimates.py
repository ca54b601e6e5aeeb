"""What a run cost by list prices: its machines, for as long as they worked for it. Pure reasoning, no I/O.

Azure bills no run. What is not in it: waiting and preparing, machines that idled afterwards, disks, discounts. A run
that only starts others costs what they cost. Unknown is never zero, and a sum with an unknown part is "at least".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec

from services.compute import Compute
from services.hourly import PriceBook, of_machines, told
from services.planning import counted, length
from services.prices import Priority
from services.records import Money
from services.run import ENDED_RUNS, Run
from services.run_kinds import PARENTS

FINEST = Decimal("0.000001")
"""Amounts are kept to a millionth: that sums stay exact wherever they are made."""

OURS = ("amlcompute", "computeinstance")
"""Kinds of computes whose machines Azure ML pays by the hour itself."""

_WAITING = ("notstarted", "queued", "scheduled", "starting", "provisioning", "preparing")


class Estimate(msgspec.Struct, frozen=True, kw_only=True):
    """What one run cost, with what the number is made of; `money` is None when `basis` says why there is none."""

    money: Money | None = None
    basis: tuple[str, ...] = ()
    seconds: float | None = None
    """Of one node, of all nodes together when `nodes` is None."""
    nodes: int | None = None
    each: Money | None = None
    """An hour of one node."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where runs run: what machines cost, the computes by their names in lower case, the region of the workspace."""

    book: PriceBook = field(default_factory=lambda: PriceBook(()))
    computes: Mapping[str, Compute] = field(default_factory=dict[str, Compute])
    region: str | None = None


class Machine(NamedTuple):
    """The kind of machine a run held, and what else to say of how that is known."""

    sku: str | None
    region: str | None
    priority: Priority
    note: str


class Span(NamedTuple):
    """How long it held machines, in seconds; `is_of_nodes`: those of all nodes together. `told` says who counted."""

    seconds: float
    told: str
    is_of_nodes: bool = False


def of_run(run: Run, site: Site, now: datetime) -> Estimate:
    """Return what the machines of one run cost until it ended, or until `now`. Of a parent nothing: see `sum_of`."""
    if run.kind in PARENTS:
        return Estimate(basis=("it holds no machine of its own: it costs what the runs below it cost",))
    if nothing := _why_nothing(run):
        return Estimate(money=Money(Decimal(0), _currency(site.book)), basis=(nothing,))
    machine = machine_of(run, site)
    if isinstance(machine, str):
        return Estimate(basis=(machine,))
    span = span_of(run, now)
    if span is None:
        waits = run.status.lower() in _WAITING
        return Estimate(basis=("it has not started" if waits else "Azure does not say how long it ran",))
    hour = of_machines(site.book, 1, machine.sku, machine.region, priority=machine.priority)
    if hour.money is None:
        return Estimate(basis=(hour.basis, *_notes(machine)), seconds=span.seconds)
    return _worked_out(run, machine, span, site.book, hour.money)


def _worked_out(run: Run, machine: Machine, span: Span, book: PriceBook, each: Money) -> Estimate:
    nodes = None if span.is_of_nodes else max(1, run.nodes or 1)
    hours = Decimal(repr(round(span.seconds, 3))) / 3600 * (nodes or 1)
    price = book.price(machine.sku or "", machine.region or "", priority=machine.priority)
    found = (
        span.told,
        *(() if nodes is None else (counted(nodes, "node") + ("" if run.nodes else ", as no number is said"),)),
        f"{machine.sku} at {told(price, machine.region or '')}" if price is not None else "",
        *_notes(machine),
        "waiting, preparing, idling afterwards, disks and discounts are not in it",
    )
    money = Money((each.amount * hours).quantize(FINEST), each.currency)
    return Estimate(money=money, basis=tuple(filter(None, found)), seconds=span.seconds, nodes=nodes, each=each)


def _notes(machine: Machine) -> tuple[str, ...]:
    return (machine.note,) if machine.note else ()


def _currency(book: PriceBook) -> str:
    return min(book.currencies, default="USD")


def _why_nothing(run: Run) -> str:
    """Why a run cost nothing, for good; empty where it may have, or still may."""
    if run.reused_from:
        return f"it took the outputs of {run.reused_from} and ran nothing"
    if run.kind == "tracked" and run.parent:
        return "it ran on the machines of the run above it"
    if run.started is not None or run.compute_duration or run.charged:
        return ""
    if run.status in ENDED_RUNS and run.ended is not None and run.status not in ("Completed", "Finished"):
        return "it ended before it started"
    return ""


def machine_of(run: Run, site: Site) -> Machine | str:
    """Return the machine a run held, or the sentence why it has no price here."""
    name, kind = run.compute or "", (run.compute_type or "").lower()
    if name.lower() == "local" or kind == "local":
        return "it ran on the machine of who submitted it"
    known = site.computes.get(name.lower())
    if known is not None and known.kind.lower() not in OURS:
        return f"{name} is attached ({known.kind}): its machines are paid for elsewhere"
    if known is None and "kubernetes" in kind:
        return "it ran on Kubernetes: its machines belong to the cluster"
    sku = run.vm_size or (known.vm_size if known is not None else None)
    if not sku:
        return "Azure names no machine size" if name else "it names no compute and no machine size"
    region = run.region or (known.location if known is not None else None) or site.region
    said = run.priority or (known.priority if known is not None else None) or ""
    # Clusters of Azure ML that may lose their nodes pay the low-priority price, not that of spot machines.
    priority: Priority = "low priority" if said.lower().startswith(("low", "spot")) else "dedicated"
    note = "" if run.vm_size else f"the size is that of {name} as it was last seen"
    return Machine(sku, region, priority, note)


def span_of(run: Run, now: datetime) -> Span | None:
    """Return how long a run held its machines; None where nobody says."""
    if run.charged is not None and run.charged > 0:
        return Span(run.charged, f"{length(run.charged)} of nodes, as charged (chargedNodeUtilizationSeconds)", True)
    has_ended = run.status in ENDED_RUNS
    if run.compute_duration is not None:
        source = "computeDuration" if has_ended else "currentComputeTime, it still runs"
        return Span(run.compute_duration, f"{length(run.compute_duration)} on compute ({source})")
    end = run.ended if has_ended else now
    if run.started is None or end is None or end < run.started:
        return Span(run.duration, f"{length(run.duration)} (duration)") if run.duration is not None else None
    seconds = (end - run.started).total_seconds()
    return Span(seconds, f"{length(seconds)} from its start to {'its end' if has_ended else 'now'}")


class Sum(msgspec.Struct, frozen=True):
    """Several costs together: an amount by currency (they are never added), and how many are not known."""

    amounts: dict[str, Decimal] = {}
    unknown: int = 0

    @property
    def money(self) -> Money | None:
        """The sum; None when nothing is known, or when it is in several currencies."""
        some = {currency: amount for currency, amount in self.amounts.items() if amount} or self.amounts
        return Money(next(iter(some.values())), next(iter(some))) if len(some) == 1 else None

    @property
    def is_at_least(self) -> bool:
        """Whether more would be in it if all were known."""
        return self.unknown > 0


def together(sums: Iterable[Sum]) -> Sum:
    """Return the sum of sums."""
    amounts: dict[str, Decimal] = {}
    unknown = 0
    for one in sums:
        unknown += one.unknown
        for currency, amount in one.amounts.items():
            amounts[currency] = amounts.get(currency, Decimal(0)) + amount
    return Sum(amounts, unknown)


def cost_of(run: Run) -> Sum:
    """Return the cost a run is known with; of a parent with what is unknown below it."""
    amounts = {run.cost.currency: run.cost.amount} if run.cost is not None else {}
    return Sum(amounts, int(run.cost is None) if run.cost_unknown is None else run.cost_unknown)


def sum_of(runs: Iterable[Run]) -> Sum:
    """Return what runs cost together, none of which is below another."""
    return together(map(cost_of, runs))
