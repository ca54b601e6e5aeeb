"""Lookups: reads about one thing, made when somebody looks at it, and not before.

A `Lookup` is data, like a `Source`. `app.looking_up` makes them; screens only ask for them and read the cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from app import billing_tables, endpoint_tables, tables
from app.estimating import put
from app.handed import Reading
from cache.table import Table
from services.budgets import COSTS_FLOOR
from services.errors import NotFound
from services.job_definition import get_job_document
from services.records import Page
from services.run import Run
from services.runs import get_definition, get_run, list_children

MINUTE = 60.0
HOUR = 60 * MINUTE

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
    floor: float = 0.0
    """Seconds after a good read during which it is not read again, whoever asks."""


def _run(reading: Reading, key: str) -> Iterator[Page[Any]]:
    known = reading.store.get("runs", reading.scope, key)
    yield get_run(*reading.azure, key, experiment=known.record.experiment if known is not None else None)


def _children(reading: Reading, key: str) -> Iterator[Page[Any]]:
    known = reading.store.get("runs", reading.scope, key)
    experiment = known.record.experiment if known is not None else None
    yield from list_children(*reading.azure, key, experiment=experiment, stop=reading.stop)


def _definition(reading: Reading, key: str) -> None:
    """What it was asked to do: ARM's job, or run history's definition for steps and trials, which are no jobs."""
    known = reading.store.get("runs", reading.scope, key)
    run: Run | None = known.record if known is not None else None
    table, page = tables.DEFINITIONS, None
    if run is None or run.parent is None:
        with suppress(NotFound):
            page = get_job_document(*reading.azure, key)
    if page is None:
        table, page = tables.RUNS, get_definition(*reading.azure, key, experiment=run.experiment if run else None)
    if not reading.stop():
        put(reading.store, table, reading.scope, page)


def _from(module: str, name: str) -> ReadOne:
    """A reader that is imported when it is first wanted: reading files takes modules that start-up does not need."""

    def read(reading: Reading, key: str) -> Iterator[Page[Any]] | None:
        found: ReadOne = getattr(import_module(module), name)
        return found(reading, key)

    return read


LOOKUPS: tuple[Lookup, ...] = (
    Lookup("run", "Run", _run, tables.RUNS, 15.0),
    Lookup("children", "Children", _children, tables.RUNS),
    Lookup("definition", "Definition", _definition, None, 10 * MINUTE),
    Lookup("metrics", "Metrics", _from("app.metric_reads", "read_logged"), None, 15.0),
    Lookup("system_metrics", "System metrics", _from("app.metric_reads", "read_measured_on_nodes"), None, MINUTE),
    Lookup("trials", "Metrics of the trials", _from("app.trial_reads", "read_trials"), None, MINUTE, 5 * MINUTE),
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
    # A size that is not known yet, because a file is still being written, is asked for again.
    Lookup("sizes", "Sizes", _from("app.reading_outputs", "read_sizes"), tables.ARTIFACTS, 20.0, 5 * MINUTE),
    Lookup("signals", "Signals", _from("app.triaging.reads", "read_signals_of"), None, 30.0),
    Lookup(
        "endpoint_logs",
        "Logs of the endpoint",
        _from("app.triaging.logged", "read_endpoint_logs"),
        tables.LOG_ANSWERS,
        MINUTE,
        5 * MINUTE,
    ),
    Lookup("quotas_of", "Quota of a region", _from("app.compute_facts", "read_quotas_of"), tables.QUOTAS, 10 * MINUTE),
    Lookup("prices", "Prices", _from("app.pricing", "read_prices"), tables.PRICES, 24 * 60 * MINUTE, 5 * MINUTE),
    Lookup(
        "container_log",
        "Container log",
        _from("app.container_logs.reading", "read_container"),
        endpoint_tables.CONTAINER_LOGS,
        4.0,
        MINUTE,
    ),
    Lookup("requests", "Scoring requests", _from("app.scoring.reading", "read_requests"), None, 15.0, MINUTE),
    Lookup(
        "request_groups",
        "Groups of requests",
        _from("app.scoring.reading", "read_groups"),
        endpoint_tables.REQUEST_ANSWERS,
    ),
    Lookup(
        "one_request",
        "One request",
        _from("app.scoring.reading", "read_one_request"),
        endpoint_tables.REQUEST_ANSWERS,
        MINUTE,
    ),
    Lookup(
        "forecast", "Forecast", _from("app.billing.reads", "read_forecast"), None, 4 * HOUR, 15 * MINUTE, COSTS_FLOOR
    ),
    Lookup(
        "cost_month",
        "Costs of a month",
        _from("app.billing.reads", "read_month"),
        tables.COSTS,
        4 * HOUR,
        15 * MINUTE,
        COSTS_FLOOR,
    ),
    Lookup(
        "cost_cut",
        "Costs",
        _from("app.billing.reads", "read_cut"),
        billing_tables.COST_CUTS,
        4 * HOUR,
        15 * MINUTE,
        COSTS_FLOOR,
    ),
    Lookup("preview", "Preview", _from("app.reading_outputs", "read_one_preview"), tables.PREVIEWS, 10 * MINUTE),
)
"""Every lookup there is."""
