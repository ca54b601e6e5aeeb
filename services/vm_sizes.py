"""Machine sizes of a region: cores, memory, GPUs, what they may be used for and what Azure thinks they cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from services.reading import read_page
from services.records import Money, Page, Stop, WorkspaceRef, never
from services.wire import Wire, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2023-08-01-preview"
_FPGA = ("np",)
"""Letters of series whose machines have FPGAs."""


class VmSize(msgspec.Struct, frozen=True, kw_only=True):
    """One machine size of a region. Prices are what `vmSizes` estimates for Linux; None where it says none, or two."""

    id: str
    """The name in lower case: computes shout it."""
    name: str
    family: str | None = None
    location: str | None = None
    cores: int | None = None
    gpus: int | None = None
    memory_gb: float | None = None
    disk_mb: int | None = None
    """Of its temporary disk."""
    is_low_priority: bool | None = None
    """It can be had at low priority."""
    has_infiniband: bool | None = None
    generation: str | None = None
    used_for: tuple[str, ...] = ()
    """AmlCompute, ComputeInstance, MIR (managed online endpoints)."""
    price: Money | None = None
    low_price: Money | None = None


class _Name(Wire):
    retail_price: Decimal | None = None
    os_type: str | None = None
    vm_tier: str | None = None


class _Prices(Wire):
    billing_currency: str | None = None
    unit_of_measure: str | None = None
    values: tuple[_Name, ...] | None = None


class Given(Wire):
    """One item of vmSizes."""

    name: str | None = None
    family: str | None = None
    vcpus: int | None = msgspec.field(default=None, name="vCPUs")
    gpus: int | None = None
    memory_gb: float | None = msgspec.field(default=None, name="memoryGB")
    max_resource_volume_mb: int | None = msgspec.field(default=None, name="maxResourceVolumeMB")
    low_priority_capable: bool | None = None
    supports_ib: bool | None = msgspec.field(default=None, name="supportsIB")
    generation: str | None = None
    supported_compute_types: tuple[str, ...] | None = None
    estimated_vm_prices: _Prices | None = msgspec.field(default=None, name="estimatedVMPrices")


_read = reader_of(Given)


def list_vm_sizes(
    connection: Connection, ref: WorkspaceRef, *, location: str, stop: Stop = never
) -> Iterator[Page[VmSize]]:
    """Yield the machine sizes of a region. Raises ServiceError. Reads GET …/locations/{location}/vmSizes."""
    path = f"/subscriptions/{ref.subscription}/providers/Microsoft.MachineLearningServices/locations/{location}/vmSizes"
    for answer in connection.pages(connection.arm(path, API), stop=stop):
        yield read_page(answer, partial(parse_vm_size, location=location))


def parse_vm_size(document: bytes, *, location: str | None = None) -> VmSize:
    """Return one machine size. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read(document)
    if not given.name:
        raise ValueError("it has no name")
    return VmSize(
        id=given.name.lower(), name=given.name, family=given.family, location=location, cores=given.vcpus,
        gpus=given.gpus, memory_gb=given.memory_gb, disk_mb=given.max_resource_volume_mb,
        is_low_priority=given.low_priority_capable, has_infiniband=given.supports_ib, generation=given.generation,
        used_for=given.supported_compute_types or (), price=_price(given.estimated_vm_prices, "Standard"),
        low_price=_price(given.estimated_vm_prices, "LowPriority"),
    )  # fmt: skip


def _price(prices: _Prices | None, tier: str) -> Money | None:
    """Return the Linux price of an hour; None where there is none, or where two differ: which is meant is not ours."""
    if prices is None or not prices.billing_currency or (prices.unit_of_measure or "").lower() != "onehour":
        return None
    found = {
        one.retail_price for one in prices.values or ()
        if one.retail_price is not None and one.os_type == "Linux" and one.vm_tier == tier
    }  # fmt: skip
    return Money(found.pop(), prices.billing_currency) if len(found) == 1 else None


def accelerator(name: str | None, gpus: int | None) -> str | None:
    """Return `GPU`, `FPGA` or `CPU` for a size; None where neither its name nor its list says.

    Sizes whose series begins with N have a GPU, those of NP an FPGA.
    """
    if gpus:
        return "GPU"
    series = _series(name)
    if series.startswith(_FPGA):
        return "FPGA"
    if gpus == 0:
        return "CPU"
    return ("GPU" if series.startswith("n") else "CPU") if series else None


def _series(name: str | None) -> str:
    parts: Sequence[str] = (name or "").lower().split("_")
    own = parts[1] if len(parts) > 1 and parts[0] in ("standard", "basic") else parts[0]
    return "".join(letter for letter in own if letter.isalpha() or letter == "-")
