"""The rows of one value together, as screen and command line tell them: how many, how they ended, hours, the last."""

from __future__ import annotations

from datetime import datetime

import msgspec

from cache.groups import Group

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


def group_row(group: Group) -> GroupRow:
    """The sums of a group, by how its rows ended."""
    ended = {status.lower(): count for status, count in group.by.items()}
    well, failed = sum(ended.get(word, 0) for word in _ENDED_WELL), ended.get("failed", 0)
    share = well / (well + failed) if well + failed else None
    return GroupRow(value=group.value or None, rows=group.size, failed=failed, well=share, duration=group.total,
                    latest=group.latest)  # fmt: skip
