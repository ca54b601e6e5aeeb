"""What views cost at size, in steps of SQLite's machine and in plans: never in time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cache import candidates
from cache.anchors import anchored, window
from cache.connect import connect
from cache.files import uri
from cache.orders import Orders
from cache.query import parse
from cache.schema import read_layouts
from cache.segments import walk
from cache.tree import Query
from tests.cache.examples import NOW, SCOPE
from tests.cache.many import RUNS, filled

pytestmark = pytest.mark.slow

COUNT = 30_000
INDEXED = ["-started", "started", "name", "-name", "status", "-status", "-duration", "user", ""]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    filled(folder, COUNT).close()
    return folder


def query(text: str) -> Query:
    return parse(text, RUNS, now=NOW)


class Steps:
    """A reader of its own that notes what is run and how many steps of SQLite's machine it takes."""

    def __init__(self, folder: Path) -> None:
        self.db = connect(uri(folder / "amldeck.db", "mode=ro"), is_reader=True)
        self.layout = read_layouts(self.db, [RUNS])["runs"]

    def orders(self, text: str = "") -> Orders:
        return Orders(self.db, self.layout, 1, query(text), has_gone=False)

    def of(self, work: Callable[[], object]) -> tuple[int, list[str]]:
        """Steps taken by some work, in tens, and the plans of its statements."""
        ticks, said = 0, list[str]()

        def tick() -> int:
            nonlocal ticks
            ticks += 1
            return 0

        self.db.set_trace_callback(said.append)
        self.db.set_progress_handler(tick, 10)
        work()
        self.db.set_trace_callback(None)
        self.db.set_progress_handler(None, 0)
        selects = [sql.replace("Inf", "9e999") for sql in said if sql.startswith("SELECT")]
        plans = [self.db.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall() for sql in selects]
        return ticks, [line[3] for plan in plans for line in plan]


@pytest.fixture
def steps(folder: Path) -> Iterator[Steps]:
    found = Steps(folder)
    yield found
    found.db.close()


def is_read_at_length(plan: list[str]) -> bool:
    return any("SCAN" in line or "TEMP B-TREE" in line for line in plan)


@pytest.mark.parametrize("order", INDEXED)
def test_an_indexed_window_never_reads_at_length_nor_sorts(steps: Steps, order: str) -> None:
    named = steps.orders().named(order)
    assert named.is_live
    parts = [anchored(steps.db, segment, lambda: None) for segment in named.segments]
    for offset in (0, 999, 17_500, COUNT - 41):
        ticks, plan = steps.of(lambda offset=offset: window(steps.db, parts, offset, 40))
        assert plan
        assert not is_read_at_length(plan)
        assert all("COVERING INDEX" in line for line in plan)
        assert ticks < 2000  # twenty steps a row at most, for the thousand rows between two anchors
    ticks, plan = steps.of(lambda: walk(steps.db, named.stretches(), 0, 40))
    assert ticks < 100
    assert not is_read_at_length(plan)


def test_counting_reads_an_index_and_no_row(steps: Steps) -> None:
    named = steps.orders().named("-started")
    _, plan = steps.of(lambda: [anchored(steps.db, segment, lambda: None) for segment in named.segments])
    assert {line for line in plan if "COVERING INDEX" not in line} == set()


def test_one_value_in_the_order_of_another_field_has_an_index_of_its_own(steps: Steps) -> None:
    named = steps.orders("experiment=exp-3").named("-started")
    assert named.is_live
    ticks, plan = steps.of(lambda: walk(steps.db, named.stretches(), 0, 40))
    assert ticks < 100
    assert all("runs__by__experiment__started" in line for line in plan)


def test_sorting_by_a_metric_reads_only_the_rows_that_have_it(steps: Steps) -> None:
    named = steps.orders().named("-metric.auc")
    ticks, plan = steps.of(lambda: walk(steps.db, named.stretches(), 0, 40))
    assert ticks < 200
    assert not is_read_at_length(plan)


def test_the_first_of_many_rows_that_pass_a_test_on_a_pair_are_met_on_the_way(
    steps: Steps, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(candidates, "FEW_PAIRS", 100)
    named = steps.orders("metric.auc>0.5").named("-started")
    ticks, plan = steps.of(lambda: walk(steps.db, named.stretches(), 0, 40))
    assert any(line == "SEARCH p USING PRIMARY KEY (_row=? AND name=?)" for line in plan)
    assert not any("runs__pairs__by" in line for line in plan)
    assert ticks < COUNT / 5
    _, plan = steps.of(lambda: walk(steps.db, steps.orders("metric.auc>0.99").named("-started").stretches(), 0, 40))
    assert any("runs__pairs__by__number" in line for line in plan)


@pytest.mark.parametrize("text", ["duration<9", "started<1h", "status=running"])
def test_a_narrow_filter_is_found_by_its_index(steps: Steps, text: str) -> None:
    sql, bound = steps.orders(text).all_at_once("name")
    ticks, plan = steps.of(lambda: steps.db.execute(sql, bound).fetchall())
    assert ticks < COUNT
    assert plan[0].startswith("SEARCH t USING INDEX runs__by__")


def test_a_wide_filter_reads_the_table_in_its_own_order(steps: Steps) -> None:
    sql, _ = steps.orders("name:fox").all_at_once("-duration")
    assert 'INDEXED BY "runs__by"' in sql


def test_a_hundred_thousand_rows_are_windowed_in_as_few_steps_as_a_thousand(tmp_path: Path) -> None:
    store = filled(tmp_path, 100_000)
    view = store.view("runs", SCOPE, None, "-started")
    view.prepare()
    assert view.count() == 100_000
    key = view.window(77_777, 40)[0].key
    assert view.locate(key) == 77_777
    store.close()
    steps = Steps(tmp_path)
    for order in INDEXED:
        parts = [anchored(steps.db, segment, lambda: None) for segment in steps.orders().named(order).segments]
        ticks, plan = steps.of(lambda parts=parts: window(steps.db, parts, 55_555, 40))
        assert ticks < 2000
        assert not is_read_at_length(plan)
    steps.db.close()
