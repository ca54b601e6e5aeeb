"""The plans of a workspace in the cache, and what follows from a listing that ended."""

from __future__ import annotations

import threading
from collections.abc import Callable

from app import tables
from app.handed import Reading
from app.history.plan import TABLE, ExperimentPlan, Listed
from cache.query import parse
from cache.store import Part
from services.records import Provenance


def plans_of(reading: Reading) -> dict[str, ExperimentPlan]:
    """The plan of each experiment that was ever looked at, by name."""
    return {seen.key: seen.record for seen in reading.store.records(TABLE, reading.scope)}


_turn = threading.Lock()
"""Two readers move the same plans on: the one of the newest runs and the one of the older ones."""


def move(reading: Reading, name: str, change: Callable[[ExperimentPlan], ExperimentPlan]) -> ExperimentPlan:
    """Change a plan as it is now, and note it. Gives what it is then. Raises CacheError."""
    with _turn:
        seen = reading.store.get(TABLE, reading.scope, name)
        before = seen.record if seen is not None else ExperimentPlan(id=name)
        after = change(before)
        if after != before or seen is None:
            origin = Provenance("what was read", None, reading.clock(), "inferred")
            reading.store.put(TABLE, reading.scope, (after,), provenance=origin)
        return after


def count_of(reading: Reading, where: str) -> int:
    """How many runs of the cache match."""
    view = reading.store.view("runs", reading.scope, parse(where, tables.RUNS, now=reading.now))
    view.prepare()
    return view.count() or 0


def mark(reading: Reading, experiment: str, listed: Listed | None) -> None:
    """Mark what a listing that ended well should have held and did not: the service no longer lists it."""
    if listed is not None:
        part = Part("experiment", experiment, "created", listed.after, listed.before)
        if reading.store.finish("runs", reading.scope, listed.began, part):
            reading.progress.has_gone = True
