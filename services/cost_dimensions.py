"""What costs can be told apart by in a scope: its dimensions, and the keys of the tags that its usage carries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from services.cost_queries import API, scope_of, subscription_of
from services.errors import Forbidden
from services.parsing import moment
from services.reading import read_page
from services.records import Page, Stop, WorkspaceRef, never

if TYPE_CHECKING:
    from services.connection import Connection

_TAG_KEYS = ("tagkey", "tag")


class Dimension(msgspec.Struct, frozen=True, kw_only=True):
    """One dimension with the values it has in a period."""

    id: str
    """Its category: ResourceGroup, Meter, TagKey."""
    about: str | None = None
    values: tuple[str, ...] = ()
    total: int | None = None
    """How many values there are; those that were given may be fewer."""
    can_group: bool | None = None
    start: datetime | None = None
    end: datetime | None = None


class _Properties(msgspec.Struct, frozen=True, rename="camel"):
    category: str
    description: str | None = None
    data: list[str | None] | None = None
    total: int | None = None
    grouping_enabled: bool | None = None
    usage_start: str | None = None
    usage_end: str | None = None


class _Document(msgspec.Struct, frozen=True):
    properties: _Properties


_read = msgspec.json.Decoder(_Document).decode


def list_dimensions(connection: Connection, ref: WorkspaceRef, *, stop: Stop = never) -> Iterator[Page[Dimension]]:
    """Yield the dimensions of the costs of a workspace's resource group, with their values.

    Those of the subscription where the group may not be asked. Raises ServiceError, the group's own refusal when
    neither may be.
    Reads GET …/Microsoft.CostManagement/dimensions.
    """
    try:
        yield from _dimensions(connection, scope_of(ref), stop)
    except Forbidden as refused:
        try:
            yield from _dimensions(connection, subscription_of(ref), stop)
        except Forbidden:
            raise refused from None


def _dimensions(connection: Connection, scope: str, stop: Stop) -> Iterator[Page[Dimension]]:
    path = f"{scope}/providers/Microsoft.CostManagement/dimensions"
    call = connection.arm(path, API, **{"$expand": "properties/data", "$top": "1000"})
    for answer in connection.pages(call, stop=stop):
        yield read_page(answer, parse_dimension)


def parse_dimension(document: bytes) -> Dimension:
    """Return one dimension. Raises msgspec.MsgspecError or ValueError when it is none."""
    found = _read(document).properties
    return Dimension(
        id=found.category,
        about=found.description,
        values=tuple(value for value in found.data or () if value),
        total=found.total,
        can_group=found.grouping_enabled,
        start=moment(found.usage_start),
        end=moment(found.usage_end),
    )


def tag_keys(dimensions: Iterable[Dimension]) -> tuple[str, ...]:
    """Return the keys of the tags that usage carries, each once whatever its case, in Azure's order."""
    found: dict[str, str] = {}
    for one in dimensions:
        if one.id.lower() in _TAG_KEYS:
            for key in one.values:
                found.setdefault(key.lower(), key)
    return tuple(found.values())
