"""Stretches of a line out of its bounds: where one begins, and where it ends. Pure.

A minute is held against the median of the hour before it, so that day and night, and what was always so, raise no
alarm. A stretch begins where some minutes in a row are out of bounds, and ends where some are calm.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from statistics import median

import msgspec

HOUR = timedelta(minutes=60)


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """Something left its usual bounds. `usual` and `limit` are a share, ms or requests a minute, by the kind."""

    kind: str
    """errors, refusals, latency, silence, or traffic where no deployment gets any."""
    onset: datetime
    ended: datetime | None = None
    """None while it goes on."""
    is_at_start: bool = False
    """It was there when what is known begins: the onset may lie earlier."""
    deployment: str = ""
    """The one whose line left its bounds first; empty: that of the whole endpoint."""
    usual: float | None = None
    limit: float | None = None


class Point(msgspec.Struct, frozen=True):
    """One minute that can be judged. `weight` counts towards the least that a stretch needs to begin."""

    at: datetime
    value: float
    weight: float = 0.0
    is_usual: bool = False
    """A week ago it was the same: whatever it is, it is no incident."""

    def is_over(self, limit: float) -> bool:
        """Whether it is out of bounds."""
        return self.value > limit and not self.is_usual


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What leaves its bounds. `limit` is given the hour before and returns None where nothing can be said."""

    kind: str
    limit: Callable[[Sequence[float]], float | None]
    floor: float
    """No limit lies below it: a value up to it is never out of bounds, and its hour needs no look."""
    least: float = 0.0
    grain: timedelta
    needed: float = 3.0
    calm: float = 5.0

    def points(self, minutes: float) -> int:
        """How many points so many minutes are."""
        return max(1, math.ceil(minutes / max(self.grain / timedelta(minutes=1), 1.0)))


def stretches(points: Sequence[Point], rule: Rule, deployment: str = "") -> list[Incident]:
    """Return the stretches of a line out of its bounds, oldest first."""
    found: list[Incident] = []
    at = first = 0
    needed, calm = rule.points(rule.needed), rule.points(rule.calm)
    while at < len(points):
        if not points[at].is_over(rule.floor):
            at += 1
            continue
        before = [one.value for one in points[max(first, at - 60) : at] if points[at].at - one.at <= HOUR]
        limit = rule.limit(before)
        if limit is None or not _begins(points[at : at + needed], needed, limit, rule):
            at += 1
            continue
        end = _end(points, at + needed, limit, calm)
        found.append(
            Incident(
                kind=rule.kind,
                onset=points[at].at,
                ended=None if end is None else points[end].at,
                limit=limit,
                is_at_start=at == 0,
                deployment=deployment,
                usual=median(before) if before else None,
            )
        )
        if end is None:
            break
        at = first = end
    return found


def _begins(run: Sequence[Point], needed: int, limit: float, rule: Rule) -> bool:
    return (
        len(run) == needed
        and all(one.is_over(limit) for one in run)
        and run[-1].at - run[0].at <= rule.grain * (needed + 2)
        and sum(one.weight for one in run) >= rule.least
    )


def _end(points: Sequence[Point], at: int, limit: float, calm: int) -> int | None:
    """Return where the first calm minutes begin; None while it goes on."""
    quiet = 0
    for place in range(at, len(points)):
        quiet = 0 if points[place].is_over(limit) else quiet + 1
        if quiet >= calm:
            return place - calm + 1
    return None
