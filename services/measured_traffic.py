"""How the requests were really split: from the metrics, where the activity log does not say what was written. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from services.change_kinds import sort_of, split_before
from services.minutes import REQUESTS, line_of
from services.triage_facts import Change, Facts

AROUND = timedelta(minutes=15)
"""So long before and after a change requests are counted."""
LEAST = 20.0
"""Requests: the split of fewer says nothing."""
MOVED = 5
"""Per cent: what moved less is chance."""


def split_in(facts: Facts, start: datetime, end: datetime) -> dict[str, int] | None:
    """Return the per cent of the requests that each deployment got from `start` until before `end`, 100 in all.

    Empty when requests came and no deployment got any; None where too few came.
    """
    sums: dict[str, float] = {}
    for signal in facts.signals:
        if signal.name == REQUESTS:
            own = sum(value for at, value in line_of(signal).points() if start <= at < end)
            sums[signal.deployment] = sums.get(signal.deployment, 0.0) + own
    if sum(sums.values()) < LEAST:
        return None
    got = {name: number for name, number in sums.items() if name and number > 0}
    return _whole(got)


def told(change: Change, facts: Facts) -> Change:
    """Return a write on the endpoint with how it moved the traffic, as measured, where nobody says it."""
    sort = sort_of(change, facts)
    if sort.kind != "endpoint" or sort.touches != "this endpoint" or change.detail or split_before(change):
        return change
    after = max(change.ended or change.at, change.at)
    before = split_in(facts, *_around(change.at, back=True))
    now = split_in(facts, *_around(after, back=False))
    if not before or now is None or (not now and any((facts.endpoint.traffic or {}).values())):
        # Callers who are turned away at the door reach no deployment; that moves no traffic.
        return change
    names = sorted(before.keys() | now.keys())
    moved = [f"{name} {before.get(name, 0)} → {now.get(name, 0)} %" for name in names]
    is_moved = any(abs(before.get(name, 0) - now.get(name, 0)) >= MOVED for name in names)
    return msgspec.structs.replace(change, detail=", ".join(moved)) if is_moved else change


def _around(at: datetime, *, back: bool) -> tuple[datetime, datetime]:
    try:
        return (at - AROUND, at) if back else (at + timedelta(minutes=1), at + AROUND)
    except OverflowError:
        return at, at


def _whole(sums: dict[str, float]) -> dict[str, int]:
    """Return parts as whole per cents that make 100: those with the largest rest are rounded up."""
    whole = sum(sums.values())
    parts = {name: int(100 * number / whole) for name, number in sums.items()}
    rests = sorted(sums, key=lambda name: (parts[name] - 100 * sums[name] / whole, name))
    for name in rests[: 100 - sum(parts.values())]:
        parts[name] += 1
    return {name: share for name, share in parts.items() if share}
