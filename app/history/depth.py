"""How much of the history is wanted: how far back, and whether with children and metrics."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_SPAN = re.compile(r"\s*(\d{1,4})\s*(d|w|m|y|days?|weeks?|months?|years?)\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Depth:
    """What to read of the past. `days` None is everything there is."""

    days: int | None = None
    has_children: bool = True
    has_metrics: bool = True

    def since(self, now: datetime) -> datetime | None:
        """The moment to read back to; None for the first run there is."""
        return None if self.days is None else now - timedelta(days=self.days)

    def where(self, now: datetime) -> str:
        """The condition of a filter for the runs that are wanted, with a blank behind it; empty for all of them."""
        since = self.since(now)
        return "" if since is None else f"created>={since:%Y-%m-%dT%H:%M:%SZ} "


def days_of(text: str) -> int | None:
    """The days a text says: `90d`, `12w`, `6m` (of 30 days), `2y`; None for `all`. Raises ValueError, a sentence."""
    if text.strip().lower() in ("all", ""):
        return None
    found = _SPAN.fullmatch(text)
    if found is None or not int(found[1]):
        raise ValueError(f"{text!r} is no span of time: write 90d, 12w, 6m, 2y or all")
    return int(found[1]) * _DAYS[found[2][0].lower()]
