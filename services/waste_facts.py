"""What the search for waste looks at, and what all its rules have in common. No I/O."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from services.attention_runs import Running
from services.autoscale import Autoscale
from services.compute import Compute
from services.costs import CostLine
from services.deployments import Deployment
from services.endpoints import Endpoint
from services.hourly import PerHour, PriceBook
from services.orphans import Orphan
from services.records import Money
from services.run import Run
from services.run_use import RunUse
from services.utilization import Utilization
from services.vm_sizes import VmSize
from services.waste_finding import NOTE, WARNING, Finding

DEAR = 20
"""From so much a day on, in whatever currency, a finding is a warning and not a note."""
HOURS = 24
IDLE = 5.0
"""Per cent of use below which a machine does nothing: an agent and a clock take that much."""
ENOUGH = 0.8
"""Which part of a time must have been measured before it says anything."""

_CENTS = Decimal("0.0001")
_GPU = re.compile(r"(?:standard_)?n[cdgv]\w*", re.IGNORECASE)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known. None is what nobody has read, which is not the same as none."""

    now: datetime
    prices: PriceBook = PriceBook(())
    sizes: Sequence[VmSize] = ()
    """Machine sizes of the region: without them no other size is proposed."""
    computes: Sequence[Compute] | None = None
    endpoints: Sequence[Endpoint] | None = None
    deployments: Sequence[Deployment] | None = None
    autoscale: Sequence[Autoscale] | None = None
    utilization: Sequence[Utilization] | None = None
    running: Sequence[Running] | None = None
    working: Sequence[Run] = ()
    """The runs that Azure Monitor measured and that have not ended."""
    run_use: Sequence[RunUse] | None = None
    busy: frozenset[str] | None = None
    """Names of clusters, in lower case, with a run that has not ended or that ended in the last day."""
    orphans: Sequence[Orphan] | None = None
    costs: Sequence[CostLine] | None = None
    read_at: Mapping[str, datetime] = {}
    """When each of these was last read."""

    def as_of(self, *names: str) -> datetime | None:
        """When the oldest of these was read; None when that is not known of one."""
        found = [self.read_at.get(name) for name in names]
        known = [one for one in found if one is not None]
        return min(known) if known and len(known) == len(found) else None

    def used(self, id: str) -> Utilization | None:
        """What was measured on a thing."""
        return next((one for one in self.utilization or () if one.id == id.lower()), None)


def a_day(cost: PerHour, share: float = 1.0) -> Money | None:
    """What an hour's price is in a day, or in that share of one; None without a price."""
    if cost.money is None:
        return None
    return Money(cost.money.amount * HOURS * Decimal(str(share)), cost.money.currency)


def money(amount: Money | None) -> str:
    """`≈5.50 USD`; nothing of an amount would be a lie, so a dash."""
    return "–" if amount is None else f"≈{amount.amount:,.2f} {amount.currency}"


def is_gpu(sku: str | None) -> bool:
    """Whether a machine size has a GPU, by the letter of its family: N."""
    return sku is not None and _GPU.fullmatch(sku) is not None


def at(moment: datetime | None) -> str:
    """A moment as sentences say it: `21 Nov 13:58Z`."""
    return f"{moment.day} {moment:%b %H:%MZ}" if moment is not None else "a time that is not known"


def graded(found: Iterator[Finding]) -> Iterator[Finding]:
    """Yield findings with how bad they are and where in the list they stand."""
    for one in found:
        if one.per_day is not None:
            one = msgspec.structs.replace(one, per_day=Money(one.per_day.amount.quantize(_CENTS), one.per_day.currency))
        amount = float(one.per_day.amount) if one.per_day is not None else 0.0
        severity = WARNING if amount >= DEAR else NOTE
        last = -2.0 if one.confidence == "not looked at" else -1.0 if one.confidence == "unknown" else 0.0
        yield msgspec.structs.replace(one, severity=severity, rank=amount + last)
