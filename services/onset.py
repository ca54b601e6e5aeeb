"""Since when: the first minute in which an endpoint left what was usual for it. Pure.

Errors and refused callers by their share of the requests, latency by its p95, silence by requests that vanish: each
for three minutes or more against the hour before. Where few requests come, minutes are put together until there are
enough of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from statistics import median

import msgspec

from services.minutes import P95, Counts, coarser, counts_of, deployments_in, lines_of, shifted
from services.stretches import Incident, Point, Rule, stretches
from services.triage_facts import Facts, Signal

WEEK = timedelta(days=7)

LEAST_SHARE = 0.05
TIMES_USUAL = 3.0
LEAST_REQUESTS = 5.0
"""The share of fewer says nothing."""
FEW, ENOUGH, MOST_TOGETHER = 8.0, 15.0, 30
"""Requests a point: below the first points are put together until there are as many as the second, at most so many."""
LEAST_ERRORS = 5.0
"""In the first three minutes together: one failure a minute on a quiet endpoint is no incident."""
SLOWER = 2.0
LEAST_SLOWER = 50.0
"""Milliseconds: an answer that takes 9 ms instead of 4 hurts nobody."""
VANISHED = 0.02
LEAST_BEFORE = 15
"""Minutes that must be known before there is anything usual to leave."""
LATE = timedelta(minutes=5)
"""How far Azure Monitor may lag behind: the newest minutes are not empty, they are not there yet."""
GONE = timedelta(minutes=10)
"""A deployment that got no request for so long is out of what goes on."""

KINDS = ("errors", "refusals", "silence", "latency")
"""In the order of how bad they are."""


def incidents(facts: Facts) -> list[Incident]:
    """Return all that left its bounds, the worst kind first, each kind in the order of time."""
    counts = counts_of(facts.signals)
    found = [
        *_of_shares(facts, counts, "errors"),
        *_of_shares(facts, counts, "refusals"),
        *_of_silence(facts, counts),
        *_of_latency(facts, counts),
    ]
    return sorted(found, key=lambda one: (KINDS.index(one.kind), one.onset))


def worst(found: Iterable[Incident]) -> Incident | None:
    """Return what matters now: the worst of what goes on, from its first minute; else what ended last."""
    found = list(found)
    going = [one for one in found if one.ended is None]
    if going:
        same = [one for one in going if one.kind == going[0].kind]
        return min(same, key=lambda one: (one.onset, one.deployment))
    return max(found, key=lambda one: (one.ended or one.onset, one.onset), default=None)


def _of_shares(facts: Facts, whole: Counts, kind: str) -> list[Incident]:
    """Return where the share of errors, or of refused callers, left its bounds, by deployment too."""
    found = list(_share_of(whole, kind, "", _usual_share(facts.last_week, kind)))
    newest = max((at for at, value in zip(whole.times, whole.requests, strict=True) if value is not None), default=None)
    for name in deployments_in(facts.signals):
        counts = counts_of(facts.signals, name)
        for one in _share_of(counts, kind, name, None):
            last = max(at for at, value in zip(counts.times, counts.requests, strict=True) if value)
            is_out = one.ended is None and newest is not None and newest - last > GONE
            found.append(msgspec.structs.replace(one, ended=last) if is_out else one)
    return found


def _share_of(counts: Counts, kind: str, deployment: str, usual: float | None) -> list[Incident]:
    fine, counts = counts, coarser(counts, _together(counts))
    of = counts.errors if kind == "errors" else counts.refusals
    points = [
        Point(at, part / whole, part * counts.minutes)
        for at, part, whole in zip(counts.times, of, counts.requests, strict=True)
        if part is not None and whole is not None and whole * counts.minutes >= LEAST_REQUESTS
    ]

    def limit(before: Sequence[float]) -> float:
        known = median(before) if before else usual or 0.0
        return max(LEAST_SHARE, TIMES_USUAL * known) if TIMES_USUAL * known < 1 else max(LEAST_SHARE, known)

    rule = Rule(kind=kind, limit=limit, floor=LEAST_SHARE, least=LEAST_ERRORS, grain=counts.grain)
    found = stretches(points, rule, deployment)
    return [_first_failure(one, fine, kind) for one in found] if counts.grain > fine.grain else found


def _together(counts: Counts) -> int:
    """Return how many points must be put together so that a share of them says something."""
    measured = [value * counts.minutes for value in counts.requests if value is not None]
    a_point = sum(measured) / len(counts.requests) if measured else 0.0
    return 1 if a_point >= FEW or not a_point else min(math.ceil(ENOUGH / a_point), MOST_TOGETHER)


def _first_failure(one: Incident, fine: Counts, kind: str) -> Incident:
    """Return an incident of minutes that were put together, from the first of those in a row that failed."""
    failed = zip(fine.times, fine.errors if kind == "errors" else fine.refusals, strict=True)
    measured = [(at, value) for at, value in failed if value is not None]
    place = next((place for place, (at, value) in enumerate(measured) if value and at >= one.onset), None)
    if place is None:
        return one
    while place and measured[place - 1][1]:
        place -= 1
    return msgspec.structs.replace(one, onset=measured[place][0])


def _usual_share(last_week: Iterable[Signal], kind: str) -> float | None:
    counts = counts_of(last_week)
    shares = [value for _, value in counts.shares(counts.errors if kind == "errors" else counts.refusals).points()]
    return median(shares) if shares else None


def _of_latency(facts: Facts, whole: Counts) -> list[Incident]:
    """Return where p95 left its bounds, line by line: lines of several deployments do not make one."""
    week = {line.deployment: dict(line.points()) for line in lines_of(shifted(facts.last_week, WEEK), P95)}
    found: list[Incident] = []
    for line in lines_of(facts.signals, P95):
        usual, idle = week.get(line.deployment, {}), _idle(facts.signals, line.deployment)
        points = [
            Point(at, value, is_usual=value <= 1.5 * usual.get(at, 0.0))
            for at, value in line.points()
            if at not in idle
        ]
        found += stretches(
            points, Rule(kind="latency", limit=_slow, floor=LEAST_SLOWER, grain=whole.grain), line.deployment
        )
    return found


def _idle(signals: Iterable[Signal], deployment: str) -> set[datetime]:
    """Return the minutes with too few requests for a percentile to mean anything."""
    counts = counts_of(signals, deployment or None)
    pairs = zip(counts.times, counts.requests, strict=True)
    return {at for at, value in pairs if (value or 0.0) < LEAST_REQUESTS}


def _slow(before: Sequence[float]) -> float | None:
    if len(before) < LEAST_BEFORE:
        return None
    usual = median(before)
    return max(SLOWER * usual, usual + LEAST_SLOWER)


def _of_silence(facts: Facts, counts: Counts) -> list[Incident]:
    """Return where requests vanished that had always been there. Values are negative, so that less is out of bounds."""
    known = list(zip(counts.times, counts.requests, strict=True))
    while known and known[-1][1] is None and counts.times[-1] - known[-1][0] < LATE:
        known.pop()
    week = counts_of(shifted(facts.last_week, WEEK))
    usual = dict(zip(week.times, week.requests, strict=True))
    points = [
        Point(at, -(value or 0.0), is_usual=at in usual and (usual[at] or 0.0) <= 2 * (value or 0.0))
        for at, value in known
    ]
    floor = VANISHED * min((one.value for one in points), default=0.0)
    rule = Rule(kind="silence", limit=_vanished, floor=floor, grain=counts.grain, needed=5.0)
    return [msgspec.structs.replace(one, usual=-(one.usual or 0.0)) for one in stretches(points, rule)]


def _vanished(before: Sequence[float]) -> float | None:
    """Return the limit: a fiftieth of what came, where some came in nearly every minute."""
    some = [-value for value in before if value < 0]
    if len(before) < LEAST_BEFORE or len(some) < 0.9 * len(before) or median(some) < LEAST_REQUESTS:
        return None
    return -VANISHED * median(some)
