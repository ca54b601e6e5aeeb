"""Prices in the cache: what is known, and reading those of the machine sizes a workspace uses.

They are read when somebody asks for it (`amldeck prices refresh`, `:prices`), never by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

import msgspec

from services.hourly import PriceBook
from services.price_snapshot import SNAPSHOT, SNAPSHOT_AT
from services.prices import EMULATED, LISTED, Price, Priority, key_of, list_prices
from services.records import Money, Page
from services.vm_sizes import VmSize
from services.workspaces import get_workspace

if TYPE_CHECKING:
    from app.handed import Reading
    from cache.store import Store

IN_USE = "in use"
"""The key of the lookup for all sizes that computes and deployments of the workspace have; else sizes by name."""

MADE_OF = ("endpoints", "deployments", "compute")
"""The sources that say which sizes are in use, and where."""
PRICED = ("deployment_rows", "endpoint_rows")
"""The roll-ups with a price an hour in them."""
COSTED = ("estimates", "experiment_rows", "estimated_rows")
"""Those with what runs cost."""
PRICED_ON_DEMAND = ("waste",)
"""Those that are made while somebody looks at them."""


class KnownPrice(Price, frozen=True, kw_only=True):
    """A price with when it was read; of those that amldeck brings along, when Azure answered them."""

    read: datetime | None = None


def price_book(store: Store, scope: str) -> PriceBook:
    """Return every price that is known. Reads the cache.

    What was read counts before what amldeck brings along, and that before what Azure ML's list of sizes says.
    """
    sizes = (seen.record for seen in store.records("vm_sizes", scope))
    listed = chain.from_iterable(listed_prices(one, is_emulated=is_emulated(scope)) for one in sizes)
    return PriceBook((*listed, *SNAPSHOT, *(seen.record for seen in store.records("prices", scope))))


def is_emulated(scope: str) -> bool:
    """Return whether the rows of a scope are the emulator's, whose prices are its own."""
    return scope.startswith(("demo/", "emulator/"))


def listed_prices(size: VmSize, *, is_emulated: bool = False) -> Iterator[Price]:
    """The prices an hour that the list of sizes gives for one, labelled as such, or as the emulator's own."""
    priced: tuple[tuple[Priority, Money | None], ...] = (("dedicated", size.price), ("low priority", size.low_price))
    for priority, price in priced:
        if price is not None and size.location is not None:
            yield Price(
                id=key_of(size.name, size.location, "linux", priority), sku=size.name, region=size.location,
                priority=priority, price=price, source=EMULATED if is_emulated else LISTED,
            )  # fmt: skip


def known_prices(store: Store, scope: str, skus: tuple[str, ...] = ()) -> list[KnownPrice]:
    """Return what is known of these sizes (all without one), by size and region, each price with its age."""
    wanted = {sku.lower() for sku in skus}
    # Azure ML's list has hundreds of sizes: of those that nobody named, the ones with a price of their own will do.
    listed = (
        _known(price, seen.fetched_at)
        for seen in store.records("vm_sizes", scope) if seen.record.name.lower() in wanted
        for price in listed_prices(seen.record, is_emulated=is_emulated(scope))
    )  # fmt: skip
    found: dict[str, KnownPrice] = {one.id: one for one in listed}
    found |= {one.id: _known(one, SNAPSHOT_AT) for one in SNAPSHOT}
    found |= {seen.key: _known(seen.record, seen.fetched_at) for seen in store.records("prices", scope)}
    kept = [one for one in found.values() if not wanted or one.sku.lower() in wanted]
    return sorted(kept, key=lambda one: (one.sku.lower(), one.region, one.os, one.priority))


def _known(price: Price, read: datetime | None) -> KnownPrice:
    return KnownPrice(**msgspec.structs.asdict(price), read=read)


def read_prices(reading: Reading, key: str) -> Iterator[Page[Any]]:
    """Pages of Price: of the sizes that `key` names, or of those in use, in every region the workspace uses."""
    connection, workspace = reading.azure
    used = _in_use(reading)
    named = [] if key == IN_USE else key.split()
    regions = set(used) or {one.location or "" for one in get_workspace(connection, workspace).records} - {""}
    for region in sorted(regions):
        skus = named or sorted(used.get(region, ()))
        yield from list_prices(connection, region, skus, now=reading.now, stop=reading.stop)


def _in_use(reading: Reading) -> dict[str, set[str]]:
    """The sizes of the deployments and computes the cache knows, by region. A size is there in one spelling."""
    store, scope = reading.store, reading.scope
    places = {seen.record.name.lower(): seen.record.location for seen in store.records("endpoints", scope)}
    deployments = [seen.record for seen in store.records("deployments", scope)]
    used: list[tuple[str | None, str | None]] = [
        (places.get(one.endpoint.lower()), one.instance_type)
        for one in deployments
        if (one.kind or "").lower() != "kubernetes"
    ]
    used += [(one.location, one.vm_size) for one in (seen.record for seen in store.records("compute", scope))]
    found: dict[str, dict[str, str]] = {}
    for region, sku in used:
        if region and sku:
            known = found.setdefault(region.lower().replace(" ", ""), {})
            # Computes shout the names of their sizes; the price list does not.
            known[sku.lower()] = max(sku, known.get(sku.lower(), sku))
    return {region: set(sizes.values()) for region, sizes in found.items()}
