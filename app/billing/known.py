"""The bill as the cache knows it: lines of every cut, names matched against what is in the workspace. For workers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from app.billing.asked import ACTUAL, DEPLOYMENT, ENDPOINT, GROUP, NAMED, NOTHING, SERVICE, Looked
from app.billing.bill import Bill, Spent, bills_of
from app.billing.matching import by_tag, matching
from app.billing.panel_list import PANELS, Panel
from app.billing.tag_reads import known_keys
from app.billing_tables import COST_CUTS
from app.tables import COSTS
from cache.query import parse
from services.anomalies import TOTAL, unusual
from services.cost_cuts import PAIR, RESOURCE, SUBCATEGORY, TAG, CutLine
from services.cost_queries import is_of_subscription
from services.costs import CostLine
from services.parsing import id_tail
from services.records import Money
from services.usage_details import UsageLine

if TYPE_CHECKING:
    from cache.store import Store


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the bill."""

    bills: tuple[Bill, ...]
    """One for each currency; empty while nothing of the cut was read."""
    tags: tuple[str, ...] = ()
    """The cuts by one tag that there are, as far as they were found."""
    ahead: Money | None = None
    """What amortised cost adds to the actual one on the days both are known of: paid ahead, for reservations."""
    beside: Mapping[str, tuple[Any, ...]] = field(default_factory=dict[str, tuple[Any, ...]])
    """What the panels beside the bill are made of, by their titles."""
    period: tuple[datetime, datetime] | None = None
    """The first and the last day of the open billing period, where usage said which."""
    is_of_subscription: bool = False
    """The resource group may not be asked: the subscription was, for what is in the group."""
    key: str | None = None
    """The tag that was found to name endpoints, deployments or computes, where such a cut is looked at."""


def known_bill(store: Store, scope: str, looked: Looked, now: datetime, workspace: str = "") -> Known:
    """Everything known of the bill, cut as it is looked at. Reads two months of lines: for a worker.

    With the ARM id of the workspace also what takes a second more: how the bill came about.
    """
    lines = list(_lines(store, scope, now))
    cuts = [seen.record for seen in store.records("cost_cuts", scope, parse("day<62d", COST_CUTS, now=now))]
    tagged = by_tag(cuts, looked.kind)
    key = matching(store, scope, tagged, looked.cut)
    spent = _spent(lines, cuts, tagged.get(key or "", ()), looked, _shared(store, scope, key, looked.cut))
    bills = bills_of(spent, looked, now)
    made = tuple(_with_more(bill, store, scope, lines, bills) for bill in bills)
    beside = {str(panel.title): _beside(panel, store, scope, now, workspace) for panel in PANELS}
    tags = {one for one in tagged if one.startswith(TAG)} | {f"{TAG}{key}" for key in known_keys(store, scope)}
    return Known(
        made, tuple(sorted(tags)), _ahead(lines, cuts), beside, _period(store, scope), _is_wide(store, scope), key
    )


def _period(store: Store, scope: str) -> tuple[datetime, datetime] | None:
    first = next(iter(store.records("usage", scope, limit=1)), None)
    one: UsageLine | None = first.record if first is not None else None
    return (
        None
        if one is None or one.period_start is None or one.period_end is None
        else (one.period_start, one.period_end)
    )


def _is_wide(store: Store, scope: str) -> bool:
    newest = next(iter(store.records("costs", scope, order="-day", limit=1)), None)
    return newest is not None and is_of_subscription(newest.provenance.route)


def _with_more(bill: Bill, store: Store, scope: str, lines: list[CostLine], bills: Iterable[Bill]) -> Bill:
    """A bill with its forecast, its budgets, what is unusual, and what other currencies' bills came to."""
    read = store.sources(scope).get("budgets")
    forecast = store.get("forecasts", scope, f"{bill.looked.kind}|{bill.now:%Y-%m}|{bill.currency}")
    strange = unusual(_by_resource(one for one in lines if one.cost and one.cost.currency == bill.currency), bill.now)
    return replace(
        bill,
        budgets=tuple(seen.record for seen in store.records("budgets", scope)),
        are_budgets_known=read is not None and read.last_ok is not None,
        unusual=strange,
        forecast=forecast.record if forecast is not None else None,
        others=tuple(Money(one.month, one.currency) for one in bills if one is not bill and one.month is not None),
    )


def _beside(panel: Panel, store: Store, scope: str, now: datetime, workspace: str) -> tuple[Any, ...]:
    if panel.read is not None:
        return tuple(panel.read(store, scope, workspace, now)) if workspace else ()
    return tuple(seen.record for seen in store.records(panel.table, scope)) if panel.table else ()


