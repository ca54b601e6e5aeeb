"""Older files: read as they are, then brought up, with nothing lost."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cache import migrate
from cache.errors import CacheError, CacheReadOnly
from cache.schema import SCHEMA
from cache.store import Store, Table
from tests.cache.examples import NOW, SCOPE, later, opened, origin


class Old(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    nodes: str | None = None
    retired: str | None = None
    tags: dict[str, str | None] = {}


class New(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    nodes: int | None = None
    status: str
    kind: str = "command"
    since: datetime | None = None
    tags: dict[str, str | None] = {}
    metrics: dict[str, float] = {}


OLD = Table(name="things", record=Old, indexes=("name", "nodes"))
NEW = Table(name="things", record=New, indexes=("name", "status", "nodes", "status+name"))
OTHER = Table(name="others", record=Old)
FIRST = Old(id="a", name="first", nodes="many", retired="soon", tags={"team": "core"})


def put(store: Store, *records: Any, at: datetime = NOW, table: str = "things") -> Any:
    return store.put(table, SCOPE, records, [b"{}"] * len(records), provenance=origin(at))


def keys(store: Store, order: str = "", table: str = "things") -> list[str]:
    return [seen.key for seen in store.records(table, SCOPE, None, order)]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A cache as an older amldeck left it: other fields, fewer tables, no index where there is one now."""
    with opened(tmp_path, [OLD]) as store:
        put(store, FIRST, Old(id="b", name="second"))
        put(store, msgspec.structs.replace(FIRST, name="renamed", retired="now"), at=later(hours=1))
    return tmp_path


def set_version(folder: Path, version: int) -> None:
    db = sqlite3.connect(folder / "amldeck.db")
    db.execute(f"PRAGMA user_version = {version}")
    db.commit()
    db.close()


def version(folder: Path) -> int:
    db = sqlite3.connect(folder / "amldeck.db")
    (found,) = db.execute("PRAGMA user_version").fetchone()
    db.close()
    return found


def test_an_older_file_is_read_as_it_is(old: Path) -> None:
    with opened(old, [NEW, OTHER]) as store:
        assert store.needs_migration
        seen = store.get("things", SCOPE, "a")
        assert seen is not None
        assert seen.record == New(id="a", name="renamed", status="", tags={"team": "core"})
        for order in ("name", "-status", "-nodes", "tag.team", ""):
            view = store.view("things", SCOPE, None, order)
            view.prepare()
            assert (view.count(), {row.key for row in view.window(0, 9)}) == (2, {"a", "b"})
        assert store.counts("things", SCOPE, "status") == {"": 2}
        assert keys(store, table="others") == []
        assert store.needs_migration


def test_a_write_brings_an_older_file_up_first(old: Path) -> None:
    new = New(id="c", name="third", status="Running", nodes=4, metrics={"auc": 1.0})
    with opened(old, [NEW, OTHER]) as store:
        view = store.view("things", SCOPE, None, "name")
        assert len(view.window(0, 9)) == 2
        put(store, new)
        put(store, Old(id="x", name="x"), table="others")
        assert not store.needs_migration
        assert (keys(store, "name"), keys(store, "-nodes")) == (["a", "b", "c"], ["c", "b", "a"])
        assert len(view.window(0, 9)) == 3
    with opened(old, [NEW, OTHER]) as store:
        assert not store.needs_migration
        assert store.notes == ()
        assert keys(store, table="others") == ["x"]
        seen = store.get("things", SCOPE, "c")
        assert seen is not None
        assert seen.record == new


def test_history_outlives_the_fields_it_is_about(old: Path) -> None:
    with opened(old, [NEW]) as store:
        store.migrate()
        (past,) = store.history("things", SCOPE, "a")
        assert past.changes == {"name": "first", "retired": "soon"}
        was = store.as_of("things", SCOPE, "a", NOW)
        assert was is not None
        assert was.record.name == "first"


def test_a_column_whose_type_changed_is_filled_again_by_the_next_reading(old: Path) -> None:
    with opened(old, [NEW]) as store:
        changed = put(
            store, New(id="a", name="renamed", nodes=7, status="Running", tags={"team": "core"}), at=later(days=1)
        )
        assert changed.changed == ("a",)
        assert put(store, New(id="a", name="n", status="x")).unchanged == 1  # an older answer
        assert keys(store, "-nodes") == ["a", "b"]
    db = sqlite3.connect(old / "amldeck.db")
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        db.execute("INSERT INTO things (_scope, _key) VALUES (1, 'a')")
    db.close()


