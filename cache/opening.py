"""From a folder to something that can be read, whatever lies there: fresh, older, newer, damaged, foreign, read-only.

Opening never fails for what is in the folder: it ends with a file that is ours, a file that is only read, or a store
in memory, and says which in a note.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Literal

import msgspec

from cache import files
from cache.connect import connect
from cache.errors import TROUBLE, CacheBusy, is_damage
from cache.lock import Lock, Presence, has_wal_reset_bug
from cache.schema import APPLICATION_ID, SCHEMA, create
from cache.table import Table

SMALL = 8 * 2**20
"""Bytes up to which a file is checked whole at every opening: about 10 ms."""

Found = int | Literal["blank", "foreign", "damaged"]

_SUSPECT = "amldeck.suspect"


class Opened(msgspec.Struct):
    """What opening came to. `db` writes when `refusal` is empty; readers connect to `address`."""

    path: Path | None
    address: str
    db: sqlite3.Connection
    lock: Lock
    presence: Presence | None
    version: int
    refusal: str
    notes: tuple[str, ...]


class Opener:
    """One opening of one folder."""

    def __init__(self, folder: Path, tables: Sequence[Table], now: Callable[[], datetime]) -> None:
        self.folder = folder
        self.path = folder / files.NAME
        self.tables = tables
        self.now = now
        self.notes: list[str] = []

    def open(self) -> Opened:
        """The folder's cache, or the nearest thing to it."""
        try:
            files.make_folder(self.folder)
            is_there = os.path.lexists(self.path)
            if not files.can_write(self.folder):
                return self._read_only("mode=ro&immutable=1") if is_there else self._in_memory("cannot be written")
            return self._writable()
        except (OSError, CacheBusy, *TROUBLE) as error:
            if self.path.is_file():
                return self._read_only("mode=ro")
            return self._in_memory(f"cannot be used ({getattr(error, 'strerror', None) or error})")

    def _writable(self) -> Opened:
        lock = Lock(self.folder / "amldeck.lock")
        presence = Presence(self.folder / "amldeck.open")
        try:
            if os.path.lexists(self.path):
                opened = self._existing(lock, presence)
                if opened is not None:
                    return opened
            return self._fresh(lock, presence)
        except BaseException:
            lock.close()
            presence.close()
            raise

    def _existing(self, lock: Lock, presence: Presence) -> Opened | None:
        """The file as ours; None when it was moved aside or has nothing in it yet."""
        if not (files.is_plain(self.path) and files.is_ours(self.path)):
            self._aside(lock, "foreign", "was not a plain file of yours")
            return None
        files.keep_private(self.path)
        if not files.can_write(self.path):
            lock.close()
            presence.close()
            return self._read_only("mode=ro")
        db, found = self._look(presence)
        if db is not None and isinstance(found, int):
            self._forget_suspicion()
            if found == SCHEMA and presence.was_alone:
                _drop_leases(db, lock)
            return self._opened(db, lock, presence, found)
        if db is not None:
            db.close()
        if found == "damaged":
            self._aside(lock, "damaged", "was damaged")
        elif found == "foreign":
            self._aside(lock, "foreign", "was the file of another program")
        return None

    def _look(self, presence: Presence) -> tuple[sqlite3.Connection | None, Found]:
        """The connection, when there could be one, and what the file is. Raises OSError when it cannot be opened."""
        db = None
        try:
            db = connect(files.uri(self.path, "mode=rw"), is_reader=False)
            found = identify(db)
            if isinstance(found, int) and self._is_due(presence) and not is_sound(db):
                found = "damaged"
            return db, found
        except TROUBLE as error:
            if is_damage(error):
                return db, "damaged"
            if db is not None:
                db.close()
            raise OSError(str(error)) from error

    def _is_due(self, presence: Presence) -> bool:
        is_leftover = presence.was_alone and files.size_of(Path(f"{self.path}-wal")) > 0
        return is_leftover or files.size_of(self.path) < SMALL or (self.folder / _SUSPECT).exists()

    def _forget_suspicion(self) -> None:
        (self.folder / _SUSPECT).unlink(missing_ok=True)

    def _aside(self, lock: Lock, word: str, what: str) -> None:
        with lock.held(patience=5.0):
            moved = files.move_aside(self.path, word, self.now())
        self._forget_suspicion()
        self.notes.append(f"The cache {what}. It was moved aside to {moved.name} and a fresh one was started.")

    def _fresh(self, lock: Lock, presence: Presence) -> Opened:
        """A new file, unless another process made it in the meantime."""
        with lock.held(patience=5.0):
            os.close(files.open_private(self.path))
            db = connect(files.uri(self.path, "mode=rw"), is_reader=False)
            try:
                if identify(db) == "blank":
                    is_safe = lock.is_shared_out or not has_wal_reset_bug(sqlite3.sqlite_version_info)
                    db.execute(f"PRAGMA journal_mode = {'WAL' if is_safe else 'DELETE'}")
                    build(db, self.tables)
            except BaseException:
                db.close()
                raise
        return self._opened(db, lock, presence, SCHEMA)

    def _opened(self, db: sqlite3.Connection, lock: Lock, presence: Presence | None, version: int) -> Opened:
        refusal = ""
        if version > SCHEMA:
            refusal = "This cache was made by a newer amldeck. It can be read here, but not refreshed."
            self.notes.append(refusal)
        address = files.uri(self.path, "mode=rw" if version <= SCHEMA else "mode=ro")
        return Opened(self.path, address, db, lock, presence, version, refusal, tuple(self.notes))

    def _read_only(self, options: str) -> Opened:
        address, db, found = files.uri(self.path, options), None, "damaged"
        why = "holds a cache that is damaged or not ours, and cannot be written"
        try:
            if files.is_plain(self.path):
                db = connect(address, is_reader=True)
                found = identify(db)
                found = found if files.size_of(self.path) >= SMALL or is_sound(db) else "damaged"
        except (OSError, *TROUBLE) as error:
            why, found = f"holds a cache that cannot be read ({error})", "damaged"
        if db is None or not isinstance(found, int):
            if db is not None:
                db.close()
            return self._in_memory(why)
        note = f"The cache in {self.folder} cannot be written. What it holds is shown, and nothing is refreshed."
        if "immutable" in options and files.size_of(Path(f"{self.path}-wal")) > 0:
            note += " Its newest changes may be missing."
        self.notes.append(note)
        return Opened(self.path, address, db, Lock(None), None, found, note, tuple(self.notes))

    def _in_memory(self, why: str) -> Opened:
        address = f"file:amldeck-{secrets.token_hex(8)}?mode=memory&cache=shared"
        db = connect(address, is_reader=False)
        build(db, self.tables)
        self.notes.append(f"The folder {self.folder} {why}. What is read now is kept until amldeck ends.")
        return Opened(None, address, db, Lock(None), None, SCHEMA, "", tuple(self.notes))


