"""What machines would cost that nobody has asked for yet: nodes times hours times the list price. Pure, no I/O."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from services.estimates import FINEST, Site, machine_of
from services.hourly import PerHour, PriceBook, of_machines
from services.job_definition import Definition
from services.prices import Priority
from services.records import Money
from services.run import Run


class WhatIf(msgspec.Struct, frozen=True, kw_only=True):
    """What so many machines would cost; the amounts are None when `basis` says why."""

    size: str | None
    region: str | None
    priority: Priority
    nodes: int
    hours: float | None = None
    """None where nobody says how long."""
    per_hour: Money | None = None
    total: Money | None = None
    saving: Money | None = None
    """Of low priority against dedicated machines, for all hours; None where either is not known."""
    basis: str = ""


def what_if(
    book: PriceBook, nodes: int, hours: float | None, size: str | None, region: str | None, priority: Priority
) -> WhatIf:
    """Return what `nodes` machines of a size cost in so many hours."""
    found = of_machines(book, nodes, size, region, priority=priority)
    plain = of_machines(book, nodes, size, region) if priority != "dedicated" else PerHour(None, "")
    per_hour, saving = found.money, None
    if per_hour is not None and plain.money is not None and plain.money.currency == per_hour.currency:
        saving = _for(Money(plain.money.amount - per_hour.amount, per_hour.currency), hours)
    return WhatIf(size=size, region=region, priority=priority, nodes=nodes, hours=hours, per_hour=per_hour,
                  total=_for(per_hour, hours), saving=saving, basis=found.basis)  # fmt: skip


def _for(money: Money | None, hours: float | None) -> Money | None:
    if money is None or hours is None:
        return None
    return Money((money.amount * Decimal(repr(hours))).quantize(FINEST).normalize(), money.currency)


def of_job(given: Definition, site: Site) -> WhatIf | None:
    """Return what a job would cost an hour, and in all of its timeout; None for one that holds no machine itself.

    A sweep holds the machines of all trials that may run at once.
    """
    if given.kind not in ("command", "sweep"):
        return None
    trials = (given.concurrent_trials or given.trials or 1) if given.kind == "sweep" else 1
    nodes, hours = max(1, given.work.instances or 1) * trials, given.timeout / 3600 if given.timeout else None
    asked = Run(id=given.id, name=given.id, kind="command", status="NotStarted", compute=given.compute,
                vm_size=given.work.instance_type, priority=given.job_tier)  # fmt: skip
    machine = machine_of(asked, site)
    if isinstance(machine, str):
        return WhatIf(size=None, region=None, priority="dedicated", nodes=nodes, hours=hours, basis=machine)
    return what_if(site.book, nodes, hours, machine.sku, machine.region, machine.priority)
