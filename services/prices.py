"""Prices: what an hour of a machine size costs, as the Retail Prices API lists it for everybody.

They are list prices: no discount, no reservation, no tax. What is worked out from them is an estimate, never a bill.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import msgspec

from services.calls import Call
from services.parsing import moment
from services.reading import read_page
from services.records import Money, Page, Stop, never
from services.wire import Moment, Wire, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

Os = Literal["linux", "windows"]
Priority = Literal["dedicated", "low priority", "spot"]

RETAIL, EMULATED, LISTED = "retail", "emulator", "list of sizes"
"""Where a price is from. The emulator says in every product name that its prices are its own.

`list of sizes` is what Azure ML itself thinks a machine costs: it counts only where no price list says more.
"""

_OURS = "(emulator price)"
_HOUR = "1 hour"
_MOST = 100_000
"""An hour of a machine that costs as much is a mistake."""


class Price(msgspec.Struct, frozen=True, kw_only=True):
    """What one hour of one machine costs. Compare sizes with `key_of`: Azure changes their case."""

    id: str
    sku: str
    region: str
    os: Os = "linux"
    priority: Priority = "dedicated"
    """Clusters of Azure ML that may lose their nodes pay `low priority`, not `spot`."""
    price: Money
    unit: str = "1 Hour"
    effective: datetime | None = None
    """Since when it applies; None where the source did not say."""
    meter: str | None = None
    product: str | None = None
    source: str = RETAIL


class _Given(Wire):
    arm_sku_name: str | None = None
    arm_region_name: str | None = None
    retail_price: Decimal | None = None
    currency_code: str | None = None
    unit_of_measure: str | None = None
    effective_start_date: Moment = None
    meter_name: str | None = None
    product_name: str | None = None
    sku_name: str | None = None
    type: str | None = None


_read = reader_of(_Given)


def key_of(sku: str, region: str, os: Os = "linux", priority: Priority = "dedicated") -> str:
    """Return what two spellings of one price have in common: `westeurope/standard_ds3_v2/linux/dedicated`."""
    return f"{region.lower().replace(' ', '')}/{sku.lower()}/{os}/{priority}"


def list_prices(
    connection: Connection, region: str, skus: Sequence[str], *, now: datetime, stop: Stop = never
) -> Iterator[Page[Price]]:
    """Yield a page for each of these sizes: its prices an hour in a region, at most one for each system and priority.

    A size nobody lists there gives an empty page. No token is sent: the list is public. Raises ServiceError.
    Reads GET prices.azure.com/api/retail/prices, a call a size and more where it has further pages.
    """
    for sku in skus:
        pages: list[Page[Price]] = []
        for answer in connection.pages(_call(connection, region, sku), stop=stop):
            pages.append(read_page(answer, parse_price, items="Items", basis="estimated", total=()))
        # Half a list may miss the newest price: it is none.
        if stop() or not pages or not pages[-1].is_last:
            return
        yield _joined(pages, now)


def _call(connection: Connection, region: str, sku: str) -> Call:
    # Versions from 2023 on take names in their exact case alone; without one, any case finds them.
    place, size = (text.replace("'", "''") for text in (region.lower().replace(" ", ""), sku))
    wanted = (
        f"serviceName eq 'Virtual Machines' and priceType eq 'Consumption' and armRegionName eq '{place}'"
        f" and armSkuName eq '{size}'"
    )
    return Call(url=f"https://{connection.cloud.prices}/api/retail/prices", audience="none", params={"$filter": wanted})


def _joined(pages: Sequence[Page[Price]], now: datetime) -> Page[Price]:
    documents = {
        id(record): document for page in pages for record, document in zip(page.records, page.documents, strict=True)
    }
    kept = chosen((record for page in pages for record in page.records), now)
    return msgspec.structs.replace(
        pages[0],
        records=kept,
        documents=tuple(documents[id(record)] for record in kept),
        set_aside=tuple(aside for page in pages for aside in page.set_aside),
        total=None,
        is_last=True,
    )


def chosen(prices: Iterable[Price], now: datetime) -> tuple[Price, ...]:
    """Return the price that applies for each size, region, system and priority, of machines by the hour alone.

    That is the one with the newest date that is not ahead of us. Where two of one date differ, there is none: which
    of them is meant is not for us to guess.
    """
    found: dict[str, list[Price]] = {}
    for price in prices:
        if price.unit.lower() == _HOUR and "cloud services" not in (price.product or "").lower() and _begun(price, now):
            found.setdefault(price.id, []).append(price)
    return tuple(one for group in found.values() if (one := _newest(group)) is not None)


def _begun(price: Price, now: datetime) -> bool:
    return price.effective is None or price.effective <= now


def _newest(group: Sequence[Price]) -> Price | None:
    last = max((one.effective.timestamp() if one.effective else 0.0 for one in group), default=0.0)
    newest = [one for one in group if (one.effective.timestamp() if one.effective else 0.0) == last]
    return newest[0] if len({one.price for one in newest}) == 1 else None


def parse_price(document: bytes) -> Price:
    """Return one price. Raises msgspec.MsgspecError or ValueError when the document is no price of a machine size."""
    given = _read(document)
    if not given.arm_sku_name or not given.arm_region_name:
        raise ValueError("it names no machine size or no region")
    if given.retail_price is None or not given.currency_code or not 0 <= given.retail_price < _MOST:
        raise ValueError("it names no price, or none that can be")
    product = given.product_name or ""
    os: Os = "windows" if "windows" in product.lower() else "linux"
    priority = _priority(f"{given.meter_name or ''} {given.sku_name or ''}")
    return Price(
        id=key_of(given.arm_sku_name, given.arm_region_name, os, priority),
        sku=given.arm_sku_name,
        region=given.arm_region_name,
        os=os,
        priority=priority,
        price=Money(given.retail_price, given.currency_code),
        unit=given.unit_of_measure or "",
        effective=moment(given.effective_start_date),
        meter=given.meter_name,
        product=given.product_name,
        source=EMULATED if product.endswith(_OURS) else RETAIL,
    )


def _priority(name: str) -> Priority:
    words = name.lower()
    return "spot" if "spot" in words else "low priority" if "low priority" in words else "dedicated"
