"""Reading runs: run history lists them by experiment, a call each, so that as few are asked as may have changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import msgspec

from app import rollups
from app.handed import Reading
from app.words import ENDED_RUNS
from services.records import Page
from services.runs import list_runs

FEW, WIDE_EVERY = 40, 600.0
"""Up to so many experiments are asked for their newest runs each time; more of them every so many seconds."""


def read_runs(reading: Reading) -> Iterator[Page[Any]]:
    """All runs, or what may have changed; of many experiments mostly those where something goes on.

    Run history lists runs by experiment, a call each.
    """
    since = runs_since(reading)
    busy = busy_experiments(reading) if since is not None and not reading.is_forced else None
    is_new = not has_history(reading)
    for page in list_runs(*reading.azure, experiments=busy, since=since, may_stand_in=is_new, stop=reading.stop):
        yield page if busy is None else msgspec.structs.replace(page, is_last=False)


def has_history(reading: Reading) -> bool:
    """Whether the newest cached run came from run history, and not from the ARM jobs that stand in for it."""
    newest = next(reading.store.records("runs", reading.scope, order="-created", limit=1), None)
    return newest is not None and not newest.provenance.route.endswith("/jobs")


def busy_experiments(reading: Reading) -> list[str] | None:
    """The experiments with a run of the last day, or one that has not ended; None when all are to be read.

    All are read when there are few of them, and every ten minutes.
    """
    facts = rollups.Facts(reading.store, reading.scope, reading.now)
    if len(facts.counts("experiment", "has:experiment")) <= FEW:
        return None
    key = f"wide/runs/{reading.scope}"
    last = reading.store.recall(key)
    if last is None or abs((reading.now - datetime.fromisoformat(last)).total_seconds()) >= WIDE_EVERY:
        reading.store.remember(key, reading.now.isoformat())
        return None
    moving = " ".join(f"status!={status}" for status in ENDED_RUNS)
    found = facts.counts("experiment", "created<1d") | facts.counts("experiment", f"created<30d {moving}")
    return sorted(name for name in found if name)


def runs_since(reading: Reading) -> datetime | None:
    """How far back to list runs: to the oldest that has not ended (of 30 days), at least ten minutes before the newest.

    None lists all of them: the first time, and once a day.
    """
    if not reading.was_complete:
        return None
    newest = _first_run(reading, "has:created", "-created")
    if newest is None:
        return None
    moving = " ".join(f"status!={status}" for status in ENDED_RUNS)
    oldest = _first_run(reading, f"created<30d {moving}", "created")
    return min(moment for moment in (newest - timedelta(minutes=10), oldest) if moment is not None)


def _first_run(reading: Reading, where: str, order: str) -> datetime | None:
    facts = rollups.Facts(reading.store, reading.scope, reading.now)
    return next((run.created for run in facts.runs(where, order, 1)), None)
