"""Prices are read without a token, one for each thing, and what is made of them says how; unknown is never zero."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.calls import Call
from services.deployments import Deployment
from services.hourly import PriceBook, of_deployment, of_endpoint
from services.price_snapshot import SNAPSHOT, SNAPSHOT_AT
from services.prices import EMULATED, Price, key_of, list_prices
from services.records import Money
from tests.services.answering import NOW, Asked, Azure, as_json
from tests.services.emulated import Emulated
from tests.wire.recordings import BY_NAME

_SIZES = "compute/vmsizes"


def _item(**given: Any) -> dict[str, Any]:
    return {
        "currencyCode": "EUR", "retailPrice": 0.293, "armRegionName": "westeurope", "type": "Consumption",
        "effectiveStartDate": "2026-03-01T00:00:00Z", "meterName": "DS3 v2", "skuName": "DS3 v2",
        "productName": "Virtual Machines DSv2 Series", "unitOfMeasure": "1 Hour", "armSkuName": "Standard_DS3_v2",
    } | given  # fmt: skip


def _read(*pages: list[dict[str, Any]]) -> tuple[list[Price], Azure]:
    """The prices of a list of these pages, and what was asked for them."""
    link = "https://prices.azure.com/api/retail/prices?$skip="

    def answer(asked: Asked) -> Any:
        at = int(asked.query.get("$skip", 0))
        return as_json({"Items": pages[at], "NextPageLink": f"{link}{at + 1}" if at + 1 < len(pages) else None})

    azure = Azure(answer)
    read = list_prices(azure.connection, "West Europe", ["Standard_DS3_v2"], now=NOW)
    return [price for page in read for price in page.records], azure


def test_a_price_is_exact_and_read_without_a_token_from_all_pages() -> None:
    windows = _item(productName="Virtual Machines DSv2 Series Windows", retailPrice=0.5)
    low = _item(meterName="DS3 v2 Low Priority", retailPrice=0.1)
    found, azure = _read([_item(), windows], [low, _item(meterName="DS3 v2 Spot", retailPrice=0.05)])
    assert {(one.os, one.priority): one.price for one in found} == {
        ("linux", "dedicated"): Money(Decimal("0.293"), "EUR"), ("windows", "dedicated"): Money(Decimal("0.5"), "EUR"),
        ("linux", "low priority"): Money(Decimal("0.1"), "EUR"), ("linux", "spot"): Money(Decimal("0.05"), "EUR"),
    }  # fmt: skip
    assert azure.credential.asked == 0
    assert len(azure.asked) == 2
    assert "armRegionName eq 'westeurope' and armSkuName eq 'Standard_DS3_v2'" in azure.asked[0].query["$filter"]


def test_the_newest_price_that_applies_counts_and_two_that_differ_are_none() -> None:
    old, ahead = _item(effectiveStartDate="2024-01-01T00:00:00Z", retailPrice=9), _item(retailPrice=8)
    ahead["effectiveStartDate"] = "2027-01-01T00:00:00Z"
    others = [_item(unitOfMeasure="1 GB"), _item(productName="DSv2 Series Cloud Services"), _item(retailPrice="NaN")]
    found, _ = _read([old, _item(), ahead, *others])
    assert [one.price.amount for one in found] == [Decimal("0.293")]
    assert _read([_item(), _item(retailPrice=0.3)])[0] == []


def test_a_list_that_is_throttled_is_read_on_when_the_service_says_so() -> None:
    azure = Emulated()
    azure.fault("retail/prices", status=429, retry_after=7, times=1)
    (page,) = list_prices(azure.connection, "westeurope", ["Standard_DS3_v2"], now=azure.now())
    assert page.records
    assert azure.clock.at >= 7


def test_a_name_cannot_reach_out_of_the_filter_it_stands_in() -> None:
    azure = Azure(lambda _: as_json({"Items": []}))
    list(list_prices(azure.connection, "eastus", ["x' or 'a' eq 'a"], now=NOW))
    assert azure.asked[0].query["$filter"].endswith("armSkuName eq 'x'' or ''a'' eq ''a'")


def test_the_emulator_lists_prices_by_region_in_pages_and_as_its_own() -> None:
    azure = Emulated()
    (page,) = list_prices(azure.connection, "northeurope", ["standard_ds3_v2"], now=azure.now())
    assert {(one.sku, one.region, one.source) for one in page.records} == {("Standard_DS3_v2", "northeurope", EMULATED)}
    assert {(one.os, one.priority) for one in page.records} >= {("linux", "dedicated"), ("linux", "low priority")}
    every = Call(url="https://prices.azure.com/api/retail/prices", audience="none")
    assert [answer.is_last for answer in azure.connection.pages(every)].count(True) == 1
    assert len(list(azure.connection.pages(every))) > 1


def test_every_price_brought_along_stands_in_a_recorded_answer_alone_and_as_it_is() -> None:
    if _SIZES not in BY_NAME:
        pytest.skip("the machine sizes are not among these recordings")
    recording = BY_NAME[_SIZES]
    region = recording.path.split("/locations/")[1].split("/")[0]
    told: dict[str, set[Money]] = {}
    sizes: list[dict[str, Any]] = recording.body["value"]
    for size in sizes:
        given: dict[str, Any] = size.get("estimatedVMPrices") or {"values": []}
        for one in given["values"]:
            assert given["unitOfMeasure"] == "OneHour"
            priority = "low priority" if one["vmTier"] == "LowPriority" else "dedicated"
            key = key_of(size["name"], region, one["osType"].lower(), priority)  # pyright: ignore[reportArgumentType]
            amount = Money(Decimal(str(one["retailPrice"])), given["billingCurrency"])
            told.setdefault(key, set()).add(amount)
    assert {one.id: {one.price} for one in SNAPSHOT} == {key: found for key, found in told.items() if len(found) == 1}
    recorded = datetime.strptime(recording.meta["recorded"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    assert recorded == SNAPSHOT_AT


def _deployment(name: str, **given: Any) -> Deployment:
    made: dict[str, Any] = {"instance_type": "STANDARD_DS3_V2", "instances": 2, "kind": "Managed"} | given
    return Deployment(id=f"fraud/{name}", endpoint="fraud", name=name, **made)


_BOOK = PriceBook([
    Price(id=key_of("Standard_DS3_v2", "westeurope"), sku="Standard_DS3_v2", region="westeurope",
          price=Money(Decimal("0.293"), "USD"), effective=datetime(2026, 3, 1, tzinfo=UTC)),
])  # fmt: skip


def test_a_deployment_costs_its_instances_and_says_what_the_number_is_made_of() -> None:
    blue = of_deployment(_deployment("blue"), "westeurope", _BOOK)
    assert blue.money == Money(Decimal("0.586"), "USD")
    assert blue.basis == "2 × STANDARD_DS3_V2 at 0.293 USD/h in westeurope, retail, 2026-03-01: estimated"
    none = of_deployment(_deployment("none", instances=0), "westeurope", _BOOK)
    assert none.money == Money(Decimal(0), "USD")


@pytest.mark.parametrize(
    ("given", "region", "why"),
    [
        ({"kind": "Kubernetes"}, "westeurope", "it runs on Kubernetes: its machines belong to the cluster"),
        ({"instance_type": None}, "westeurope", "Azure names no machine size"),
        ({"instances": None}, "westeurope", "Azure does not say how many instances it has"),
        ({"instance_type": "Standard_X1"}, "westeurope", "the price of Standard_X1 in westeurope is not known"),
        ({}, "eastus", "the price of STANDARD_DS3_V2 in eastus is not known"),
        ({}, None, "Azure names no region"),
    ],
)
def test_what_is_unknown_has_no_price_and_a_reason_and_takes_the_endpoints_with_it(
    given: dict[str, Any], region: str | None, why: str
) -> None:
    part = of_deployment(_deployment("green", **given), region, _BOOK)
    assert (part.money, part.basis) == (None, why)
    known = of_deployment(_deployment("blue"), "westeurope", _BOOK)
    whole = of_endpoint([("blue", known), ("green", part)])
    assert (whole.money, whole.basis) == (None, f"green: {why}")


def test_an_endpoint_costs_the_sum_of_its_deployments() -> None:
    parts = [(name, of_deployment(_deployment(name), "westeurope", _BOOK)) for name in ("blue", "green")]
    assert of_endpoint(parts).money == Money(Decimal("1.172"), "USD")
    assert of_endpoint(parts).basis.count("\n") == 1
    assert of_endpoint([]).money is None
