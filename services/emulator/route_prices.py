"""The retail price list, open to everybody. Its prices are the emulator's own, and every product name says so."""

from __future__ import annotations

from services.emulator.answers import Json, Refusal, ok
from services.emulator.dice import Dice
from services.emulator.filters import Clause, parse_filter
from services.emulator.places import PLACES
from services.emulator.routing import Ask, Route
from services.emulator.sizes import SIZES, Size

PAGE = 50
WINDOWS = 0.092
"""What Windows adds for each core and hour."""

_SINCE = "2026-01-01T00:00:00Z"
_LOCATIONS = {"westeurope": "EU West", "northeurope": "EU North", "germanywestcentral": "DE West Central"}
_FIELDS = {
    name.lower(): "text"
    for name in (
        "armRegionName", "armSkuName", "currencyCode", "location", "meterName", "productName", "serviceFamily",
        "serviceName", "skuName",
    )
} | {"pricetype": "text"}  # fmt: skip


def retail_prices(ask: Ask) -> Json:
    """Answer one page of the prices an hour that match; the page after it is a link."""
    try:
        clauses = parse_filter(ask.query("filter"), _FIELDS)
        start = int(ask.query("skip") or 0)
    except ValueError as problem:
        raise Refusal(ok({"Error": {"Code": "BadRequest", "Message": str(problem)}}, status=400)) from problem
    items = [item for region in _regions() for size in SIZES for item in _items(size, region) if _fits(item, clauses)]
    page = items[start : start + PAGE]
    following = ask.url(skip=str(start + PAGE)) if start + PAGE < len(items) else None
    return {"BillingCurrency": "USD", "CustomerEntityId": "Default", "CustomerEntityType": "Retail", "Items": page,
            "NextPageLink": following, "Count": len(page)}  # fmt: skip


def _regions() -> list[str]:
    return list(dict.fromkeys(place.region for place in PLACES))


def _fits(item: Json, clauses: tuple[Clause, ...]) -> bool:
    values = {name.lower(): value for name, value in item.items()} | {"pricetype": item["type"]}
    return all(clause.holds(values.get(clause.field)) for clause in clauses)


def _items(size: Size, region: str) -> list[Json]:
    windows = round(size.price + WINDOWS * size.cores, 3)
    meters = [(size.price, "", ""), (windows, "", " Windows"), (round(size.price * 0.35, 4), " Spot", "")]
    if size.low_price:
        meters.append((size.low_price, " Low Priority", ""))
    title = size.name.removeprefix("Standard_").replace("_", " ")
    return [
        {"currencyCode": "USD", "tierMinimumUnits": 0.0, "retailPrice": price, "unitPrice": price,
         "armRegionName": region, "location": _LOCATIONS.get(region, region), "effectiveStartDate": _SINCE,
         "meterId": Dice("meter", region, size.name, tier, system).hex(32), "meterName": title + tier,
         "productId": f"EMULATOR{size.cores:04}", "skuId": f"EMULATOR{size.cores:04}/{size.gpus:04}",
         "productName": f"Virtual Machines {title}{system} (emulator price)", "skuName": title + tier,
         "serviceName": "Virtual Machines", "serviceId": "DZH313Z7MMC8", "serviceFamily": "Compute",
         "unitOfMeasure": "1 Hour", "type": "Consumption", "isPrimaryMeterRegion": True, "armSkuName": size.name}
        for price, tier, system in meters
    ]  # fmt: skip


ROUTES = (Route("GET", "prices", "/api/retail/prices", retail_prices, needs_token=False),)
