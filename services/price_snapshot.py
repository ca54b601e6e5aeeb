"""The prices amldeck brings along: those that recorded answers of Azure contain, and no others.

They are from the `estimatedVMPrices` of a region's machine sizes, which Azure rounds to cents. A size with two prices
for one system and priority is left out. Whatever is not here is unknown until the retail prices were read.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from services.prices import Os, Price, Priority, key_of
from services.records import Money

SNAPSHOT_AT = datetime(2025, 11, 4, 9, 39, 19, tzinfo=UTC)
"""When Azure gave these answers."""

SOURCE = "vmSizes"
_REGION = "eastus"

_SIZES: tuple[tuple[str, tuple[tuple[Os, Priority, str], ...]], ...] = (
    ("Standard_D16ads_v5", (("windows", "dedicated", "1.56"), ("windows", "low priority", "0.62"))),
    ("Standard_D16as_v4", (("linux", "dedicated", "0.77"), ("linux", "low priority", "0.15"),
                           ("windows", "dedicated", "1.5"), ("windows", "low priority", "0.6"))),
    ("Standard_D16a_v4", (("linux", "dedicated", "0.77"), ("linux", "low priority", "0.15"),
                          ("windows", "dedicated", "1.5"), ("windows", "low priority", "0.6"))),
    ("Standard_D16ds_v4", (("linux", "dedicated", "0.9"), ("linux", "low priority", "0.18"),
                           ("windows", "dedicated", "1.64"), ("windows", "low priority", "0.66"))),
)  # fmt: skip

SNAPSHOT: tuple[Price, ...] = tuple(
    Price(
        id=key_of(sku, _REGION, os, priority),
        sku=sku,
        region=_REGION,
        os=os,
        priority=priority,
        price=Money(Decimal(amount), "USD"),
        effective=SNAPSHOT_AT,
        source=SOURCE,
    )
    for sku, prices in _SIZES
    for os, priority, amount in prices
)
