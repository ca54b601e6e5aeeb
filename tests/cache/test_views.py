"""Views at size: positions, and what happens before and while they are prepared."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from cache import views
from cache.connect import connect
from cache.files import uri
from cache.query import parse
from cache.store import Store, View
from cache.tree import Query
from tests.cache.examples import NOW, SCOPE, Job, keys, later, opened, origin, put
from tests.cache.many import RUNS, Run, filled, runs

COUNT = 30_000
INDEXED = ["-started", "started", "name", "-name", "status", "-status", "-duration", "user", ""]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    filled(folder, COUNT).close()
    return folder


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    store = Store.open(folder, [RUNS], now=lambda: NOW)
    yield store
    store.close()


def prepared(store: Store, text: str = "", order: str = "") -> View:
    view = store.view("runs", SCOPE, query(text), order)
    view.prepare()
    return view


def query(text: str) -> Query:
    return parse(text, RUNS, now=NOW)


@pytest.mark.parametrize("order", [*INDEXED, "-nodes", "-metric.auc", "metric.auc"])
@pytest.mark.parametrize("text", ["", "status=failed", "experiment=exp-3", "fox-1", "metric.auc>0.5", "duration<200"])
def test_every_position_is_the_position_of_its_row(store: Store, order: str, text: str) -> None:
    view = prepared(store, text, order)
    count = view.count()
    assert count is not None
    found = [seen.key for seen in store.records("runs", SCOPE, query(text), order)]
    assert (count, view.total(), len(set(found))) == (len(found), COUNT, count)
    for offset in {0, 1, 999, 1000, 1001, count // 3, count // 2, count - 40, count - 1} & set(range(count)):
        assert [row.key for row in view.window(offset, 40)] == found[offset : offset + 40]
        assert view.locate(found[offset]) == offset
    assert view.window(count, 40) == []
    assert view.locate("run-no-more") is None


def test_a_row_outside_the_filter_is_nowhere(store: Store) -> None:
    run = next(run for run in runs(100) if run.experiment != "exp-3" and run.status == "Running")
    for text, order in [
        ("status=failed", "-started"),
        ("experiment=exp-3", "-started"),
        ("status=failed", "-metric.auc"),
    ]:
        assert prepared(store, text, order).locate(run.id) is None
    assert prepared(store, "", "-started").locate(run.id) is not None


def test_windows_before_the_first_row_or_of_no_size_are_empty(store: Store) -> None:
    view = prepared(store, "", "-started")
    assert (view.window(-1, 10), view.window(0, 0), view.window(5, -2)) == ((), (), ())


def test_the_first_rows_are_there_before_anything_is_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "LOOP_BUDGET", 60)  # however busy the machine is
    for text, order in [
        ("", "-started"),
        ("status:failed", "-started"),
        ("", "-metric.auc"),
        ("experiment=exp-3", "name"),
    ]:
        view = store.view("runs", SCOPE, query(text), order)
        assert (view.count(), view.total()) == (None, None)
        first = view.window(0, 40)
        view.prepare()
        assert first == view.window(0, 40)
        assert len(first) == 40


def test_who_may_wait_finds_the_first_rows_where_the_screen_may_not(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LOOP_BUDGET", 0)
    monkeypatch.setattr(views, "HEAD_BUDGET", 60)
    view = store.view("runs", SCOPE, query("!status:completed fox"), "-nodes")
    assert list(view.window(0, 40)) == []
    view.peek()
    first = view.window(0, 40)
    assert (len(first), view.count()) == (40, None)
    view.prepare()
    assert list(view.window(0, 40)) == list(first)


def test_a_window_that_cannot_be_had_soon_is_empty_until_it_is_prepared(store: Store) -> None:
    view = store.view("runs", SCOPE, query("zzz | yyy | xxx | www | vvv | uuu | fox-2999"), "-nodes")
    early = view.window(0, 40)
    view.prepare()
    prepared = view.window(0, 40)
    assert prepared
    assert list(early) in ([], list(prepared))


def test_a_cancelled_view_stays_uncounted(store: Store) -> None:
    view = store.view("runs", SCOPE, None, "-nodes")
    view.cancel()
    view.prepare()
    assert view.count() is None


def test_cancelling_stops_what_is_running(store: Store) -> None:
    slow = query(" ".join(f"!{word}{i}:none" for i in range(12) for word in ("tag.a",)).replace("tag.a", "metric.a"))
    views = [store.view("runs", SCOPE, slow, "-nodes") for _ in range(8)]
    for view in views:
        worker = threading.Thread(target=view.prepare)
        worker.start()
        view.cancel()
        worker.join(timeout=30)
        assert not worker.is_alive()
    assert store.view("runs", SCOPE, None, "-started").window(0, 1) != ()


def test_a_view_of_a_scope_nobody_read_is_empty_and_fills(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        view = store.view("jobs", SCOPE)
        assert view.window(0, 10) == ()
        view.prepare()
        assert (view.count(), view.total(), view.window(0, 10), view.locate("a")) == (0, 0, [], None)
        put(store, Job(id="a", name="n"))
        view.prepare()
        assert (view.count(), view.locate("a"), len(view.window(0, 10))) == (1, 0, 1)


def test_rows_are_read_as_they_are_now_and_positions_stay_until_prepared_again(tmp_path: Path) -> None:
    some = [Run(id=f"{i:04}", name="n", status="Running", duration=float(i)) for i in range(2500)]
    with opened(tmp_path, [RUNS]) as store:
        put(store, *some, table="runs")
        view = store.view("runs", SCOPE, None, "-duration")
        view.prepare()
        assert view.locate("0100") == 2399
        changed = [msgspec.structs.replace(run, duration=9999.0) for run in some[50:60]]
        put(store, *changed, table="runs", at=later(hours=1))
        assert [row.key for row in view.window(0, 2)] == ["0059", "0058"]
        assert view.count() == 2500
        view.prepare()
        assert view.locate("0100") == 2409
        assert view.locate("0055") == 4


def test_gone_rows_are_shown_only_when_asked_for(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, Job(id="a", name="x", metrics={"m": 1.0}), Job(id="b", name="y", metrics={"m": 2.0}))
        put(store, Job(id="a", name="x", metrics={"m": 1.0}), at=later(hours=1))
        store.finish("jobs", SCOPE, later(hours=1))
        for order in ("", "name", "-metric.m", "nodes"):
            assert keys(store, order=order) == ["a"]
            assert sorted(keys(store, order=order, include_gone=True)) == ["a", "b"]
            assert keys(store, "y", order) == []
            assert keys(store, "y", order, include_gone=True) == ["b"]


def test_what_differs_in_case_is_counted_as_one(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, *(Job(id=s, name=s, status=s, nodes=1, tags={"t": s}) for s in ("Failed", "failed", "FAILED", "ok")))
        put(store, Job(id="none", name="n", is_archived=True))
        assert list(store.counts("jobs", SCOPE, "status").values()) == [3, 1, 1]
        assert store.counts("jobs", SCOPE, "status")[""] == 1
        assert store.counts("jobs", SCOPE, "nodes") == {"1": 4, "": 1}
        assert list(store.counts("jobs", SCOPE, "tag.t").values()) == [3, 1, 1]
        assert store.counts("jobs", SCOPE, "is_archived") == {"": 4, "true": 1}
        with pytest.raises(KeyError):
            store.counts("jobs", SCOPE, "tags")
        assert store.pair_names("jobs", SCOPE, "tags") == ["t"]


def test_records_are_given_while_others_are_put(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, *(Job(id=f"{i:04}", name="n", nodes=i) for i in range(1200)))
        found: list[str] = []
        for seen in store.records("jobs", SCOPE, None, "-nodes"):
            if not found:
                put(store, Job(id="later", name="n", nodes=10**6))
            found.append(seen.key)
        assert found == [f"{i:04}" for i in reversed(range(1200))]


def test_readers_do_not_write(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, Job(id="a", name="n"))
    db = connect(uri(tmp_path / "amldeck.db", "mode=rw"), is_reader=True)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute("DELETE FROM jobs")
    db.close()
    assert origin().fetched_at == NOW
