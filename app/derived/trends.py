"""How an experiment went over time, from what its cached runs say: by day how many ended how, by week how well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

DAYS, WEEKS = 30, 12
"""Days and weeks that are looked back upon; the last of each is the one that goes on now."""

BUCKETS = ("completed", "canceled", "failed", "waiting", "running")
"""What runs are counted as; a state nobody knows is counted as running until it has ended."""

_ENDED = {"completed": "completed", "finished": "completed", "failed": "failed", "canceled": "canceled",
          "cancelled": "canceled"}  # fmt: skip
_WAITING = ("notstarted", "queued", "scheduled", "starting", "provisioning", "preparing")


class RunFact(NamedTuple):
    """What one run says: `value` is the primary metric's; steps and trials (`is_child`) say only that."""

    created: datetime
    status: str
    duration: float | None = None
    is_child: bool = False
    value: float | None = None


class Week(NamedTuple):
    """The runs that were created in one week. None where none of them says."""

    success: float | None = None
    """Completed of those that completed or failed, 0 to 1."""
    median: float | None = None
    """Seconds a completed run took; half of them took longer."""
    best: float | None = None


@dataclass(frozen=True, slots=True)
class Trends:
    """Days and weeks, oldest first. `latest` is when the newest run was created."""

    days: tuple[Counter[str], ...]
    weeks: tuple[Week, ...]
    metric: str | None = None
    is_smaller_better: bool = False
    latest: datetime | None = None
    is_cut: bool = False
    """There are more runs than were looked at: the oldest weeks may be short of some."""

    @property
    def totals(self) -> Counter[str]:
        """All days together."""
        return sum(self.days, Counter[str]())


def bucket_of(status: str) -> str:
    """What a run of this state is counted as."""
    word = status.lower()
    return _ENDED.get(word) or ("waiting" if word in _WAITING else "running")


def start_of(now: datetime) -> datetime:
    """The moment from which runs count: the start of a day, in UTC."""
    return _midnight(now) - timedelta(days=max(DAYS, WEEKS * 7) - 1)


def trends(
    facts: Iterable[RunFact],
    now: datetime,
    metric: str | None = None,
    *,
    is_smaller_better: bool = False,
    is_cut: bool = False,
) -> Trends:
    """Sum up the runs of one experiment by the day and by the week they were created. Weeks end with today."""
    days = [Counter[str]() for _ in range(DAYS)]
    weeks: list[list[RunFact]] = [[] for _ in range(WEEKS)]
    today, latest = _midnight(now), None
    for fact in facts:
        ago = (today - _midnight(fact.created)).days
        latest = max(latest, fact.created) if latest else fact.created
        if ago < DAYS and not fact.is_child:
            days[DAYS - 1 - max(0, ago)][bucket_of(fact.status)] += 1
        if ago < WEEKS * 7:
            weeks[WEEKS - 1 - max(0, ago) // 7].append(fact)
    made = tuple(_week(week, is_smaller_better=is_smaller_better) for week in weeks)
    return Trends(tuple(days), made, metric, is_smaller_better, latest, is_cut)


def _week(facts: Sequence[RunFact], *, is_smaller_better: bool) -> Week:
    own = [(bucket_of(fact.status), fact) for fact in facts if not fact.is_child]
    counted = Counter(bucket for bucket, _fact in own)
    ended = counted["completed"] + counted["failed"]
    took = [fact.duration for bucket, fact in own if bucket == "completed" and fact.duration is not None]
    values = [fact.value for fact in facts if fact.value is not None]
    better = min if is_smaller_better else max
    return Week(
        counted["completed"] / ended if ended else None, median(took) if took else None, better(values, default=None)
    )


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)
