"""Metrics and parameters of runs that have ended, each read once: many at a time, the rest one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec

from app import rollups, tables
from app.handed import Reading
from app.history.children import HAS_ENDED
from app.history.plan import ExperimentPlan
from app.history.plans import count_of, move, plans_of
from cache.query import parse
from cache.quoting import equals
from cache.store import Store
from services.errors import Forbidden, Malformed, NotFound, Refused
from services.records import Page, Provenance
from services.run import ENDED_RUNS, Run
from services.run_metrics import read_metrics
from services.run_values import RunValues, search_values

FEW = 4
"""Up to so many runs of an experiment are asked for one by one: a search brings hundreds nobody waits for."""
AT_ONCE = 200


def read_values(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of RunValues for every wanted run that has ended and was not asked for them yet. Raises ServiceError."""
    if not reading.depth.has_metrics:
        return
    facts = rollups.Facts(reading.store, reading.scope, reading.now)
    unread = facts.counts("experiment", _where(reading))
    progress = reading.progress
    progress.base = progress.done = count_of(reading, f"has:metrics_at {reading.depth.where(reading.now)}")
    progress.total = progress.done + sum(unread.values())
    plans = plans_of(reading)
    for experiment in unread:
        plan = plans.get(experiment)
        if plan is not None and unread[experiment] > FEW:
            yield from _searched(reading, plan)
            if plan.values_token is not None and len(_unread(reading, experiment, "-created", FEW + 1)) > FEW:
                # What has ended since the search began stands before the place where it was taken up.
                yield from _searched(reading, msgspec.structs.replace(plan, values_token=None))
        yield from _singly(reading, experiment)


def write_values(store: Store, scope: str, page: Page[RunValues]) -> Sequence[str]:
    """Add what a page says to the runs in the cache. Gives the keys of the rows that had not known it."""
    at = page.provenance.fetched_at
    given: dict[str, dict[str, Any]] = {}
    for one in page.records:
        given[one.run] = {"metrics": one.metrics, "params": one.params}
        if one.has_ended:
            given[one.run]["metrics_at"] = at
    return store.fill("runs", scope, given)


def _where(reading: Reading) -> str:
    return f"metrics_at:none {HAS_ENDED} {reading.depth.where(reading.now)}"


def _unread(reading: Reading, experiment: str, order: str, limit: int) -> list[Run]:
    text = f"{_where(reading)}{equals('experiment', experiment)}"
    query = parse(text, tables.RUNS, now=reading.now)
    return [seen.record for seen in reading.store.records("runs", reading.scope, query, order, limit)]


def _searched(reading: Reading, plan: ExperimentPlan) -> Iterator[Page[RunValues]]:
    """Search the metrics of an experiment, those started last first, down to the oldest run that lacks them."""
    oldest = _unread(reading, plan.id, "created", 1)
    experiment_id = next((run.experiment_id for run in oldest if run.experiment_id), None)
    if experiment_id is None:
        return
    token = plan.values_token
    try:
        for page in search_values(*reading.azure, experiment_id, token=token, stop=reading.stop):
            yield msgspec.structs.replace(page, is_last=False)
            reading.progress.done = (reading.progress.done or 0) + sum(one.has_ended for one in page.records)
            token = None if page.is_last or _reaches(page, oldest[0].created) else page.token
            _keep_token(reading, plan.id, token)
            if token is None:
                return
    except (Forbidden, NotFound, Malformed, Refused):
        _keep_token(reading, plan.id, None)  # one by one, then


def _keep_token(reading: Reading, experiment: str, token: str | None) -> None:
    move(reading, experiment, lambda now: msgspec.structs.replace(now, values_token=token))


def _reaches(page: Page[RunValues], oldest: datetime | None) -> bool:
    started = [one.started for one in page.records if one.started is not None]
    return oldest is not None and bool(started) and min(started) < oldest


def _singly(reading: Reading, experiment: str) -> Iterator[Page[RunValues]]:
    """The runs that are left, newest first, a call each: no search has brought them."""
    while not reading.stop() and (left := _unread(reading, experiment, "-created", AT_ONCE)):
        for run in left:
            if reading.stop():
                return
            yield one_by_one(reading, run)
            reading.progress.done = (reading.progress.done or 0) + 1


def one_by_one(reading: Reading, run: Run) -> Page[RunValues]:
    """What one run logged, by a call of its own; of one that is gone nothing, and that is all there will be."""
    try:
        page = read_metrics(*reading.azure, run.id)
        metrics = {one.name: one.value for one in page.records if one.value is not None}
        said = RunValues(run=run.id, metrics=metrics, has_ended=run.status in ENDED_RUNS)
        return Page((said,), (), page.provenance, page.set_aside)
    except NotFound:
        nothing = RunValues(run=run.id, has_ended=True)
        return Page((nothing,), (), Provenance("/lastvalues", None, reading.clock(), method="POST"))
