"""What is estimated for one experiment, user, compute or tag, and the table of it."""

from __future__ import annotations

import msgspec

from cache.table import Table
from services.records import Money

ALL = "all"
"""What the row of everything together is called."""


class EstimatedRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the runs of one experiment, user, compute or tag cost, estimated, by the day they started."""

    id: str
    """`by|name`."""
    by: str
    """experiment, user, compute, `tag.team`; `all` for everything together."""
    name: str
    month: Money | None = None
    """Runs that started in this calendar month (UTC)."""
    unknown: int = 0
    """Of how many of them the cost is not known: then it is at least so much."""
    share: float | None = None
    """Of the sum over all, 0 to 1."""
    week: Money | None = None
    """The seven newest days, today among them."""
    week_before: Money | None = None
    days: tuple[str, ...] = ()
    """Amounts of the 30 newest days, oldest first, as exact text; `` for a day without any."""
    per_hour: Money | None = None
    """Of everything together: what all that is up costs an hour now; with `idle_per_hour` nobody uses."""
    idle_per_hour: Money | None = None
    unknown_now: int = 0
    priced: tuple[str, ...] = ()
    """What it is made of."""


TABLE = Table(
    name="estimated_rows",
    record=EstimatedRow,
    is_thinned=True,
    indexes=("month",),
    search=("name",),
    aliases={"cost": "month", "group": "by", "value": "name"},
)
