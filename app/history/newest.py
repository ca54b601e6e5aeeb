"""The newest runs of each experiment, and those that had not ended: what changes while somebody looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec

from app import rollups, tables
from app.handed import Reading
from app.history.plan import ExperimentPlan, Listed, with_head
from app.history.plans import mark, move, plans_of
from app.words import MOVING_RUNS
from cache.query import parse
from services.errors import NotFound, ServiceError
from services.experiments import list_experiments
from services.parents import names_in
from services.records import Page
from services.run import Run
from services.runs import get_runs, list_runs, standing_in

FEW, WIDE_EVERY = 40, 600.0
"""Up to so many experiments are asked for their newest runs each time; more of them every so many seconds."""
HEAD_PAGES = 2
"""Pages of an experiment's newest runs: a larger gap to what is known is closed by those who read the older ones."""
OVERLAP = timedelta(minutes=10)
"""Runs may be listed a little later than they say they were created."""
MOVING, AT_ONCE = 2_000, 200
"""Runs that had not ended are looked at again: so many of them, the newest first, and so many with one call."""
IS_MOVING = f"status={','.join(MOVING_RUNS)}"


def read_newest(reading: Reading) -> Iterator[Page[Any]]:
    """The newest runs of the experiments that may have some, then those that had not ended when they were seen last.

    Run history lists runs by experiment, a call each. Where it refuses, ARM jobs stand in for it.
    """
    is_new = not has_history(reading)
    yield from standing_in(*reading.azure, _heads(reading), may_stand_in=is_new, stop=reading.stop)
    if has_history(reading):
        yield from _moving(reading)


def has_history(reading: Reading) -> bool:
    """Whether the newest cached run came from run history, and not from the ARM jobs that stand in for it."""
    newest = next(reading.store.records("runs", reading.scope, order="-created", limit=1), None)
    return newest is not None and not newest.provenance.route.endswith("/jobs")


def _heads(reading: Reading) -> Iterator[Page[Run]]:
    plans = plans_of(reading)
    for name in _asked(reading, plans):
        if reading.stop():
            return
        try:
            yield from _head(reading, plans.get(name) or ExperimentPlan(id=name))
        except NotFound:
            continue  # gone between the listing of experiments and this one: the next listing says so


def _head(reading: Reading, plan: ExperimentPlan) -> Iterator[Page[Run]]:
    began, pages = reading.clock(), list[Page[Run]]()
    known = plan.known_from
    for page in list_runs(*reading.azure, plan.id, stop=reading.stop):
        pages.append(page)
        yield msgspec.structs.replace(page, is_last=False)
        oldest = min((run.created for run in page.records if run.created is not None), default=None)
        meets = known is None or oldest is None or oldest < known - OVERLAP
        if meets or len(pages) >= HEAD_PAGES:
            break
    if pages and not reading.stop():
        if pages[-1].is_last and not any(page.set_aside for page in pages):
            mark(reading, plan.id, Listed(began, None, None))
        move(reading, plan.id, lambda now: with_head(msgspec.structs.replace(now, is_gone=False), pages, began))


def _asked(reading: Reading, plans: dict[str, ExperimentPlan]) -> Sequence[str]:
    """The experiments to ask: all of them, or of many mostly those where something goes on."""
    busy = busy_experiments(reading) if plans and not reading.is_forced else None
    if busy is not None:
        cached = [seen.record.name for seen in reading.store.records("experiments", reading.scope)]
        return [*busy, *(name for name in cached if name not in plans)]
    began = reading.clock()
    names, _, is_whole = names_in(list_experiments(*reading.azure, stop=reading.stop), lambda one: one.name)
    if is_whole and not reading.stop():
        for plan in plans.values():
            if plan.id not in names and not plan.is_gone:
                mark(reading, plan.id, Listed(began, None, None))
                move(reading, plan.id, _without_walk)
    return names


def _without_walk(plan: ExperimentPlan) -> ExperimentPlan:
    return msgspec.structs.replace(plan, is_gone=True, walk=None)


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
    found = facts.counts("experiment", "created<1d") | facts.counts("experiment", f"created<30d {IS_MOVING}")
    return sorted(name for name in found if name)


def _moving(reading: Reading) -> Iterator[Page[Run]]:
    """Those that had not ended and were not among the newest, many with one call; those the service lost are marked."""
    query = parse(IS_MOVING, tables.RUNS, now=reading.now)
    found = reading.store.records("runs", reading.scope, query, "-created", MOVING)
    left = [seen.record for seen in found if seen.fetched_at < reading.now]
    for start in range(0, len(left), AT_ONCE):
        some: list[Run] = left[start : start + AT_ONCE]
        if reading.stop():
            return
        try:
            page, missing = get_runs(*reading.azure, [run.id for run in some], {run.id: run.experiment for run in some})
        except ServiceError:
            if start == 0:
                return  # nothing but the newest is known to be asked for in this way
            raise
        yield msgspec.structs.replace(page, is_last=False)
        if missing:
            reading.store.lose("runs", reading.scope, missing)
            reading.progress.has_gone = True
