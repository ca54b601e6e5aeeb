"""What something costs an hour: machines times the price of their size. Pure reasoning over records, no I/O.

Every answer says what it was made of, or why there is none; unknown is never zero, and never left out of a sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

import msgspec

from services.deployments import Deployment
from services.planning import fingerprint
from services.prices import EMULATED, LISTED, RETAIL, Os, Price, Priority, key_of
from services.records import Money


class PerHour(msgspec.Struct, frozen=True):
    """An estimate of what an hour costs, with what it is made of; `money` is None when `basis` says why not."""

    money: Money | None
    basis: str


class PriceBook:
    """Prices by size, region, system and priority. Of two prices of one thing the later given one counts."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self._known = {price.id: price for price in prices}
        self.currencies = frozenset(price.price.currency for price in self._known.values())

    @property
    def mark(self) -> str:
        """A short text that is another one when any price is."""
        return fingerprint(
            sorted((key, f"{one.price.amount:f}", one.price.currency) for key, one in self._known.items())
        )

    def price(self, sku: str, region: str, os: Os = "linux", priority: Priority = "dedicated") -> Price | None:
        """Return what one machine of a size costs an hour; None when that is not known."""
        return self._known.get(key_of(sku, region, os, priority))


def of_machines(
    book: PriceBook, count: int | None, sku: str | None, region: str | None, *, priority: Priority = "dedicated"
) -> PerHour:
    """Return what so many Linux machines of a size cost an hour in a region."""
    if not sku:
        return PerHour(None, "Azure names no machine size")
    if not region:
        return PerHour(None, "Azure names no region")
    if count is None:
        return PerHour(None, "Azure does not say how many instances it has")
    found = book.price(sku, region, priority=priority)
    if found is None:
        return PerHour(None, f"the price of {sku} in {region} is not known")
    each = found.price
    return PerHour(Money(each.amount * count, each.currency), f"{count:,} × {sku} at {told(found, region)}: estimated")


def told(price: Price, region: str) -> str:
    """Return a price with all that decides how far to trust it: `3.06 USD/h in westeurope, retail, 2026-03-01`."""
    kind = "" if price.priority == "dedicated" else f", {price.priority}"
    return f"{price.price.amount:f} {price.price.currency}/h in {region}{kind}, {_origin(price)}"


def priority_of(given: str | None) -> Priority:
    """Which price a cluster pays."""
    return "low priority" if (given or "").lower() == "lowpriority" else "dedicated"


def of_deployment(deployment: Deployment, region: str | None, book: PriceBook) -> PerHour:
    """Return what a deployment costs an hour: its instances, whatever their traffic."""
    if (deployment.kind or "").lower() == "kubernetes":
        return PerHour(None, "it runs on Kubernetes: its machines belong to the cluster")
    return of_machines(book, deployment.instances, deployment.instance_type, region)


def of_endpoint(parts: Sequence[tuple[str, PerHour]]) -> PerHour:
    """Return what an endpoint costs an hour: the sum over its deployments, by name; none while one is unknown.

    `basis` has a line for each deployment that explains the answer: those that are unknown when there are any.
    """
    if not parts:
        return PerHour(None, "it has no deployment")
    unknown = [f"{name}: {part.basis}" for name, part in parts if part.money is None]
    known = [part.money for _, part in parts if part.money is not None]
    if unknown:
        return PerHour(None, "\n".join(unknown))
    currencies = {money.currency for money in known}
    if len(currencies) > 1:
        return PerHour(None, f"its prices are in {' and '.join(sorted(currencies))}")
    total = sum((money.amount for money in known), Decimal(0))
    return PerHour(Money(total, known[0].currency), "\n".join(f"{name}: {part.basis}" for name, part in parts))


def _origin(price: Price) -> str:
    if price.source == LISTED:
        return "as Azure ML's list of sizes says"
    since = f"{price.effective:%Y-%m-%d}" if price.effective is not None else "no date"
    if price.source == RETAIL:
        return f"retail, {since}"
    if price.source == EMULATED:
        return f"emulator price, {since}" if price.effective is not None else "emulator price"
    return f"{price.source} of {since}"
