"""Reading what the trials of a sweep or of AutoML reached, which no listing of runs holds.

MLflow's search gives the values of all children of a run, hundreds a call, as Microsoft's own components ask for them.
Where it does not answer, or leaves some out, they are asked for one by one: the newest first, and so many a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app import tables
from app.family import parented
from app.handed import Reading
from app.history.values import one_by_one, write_values
from cache.query import parse
from services.errors import Forbidden, Malformed, NotFound, Refused
from services.records import Page
from services.run import ENDED_RUNS, Run
from services.run_values import search_values

FEW = 4
"""Up to so many are asked for one by one."""
AT_ONCE = 40
"""Trials that are asked for one by one, a call each, before somebody asks for more."""
MOST = 2_000


def read_trials(reading: Reading, key: str) -> Iterator[Page[Any]]:
    """Read the last values of the trials that ran and are not known to the end. Raises ServiceError."""
    unread = _unread(reading, key)
    if len(unread) > FEW:
        for page in _searched(reading, key, unread[0].experiment_id):
            write_values(reading.store, reading.scope, page)
            yield page
        unread = _unread(reading, key)
    for run in unread[:AT_ONCE]:
        if reading.stop():
            return
        page = one_by_one(reading, run)
        write_values(reading.store, reading.scope, page)
        yield page


def _searched(reading: Reading, key: str, experiment_id: str | None) -> Iterator[Page[Any]]:
    if experiment_id is None or "'" in key:
        return
    try:
        yield from search_values(*reading.azure, experiment_id, parent=key, stop=reading.stop)
    except (Forbidden, NotFound, Malformed, Refused):
        return  # one by one, then


def is_unread(run: Run) -> bool:
    """Whether a trial ran and its values are not known to the end."""
    return run.started is not None and not (run.status in ENDED_RUNS and (run.metrics or run.metrics_at))


def _unread(reading: Reading, key: str) -> list[Run]:
    """The trials that are to be read, the newest first."""
    where = parse(parented(key), tables.RUNS, now=reading.now)
    runs = [seen.record for seen in reading.store.records("runs", reading.scope, where, "-created", MOST)]
    return [run for run in runs if is_unread(run)]
