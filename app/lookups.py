"""Lookups: reads about one thing, made when somebody looks at it, and not before.

A `Lookup` is data, like a `Source`. `app.looking_up` makes them; screens only ask for them and read the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import msgspec

from app import tables
from app.handed import Reading
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


def _from(module: str, name: str) -> ReadOne:
    """A reader that is imported when it is first wanted: reading files takes modules that start-up does not need."""

    def read(reading: Reading, key: str) -> Iterator[Page[Any]] | None:
        found: ReadOne = getattr(import_module(module), name)
        return found(reading, key)

    return read


LOOKUPS: tuple[Lookup, ...] = (
    Lookup("run", "Run", _run, tables.RUNS, 15.0),
    Lookup("children", "Children", _children, tables.RUNS),
    Lookup("logs", "Logs", _from("app.reading_logs", "read_log_names"), tables.RUN_LOGS, 20.0),
    Lookup("log", "Log", _from("app.reading_logs", "read_log"), tables.KEPT_LOGS, 1.5, 10 * MINUTE),
    Lookup(
        "whole_log",
        "Whole log",
        _from("app.reading_logs", "read_whole_log"),
        tables.KEPT_LOGS,
        60 * MINUTE,
        60 * MINUTE,
    ),
    Lookup("artifacts", "Outputs", _from("app.reading_outputs", "read_artifacts"), tables.ARTIFACTS, MINUTE),
    Lookup("sizes", "Sizes", _from("app.reading_outputs", "read_sizes"), tables.ARTIFACTS, 10 * MINUTE, 5 * MINUTE),
    Lookup("preview", "Preview", _from("app.reading_outputs", "read_one_preview"), tables.PREVIEWS, 10 * MINUTE),
)
"""Every lookup there is."""
