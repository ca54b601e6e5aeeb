"""The rows of one value together, as screen and command line tell them: how many, how they ended, hours, the last."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import msgspec

from app.estimate_words import estimate_cell
from cache.groups import Group
from services.estimates import Sum
from services.records import Money
from widgets.pane import Cell, Look

_ENDED_WELL = ("completed", "finished", "succeeded")


class GroupRow(msgspec.Struct, frozen=True, kw_only=True):
    """What is summed up for one value. Unknown is None."""

    value: str | None
    """None for the rows where it is unknown."""
    rows: int
    failed: int
    well: float | None
    """Those that ended well of those that ended well or failed, 0 to 1."""
    duration: float | None
    """Seconds of all together."""
    latest: datetime | None
    cost: Money | None = None
    """What its runs cost, estimated; each machine once."""
    cost_unknown: int | None = None
    """Of how many of them that is not known: then it is at least so much. None where rows have no cost."""


def group_row(group: Group, costs: Mapping[str, Sum]) -> GroupRow:
    """The sums of a group, by how its rows ended; `costs` are those of all groups, by value."""
    ended = {status.lower(): count for status, count in group.by.items()}
    well, failed = sum(ended.get(word, 0) for word in _ENDED_WELL), ended.get("failed", 0)
    share = well / (well + failed) if well + failed else None
    cost = _of_value(costs, group.value)
    return GroupRow(value=group.value or None, rows=group.size, failed=failed, well=share, duration=group.total,
                    latest=group.latest, cost=cost.money if cost else None,
                    cost_unknown=cost.unknown if cost else None)  # fmt: skip


def group_cost(row: GroupRow, look: Look) -> Cell:
    """What its runs cost."""
    amounts = {row.cost.currency: row.cost.amount} if row.cost is not None else {}
    return estimate_cell(Sum(amounts, row.cost_unknown or 0), look)


def _of_value(costs: Mapping[str, Sum], value: str) -> Sum | None:
    """The cost of a value: groups and sums may spell it in another case."""
    return costs.get(value) or next((cost for name, cost in costs.items() if name.lower() == value.lower()), None)
