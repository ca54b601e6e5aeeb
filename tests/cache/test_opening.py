"""Whatever lies in the folder, a store opens, and says what it found."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from cache import schema
from cache.connect import Readers
from cache.errors import CacheClosed, CacheDamaged
from cache.files import NAME
from cache.lock import has_wal_reset_bug
from cache.store import Store
from tests.cache.examples import JOBS, NOW, SCOPE, Job, keys, opened, put

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in another way")
A = Job(id="a", name="first")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A folder with a cache of one job."""
    folder = tmp_path / "kept"
    with opened(folder) as store:
        put(store, A)
    return folder


def test_a_fresh_folder_gets_a_cache_without_a_word(tmp_path: Path) -> None:
    with opened(tmp_path / "deep" / "er") as store:
        assert (store.notes, store.is_read_only, store.needs_migration) == ((), False, False)
        assert store.path == tmp_path / "deep" / "er" / "amldeck.db"
        assert store.size_bytes() > 0
        assert keys(store) == []


@posix
@pytest.mark.parametrize("umask", [0o000, 0o002, 0o022, 0o027, 0o066, 0o077, 0o177, 0o777])
def test_files_are_private_under_any_umask(tmp_path: Path, umask: int) -> None:
    folder = tmp_path / "a" / "b"
    before = os.umask(umask)
    try:
        with opened(folder) as store:
            put(store, A)
            store.view("jobs", SCOPE).window(0, 1)
            modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
            folders = {stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent)}
    finally:
        os.umask(before)
    assert {"amldeck.db", "amldeck.db-wal", "amldeck.db-shm", "amldeck.lock"} <= modes.keys()
    assert set(modes.values()) == {0o600}
    assert folders == {0o700}


@posix
def test_a_cache_that_others_may_read_is_made_private(kept: Path) -> None:
    (kept / "amldeck.db").chmod(0o644)
    with opened(kept) as store:
        assert keys(store) == ["a"]
    assert stat.S_IMODE((kept / "amldeck.db").stat().st_mode) == 0o600


@pytest.mark.parametrize("junk", [b"not a database at all" * 300, b"SQLite format 3\0" + b"\xff" * 5000])
def test_a_damaged_file_is_moved_aside_and_a_fresh_one_started(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "amldeck.db").write_bytes(junk)
    with opened(tmp_path) as store:
        (note,) = store.notes
        put(store, A)
        assert keys(store) == ["a"]
    assert "amldeck.damaged-20261101-120000.db" in note
    assert (tmp_path / "amldeck.damaged-20261101-120000.db").read_bytes() == junk


def harm(path: Path, first: int) -> None:
    """Spoil every third page, from one on."""
    whole = bytearray(path.read_bytes())
    for page in range(first, len(whole) // 4096, 3):
        whole[page * 4096 : page * 4096 + 64] = b"\xa5" * 64
    path.write_bytes(whole)


def test_damage_in_the_middle_is_found(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, *(Job(id=f"{i:04}", name="n" * 100) for i in range(2000)))
    harm(tmp_path / "amldeck.db", 8)
    with opened(tmp_path) as store:
        assert "was damaged" in store.notes[0]
        assert keys(store) == []


def test_a_second_damaged_file_does_not_replace_the_first(tmp_path: Path) -> None:
    for _ in range(2):
        (tmp_path / "amldeck.db").write_bytes(b"junk" * 2000)
        with opened(tmp_path) as store:
            assert "was damaged" in store.notes[0]
    assert len(list(tmp_path.glob("amldeck.damaged-*.db"))) == 2


def test_the_file_of_another_program_is_moved_aside_whole(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "amldeck.db")
    db.execute("CREATE TABLE diary (entry TEXT)")
    db.execute("INSERT INTO diary VALUES ('mine')")
    db.commit()
    db.close()
    with opened(tmp_path) as store:
        assert "another program" in store.notes[0]
    (aside,) = tmp_path.glob("amldeck.foreign-*.db")
    db = sqlite3.connect(aside)
    assert db.execute("SELECT * FROM diary").fetchall() == [("mine",)]
    db.close()


@posix
@pytest.mark.parametrize("kind", ["symlink", "dangling", "hardlink", "fifo", "folder"])
def test_what_is_no_plain_file_is_never_opened(tmp_path: Path, kind: str) -> None:
    folder, target, path = tmp_path / "cache", tmp_path / "target", tmp_path / "cache" / "amldeck.db"
    folder.mkdir()
    target.write_bytes(b"precious")
    make = {
        "symlink": lambda: path.symlink_to(target),
        "dangling": lambda: path.symlink_to(tmp_path / "nowhere"),
        "hardlink": lambda: path.hardlink_to(target),
        "fifo": lambda: os.mkfifo(path),
        "folder": lambda: path.mkdir(),
    }
    make[kind]()
    with opened(folder) as store:
        assert "not a plain file" in store.notes[0]
        put(store, A)
        assert keys(store) == ["a"]
    assert target.read_bytes() == b"precious"
    assert not (tmp_path / "nowhere").exists()
    assert path.is_file()
    assert not path.is_symlink()


@posix
def test_a_lock_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"precious")
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "amldeck.lock").symlink_to(tmp_path / "target")
    with opened(tmp_path / "cache") as store:
        assert store.path is None
        assert "cannot be used" in store.notes[0]


