"""What needs attention about money: nodes that idle now, and budgets that are spent or will be. Pure, no I/O.

Unknown is not wrong: without prices, or without a forecast, a rule stays silent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from services.attention import CRITICAL, WARNING, Attention, noted
from services.compute import Compute
from services.hourly import PriceBook, of_machines, priority_of
from services.planning import counted, listed
from services.records import Money

LEAST = Decimal(1)
"""An hour, in whatever currency: less than that needs nobody's attention."""
NAMED = 3


class Budgeted(Protocol):
    """A budget as Azure evaluated it last."""

    @property
    def id(self) -> str:
        """What it is known by."""
        ...

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def amount(self) -> Money | None:
        """What may be spent."""
        ...

    @property
    def spent(self) -> Money | None:
        """What was spent."""
        ...

    @property
    def forecast(self) -> Money | None:
        """What will be, where Azure says."""
        ...

    @property
    def evaluated(self) -> datetime | None:
        """When Azure said so."""
        ...


def of_idle_money(computes: Iterable[Compute], prices: PriceBook, now: datetime) -> Iterator[Attention]:
    """What all nodes cost that idle longer than they should, a line a currency: how much, which, and whose."""
    idle: dict[str, list[tuple[Decimal, Compute]]] = {}
    for one in computes:
        cost = of_machines(
            prices, _idle_nodes(one, now), one.vm_size, one.location, priority=priority_of(one.priority)
        ).money
        if cost is not None and cost.amount > 0:
            idle.setdefault(cost.currency, []).append((cost.amount, one))
    for currency, found in idle.items():
        total = sum((amount for amount, _ in found), Decimal(0))
        if total >= LEAST:
            yield _idle(currency, total, [one for _, one in sorted(found, key=lambda pair: -pair[0])])


def _idle_nodes(one: Compute, now: datetime) -> int | None:
    """Nodes that idle though a minimum or nothing but their own timeout should keep them; None where nobody says."""
    if one.kind != "AmlCompute" or one.changed is None or not one.idle_nodes:
        return None
    is_over = one.idle_timeout is not None and (now - one.changed).total_seconds() > one.idle_timeout
    return one.idle_nodes if one.min_nodes or is_over else None


def _idle(currency: str, total: Decimal, computes: list[Compute]) -> Attention:
    named = [f"{counted(one.idle_nodes or 0, 'node')} of {one.name}" for one in computes[:NAMED]]
    more = [f"{len(computes) - NAMED} more clusters"] if len(computes) > NAMED else []
    held = [one for one in computes if one.min_nodes]
    cause = f"; kept by a minimum: {listed([one.name for one in held[:NAMED]])}" if held else ""
    return noted(
        WARNING, "waste", f"idle/{currency}", f"idle nodes cost ≈{total:,.2f} {currency} an hour",
        f"{listed([*named, *more])}, estimated, ≈{24 * total:,.0f} {currency} a day{cause}",
        max((one.changed for one in computes if one.changed is not None), default=None), query="why=idle",
        owner=computes[0].tags.get("owner") or computes[0].tags.get("team"), weight=35,
    )  # fmt: skip


def of_budgets(budgets: Iterable[Budgeted]) -> Iterator[Attention]:
    """Budgets that are spent, and those on course to be: what of how much, by Azure's own forecast."""
    for one in budgets:
        amount, spent, forecast = one.amount, one.spent, one.forecast
        if amount is None or amount.amount <= 0:
            continue
        if spent is not None and spent.currency == amount.currency and spent.amount >= amount.amount:
            what, why, severity = f"budget {one.name} is spent", f"{_money(spent)} of {_money(amount)}", CRITICAL
        elif forecast is not None and forecast.currency == amount.currency and forecast.amount > amount.amount:
            over = (forecast.amount / amount.amount - 1) * 100
            so_far = f"{_money(spent)} so far, " if spent is not None else ""
            why = f"{so_far}{_money(forecast)} expected of {_money(amount)}, {over:.0f} % more"
            what, severity = f"budget {one.name} will be passed", WARNING
        else:
            continue
        query = f'name="{one.name}"'
        yield noted(severity, "budgets", one.id, what, why, one.evaluated, query=query, weight=45)


def _money(money: Money) -> str:
    return f"{money.amount:,.2f} {money.currency}"
