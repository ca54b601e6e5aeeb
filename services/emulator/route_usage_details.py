"""ARM: what was used of each meter in the open billing period of a subscription, and the days a period has.

It is the bill by day told the other way round: the same hours of machines, with their quantity.
"""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from typing import NamedTuple

from services.emulator.answers import Json
from services.emulator.cost_tags import tags_of
from services.emulator.costs import Billed, billed, cost_of
from services.emulator.dice import guid
from services.emulator.places import PLACES
from services.emulator.route_workspaces import known_subscription
from services.emulator.routing import Ask, Route
from services.emulator.ticks import DAY, datetime_of, day_text

ROWS_A_PAGE = 1_000
FIRST_DAY = 6
"""The day of the month on which billing periods begin: this customer's are not the calendar's."""

_GROUP = re.compile(r"^properties/resourceGroup eq '((?:[^']|'')*)'$", re.IGNORECASE)


class Meter(NamedTuple):
    """What a meter counts, and the price of one."""

    unit: str
    price: float


METERS = {
    "Hot LRS Data Stored": Meter("1 GB/Month", 0.0184), "Premium Registry Unit": Meter("1/Day", 1.667),
    "Data Ingestion": Meter("1 GB", 2.99), "Operations": Meter("10K", 0.03),
    "Standard Data Transfer Out": Meter("1 GB", 0.087), "Standard Included LB Rules": Meter("1 Hour", 0.025),
    "P10 LRS Disk": Meter("1/Month", 19.71), "Support": Meter("1", 100.0),
}  # fmt: skip


class Period(NamedTuple):
    """One billing period: its name, and its first and last day since 1970."""

    name: str
    first: int
    last: int


def period_of(day: int) -> Period:
    """Return the billing period of a day since 1970: from the sixth to the fifth, named after the month it ends in."""
    at = datetime_of(day * DAY)
    start = at.replace(day=FIRST_DAY)
    start = start if at.day >= FIRST_DAY else (at.replace(day=1) - timedelta(days=1)).replace(day=FIRST_DAY)
    end = (start + timedelta(days=31)).replace(day=FIRST_DAY)
    first, last = (round(one.timestamp()) // 86_400 for one in (start, end - timedelta(days=1)))
    return Period(f"{end:%Y%m}-1", first, last)


def usage_details(ask: Ask) -> Json:
    """Answer with the usage of the open period, a line for each resource, meter and day; `$top` a page."""
    period, today = period_of(ask.now // DAY), ask.now // DAY
    items = _items(ask)
    lines = [(item, day) for day in range(period.first, today + 1) for item in items]
    used = [(item, day, cost) for item, day in lines if (cost := cost_of(item, day, ask.now))]
    token = ask.query("skiptoken")
    try:
        start = int(base64.b64decode(token)) if token else 0
        size = min(ROWS_A_PAGE, max(1, int(ask.query("top") or ROWS_A_PAGE)))
    except ValueError as error:
        raise ask.wrong("$top or $skiptoken is not valid.") from error
    is_detailed = "meterdetails" in (ask.query("expand") or "").lower()
    page: Json = {"value": [_line(ask, period, *one, is_detailed=is_detailed) for one in used[start : start + size]]}
    if start + size < len(used):
        page["nextLink"] = ask.url(skiptoken=base64.b64encode(str(start + size).encode()).decode())
    return page


def _items(ask: Ask) -> list[Billed]:
    asked = ask.query("filter")
    found = _GROUP.match(asked.strip()) if asked else None
    if asked and found is None:
        raise ask.wrong(f"The emulator filters usage by properties/resourceGroup alone, not by {asked!r}.")
    group = found[1].replace("''", "'").lower() if found else None
    return [one for one in billed(known_subscription(ask), ask.world) if group in (None, one.group)]


def _line(ask: Ask, period: Period, item: Billed, day: int, cost: float, *, is_detailed: bool) -> Json:
    number = guid("usage", item.resource, item.meter, item.deployment, day)
    owner = f"subscriptions/{ask.parts['subscription']}/providers/Microsoft.Billing/billingPeriods/{period.name}"
    counted = Meter("Hours", item.daily) if item.hours is not None else METERS[item.meter]
    size = f"{item.meter} - EU West" if item.hours is None else f"Virtual Machines {item.meter} - EU West"
    properties: Json = {
        "billingPeriodId": owner, "usageStart": f"{day_text(day)}T00:00:00.0000000Z",
        "usageEnd": f"{day_text(day)}T23:59:59.0000000Z",
        "instanceId": item.resource, "instanceName": item.resource.rpartition("/")[2],
        "instanceLocation": _region(item), "meterId": guid("meter", item.meter),
        "usageQuantity": round(cost / counted.price, 6), "pretaxCost": cost, "currency": "USD", "isEstimated": True,
        "subscriptionGuid": ask.parts["subscription"], "product": size, "consumedService": item.service,
        "meterDetails": None,
    }  # fmt: skip
    if is_detailed:
        properties["meterDetails"] = {
            "meterName": item.meter, "meterCategory": item.service, "unit": counted.unit,
            "meterLocation": "EU West", "meterSubCategory": "",
        }  # fmt: skip
    return {"id": f"{owner}/providers/Microsoft.Consumption/usageDetails/{number}", "name": number,
            "type": "Microsoft.Consumption/usageDetails", "tags": tags_of(item) or None,
            "properties": properties}  # fmt: skip


def _region(item: Billed) -> str:
    return next((place.region for place in PLACES if place.group.lower() == item.group), "")


def billing_period(ask: Ask) -> Json:
    """Answer with the days of a period of the last two years. Raises Refusal for another name."""
    known_subscription(ask)
    name, day = ask.parts["period"], ask.now // DAY
    while (found := period_of(day)).name != name:
        day = found.first - 1
        if ask.now // DAY - day > 731:
            raise ask.wrong(f"There is no billing period {name!r}.")
    address = f"/subscriptions/{ask.parts['subscription']}/providers/Microsoft.Billing/billingPeriods/{name}"
    return {"id": address, "type": "Microsoft.Billing/billingPeriods", "name": name,
            "properties": {"billingPeriodStartDate": day_text(found.first),
                           "billingPeriodEndDate": day_text(found.last)}}  # fmt: skip


_S = "/subscriptions/{subscription}/providers"

ROUTES = (
    Route("GET", "arm", f"{_S}/Microsoft.Consumption/usageDetails", usage_details),
    Route("GET", "arm", f"{_S}/Microsoft.Billing/billingPeriods/{{period}}", billing_period),
)