def test_a_field_that_is_new_does_not_make_every_row_changed(old: Path) -> None:
    class_default = New(id="b", name="second", status="")
    with opened(old, [NEW]) as store:
        assert put(store, class_default, at=later(days=1)).keys == ()
        assert store.history("things", SCOPE, "b") == []


def test_a_lower_version_is_backed_up_before_it_is_brought_up(old: Path) -> None:
    set_version(old, SCHEMA - 1)
    with opened(old, [NEW]) as store:
        assert keys(store) == ["a", "b"]
        assert list(old.glob("*.backup-*")) == []
        store.migrate()
        assert keys(store, "name") == ["a", "b"]
    (backup,) = old.glob("amldeck.backup-20261101-120000.db")
    assert version(old) == SCHEMA
    db = sqlite3.connect(backup)
    assert db.execute("PRAGMA user_version").fetchone() == (SCHEMA - 1,)
    assert db.execute("SELECT name FROM things ORDER BY _key").fetchall() == [("renamed",), ("second",)]
    db.close()
    if sys.platform != "win32":
        assert stat.S_IMODE(backup.stat().st_mode) == 0o600


def test_the_newest_two_backups_are_kept(old: Path) -> None:
    for day in range(4):
        set_version(old, SCHEMA - 1)
        with opened(old, [NEW], now=NOW + timedelta(days=day)) as store:
            store.migrate()
    names = sorted(path.name for path in old.glob("amldeck.backup-*.db"))
    assert names == ["amldeck.backup-20261103-120000.db", "amldeck.backup-20261104-120000.db"]


def test_a_step_that_fails_leaves_the_file_as_it_was(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(tools: Any) -> None:
        tools.table("things").drop()
        raise CacheError("This step is broken.")

    set_version(old, SCHEMA - 1)
    monkeypatch.setitem(migrate.STEPS, SCHEMA, fails)
    with opened(old, [NEW]) as store:
        with pytest.raises(CacheReadOnly, match="could not be brought up"):
            put(store, New(id="c", name="third", status=""))
        assert store.is_read_only
        assert "could not be brought up" in store.notes[-1]
        assert keys(store) == ["a", "b"]
    assert version(old) == SCHEMA - 1
    monkeypatch.undo()
    with opened(old, [NEW]) as store:
        store.migrate()
        assert keys(store, "name") == ["a", "b"]


def test_a_step_is_given_the_file_by_the_version_it_leads_to(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def shouts(tools: Any) -> None:
        tools.execute("UPDATE things SET name = upper(name)")

    set_version(old, SCHEMA - 1)
    monkeypatch.setitem(migrate.STEPS, SCHEMA, shouts)
    with opened(old, [NEW]) as store:
        store.migrate()
        store.migrate()
        assert {seen.record.name for seen in store.records("things", SCOPE)} == {"RENAMED", "SECOND"}


def test_an_index_no_table_asks_for_any_more_is_dropped(old: Path) -> None:
    with opened(old, [Table(name="things", record=Old)]) as store:
        assert not store.needs_migration  # an index too many is no reason to rewrite anything
        assert keys(store, "name") == ["a", "b"]
    set_version(old, SCHEMA - 1)
    with opened(old, [Table(name="things", record=Old)]) as store:
        store.migrate()
    db = sqlite3.connect(old / "amldeck.db")
    names = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql NOT NULL")}
    db.close()
    assert {name for name in names if name.startswith("things__by")} == {"things__by"}


@pytest.mark.skipif(sys.platform == "win32", reason="rights")
def test_an_older_file_that_cannot_be_written_is_read_as_it_is(old: Path) -> None:
    set_version(old, 0)
    os.chmod(old, 0o755)
    os.chmod(old / "amldeck.db", 0o444)
    is_root = os.geteuid() == 0
    if is_root:
        for part in old.parents:
            if str(part).startswith("/tmp/"):
                part.chmod(0o755)
        os.seteuid(65534)
    try:
        with opened(old, [NEW, OTHER]) as store:
            assert (store.is_read_only, store.needs_migration) == (True, False)
            assert keys(store, "-status") == ["b", "a"]
            assert keys(store, table="others") == []
    finally:
        if is_root:
            os.seteuid(0)


def test_two_processes_may_find_the_same_older_file(old: Path) -> None:
    set_version(old, SCHEMA - 1)
    with opened(old, [NEW]) as one, opened(old, [NEW]) as two:
        one.migrate()
        put(two, New(id="c", name="third", status=""))
        assert keys(one, "name") == ["a", "b", "c"]
    assert len(list(old.glob("amldeck.backup-*.db"))) == 1
