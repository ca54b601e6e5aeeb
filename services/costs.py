"""Costs: what was billed, by day and resource, as Cost Management answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from services.calls import Answer, subject
from services.errors import Malformed
from services.parsing import id_part, id_tail, moment
from services.reading import read_page
from services.records import Money, Page, Stop, WorkspaceRef, never

if TYPE_CHECKING:
    from services.connection import Connection

API = "2025-03-01"


class CostLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one resource was billed on one day. `cost` is None when the answer held no cost column."""

    id: str
    """`day|resource|service|currency`."""
    day: datetime
    """Midnight UTC of the usage date; the first day of the period when the line is a total of it."""
    is_total: bool = False
    """True when the answer named no day: the line covers the whole period that was asked for."""
    resource: str | None = None
    """The ARM id in lower case with a leading slash; None when the query did not group by it."""
    resource_name: str | None = None
    resource_type: str | None = None
    resource_group: str | None = None
    """May be the empty string: Azure bills some things to no group."""
    service: str | None = None
    cost: Money | None = None
    kind: str = "ActualCost"


class Column(msgspec.Struct, frozen=True):
    """One column of a query's answer."""

    name: str
    type: str | None = None


class Grid(msgspec.Struct, frozen=True):
    """Columns, and rows in their order."""

    columns: list[Column]
    rows: list[msgspec.Raw]


class Result(msgspec.Struct, frozen=True):
    """The answer of a query."""

    properties: Grid


_read = msgspec.json.Decoder(Result).decode
_cells = msgspec.json.Decoder(list[msgspec.Raw]).decode


def list_costs(
    connection: Connection, ref: WorkspaceRef, *, start: datetime, end: datetime, stop: Stop = never
) -> Iterator[Page[CostLine]]:
    """Yield what the resource group of a workspace was billed, by day, resource and service, both days included.

    Ask for no day in the future: Azure answers such a query for the year before. Raises ServiceError; one call every
    20 s, so a second page waits. Reads POST …/Microsoft.CostManagement/query.
    """
    if start > end:
        raise ValueError("a cost query cannot start after its end")
    path = f"/subscriptions/{ref.subscription}/resourceGroups/{ref.resource_group}"
    call = connection.arm(f"{path}/providers/Microsoft.CostManagement/query", API)
    for answer in connection.pages(msgspec.structs.replace(call, method="POST", body=_query(start, end)), stop=stop):
        yield read_costs(answer, start)


def _query(start: datetime, end: datetime) -> dict[str, Any]:
    return {
        "type": "ActualCost",
        "timeframe": "Custom",
        "timePeriod": {"from": f"{start:%Y-%m-%d}T00:00:00Z", "to": f"{end:%Y-%m-%d}T23:59:59Z"},
        "dataset": {
            "granularity": "Daily",
            "aggregation": {"totalCost": {"name": "PreTaxCost", "function": "Sum"}},
            "grouping": [
                {"type": "Dimension", "name": "ResourceId"},
                {"type": "Dimension", "name": "ServiceName"},
            ],
        },
    }


def read_costs(answer: Answer, start: datetime) -> Page[CostLine]:
    """Return the lines of one page of a cost query over a period that begins at `start`.

    Raises Malformed when the answer holds no columns and rows.
    """
    try:
        grid = _read(answer.body).properties
    except msgspec.MsgspecError as problem:
        raise Malformed("The answer holds no columns and rows", on=subject(answer.call)) from problem
    names = [msgspec.json.encode(column.name) for column in grid.columns]
    items = b",".join(_as_object(names, row) for row in grid.rows)
    answer = msgspec.structs.replace(answer, body=b'{"value":[' + items + b"]}")
    return read_page(answer, partial(parse_cost, start=start), basis="billed")


def _as_object(names: list[bytes], row: msgspec.Raw) -> bytes:
    """Return a row as an object by column name, its numbers as written; a row of another width as it is."""
    try:
        cells = _cells(row)
    except msgspec.MsgspecError:
        return bytes(row)
    if len(cells) != len(names):
        return bytes(row)
    return b"{" + b",".join(name + b":" + bytes(cell) for name, cell in zip(names, cells, strict=True)) + b"}"


def parse_cost(document: bytes, *, start: datetime) -> CostLine:
    """Return one line of a row by column name. Raises msgspec.MsgspecError or ValueError when it is no line."""
    row = {name.lower(): value for name, value in msgspec.json.decode(document, type=dict[str, Any]).items()}
    day = moment(row.get("usagedate") or row.get("billingmonth"))
    resource, service = _text(row, "resourceid"), _text(row, "servicename")
    address = "/" + resource.strip("/").lower() if resource else None
    cost = _cost(row)
    currency = cost.currency if cost else _text(row, "currency") or ""
    group = next((row[name] for name in ("resourcegroup", "resourcegroupname") if isinstance(row.get(name), str)), None)
    group = id_part(address, "resourcegroups") if group is None else group
    place = address or group or ""
    return CostLine(
        id=f"{day or start:%Y-%m-%d}{'' if day else '+'}|{place}|{service or ''}|{currency}",
        day=day or start.replace(hour=0, minute=0, second=0, microsecond=0),
        is_total=day is None,
        resource=address,
        resource_name=id_tail(address),
        resource_type=_text(row, "resourcetype") or _type_in(address),
        resource_group=group,
        service=service,
        cost=cost,
    )


def _text(row: Mapping[str, Any], name: str) -> str | None:
    value = row.get(name)
    return value if isinstance(value, str) else None


def _cost(row: Mapping[str, Any]) -> Money | None:
    """Return the cost of a row in its own currency; the USD columns count only where there is no other."""
    names = [name for name in row if "cost" in name and isinstance(row[name], int | float)]
    names.sort(key=lambda name: name.endswith("usd"))
    if not names:
        return None
    currency = "USD" if names[0].endswith("usd") else _text(row, "currency") or ""
    return Money(Decimal(repr(row[names[0]])), currency)


def _type_in(address: str | None) -> str | None:
    """Return `microsoft.compute/virtualmachines` out of an ARM id: the provider, then every other part."""
    _, found, rest = (address or "").rpartition("/providers/")
    parts = rest.split("/")
    return "/".join([parts[0], *parts[1::2]]) if found and len(parts) > 1 else None
