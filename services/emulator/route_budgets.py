"""ARM: what a scope may cost and is expected to: budgets, forecasts, and what its costs can be told apart by."""

from __future__ import annotations

from typing import Any

from services.emulator.answers import Json, Refusal, Response, gateway_error, ok
from services.emulator.cost_tags import tags_of
from services.emulator.costs import Billed, cost_of
from services.emulator.dice import guid
from services.emulator.route_costs import HINTS, items_of, month_start, only_group
from services.emulator.route_workspaces import known_subscription
from services.emulator.routing import Ask, Route
from services.emulator.ticks import DAY, day_text, parse_stamp

SETTLED, USUAL = 3, 7
"""Days the bill of a day takes to be complete, and days a forecast goes by."""


def forecast(ask: Ask) -> Response:
    """Answer a forecast: a row for each day from today to the end that was asked for."""
    known_subscription(ask)
    asked = ask.request.json()
    period: Json = asked.get("timePeriod") or {}
    first, last = parse_stamp(str(period.get("from") or "")), parse_stamp(str(period.get("to") or ""))
    if first is None or last is None or last < first:
        raise Refusal(gateway_error(400, "BadRequest", "timePeriod needs `from` and `to`, in this order."))
    only = only_group(asked)
    today, usual = ask.now // DAY, _usual([one for one in items_of(ask) if only in ("", one.group)], ask.now)
    days = range(max(first // DAY, today), last // DAY + 1)
    number = guid("cost forecast", ask.request.path, ask.now)
    columns = [("Cost", "Number"), ("UsageDate", "Number"), ("CostStatus", "String"), ("Currency", "String")]
    rows = [[usual, int(day_text(day).replace("-", "")), "Forecast", "USD"] for day in days]
    document: Json = {
        "id": f"{_scope(ask)}/providers/Microsoft.CostManagement/query/{number}", "name": number,
        "type": "Microsoft.CostManagement/query",
        "properties": {"nextLink": None, "columns": [{"name": name, "type": kind} for name, kind in columns],
                       "rows": rows},
    }  # fmt: skip
    return ok(document, headers=HINTS)


def _usual(items: list[Billed], now: int) -> float:
    """Return what a day costs, by the last days whose bill is complete."""
    return sum(cost_of(item, day, now) for item in items for day in _usual_days(now)) / USUAL


def _usual_days(now: int) -> range:
    last = now // DAY - SETTLED
    return range(last - USUAL + 1, last + 1)


def dimensions(ask: Ask) -> Response:
    """Answer with the dimensions of a scope and their values, as far as they tell costs apart."""
    known_subscription(ask)
    items, today = items_of(ask), ask.now // DAY
    keys = sorted({key for item in items for key in tags_of(item)})
    named = (
        ("ResourceGroup", "Resource group", sorted({item.group for item in items})),
        ("ResourceType", "Resource type", sorted({item.type for item in items if item.type})),
        ("ServiceName", "Service name", sorted({item.service for item in items})),
        ("TagKey", "Tag", keys),
    )
    scope = _scope(ask)
    value = [_dimension(scope, name, about, values, today) for name, about, values in named]
    return ok({"value": value}, headers=HINTS)


def _dimension(scope: str, name: str, about: str, values: list[str], today: int) -> Json:
    first, last = day_text(month_start(today)), day_text(today)
    own = f"dimensions_{name}_{first}_{last}"
    properties: Json = {
        "data": values, "total": len(values), "category": name,
        "usageStart": f"{first}T00:00:00Z", "usageEnd": f"{last}T00:00:00Z",
        "description": about, "filterEnabled": True, "groupingEnabled": True,
    }  # fmt: skip
    return {"id": f"{scope}/providers/microsoft.CostManagement/{own}", "name": own,
            "type": "microsoft.CostManagement/dimensions", "properties": properties}  # fmt: skip


def budgets(ask: Ask) -> Json:
    """Answer with the budgets of a scope: one of the resource group, one of the subscription."""
    known_subscription(ask)
    return {"value": [_budget(ask)]}


def _budget(ask: Ask) -> Json:
    items, now = items_of(ask), ask.now
    today = now // DAY
    spent = sum(cost_of(item, day, now) for item in items for day in range(month_start(today), today + 1))
    group = ask.parts.get("group", "")
    name = f"{group.lower()}-monthly" if group else "subscription-monthly"
    # Whoever made it knew the days before: it is the same whenever it is looked at.
    born = ask.world.born
    usual = sum(cost_of(item, day, born) for item in items if not item.is_anomalous for day in _usual_days(born))
    # The group's is too small and the subscription's is not: one of each is worth seeing.
    amount = max(100.0, round(usual / USUAL * 30 * (0.8 if group else 1.6), -2))
    notifications = {
        "Actual_GreaterThan_80_Percent": _told("Actual", 80), "Actual_GreaterThan_100_Percent": _told("Actual", 100),
        "Forecasted_GreaterThan_100_Percent": _told("Forecasted", 100),
    }  # fmt: skip
    expected = spent + _usual(items, now) * (_days_left(today))
    evaluated = today * DAY
    properties: Json = {
        "timePeriod": {"startDate": "2026-01-01T00:00:00Z", "endDate": "2027-12-31T00:00:00Z"},
        "timeGrain": "Monthly", "amount": amount, "currentSpend": {"amount": spent, "unit": "USD"},
        "forecastSpend": {"amount": expected, "unit": "USD"},
        "category": "Cost", "notifications": notifications, "filter": {},
    }  # fmt: skip
    return {"id": f"{_scope(ask)}/providers/Microsoft.Consumption/budgets/{name}", "name": name,
            "type": "Microsoft.Consumption/budgets", "eTag": f'"{_file_time(evaluated):x}"',
            "properties": properties}  # fmt: skip


def _told(basis: str, percent: int) -> Json:
    return {"enabled": True, "operator": "GreaterThan", "threshold": float(percent), "thresholdType": basis,
            "contactEmails": ["ml-costs@example.com"], "contactRoles": [], "contactGroups": []}  # fmt: skip


def _days_left(today: int) -> int:
    """Return how many days of the month come after today."""
    day = today
    while month_start(day + 1) == month_start(today):
        day += 1
    return day - today


def _file_time(at: int) -> int:
    """Return ticks since 1601: what the etag of a budget is made of."""
    return at + 11_644_473_600 * 10_000_000


def _scope(ask: Ask) -> str:
    return ask.request.path.lstrip("/").partition("/providers/Microsoft.")[0]


_SUBSCRIPTION = "/subscriptions/{subscription}"
_GROUP = "/subscriptions/{subscription}/resourceGroups/{group}"
_READS: tuple[tuple[str, str, Any], ...] = (
    ("POST", "/providers/Microsoft.CostManagement/forecast", forecast),
    ("GET", "/providers/Microsoft.CostManagement/dimensions", dimensions),
    ("GET", "/providers/Microsoft.Consumption/budgets", budgets),
)

ROUTES = tuple(
    Route(method, "arm", scope + path, handler) for scope in (_SUBSCRIPTION, _GROUP) for method, path, handler in _READS
)
