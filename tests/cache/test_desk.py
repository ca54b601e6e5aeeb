"""What the deck keeps besides records."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from cache.store import SourceState, Store
from tests.cache.examples import JOBS, NOW, SCOPE, later, opened


def test_a_source_s_state_is_kept_field_by_field(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        assert store.sources(SCOPE) == {}
        store.note_source(SCOPE, "runs", last_try=NOW, calls=3, total=412)
        store.note_source(SCOPE, "runs", last_ok=later(seconds=2), rows=410, set_aside=2)
        store.note_source(SCOPE, "costs", error_kind="Throttled", error_text="Wait.", next_try=later(minutes=1))
        store.note_source("elsewhere", "runs", rows=1)
    with opened(tmp_path) as store:
        assert store.sources(SCOPE) == {
            "runs": SourceState(
                name="runs", last_try=NOW, last_ok=later(seconds=2), calls=3, total=412, rows=410, set_aside=2
            ),
            "costs": SourceState(
                name="costs", error_kind="Throttled", error_text="Wait.", next_try=later(minutes=1)
            ),
        }  # fmt: skip
        assert {scope: state.rows for scope, state in store.source_by_scope("runs").items()} == {
            SCOPE: 410, "elsewhere": 1
        }  # fmt: skip
        store.note_source(SCOPE, "costs", error_kind=None, error_text=None)
        assert store.sources(SCOPE)["costs"].error_kind is None


def test_a_field_no_source_has_is_an_error_of_the_caller(tmp_path: Path) -> None:
    with opened(tmp_path) as store, pytest.raises(TypeError):
        store.note_source(SCOPE, "runs", colour="red")


def test_one_store_at_a_time_has_the_lease_of_a_source(tmp_path: Path) -> None:
    with opened(tmp_path) as one, opened(tmp_path) as two:
        assert one.lease(SCOPE, "runs", 60)
        assert one.lease(SCOPE, "runs", 60)
        assert not two.lease(SCOPE, "runs", 60)
        assert two.lease(SCOPE, "costs", 60)
        assert two.lease("elsewhere", "runs", 60)
        two.release(SCOPE, "runs")
        assert not two.lease(SCOPE, "runs", 60)
        one.release(SCOPE, "runs")
        assert two.lease(SCOPE, "runs", 60)


def test_a_lease_ends_by_itself(tmp_path: Path) -> None:
    with opened(tmp_path) as one, opened(tmp_path, now=later(seconds=61)) as two:
        assert one.lease(SCOPE, "runs", 60)
        assert two.lease(SCOPE, "runs", 60)
        assert not one.lease(SCOPE, "runs", 60)


def test_settings_are_remembered(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        assert store.recall("pane") is None
        store.remember("pane", "runs")
        store.remember("pane", "models")
    with opened(tmp_path) as store:
        assert store.recall("pane") == "models"


LINES = ["\x1b[1mName\x1b[0m", "calm-fox-930", ""]


def painted(folder: Path) -> Path:
    with opened(folder) as store:
        assert store.first_paint() is None
        store.write_first_paint("models", 80, 24, ["older"], rows=[["h"], ["x"], ["y"]])
        store.write_first_paint(
            "runs", 160, 45, LINES, title="ml-prod", scope=SCOPE, widths=(12, 30), rows=(("Name", "Age"), ("fox", "3m"))
        )
    return folder / "amldeck.db"


def test_the_first_paint_is_read_by_sqlite_alone_as_its_description_says(tmp_path: Path) -> None:
    db = sqlite3.connect(f"file:{painted(tmp_path)}?mode=ro", uri=True, timeout=0.05)
    row = db.execute("SELECT width, height, title, lines, pane, scope, at FROM first_paint WHERE id = 1").fetchone()
    assert row == (160, 45, "ml-prod", "\n".join(LINES), "runs", SCOPE, int(NOW.timestamp() * 1_000_000))
    assert db.execute("SELECT widths FROM first_paint WHERE id = 1").fetchone() == ("12,30",)
    assert db.execute("SELECT cells FROM first_paint_rows ORDER BY number").fetchall() == [
        ("Name\x1fAge",),
        ("fox\x1f3m",),
    ]
    db.close()


def test_the_first_paint_is_given_back_as_it_was_written(tmp_path: Path) -> None:
    painted(tmp_path)
    store = Store.open(tmp_path, [JOBS], now=lambda: NOW)
    paint = store.first_paint()
    store.close()
    assert paint is not None
    assert (paint.lines, paint.rows, paint.widths) == (tuple(LINES), (("Name", "Age"), ("fox", "3m")), (12, 30))
    assert (paint.pane, paint.scope, paint.width, paint.height, paint.at) == ("runs", SCOPE, 160, 45, NOW)
