"""Where nothing can be written: a newer file, a read-only folder, file or disk, and no place at all."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cache.errors import CacheReadOnly
from cache.schema import SCHEMA
from tests.cache.examples import SCOPE, Job, keys, opened, put

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in another way")
A = Job(id="a", name="first")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder with a cache of one job."""
    folder = tmp_path / "kept"
    with opened(folder) as store:
        put(store, A)
    return folder


@contextmanager
def without_rights(folder: Path, *, dir_mode: int, file_mode: int = 0o600) -> Iterator[None]:
    """Give a folder and its files these modes, and be somebody whom they hold for: root has every right."""
    is_root = os.geteuid() == 0
    for part in folder.parents if is_root else ():
        if str(part).startswith("/tmp/"):
            part.chmod(0o755)
    for path in folder.iterdir():
        path.chmod(file_mode)
    folder.chmod(dir_mode)
    if is_root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o700)


def pragma(folder: Path, text: str) -> None:
    db = sqlite3.connect(folder / "amldeck.db")
    db.execute(f"PRAGMA {text}")
    db.commit()
    db.close()


def test_a_cache_of_a_newer_amldeck_is_only_read(kept: Path) -> None:
    pragma(kept, f"user_version = {SCHEMA + 1}")
    with opened(kept) as store:
        assert store.is_read_only
        assert "newer amldeck" in store.notes[0]
        assert keys(store) == ["a"]
        with pytest.raises(CacheReadOnly, match="newer amldeck"):
            put(store, A)
        assert store.lease(SCOPE, "jobs", 60) is False
        store.release(SCOPE, "jobs")
        store.remember("pane", "runs")
        assert store.recall("pane") == "runs"
        store.write_first_paint("runs", 80, 24, ["x"])
        assert store.first_paint() is None
    with opened(kept) as store:
        assert store.recall("pane") is None


@posix
def test_a_folder_that_cannot_be_written_is_read_as_it_is(kept: Path) -> None:
    with without_rights(kept, dir_mode=0o555, file_mode=0o644), opened(kept) as store:
        assert store.is_read_only
        assert "cannot be written" in store.notes[0]
        assert keys(store) == ["a"]
        with pytest.raises(CacheReadOnly):
            put(store, A)
        assert not {path.name for path in kept.iterdir()} & {"amldeck.db-wal", "amldeck.db-shm"}


@posix
def test_what_a_killed_writer_left_beside_a_read_only_cache_is_told_to_be_missing(kept: Path) -> None:
    (kept / "amldeck.db-wal").write_bytes(b"frames that were never moved")
    with without_rights(kept, dir_mode=0o555, file_mode=0o444), opened(kept) as store:
        assert "newest changes may be missing" in store.notes[0]
        assert keys(store) == ["a"]


@posix
def test_a_file_that_cannot_be_written_is_read_as_it_is(kept: Path) -> None:
    with without_rights(kept, dir_mode=0o777, file_mode=0o444), opened(kept) as store:
        assert store.is_read_only
        assert keys(store) == ["a"]


@posix
def test_a_damaged_file_that_cannot_be_moved_gives_way_to_a_store_in_memory(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    folder.mkdir()
    (folder / "amldeck.db").write_bytes(b"junk" * 4000)
    with without_rights(folder, dir_mode=0o555, file_mode=0o644), opened(folder) as store:
        assert store.path is None
        assert "kept until amldeck ends" in store.notes[0]
        put(store, A)
        assert keys(store) == ["a"]


@posix
def test_without_any_place_to_write_the_store_is_kept_in_memory(tmp_path: Path) -> None:
    locked = tmp_path / "locked"
    locked.mkdir()
    with without_rights(locked, dir_mode=0o555):
        with opened(locked / "cache") as store:
            assert store.path is None
            assert store.size_bytes() == 0
            assert not store.is_read_only
            assert "kept until amldeck ends" in store.notes[0]
            put(store, A)
            assert keys(store) == ["a"]
            assert store.counts("jobs", SCOPE, "name") == {"first": 1}
            assert store.lease(SCOPE, "jobs", 60)
        with opened(locked / "cache") as store:
            assert keys(store) == []


def test_a_file_in_place_of_the_folder_is_no_end(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    with opened(tmp_path / "cache") as store:
        put(store, A)
        assert keys(store) == ["a"]
        assert store.path is None
