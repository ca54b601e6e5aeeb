"""Whether a virtual machine that is attached to a workspace runs: Azure Machine Learning does not say it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from services.errors import Forbidden
from services.parents import each_of
from services.reading import read_item
from services.records import Page, Provenance, Stop, never
from services.wire import Wire, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2024-07-01"
_POWER = "powerstate/"


class VmPower(msgspec.Struct, frozen=True, kw_only=True):
    """The power state of one attached virtual machine."""

    id: str
    """The name of the compute in the workspace."""
    power: str | None = None
    """running, deallocated, stopped, starting …; None where the machine has no such status."""


class _Status(Wire):
    code: str | None = None


class Given(Wire):
    """The instance view of a virtual machine."""

    statuses: tuple[_Status, ...] | None = None


_read = reader_of(Given)


def read_vm_power(
    connection: Connection, machines: Sequence[tuple[str, str]], *, asked: Provenance, stop: Stop = never
) -> Iterator[Page[VmPower]]:
    """Yield the power state of each machine: pairs of the compute's name and the machine's ARM id.

    One that may not be looked at is set aside. Raises ServiceError. Reads GET {virtual machine}/instanceView of each.
    """

    def read(machine: tuple[str, str]) -> Iterator[Page[VmPower]]:
        name, resource = machine
        answer = connection.read(connection.arm(f"/{resource.strip('/')}/instanceView", API))
        yield read_item(answer, partial(parse_vm_power, name=name))

    return each_of(machines, read, asked=asked, stop=stop, named=lambda machine: machine[0], aside=(Forbidden,))


def parse_vm_power(document: bytes, *, name: str) -> VmPower:
    """Return a power state. Raises msgspec.MsgspecError when the document is no instance view."""
    codes = ((one.code or "").lower() for one in _read(document).statuses or ())
    return VmPower(id=name, power=next((code[len(_POWER) :] for code in codes if code.startswith(_POWER)), None))
