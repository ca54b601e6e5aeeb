"""Costs: what was billed, by day and resource, as Cost Management answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from services.calls import Answer
from services.cost_queries import (
    Grouping,
    as_items,
    check_period,
    cost_answers,
    cost_in,
    daily,
    row_of,
    text_in,
)
from services.parsing import id_part, id_tail, moment
from services.reading import read_page
from services.records import Money, Page, Stop, WorkspaceRef, never

if TYPE_CHECKING:
    from services.connection import Connection

GROUPING = (Grouping("ResourceId"), Grouping("ServiceName"))


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


def list_costs(
    connection: Connection,
    ref: WorkspaceRef,
    *,
    start: datetime,
    end: datetime,
    now: datetime | None = None,
    stop: Stop = never,
) -> Iterator[Page[CostLine]]:
    """Yield what the resource group of a workspace was billed, by day, resource and service, both days included.

    Raises ServiceError; ValueError for a period that ends before it starts or that starts after `now`. A call a
    minute at most, so a second page waits. Reads POST …/Microsoft.CostManagement/query.
    """
    check_period(start, end, now)
    for answer in cost_answers(connection, ref, "query", daily("ActualCost", start, end, GROUPING), stop):
        yield read_costs(answer, start)


def read_costs(answer: Answer, start: datetime) -> Page[CostLine]:
    """Return the lines of one page of a cost query over a period that begins at `start`.

    Raises Malformed when the answer holds no columns and rows.
    """
    return read_page(as_items(answer), partial(parse_cost, start=start), basis="billed")


def parse_cost(document: bytes, *, start: datetime) -> CostLine:
    """Return one line of a row by column name. Raises msgspec.MsgspecError or ValueError when it is no line."""
    row = row_of(document)
    day = moment(row.get("usagedate") or row.get("billingmonth"))
    resource, service = text_in(row, "resourceid"), text_in(row, "servicename")
    address = "/" + resource.strip("/").lower() if resource else None
    cost = cost_in(row)
    currency = cost.currency if cost else text_in(row, "currency") or ""
    group = next((row[name] for name in ("resourcegroup", "resourcegroupname") if isinstance(row.get(name), str)), None)
    group = id_part(address, "resourcegroups") if group is None else group
    place = address or group or ""
    return CostLine(
        id=f"{day or start:%Y-%m-%d}{'' if day else '+'}|{place}|{service or ''}|{currency}",
        day=day or start.replace(hour=0, minute=0, second=0, microsecond=0),
        is_total=day is None,
        resource=address,
        resource_name=id_tail(address),
        resource_type=text_in(row, "resourcetype") or _type_in(address),
        resource_group=group,
        service=service,
        cost=cost,
    )


def _type_in(address: str | None) -> str | None:
    """Return `microsoft.compute/virtualmachines` out of an ARM id: the provider, then every other part."""
    _, found, rest = (address or "").rpartition("/providers/")
    parts = rest.split("/")
    return "/".join([parts[0], *parts[1::2]]) if found and len(parts) > 1 else None
