"""Series of runs: every value comes back, in few bytes, and what is new is added to what is there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from math import inf, isnan, nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cache.packing import pack, unpack
from cache.series import PIECE, Series
from cache.store import Store
from tests.cache.examples import JOBS

AT = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 21, 14, 1, tzinfo=UTC)

wholes = st.integers(-(2**59), 2**59)
floats = st.floats(allow_nan=True, allow_infinity=True)


def loss(start: int, stop: int, name: str = "loss") -> Series:
    steps = range(start, stop)
    return Series(
        name=name, steps=[*steps], times=[1.7637e9 + at * 2.5 for at in steps],
        values=[round(1 / (1 + at), 6) for at in steps],
    )  # fmt: skip


def same(one: list[float], two: list[float]) -> bool:
    return [repr(value) for value in one] == [repr(value) for value in two] or all(
        a == b or (isnan(a) and isnan(b)) for a, b in zip(one, two, strict=True)
    )


@given(st.lists(st.tuples(wholes, wholes, floats | st.integers(-10, 10).map(float))))
def test_every_number_comes_back(points: list[tuple[int, int, float]]) -> None:
    steps, times, values = ([one[at] for one in points] for at in range(3))
    found, back = unpack(pack((steps, times), values))
    assert found == [steps, times]
    assert same(back, values)


def test_a_point_takes_a_few_bytes() -> None:
    steps = list(range(0, 40_000, 2))
    times = [1_763_700_000_000 + at * 2512 + at % 40 for at in range(20_000)]
    assert len(pack((steps, times), [round(1 / (1 + at / 500), 4) for at in range(20_000)])) < 3 * 20_000


def test_series_come_back_by_run_kind_and_name(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path, [JOBS])) as store:
        odd = Series(name="auc", steps=[0, 1, 1], times=[None, 1.5, 2.25], values=[nan, inf, 0.5], unit="%")
        store.series.put("ws", "run-1", "logged", [loss(0, 10), odd], AT)
        store.series.put("ws", "run-1", "measured", [Series(name="Cpu", part="node 1", times=[1.0], values=[5.0])], AT)
        store.series.put("other", "run-1", "logged", [loss(0, 1, "else")], AT)
        found, auc = store.series.read("ws", "run-1", "logged")
        assert (auc.name, auc.unit, auc.steps, auc.times, auc.fetched_at) == (
            "auc",
            "%",
            [0, 1, 1],
            [None, 1.5, 2.25],
            AT,
        )
        assert isnan(auc.values[0])
        assert list(auc.values[1:]) == [inf, 0.5]
        assert found.values == loss(0, 10).values
        assert [one.part for one in store.series.read("ws", "run-1", "measured")] == ["node 1"]
        assert store.series.names("ws", "run-1", "logged") == ("loss", "auc")
        assert store.series.read("ws", "run-2", "logged") == []


def test_what_is_new_is_added_and_rewrites_only_the_last_piece(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path, [JOBS])) as store:
        store.series.put("ws", "run-1", "logged", [loss(0, PIECE + 100)], AT)
        store.series.add("ws", "run-1", "logged", [loss(PIECE + 100, PIECE + 150)], LATER)
        store.series.add("ws", "run-1", "logged", [loss(0, 0)], LATER)
        (found,) = store.series.read("ws", "run-1", "logged")
        assert (found.steps, found.values, found.fetched_at) == (
            list(range(PIECE + 150)), loss(0, PIECE + 150).values, LATER
        )  # fmt: skip
        store.series.add("ws", "run-1", "logged", [loss(PIECE + 150, 3 * PIECE)], LATER)
        assert store.series.read("ws", "run-1", "logged")[0].steps == list(range(3 * PIECE))
        assert store.path is not None
        with closing(sqlite3.connect(store.path)) as db:
            counts = [count for (count,) in db.execute("SELECT count FROM _series_pieces ORDER BY number")]
        assert counts == [PIECE, PIECE, PIECE]
        store.series.put("ws", "run-1", "logged", [loss(0, 5)], LATER)
        assert store.series.read("ws", "run-1", "logged")[0].steps == list(range(5))


def test_series_go_with_their_run(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path, [JOBS])) as store:
        store.series.put("ws", "gone", "logged", [loss(0, 5)], AT)
        store.series.put("ws", "kept", "logged", [loss(0, 5)], AT)
        assert store.series.forget("ws", ["gone", "never"]) == 1
        assert store.series.read("ws", "gone", "logged") == []
        assert len(store.series.read("ws", "kept", "logged")) == 1
        store.series.put("ws", "fraud", "signals", [loss(0, 5)], AT)
        assert store.series.prune(JOBS.name, kinds=("logged",)) == 1, "no such run is in the table"
        assert len(store.series.read("ws", "fraud", "signals")) == 1, "what belongs to an endpoint has no run"
        assert store.series.read("ws", "kept", "logged") == []


def test_a_file_made_before_there_were_series_is_read_and_gets_them(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path, [JOBS])) as store:
        assert store.path is not None
        path = store.path
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE _series")
        db.execute("DROP TABLE _series_pieces")
    with closing(Store.open(tmp_path, [JOBS])) as store:
        assert store.series.read("ws", "run-1", "logged") == []
        store.series.put("ws", "run-1", "logged", [loss(0, 5)], AT)
        assert store.series.read("ws", "run-1", "logged")[0].steps == [0, 1, 2, 3, 4]


def test_a_spoilt_piece_is_as_if_it_was_never_read(tmp_path: Path) -> None:
    with closing(Store.open(tmp_path, [JOBS])) as store:
        store.series.put("ws", "run-1", "logged", [loss(0, 5), loss(0, 5, "auc")], AT)
        assert store.path is not None
        with closing(sqlite3.connect(store.path)) as db:
            db.execute("UPDATE _series_pieces SET body = x'00' WHERE series = 1")
            db.commit()
        assert [one.name for one in store.series.read("ws", "run-1", "logged")] == ["auc"]
        store.series.put("ws", "run-1", "logged", [loss(0, 6)], LATER)
        assert [one.name for one in store.series.read("ws", "run-1", "logged")] == ["loss", "auc"]


def test_not_a_blob_of_ours_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="not a packed series"):
        unpack(b"nonsense")
