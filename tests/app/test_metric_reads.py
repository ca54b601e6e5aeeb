"""The metrics of a run come into the cache whole, then what is new alone, and then nothing more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from app.links import DEMO, Link
from app.metric_figures import Drawn, figures_of
from app.refresh import Refresher
from app.series_kinds import LOGGED, MEASURED
from app.session import Session
from app.source_state import ignore
from app.tables import TABLES
from cache.series import Series
from cache.store import Store
from services.runs import get_run
from tests.services.emulated import Emulated


@contextmanager
def looking(azure: Emulated, folder: Path) -> Iterator[tuple[Session, Refresher]]:
    store = Store.open(folder, TABLES, now=azure.now)
    session = Session(store, mode="demo", account=DEMO, link=lambda: Link(azure.connection, DEMO), now=azure.now)
    session.choose(azure.ref)
    refresher = Refresher(session, ignore)
    try:
        yield session, refresher
    finally:
        refresher.stop(5)
        store.close()


def get(session: Session, refresher: Refresher, name: str, run: str) -> Any:
    refresher.look_up(name, run)
    assert refresher.wait_for(name, run, 60)
    state = refresher.lookup_state(name, run)
    assert state.problem is None
    return state


def put_run(azure: Emulated, session: Session, run: str) -> None:
    page = get_run(azure.connection, azure.ref, run, experiment="llm-sft")
    session.store.put("runs", session.scope, page.records, page.documents, provenance=page.provenance)


def named(session: Session, run: str, kind: str = LOGGED) -> dict[str, Series]:
    return {one.name: one for one in session.store.series.read(session.scope, run, kind)}


def asked(azure: Emulated) -> list[str]:
    return [entry.path.rpartition("/")[2] for entry in azure.world.log.entries()]


def running(azure: Emulated) -> str:
    runs = azure.runs("llm-sft", top=200)
    return next(one["runId"] for one in runs if one["status"] == "Running" and one["parameters"])


def test_a_run_that_goes_on_is_read_whole_and_then_what_is_new(tmp_path: Path) -> None:
    azure = Emulated(runs=300)
    with looking(azure, tmp_path) as (session, refresher):
        run = running(azure)
        put_run(azure, session, run)
        get(session, refresher, "metrics", run)
        first = named(session, run)
        assert {"loss", "val_loss", "grad_norm"} <= set(first)
        seen = session.store.get("runs", session.scope, run)
        assert seen is not None
        assert seen.record.metrics["epoch"] == first["epoch"].values[-1]
        azure.forward(600)
        before = len(asked(azure))
        get(session, refresher, "metrics", run)
        second = named(session, run)
        assert second["loss"].values[: len(first["loss"].values)] == first["loss"].values
        assert len(second["loss"].values) > len(first["loss"].values)
        steps = list(second["loss"].steps)
        assert len(set(zip(steps, second["loss"].times, strict=True))) == len(steps), "no point is there twice"
        assert asked(azure)[before:].count("full") <= len(second), "a page each: the new points alone"


def test_a_run_that_ended_is_read_once_more_and_then_never(tmp_path: Path) -> None:
    azure = Emulated(runs=300)
    with looking(azure, tmp_path) as (session, refresher):
        run = next(
            one["runId"] for one in azure.runs("churn", top=200) if one["status"] == "Completed" and one["parameters"]
        )
        put_run(azure, session, run)
        azure.forward(3600)
        for name in ("metrics", "system_metrics"):
            get(session, refresher, name, run)
        azure.forward(3600)
        before = len(asked(azure))
        for name in ("metrics", "system_metrics"):
            get(session, refresher, name, run)
        assert asked(azure)[before:] == []
        assert len(named(session, run)["loss"].values) > 100


def test_what_was_measured_is_joined_by_node_and_charts_that_did_not_change_are_not_made_anew(tmp_path: Path) -> None:
    azure = Emulated(runs=300)
    with looking(azure, tmp_path) as (session, refresher):
        run = running(azure)
        put_run(azure, session, run)
        get(session, refresher, "system_metrics", run)
        first = session.store.series.read(session.scope, run, MEASURED)
        azure.forward(1200)
        get(session, refresher, "system_metrics", run)
        second = session.store.series.read(session.scope, run, MEASURED)
        assert [(one.name, one.part) for one in first] == [(one.name, one.part) for one in second]
        for old, new in zip(first, second, strict=True):
            assert list(new.times) == sorted(set(new.times))  # type: ignore[type-var]
            assert len(new.times) > len(old.times)
        record: Any = session.store.get("runs", session.scope, run)
        drawn = Drawn()
        _, once, _ = figures_of(session.store, session.scope, record.record, drawn)
        _, again, _ = figures_of(session.store, session.scope, record.record, drawn)
        assert [figure.title for figure in once][:3] == ["CPU", "GPU", "memory"]
        assert once == again, "the same series objects"
        assert len(once[0].series) == record.record.nodes


@pytest.mark.parametrize("name", ["metrics", "system_metrics"])
def test_a_run_nobody_knows_is_a_problem_or_nothing_and_no_crash(name: str, tmp_path: Path) -> None:
    azure = Emulated(runs=20)
    with looking(azure, tmp_path) as (session, refresher):
        refresher.look_up(name, "nobody_42")
        assert refresher.wait_for(name, "nobody_42", 60)
        assert session.store.series.read(session.scope, "nobody_42", LOGGED) == []
