"""ARM: Cost Management queries over a subscription or a resource group, 1,000 rows a page."""

from __future__ import annotations

import base64
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple, cast

from services.emulator.answers import Json, Refusal, Response, gateway_error, ok
from services.emulator.cost_tags import paid_ahead, tags_of
from services.emulator.costs import Billed, billed, cost_of
from services.emulator.dice import guid
from services.emulator.route_workspaces import known_subscription
from services.emulator.routing import Ask, Route
from services.emulator.ticks import DAY, day_text, parse_stamp

ROWS_A_PAGE = 1_000
KEPT_DAYS = 396

HINTS = {
    "x-ms-ratelimit-microsoft.costmanagement-entity-retry-after": "60",
    "x-ms-ratelimit-microsoft.costmanagement-tenant-retry-after": "60",
    "x-ms-ratelimit-remaining-microsoft.costmanagement-entity-requests": "29",
    "x-ms-ratelimit-remaining-microsoft.costmanagement-tenant-requests": "199",
}
"""Sent with every answer, throttled or not, as the service does."""

_DIMENSIONS: dict[str, Callable[[Billed], str]] = {
    "resourceid": lambda one: one.resource, "resourcegroup": lambda one: one.group,
    "resourcegroupname": lambda one: one.group,
    "servicename": lambda one: one.service, "resourcetype": lambda one: one.type, "meter": lambda one: one.meter,
    "metercategory": lambda one: one.service, "metersubcategory": lambda one: one.meter,
    "resourcelocation": lambda one: "EU West" if one.resource else "",
}  # fmt: skip


class Group(NamedTuple):
    """What rows are told apart by: the columns of it, and what an item has in them."""

    columns: tuple[str, ...]
    read: Callable[[Billed], tuple[str, ...]]


class Wanted(NamedTuple):
    """What a query asks for."""

    first: int
    last: int
    is_daily: bool
    groups: tuple[Group, ...]
    is_amortized: bool
    cost: str | None
    """The name of the cost column; None when no aggregation was asked for, and then there is none."""


def only_group(asked: Json) -> str:
    """Return the resource group a query is narrowed to, in lower case; empty for none. Raises Refusal."""
    dataset: Json = asked.get("dataset") or {}
    only: Json = dataset.get("filter") or {}
    narrow: Json = only.get("dimensions") or {}
    if only and str(narrow.get("name")).lower() not in ("resourcegroup", "resourcegroupname"):
        raise _bad("The emulator filters by ResourceGroupName alone.")
    values = cast("list[str]", narrow.get("values") or [""])
    return values[0].lower()


def query(ask: Ask) -> Response:
    """Answer a query: columns and rows. A page follows by POSTing `properties.nextLink` with the same body."""
    wanted = _wanted(ask, ask.request.json())
    only = only_group(ask.request.json())
    items = [one for one in items_of(ask) if only in ("", one.group)]
    rows = _rows(items, wanted, ask.now)
    start = _start(ask)
    number = guid("cost query", ask.request.path, ask.now)
    scope = ask.request.path.lstrip("/").partition("/providers/Microsoft.CostManagement")[0]
    after = start + ROWS_A_PAGE
    link = None
    if after < len(rows):
        link = ask.url(skiptoken=base64.b64encode(after.to_bytes(4, "little")).decode()).replace("=AQ==", "=AQ%3D%3D")
    document: Json = {
        "id": f"{scope}/providers/Microsoft.CostManagement/query/{number}", "name": number,
        "type": "Microsoft.CostManagement/query",
        "location": None, "sku": None, "eTag": None,
        "properties": {"nextLink": link, "columns": _columns(wanted), "rows": rows[start:after]},
    }  # fmt: skip
    return ok(document, headers=HINTS)


def _columns(wanted: Wanted) -> list[Json]:
    columns: list[Json] = [{"name": wanted.cost, "type": "Number"}] if wanted.cost else []
    columns += [{"name": "UsageDate", "type": "Number"}] if wanted.is_daily else []
    names = [name for group in wanted.groups for name in group.columns]
    return [*columns, *({"name": name, "type": "String"} for name in (*names, "Currency"))]