def _drop_leases(db: sqlite3.Connection, lock: Lock) -> None:
    """Nobody else has the file open, so who has a lease there was killed: nobody need wait until it ends."""
    if db.execute("SELECT 1 FROM _leases LIMIT 1").fetchone() is not None:
        with lock.held(patience=5.0):
            db.execute("DELETE FROM _leases")


def identify(db: sqlite3.Connection) -> Found:
    """The version of a file that is ours, or what it is instead. Raises sqlite3.Error when it is no database."""
    (mark,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    tables = db.execute("SELECT name, sql FROM sqlite_master").fetchall()  # as text: it may be spoilt
    if mark == APPLICATION_ID:
        return version
    return "foreign" if mark or tables else "blank"


def build(db: sqlite3.Connection, tables: Sequence[Table]) -> None:
    """Make every table of a fresh file, in one transaction."""
    db.execute("BEGIN IMMEDIATE")
    try:
        create(db, tables)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def is_sound(db: sqlite3.Connection) -> bool:
    """What quick_check says. Raises sqlite3.DatabaseError when it cannot even look."""
    return db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)


def suspect(folder: Path) -> None:
    """Have the next opening check the file whole: a read or a write found it damaged."""
    try:
        os.close(files.open_private(folder / _SUSPECT))
    except OSError:
        return  # a folder that cannot be written is checked in another way
