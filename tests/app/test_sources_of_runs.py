"""Which runs are listed again: all of them now and then, otherwise what may have changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.handed import Reading
from app.run_reads import FEW, busy_experiments, has_history, runs_since
from app.sources import TABLES
from cache.store import Store
from services.records import Provenance
from services.run import Run

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def _reading(store: Store, *, was_complete: bool) -> Reading:
    return Reading(None, None, store, "scope", NOW, lambda: False, was_complete)


def _runs(store: Store, **created: tuple[str, timedelta]) -> None:
    runs = [Run(id=name, name=name, status=status, created=NOW - ago) for name, (status, ago) in created.items()]
    store.put("runs", "scope", runs, provenance=Provenance("/test", None, NOW))


@pytest.mark.parametrize(
    ("running_for", "since"),
    [
        (timedelta(days=2), timedelta(days=2)),
        (timedelta(days=40), timedelta(hours=1, minutes=10)),
        (timedelta(minutes=65), timedelta(hours=1, minutes=10)),
    ],
)
def test_runs_are_listed_back_to_the_oldest_that_may_still_change(
    tmp_path: Path, running_for: timedelta, since: timedelta
) -> None:
    store = Store.open(tmp_path, TABLES, now=lambda: NOW)
    _runs(
        store,
        newest=("Completed", timedelta(hours=1)),
        old=("Failed", timedelta(days=9)),
        busy=("Running", running_for),
    )
    assert runs_since(_reading(store, was_complete=True)) == NOW - since
    assert runs_since(_reading(store, was_complete=False)) is None
    store.close()


def test_of_many_experiments_only_the_busy_ones_are_asked_between_two_wide_reads(tmp_path: Path) -> None:
    store = Store.open(tmp_path, TABLES, now=lambda: NOW)
    quiet = [
        Run(id=f"q{at}", name="q", status="Completed", experiment=f"quiet-{at}", created=NOW - timedelta(days=5))
        for at in range(FEW)
    ]
    busy = [
        Run(id="b1", name="b", status="Running", experiment="long", created=NOW - timedelta(days=3)),
        Run(id="b2", name="b", status="Failed", experiment="today", created=NOW - timedelta(hours=3)),
    ]
    store.put("runs", "scope", quiet, provenance=Provenance("/test", None, NOW))
    assert busy_experiments(_reading(store, was_complete=True)) is None
    store.put("runs", "scope", busy, provenance=Provenance("/test", None, NOW))
    asked = [busy_experiments(replace(_reading(store, was_complete=True), now=NOW + timedelta(minutes=after)))
             for after in (0, 1, 9, 10, 11)]  # fmt: skip
    assert asked == [None, ["long", "today"], ["long", "today"], None, ["long", "today"]]
    store.close()


def test_all_runs_are_listed_when_none_is_known(tmp_path: Path) -> None:
    store = Store.open(tmp_path, TABLES, now=lambda: NOW)
    assert runs_since(_reading(store, was_complete=True)) is None
    store.close()


@pytest.mark.parametrize(
    ("route", "is_history"),
    [("https://management.azure.com/ws/jobs", False), ("https://westeurope.api.azureml.ms/x/runs:query", True)],
)
def test_runs_of_run_history_are_told_from_jobs_that_stand_in_for_it(
    tmp_path: Path, route: str, is_history: bool
) -> None:
    store = Store.open(tmp_path, TABLES, now=lambda: NOW)
    reading = _reading(store, was_complete=True)
    assert not has_history(reading)
    store.put("runs", "scope", [Run(id="a", name="a", status="Running", created=NOW)],
              provenance=Provenance(route, None, NOW))  # fmt: skip
    assert has_history(reading) is is_history
    store.close()