def _lines(store: Store, scope: str, now: datetime) -> Iterator[CostLine]:
    for seen in store.records("costs", scope, parse("day<62d", COSTS, now=now)):
        line: CostLine = seen.record
        if line.cost is not None and not line.is_total:
            yield line


def _spent(
    lines: Iterable[CostLine],
    cuts: Iterable[CutLine],
    tagged: Iterable[CutLine],
    looked: Looked,
    shared: Mapping[str, int],
) -> Iterator[Spent]:
    cut = looked.cut
    if cut.startswith(TAG) or cut in NAMED:
        return (_of_tag(one, one.cost, cut, shared) for one in tagged if one.cost is not None)
    if cut not in (RESOURCE, SERVICE, GROUP):
        own = (one for one in cuts if one.cut == cut and one.kind == looked.kind)
        return (_of_cut(one, one.cost, cut) for one in own if one.cost is not None and not one.is_total)
    if looked.kind == ACTUAL:
        return (_of_line(one, cut) for one in lines)
    own = (one for one in cuts if one.cut == RESOURCE and one.kind == looked.kind and one.cost is not None)
    return (_of_line(_as_line(one), cut) for one in own)


def _of_line(line: CostLine, cut: str) -> Spent:
    assert line.cost is not None
    if cut == SERVICE:
        key, name = line.service or "", line.service or ""
    elif cut == GROUP:
        key, name = line.resource_group or "", line.resource_group or ""
    else:
        key, name = line.resource or "", line.resource_name or ""
    return Spent(key, name or NOTHING[cut], line.day, line.cost, line.service or "" if cut == RESOURCE else "")


def _as_line(line: CutLine) -> CostLine:
    group = (line.value or "").partition("/resourcegroups/")[2].partition("/")[0]
    return CostLine(id=line.id, day=line.day, resource=line.value, resource_name=id_tail(line.value),
                    resource_group=group, service=line.detail, cost=line.cost, kind=line.kind)  # fmt: skip


def _of_cut(line: CutLine, cost: Money, cut: str) -> Spent:
    value, detail = line.value or "", line.detail or ""
    if cut == SUBCATEGORY:
        return Spent(f"{value}|{detail}".strip("|"), id_tail(value) or NOTHING[cut], line.day, cost, detail)
    return Spent(f"{value}|{detail}".strip("|"), value or NOTHING.get(cut, "no tag"), line.day, cost, detail)


def _of_tag(line: CutLine, cost: Money, cut: str, shared: Mapping[str, int]) -> Spent:
    value = line.value or ""
    if line.cut.startswith(PAIR) and (value or line.detail):
        name = f"{value or NOTHING[ENDPOINT]}/{line.detail or NOTHING[DEPLOYMENT]}"
        return Spent(f"{value}/{line.detail or ''}", name, line.day, cost)
    many = shared.get(value.lower(), 1)
    more = f"of {many} endpoints, which this tag does not tell apart" if many > 1 else ""
    return Spent(value, value or NOTHING.get(cut, "no tag"), line.day, cost, more)


def _shared(store: Store, scope: str, key: str | None, cut: str) -> Mapping[str, int]:
    """How many endpoints have a deployment of a name, where one tag alone tells deployments apart."""
    if cut != DEPLOYMENT or key is None or key.startswith(PAIR):
        return {}
    return Counter(seen.record.name.lower() for seen in store.records("deployments", scope))


def _by_resource(lines: Iterable[CostLine]) -> dict[tuple[str, str], dict[datetime, Decimal]]:
    found: dict[tuple[str, str], dict[datetime, Decimal]] = {}
    for line in lines:
        assert line.cost is not None
        # What belongs to no resource counts in the total alone.
        days = found.setdefault((line.resource or TOTAL + " ", line.cost.currency), {})
        days[line.day] = days.get(line.day, Decimal(0)) + line.cost.amount
    return found


def _ahead(lines: Iterable[CostLine], cuts: Iterable[CutLine]) -> Money | None:
    """Amortised less actual cost, of the days and in the one currency that both are known in."""
    spread = [one for one in cuts if one.cut == RESOURCE and one.kind != ACTUAL and one.cost is not None]
    currencies = {one.cost.currency for one in spread if one.cost}
    if len(currencies) != 1:
        return None
    currency, days = currencies.pop(), {one.day for one in spread}
    paid = sum((one.cost.amount for one in lines if one.cost and one.day in days and one.cost.currency == currency),
               Decimal(0))  # fmt: skip
    over = sum((one.cost.amount for one in spread if one.cost), Decimal(0)) - paid
    return Money(over, currency) if abs(over) >= 1 else None
