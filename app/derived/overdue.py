"""Schedules that fail, monitors whose signals pass their limits, and what should have run by now, for Pulse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from app.monitor_rows import ScheduleRow
from services.attention import NOTE, WARNING, Attention, noted

NAMED = 3
"""Failing metrics that are named in one line."""


def of_schedules(rows: Iterable[ScheduleRow], now: datetime) -> Iterator[Attention]:
    """Yield what is wrong with schedules that are on; one whose last run is not known is not wrong."""
    for one in rows:
        name = one.title or one.name
        if one.standing == "failed":
            state = (one.last_status or "failed").lower()
            yield noted(WARNING, "schedules", one.id, f"schedule {name}: the last run is {state}", one.last_name,
                        one.last_at, query=f'id="{one.id}"', weight=45, endpoint=one.endpoint)  # fmt: skip
        elif one.standing == "failing":
            left = len(one.failing) - NAMED
            why = "; ".join([*one.failing[:NAMED], *([f"{left} more"] if left > 0 else [])])
            yield noted(WARNING, "schedules", one.id, f"monitor {name}: {len(one.failing)} of its metrics fail", why,
                        one.last_at, query=f'id="{one.id}"', weight=48, endpoint=one.endpoint)  # fmt: skip
        elif one.standing == "late" and one.late is not None:
            yield noted(NOTE, "schedules", one.id, f"schedule {name} is late", "no run since it was due",
                        now - timedelta(seconds=one.late), query=f'id="{one.id}"', weight=35)  # fmt: skip