def items_of(ask: Ask) -> list[Billed]:
    """Return what the scope of a request is billed for. Raises Refusal for a subscription there is none of."""
    group = ask.parts.get("group", "").lower()
    return [one for one in billed(known_subscription(ask), ask.world) if group in ("", one.group)]


def _start(ask: Ask) -> int:
    token = ask.query("skiptoken")
    try:
        return int.from_bytes(base64.b64decode(token), "little") if token else 0
    except ValueError as error:
        raise ask.wrong("The skip token is not valid.") from error


def _bad(message: str) -> Refusal:
    return Refusal(gateway_error(400, "BadRequest", message))


def _wanted(ask: Ask, asked: Json) -> Wanted:
    dataset: Json = asked.get("dataset") or asked.get("dataSet") or {}
    grouping = cast("list[Json]", dataset.get("grouping") or [])
    if len(grouping) > 2:
        raise _bad("A query can be grouped by two things at most.")
    groups = tuple(_group(one) for one in grouping)
    aggregation = cast("dict[str, Json]", dataset.get("aggregation") or {})
    cost = next((str(one.get("name") or "PreTaxCost") for one in aggregation.values()), None)
    first, last = _days(ask, asked)
    is_daily = str(dataset.get("granularity") or "None").lower() == "daily"
    return Wanted(first, last, is_daily, groups, str(asked.get("type")).lower() == "amortizedcost", cost)


def _group(asked: Json) -> Group:
    name = str(asked.get("name"))
    if str(asked.get("type")).lower() == "tagkey":
        return Group(("TagKey", "TagValue"), partial(_tagged, name.lower()))
    if name.lower() not in _DIMENSIONS:
        raise _bad(f"Invalid dimension {name}. The emulator groups by {', '.join(sorted(_DIMENSIONS))}.")
    return Group((name,), partial(_value, _DIMENSIONS[name.lower()]))


def _tagged(key: str, item: Billed) -> tuple[str, ...]:
    return key, tags_of(item).get(key, "")


def _value(read: Callable[[Billed], str], item: Billed) -> tuple[str, ...]:
    return (read(item),)


def _days(ask: Ask, asked: Json) -> tuple[int, int]:
    """Return the first and last day asked for, since 1970."""
    today = ask.now // DAY
    month = month_start(today)
    match str(asked.get("timeframe") or "MonthToDate").lower():
        case "custom":
            period: Json = asked.get("timePeriod") or {}
            first, last = parse_stamp(str(period.get("from") or "")), parse_stamp(str(period.get("to") or ""))
            if first is None or last is None or last < first:
                raise _bad("timePeriod needs `from` and `to`, in this order.")
            return max(first // DAY, today - KEPT_DAYS), min(last // DAY, today)
        case "thelastmonth" | "thelastbillingmonth":
            return month_start(month - 1), month - 1
        case "weektodate":
            return today - (today + 3) % 7, today
        case "monthtodate" | "billingmonthtodate":
            return month, today
        case other:
            raise _bad(f"Invalid timeframe {other}.")


def month_start(day: int) -> int:
    """Return the first day of the month of a day, both since 1970."""
    return day - int(day_text(day)[8:]) + 1


def _rows(items: list[Billed], wanted: Wanted, now: int) -> list[list[Any]]:
    sums: dict[tuple[int | str, ...], float] = {}
    for day in range(wanted.first, wanted.last + 1):
        date: tuple[int, ...] = (int(day_text(day).replace("-", "")),) if wanted.is_daily else ()
        for item in items:
            cost = cost_of(item, day, now)
            cost += paid_ahead(item, cost) if wanted.is_amortized else 0.0
            if cost:
                key = (*date, *(value for group in wanted.groups for value in group.read(item)))
                sums[key] = sums.get(key, 0.0) + cost
    # Adding floats leaves digits like 186.75830200000002 in the answer, as in the real ones.
    return [[*([cost] if wanted.cost else []), *key, "USD"] for key, cost in sums.items()]


_Q = "/providers/Microsoft.CostManagement/query"

ROUTES = (
    Route("POST", "arm", "/subscriptions/{subscription}" + _Q, query),
    Route("POST", "arm", "/subscriptions/{subscription}/resourceGroups/{group}" + _Q, query),
)
