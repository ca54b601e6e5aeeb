"""Measuring, pruning and packing: what is counted is what goes, what was not asked for stays, also beside a writer."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections import namedtuple
from pathlib import Path

import msgspec
import pytest

from cache.errors import CacheFull, CacheReadOnly
from cache.store import Store
from tests.cache.examples import JOBS, NOW, SCOPE, Job, keys, later, opened, put

OLD = later(days=-100)


def filled(store: Store) -> None:
    """Four old jobs, two of them gone since, and a new one."""
    jobs = [Job(id=f"old-{n}", name="x", tags={"team": "a"}, metrics={"auc": 0.5}) for n in range(4)]
    put(store, *jobs, at=OLD)
    put(store, *jobs[:2], at=later(days=-99))
    store.finish("jobs", SCOPE, later(days=-99))
    put(store, Job(id="new", name="y"), *jobs[:1])


def left(folder: Path) -> dict[str, set[int]]:
    """The rows each table of the file still knows."""
    db = sqlite3.connect(folder / "amldeck.db")
    sides = ("jobs", "jobs__seen", "jobs__documents", "jobs__pairs")
    found = {side: {row for (row,) in db.execute(f'SELECT _row FROM "{side}"')} for side in sides}
    db.close()
    return found


def test_what_is_gone_and_old_goes_with_all_that_is_beside_it_and_nothing_else(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        filled(store)
        expected = store.prune(later(days=-90), is_dry=True)
        assert keys(store, include_gone=True) == ["old-0", "old-1", "old-2", "old-3", "new"]
        told: list[int] = []
        assert store.prune(later(days=-90), told=told.append) == expected
        assert (expected.rows, told) == ({"jobs": 2}, [2])
        assert keys(store, include_gone=True) == ["old-0", "old-1", "new"]
        assert keys(store, "tag.team=a") == ["old-0", "old-1"]
        assert store.document("jobs", SCOPE, "old-2") is None
    found = left(tmp_path)
    assert found["jobs"] == found["jobs__seen"] == found["jobs__documents"]
    assert len(found["jobs"]) == 3
    assert found["jobs__pairs"] < found["jobs"]


def test_words_of_rows_that_went_are_not_found_again_in_the_rows_that_take_their_numbers(tmp_path: Path) -> None:
    table = msgspec.structs.replace(JOBS, has_search_index=True)
    with opened(tmp_path, [table]) as store:
        put(store, Job(id="a", name="walrus"), at=OLD)
        store.finish("jobs", SCOPE, NOW)
        assert store.prune(later(days=-90)).rows == {"jobs": 1}
        put(store, Job(id="b", name="badger"))
        assert keys(store, "walrus") == []
        assert keys(store, "badger") == ["b"]
    db = sqlite3.connect(tmp_path / "amldeck.db")
    assert db.execute("SELECT rowid FROM jobs__search WHERE jobs__search MATCH 'wal'").fetchall() == []
    db.close()


def test_a_table_that_is_kept_loses_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        filled(store)
        assert store.prune(NOW, kept=["jobs"]).rows == {}


def test_only_old_copies_of_the_file_are_taken_away(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        names = ("amldeck.backup-20250101-000000.db", "amldeck.damaged-20250101-000000.db-wal", "intents.db", "mine.db")
        for name in names:
            (tmp_path / name).write_bytes(b"1234")
            os.utime(tmp_path / name, (OLD.timestamp(), OLD.timestamp()))
        (tmp_path / "amldeck.backup-20261101-000000.db").write_bytes(b"1")
        found = store.prune(later(days=-90))
        assert (sorted(found.files), found.file_bytes) == (sorted(names[:2]), 8)
        assert sorted(path.name for path in tmp_path.glob("*.db")) == [
            "amldeck.backup-20261101-000000.db", "amldeck.db", "intents.db", "mine.db"]  # fmt: skip


def test_sizes_count_rows_and_put_every_byte_somewhere(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        filled(store)
    with opened(tmp_path) as store:
        found = store.sizes()
        (jobs,) = found.tables
        assert (jobs.name, jobs.rows, jobs.gone) == ("jobs", 5, 2)
        assert found.file == (tmp_path / "amldeck.db").stat().st_size
        if jobs.bytes:  # a SQLite that can tell
            assert {"rows", "indexes", "values", "documents", "history"} <= jobs.bytes.keys()
            assert sum(jobs.bytes.values()) + found.shared + found.free == found.file


def test_packing_gives_room_back_while_another_store_reads_and_writes(tmp_path: Path) -> None:
    with opened(tmp_path) as store, opened(tmp_path) as deck:
        put(store, *(Job(id=f"{n}", name="x" * 4000) for n in range(300)), at=OLD)
        put(store, Job(id="kept", name="y"))
        store.finish("jobs", SCOPE, NOW)
        store.prune(later(days=-90))
        view = deck.view("jobs", SCOPE)
        view.prepare()
        is_over = threading.Event()

        def write() -> None:
            number = 0
            while not is_over.is_set():
                put(deck, Job(id=f"new-{number}", name="z"))
                number += 1

        writer = threading.Thread(target=write)
        writer.start()
        before, after = store.vacuum()
        is_over.set()
        writer.join()
        assert after < before / 2
        assert "kept" in keys(deck)
    with opened(tmp_path) as store:
        assert {"kept", "new-0"} <= set(keys(store))


def test_without_room_nothing_is_packed_and_the_store_stays_writable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", ["total", "used", "free"])
    with opened(tmp_path) as store:
        filled(store)
        monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1, 1, 1000))
        with pytest.raises(CacheFull, match="Make room"):
            store.vacuum()
        put(store, Job(id="later", name="z"))
        assert not store.is_read_only


def test_a_store_that_only_reads_is_neither_pruned_nor_packed(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        filled(store)
    db = sqlite3.connect(tmp_path / "amldeck.db")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with opened(tmp_path, [JOBS]) as store:
        assert store.is_read_only
        with pytest.raises(CacheReadOnly):
            store.vacuum()
        with pytest.raises(CacheReadOnly):
            store.prune(NOW)
