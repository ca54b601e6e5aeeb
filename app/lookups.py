"""Lookups: reads about one thing, made when somebody looks at it, and not before.

A `Lookup` is data, like a `Source`. `app.looking_up` makes them; screens only ask for them and read the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from app import tables
from app.handed import Reading
from app.metric_reads import read_logged, read_measured_on_nodes
from cache.table import Table
from services.records import Page
from services.run import Run
from services.runs import get_run, list_children

MINUTE = 60.0

ReadOne = Callable[[Reading, str], Iterator[Page[Any]] | None]
"""Reads about the thing of this key, page by page. Asks `reading.stop` between pages. None when there is nothing to
read, or when it wrote through the reading itself."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """One kind of read about one thing.

    Pages go into `table`; without one, `read` writes what it reads itself (files, series) and its pages only count.
    After `stale_after` seconds it is read again when it is asked for; after `deadline` seconds it is given up.
    """

    name: str
    title: str
    read: ReadOne
    table: Table | None = None
    stale_after: float = 30.0
    deadline: float = 2 * MINUTE


def _run(reading: Reading, key: str) -> Iterator[Page[Any]]:
    known = reading.store.get("runs", reading.scope, key)
    before: Run | None = known.record if known is not None else None
    page = get_run(*reading.azure, key, experiment=before.experiment if before else None)
    yield msgspec.structs.replace(page, records=tuple(_kept(run, before) for run in page.records))


def _kept(run: Run, before: Run | None) -> Run:
    """A run as it is now with what only other answers hold: its last metrics, and its size where it is listed."""
    if before is None:
        return run
    return msgspec.structs.replace(
        run,
        metrics=run.metrics or before.metrics,
        params=run.params or before.params,
        vm_size=run.vm_size or before.vm_size,
        command=run.command or before.command,
        environment=run.environment or before.environment,
    )


def _children(reading: Reading, key: str) -> Iterator[Page[Any]]:
    known = reading.store.get("runs", reading.scope, key)
    experiment = known.record.experiment if known is not None else None
    for page in list_children(*reading.azure, key, experiment=experiment, stop=reading.stop):
        seen = [(run, reading.store.get("runs", reading.scope, run.id)) for run in page.records]
        records = tuple(_kept(run, before.record if before is not None else None) for run, before in seen)
        yield msgspec.structs.replace(page, records=records)


LOOKUPS: tuple[Lookup, ...] = (
    Lookup("run", "Run", _run, tables.RUNS, 15.0),
    Lookup("children", "Children", _children, tables.RUNS),
    Lookup("metrics", "Metrics", read_logged, None, 15.0),
    Lookup("system_metrics", "System metrics", read_measured_on_nodes, None, MINUTE),
)
"""Every lookup there is."""
