"""Reading what was used in the open billing period, and which days that period has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from services.cost_queries import subscription_of
from services.errors import ServiceError
from services.records import Page
from services.usage_details import BillingPeriod, UsageLine, get_billing_period, list_usage

if TYPE_CHECKING:
    from app.handed import Reading

MOST_LINES = 50_000
"""Lines of usage that are read: more are another tool's."""

_Periods = dict[str, BillingPeriod | None]


def read_open_period(reading: Reading) -> Iterator[Page[UsageLine]]:
    """Pages of UsageLine of the workspace's resource group, each with the days of its period. Raises ServiceError.

    Usage is asked of the subscription: Azure answers for no smaller scope, but filters by group.
    """
    connection, ref = reading.azure
    periods, seen = _Periods(), 0
    for page in list_usage(connection, subscription_of(ref), group=ref.resource_group, stop=reading.stop):
        yield msgspec.structs.replace(page, records=tuple(_dated(reading, one, periods) for one in page.records))
        seen += len(page.records)
        if seen >= MOST_LINES:
            return


def _dated(reading: Reading, line: UsageLine, periods: _Periods) -> UsageLine:
    """The line with the days of its period: asked for once a period, and unknown where Azure does not say."""
    name = line.period
    if name is None or line.period_start is not None:
        return line
    if name not in periods:
        connection, ref = reading.azure
        try:
            found = get_billing_period(connection, ref.subscription, name).records
        except ServiceError:
            found = ()  # it is a right, and a kind of account, of its own
        periods[name] = found[0] if found else None
    known = periods[name]
    return line if known is None else msgspec.structs.replace(line, period_start=known.start, period_end=known.end)