NAMES = ["with space", "with%41", "with?x=1", "with#hash", "ünïcødé", "a:b", "'quoted'", '"']


@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_a_folder_will_do(tmp_path: Path, name: str) -> None:
    if sys.platform == "win32" and set(name) & set('?:"'):
        pytest.skip("Windows does not take this name")
    for _ in range(2):
        with opened(tmp_path / name) as store:
            assert store.notes == ()
            put(store, A)
    assert (tmp_path / name / "amldeck.db").exists()


def test_an_empty_file_is_a_fresh_cache(tmp_path: Path) -> None:
    (tmp_path / "amldeck.db").touch()
    with opened(tmp_path) as store:
        assert store.notes == ()
        put(store, A)
        assert keys(store) == ["a"]


def test_two_stores_of_one_folder_see_each_others_rows(tmp_path: Path) -> None:
    with opened(tmp_path) as one, opened(tmp_path) as two:
        put(one, A)
        assert keys(two) == ["a"]
        put(two, Job(id="b", name="second"))
        assert keys(one) == ["a", "b"]


def test_a_large_cache_that_was_closed_well_is_not_read_through(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, *(Job(id=f"{i}", name="n" * 1000) for i in range(9000)))
        assert store.size_bytes() > 8 * 2**20
    harm(tmp_path / "amldeck.db", 200)
    with opened(tmp_path) as store:
        assert store.notes == ()
    (tmp_path / "amldeck.suspect").touch()  # as a read that met the damage leaves it
    with opened(tmp_path) as store:
        assert "was damaged" in store.notes[0]


@pytest.mark.parametrize(
    ("version", "has_bug"),
    [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False), ((3, 52, 0), False), ((3, 44, 5), True),
     ((3, 44, 6), False), ((3, 50, 6), True), ((3, 50, 7), False), ((3, 6, 23), False)],
)  # fmt: skip
def test_which_sqlite_may_lose_pages_is_known(version: tuple[int, int, int], has_bug: bool) -> None:
    assert has_wal_reset_bug(version) is has_bug


def test_a_closed_store_says_so_and_may_be_closed_again(tmp_path: Path) -> None:
    store = Store.open(tmp_path, [JOBS], now=lambda: NOW)
    view = store.view("jobs", SCOPE)
    store.close()
    store.close()
    with pytest.raises(CacheClosed):
        view.window(0, 1)
    with pytest.raises(CacheClosed):
        put(store, A)


def test_closing_ends_a_read_under_way_with_a_sentence(kept: Path) -> None:
    readers = Readers(f"file:{kept / 'amldeck.db'}", (), lambda: None)
    begun = threading.Event()

    def count_for_ever() -> None:
        endless = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        with readers.lent() as db:
            begun.set()
            db.execute(endless).fetchone()

    with ThreadPoolExecutor(1) as pool:
        read = pool.submit(count_for_ever)
        assert begun.wait(10)
        while not read.done():
            readers.close()
            time.sleep(0.01)
        with pytest.raises(CacheClosed):
            read.result()


def test_closing_waits_for_a_reader_that_ends_and_leaves_no_wal_to_be_checked(tmp_path: Path) -> None:
    store = Store.open(tmp_path, [JOBS], now=lambda: NOW)
    put(store, *(Job(id=f"{i}", name="n") for i in range(200)))
    is_reading, may_end = threading.Event(), threading.Event()

    def read() -> None:
        with store._core.lent() as db:  # pyright: ignore[reportPrivateUsage]
            rows = db.execute("SELECT * FROM jobs")
            rows.fetchone()
            is_reading.set()
            may_end.wait(10)
            rows.close()

    with ThreadPoolExecutor(1) as pool:
        reader = pool.submit(read)
        assert is_reading.wait(10)
        threading.Timer(0.1, may_end.set).start()
        store.close()
        # Here, because a process ends without another word to its readers.
        assert not list(tmp_path.glob("amldeck.db-wal"))
        reader.result(timeout=10)


def test_damage_met_while_reading_is_a_sentence_and_is_looked_for_at_the_next_opening(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, *(Job(id=f"{i}", name="n" * 1000) for i in range(9000)))
    harm(tmp_path / "amldeck.db", 200)
    with opened(tmp_path) as store, pytest.raises(CacheDamaged, match="moved aside"):
        list(store.records("jobs", SCOPE))
    with opened(tmp_path) as store:
        assert "was damaged" in store.notes[0]


def test_files_made_alike_are_looked_into_once_and_another_one_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    real = schema.found_columns
    monkeypatch.setattr(schema, "found_columns", lambda db, table: looked.append(table.name) or real(db, table))
    tables = (msgspec.structs.replace(JOBS),)
    for name in ("a", "b", "c"):
        Store.open(tmp_path / name, tables).close()
    once = len(looked)
    Store.open(tmp_path / "a", tables).close()
    assert len(looked) == once
    with sqlite3.connect(tmp_path / "a" / NAME) as db:
        db.execute("ALTER TABLE jobs ADD COLUMN more TEXT")
    Store.open(tmp_path / "a", tables).close()
    assert len(looked) > once
