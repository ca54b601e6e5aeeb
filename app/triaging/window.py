"""The stretch of time a triage looks at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
WINDOWS = tuple(timedelta(minutes=minutes) for minutes in (60, 180, 30))
"""Lengths of time that are looked at, in the order a key goes through them."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time, and the minute under the cursor in it."""

    start: datetime
    end: datetime
    cursor: datetime | None = None

    @property
    def minutes(self) -> int:
        """Minutes in it."""
        return max(1, round((self.end - self.start) / MINUTE))

    def place(self, at: datetime) -> int:
        """Which minute a moment is in; below 0 or beyond the last one when it lies outside."""
        return int((at - self.start) // MINUTE)

    def is_in(self, at: datetime) -> bool:
        """Whether a moment lies within."""
        return 0 <= self.place(at) < self.minutes


def window_for(onset: datetime | None, now: datetime) -> timedelta:
    """How long back is looked at first: an hour, or three where it began before, or too close to the left edge."""
    hour, hours = WINDOWS[:2]
    return hours if onset is not None and now - onset > hour - 5 * MINUTE else hour
