"""Usage details: the lines of the bill with what was used of a meter, and the billing periods they belong to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from services.parsing import id_key, id_tail, moment
from services.reading import read_item, read_page
from services.records import Money, Page, Stop, never

if TYPE_CHECKING:
    from services.connection import Connection

API = "2023-05-01"
PERIODS_API = "2018-03-01-preview"


class UsageLine(msgspec.Struct, frozen=True, kw_only=True):
    """What was used of one meter by one resource in a span of time."""

    id: str
    start: datetime | None = None
    end: datetime | None = None
    resource: str | None = None
    """The ARM id in lower case."""
    name: str | None = None
    product: str | None = None
    meter: str | None = None
    category: str | None = None
    subcategory: str | None = None
    unit: str | None = None
    """Hours, 1 GB; None where the answer does not hold details of the meter."""
    quantity: float | None = None
    cost: Money | None = None
    is_estimated: bool | None = None
    """The period is open: it may change."""
    period: str | None = None
    """The name of the billing period."""
    period_start: datetime | None = None
    period_end: datetime | None = None
    """The last day of it."""
    tags: dict[str, str | None] = {}


class BillingPeriod(msgspec.Struct, frozen=True, kw_only=True):
    """The days one invoice is for: they need not be a month of the calendar."""

    id: str
    name: str
    start: datetime | None = None
    end: datetime | None = None


class _Meter(msgspec.Struct, frozen=True, rename="camel"):
    meter_name: str | None = None
    meter_category: str | None = None
    meter_sub_category: str | None = None
    unit: str | None = None
    unit_of_measure: str | None = None


class _Usage(msgspec.Struct, frozen=True, rename="camel"):
    usage_start: str | None = None
    usage_end: str | None = None
    date: str | None = None
    instance_id: str | None = None
    instance_name: str | None = None
    resource_id: str | None = None
    resource_name: str | None = None
    product: str | None = None
    usage_quantity: float | None = None
    quantity: float | None = None
    pretax_cost: float | None = None
    cost: float | None = None
    currency: str | None = None
    billing_currency: str | None = None
    billing_period_id: str | None = None
    billing_period_start_date: str | None = None
    billing_period_end_date: str | None = None
    is_estimated: bool | None = None
    meter_details: _Meter | None = None


class _UsageDocument(msgspec.Struct, frozen=True):
    id: str
    properties: _Usage
    tags: dict[str, str | None] | None = None


class _Period(msgspec.Struct, frozen=True, rename="camel"):
    billing_period_start_date: str | None = None
    billing_period_end_date: str | None = None


class _PeriodDocument(msgspec.Struct, frozen=True):
    id: str
    name: str
    properties: _Period


_read_usage = msgspec.json.Decoder(_UsageDocument).decode
_read_period = msgspec.json.Decoder(_PeriodDocument).decode


def list_usage(
    connection: Connection, scope: str, *, group: str | None = None, stop: Stop = never
) -> Iterator[Page[UsageLine]]:
    """Yield what was used in the open period of a subscription or a billing account, with details of each meter.

    With `group` only what belongs to that resource group. Raises ServiceError. Reads GET
    …/Microsoft.Consumption/usageDetails.
    """
    path = f"{scope}/providers/Microsoft.Consumption/usageDetails"
    only = {"$filter": f"properties/resourceGroup eq '{group.replace(chr(39), chr(39) * 2)}'"} if group else {}
    call = connection.arm(path, API, **{"$expand": "properties/meterDetails", **only, "$top": "1000"})
    for answer in connection.pages(call, stop=stop):
        yield read_page(answer, parse_usage, basis="billed")


def get_billing_period(connection: Connection, subscription: str, name: str) -> Page[BillingPeriod]:
    """Return one billing period of a subscription. Raises ServiceError.

    Reads GET …/Microsoft.Billing/billingPeriods/NAME.
    """
    path = f"/subscriptions/{subscription}/providers/Microsoft.Billing/billingPeriods/{quote(name, safe='')}"
    return read_item(connection.read(connection.arm(path, PERIODS_API)), parse_billing_period)


def parse_usage(document: bytes) -> UsageLine:
    """Return one line. Raises msgspec.MsgspecError or ValueError when it is none."""
    found = _read_usage(document)
    inner, meter = found.properties, found.properties.meter_details or _Meter()
    resource = inner.instance_id or inner.resource_id
    amount = inner.pretax_cost if inner.pretax_cost is not None else inner.cost
    currency = inner.currency or inner.billing_currency or ""
    return UsageLine(
        id=id_key(found.id),
        start=moment(inner.usage_start or inner.date),
        end=moment(inner.usage_end),
        resource=id_key(resource) if resource else None,
        name=inner.instance_name or inner.resource_name,
        product=inner.product,
        meter=meter.meter_name,
        category=meter.meter_category,
        subcategory=meter.meter_sub_category,
        unit=meter.unit or meter.unit_of_measure,
        quantity=inner.usage_quantity if inner.usage_quantity is not None else inner.quantity,
        cost=None if amount is None else Money(Decimal(repr(amount)), currency),
        is_estimated=inner.is_estimated,
        tags=found.tags or {},
        period=id_tail(inner.billing_period_id),
        period_start=moment(inner.billing_period_start_date),
        period_end=moment(inner.billing_period_end_date),
    )


def parse_billing_period(document: bytes) -> BillingPeriod:
    """Return one period. Raises msgspec.MsgspecError or ValueError when it is none."""
    found = _read_period(document)
    inner = found.properties
    return BillingPeriod(
        id=id_key(found.id),
        name=found.name,
        start=moment(inner.billing_period_start_date),
        end=moment(inner.billing_period_end_date),
    )
