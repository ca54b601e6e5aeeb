"""What fits into the quota, from the cache: machines of a named size, or the sizes that have what is needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from app.derived.quotas import Rooms
from app.pricing import price_book
from app.session import Session
from services.fit import MIR, Fit, Need, cheapest, fits
from services.hourly import PerHour, of_machines
from services.records import Money
from services.vm_sizes import VmSize


class Option(msgspec.Struct, frozen=True, kw_only=True):
    """One answer: a size, how many of it, whether they fit, what they need and what they cost an hour."""

    id: str
    name: str
    count: int
    answer: str
    """fits, tight, does not fit or unknown."""
    cores: int | None = None
    """Of all of them, with the spare ones of a deployment."""
    headroom: int | None = None
    most: int | None = None
    why: str = ""
    each_cores: int | None = None
    each_memory_gb: float | None = None
    each_gpus: int | None = None
    per_hour: Money | None = None
    """Of all of them, estimated."""
    priced: str = ""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """How many machines, and for what."""

    count: int = 1
    is_low: bool = False
    is_deployment: bool = False


def options(session: Session, wanted: Wanted, named: str, need: Need) -> Sequence[Option]:
    """The answer for the size that is named (none when the region does not list it), else for what is needed.

    The cheapest that fits comes first. Reads the cache: for a worker or a command.
    """
    store, scope = session.store, session.scope
    sizes: list[VmSize] = [seen.record for seen in store.records("vm_sizes", scope)]
    known = {one.id: one for one in sizes}
    quotas, deployments = ((seen.record for seen in store.records(table, scope)) for table in ("quotas", "deployments"))
    rooms = Rooms(quotas, known, deployments, session.workspace.name if session.workspace else "")
    book = price_book(store, scope)

    def cost(size: VmSize) -> PerHour:
        priority = "low priority" if wanted.is_low else "dedicated"
        return of_machines(book, wanted.count, size.name, size.location, priority=priority)

    def fit(size: VmSize) -> Fit:
        room = rooms.of_size(size, is_low=wanted.is_low)
        return fits(size, wanted.count, room, is_low_priority=wanted.is_low, is_deployment=wanted.is_deployment)

    if named:
        found = known.get(named.lower()) or known.get(f"standard_{named.lower()}")
        return [] if found is None else [_option(found, wanted, cost, fit)]
    asked = msgspec.structs.replace(
        need, is_low_priority=wanted.is_low, used_for=MIR if wanted.is_deployment else need.used_for
    )
    return [_option(one.size, wanted, cost, fit) for one in cheapest(sizes, asked, cost, fit)]


def _option(
    size: VmSize, wanted: Wanted, cost: Callable[[VmSize], PerHour], fit: Callable[[VmSize], Fit]
) -> Option:  # fmt: skip
    found, price = fit(size), cost(size)
    return Option(
        id=size.id, name=size.name, count=wanted.count, answer=found.answer, cores=found.cores,
        headroom=found.headroom, most=found.most, why=found.why, each_cores=size.cores,
        each_memory_gb=size.memory_gb, each_gpus=size.gpus, per_hour=price.money, priced=price.basis,
    )  # fmt: skip
