"""The cheaper machine size that would do, by what was measured. Pure reasoning over records, no I/O."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

from services.fit import Need, does
from services.hourly import of_machines
from services.records import Money
from services.vm_sizes import VmSize
from services.waste_facts import Facts


class Instead(NamedTuple):
    """A size that would do, and what an hour of one machine is cheaper by."""

    size: VmSize
    saved: Money


def instead_of(
    facts: Facts, sku: str | None, region: str | None, *, cpu: float, memory: float, gpus: int | None, used_for: str
) -> Instead | None:
    """Return the cheapest size that has this part (0 to 1) of the cores and of the memory, and at least so many GPUs.

    With `gpus` None as many as now. None where the size, a price, or anything cheaper is not known.
    """
    now = next((one for one in facts.sizes if one.id == (sku or "").lower()), None)
    if now is None or now.cores is None or now.memory_gb is None:
        return None
    need = Need(
        cores=max(1, ceil(now.cores * min(1.0, cpu))), memory_gb=now.memory_gb * min(1.0, memory),
        gpus=(now.gpus or 0) if gpus is None else gpus, used_for=used_for,
    )  # fmt: skip
    return max(_cheaper(facts, now, region, need), key=lambda one: one.saved.amount, default=None)


def _cheaper(facts: Facts, now: VmSize, region: str | None, need: Need) -> Iterator[Instead]:
    price = of_machines(facts.prices, 1, now.name, region).money
    for one in facts.sizes:
        cost = of_machines(facts.prices, 1, one.name, region).money if does(one, need) else None
        if price and cost and cost.currency == price.currency and cost.amount < price.amount:
            yield Instead(one, Money(price.amount - cost.amount, cost.currency))
