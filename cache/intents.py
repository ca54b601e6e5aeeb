"""What was asked of Azure and how it ended: a file of its own, append only, on the disk before anything is sent.

The rows of the cache can be fetched again; these cannot. So every entry is synced to the disk (synchronous=FULL, a
rollback journal: no checkpoint can lose it), nothing is ever changed or deleted, and a damaged file is moved aside.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import msgspec

from cache import files
from cache.codec import from_micros, to_micros
from cache.errors import TROUBLE, CacheClosed, CacheError, CacheReadOnly, is_damage, translate
from cache.intent import OPEN, Asked, Intent, Step
from cache.lock import Lock
from cache.sql import marks

NAME = "intents.db"
APPLICATION_ID = 0x414D4C49
"""`AMLI`: how the file is known to be ours."""
SCHEMA = 1

_TABLES = (
    "CREATE TABLE intents (id TEXT PRIMARY KEY, at INTEGER NOT NULL, who TEXT NOT NULL, scope TEXT NOT NULL, "
    "workspace TEXT NOT NULL, verb TEXT NOT NULL, target TEXT NOT NULL, name TEXT NOT NULL, what TEXT NOT NULL, "
    "change TEXT NOT NULL, process INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE steps (number INTEGER PRIMARY KEY, intent TEXT NOT NULL REFERENCES intents (id), "
    "at INTEGER NOT NULL, step TEXT NOT NULL, said TEXT NOT NULL, operation TEXT NOT NULL)",
    "CREATE INDEX steps_by_intent ON steps (intent, number)",
    "CREATE INDEX intents_by_scope ON intents (scope, id)",
    *(
        f"CREATE TRIGGER {table}_{verb.lower()}_never BEFORE {verb} ON {table} "
        "BEGIN SELECT RAISE(ABORT, 'intents are only ever added'); END"
        for table in ("intents", "steps")
        for verb in ("UPDATE", "DELETE")
    ),
)
_SELECT = (
    "SELECT i.id, i.at, i.who, i.scope, i.workspace, i.verb, i.target, i.name, i.what, i.change, i.process, "
    "s.step, s.at, s.said, (SELECT operation FROM steps WHERE intent = i.id AND operation <> '' "
    "ORDER BY number DESC LIMIT 1) FROM intents i JOIN steps s ON s.number = "
    "(SELECT max(number) FROM steps WHERE intent = i.id)"
)


class Intents:
    """The file. Any thread may use it; a write is on the disk when its method returns."""

    def __init__(self, db: sqlite3.Connection | None, lock: Lock, now: Callable[[], datetime], path: Path) -> None:
        self._db = db
        self._lock = lock
        self._now = now
        self._path = path
        self._threads = threading.RLock()
        self.notes: tuple[str, ...] = ()
        """What the user should know about this file, a sentence each."""
        self.refusal = ""
        """Why nothing can be recorded, as a sentence; then nothing may be sent either. Empty while it can."""

    @staticmethod
    def open(folder: Path, now: Callable[[], datetime]) -> Intents:
        """The intents of a cache folder. Never raises for what lies there: see `refusal` and `notes`."""
        path, lock = folder / NAME, Lock(folder / "intents.lock")
        intents = Intents(None, lock, now, path)
        try:
            files.make_folder(folder)
            intents._db = intents._opened()
        except (OSError, CacheError, *TROUBLE) as error:
            why = getattr(error, "strerror", None) or error
            intents.refusal = f"What is asked of Azure cannot be recorded in {path} ({why}), so nothing is sent."
        return intents

    @staticmethod
    def nowhere() -> Intents:
        """Intents of a cache that is only in memory: nothing can be recorded."""
        intents = Intents(None, Lock(None), lambda: from_micros(0), Path(NAME))
        intents.refusal = "This cache is only in memory, what is asked of Azure could not be kept: nothing is sent."
        return intents

    def begin(self, asked: Asked) -> Intent:
        """Record that something is about to be sent, before it is. Raises CacheError: then it must not be sent."""
        now = self._now()
        row = (
            f"{to_micros(now):016x}{secrets.token_hex(4)}",
            to_micros(now),
            *msgspec.structs.astuple(asked),
            os.getpid(),
        )
        with self._writing() as db:
            db.execute(f"INSERT INTO intents VALUES ({marks(row)})", row)
            self._add(db, row[0], "sending", "", "")
        return Intent(id=row[0], at=now, since=now, process=os.getpid(), **msgspec.structs.asdict(asked))

    def note(self, id: str, step: Step, said: str = "", operation: str = "") -> None:
        """Record what became of it. The same step as the last one is not noted again. Raises CacheError."""
        with self._writing() as db:
            last = db.execute("SELECT step, said FROM steps WHERE intent = ? ORDER BY number DESC LIMIT 1", (id,))
            if last.fetchone() != (step, said):
                self._add(db, id, step, said, operation)

    def get(self, id: str) -> Intent | None:
        """One of them. Raises CacheError."""
        return next(iter(self._read(f"{_SELECT} WHERE i.id = ?", id)), None)

    def all(self, scope: str, limit: int = 2_000) -> list[Intent]:
        """Those of a scope, newest first. Raises CacheError."""
        return self._read(f"{_SELECT} WHERE i.scope = ? ORDER BY i.id DESC LIMIT ?", scope, limit)

    def open_ones(self) -> list[Intent]:
        """Those that are still under way, of every scope, oldest first. Raises CacheError."""
        return self._read(f"{_SELECT} WHERE s.step IN ({marks(OPEN)}) ORDER BY i.id", *OPEN)

    def unknown_since(self, at: datetime) -> list[Intent]:
        """Those of every scope whose outcome nobody knew after this moment, oldest first. Raises CacheError."""
        return self._read(f"{_SELECT} WHERE s.step = 'unknown' AND i.at >= ? ORDER BY i.id", to_micros(at))

    def close(self) -> None:
        """Close the file."""
        with self._threads:
            if self._db is not None:
                self._db.close()
                self._db = None
            self._lock.close()

    def _add(self, db: sqlite3.Connection, id: str, step: Step, said: str, operation: str) -> None:
        db.execute(
            "INSERT INTO steps (intent, at, step, said, operation) VALUES (?, ?, ?, ?, ?)",
            (id, to_micros(self._now()), step, said, operation),
        )

    def _read(self, select: str, *given: str | int) -> list[Intent]:
        with self._threads:
            if self._db is None:
                return []
            try:
                return [_intent(row) for row in self._db.execute(select, given).fetchall()]
            except TROUBLE as error:
                raise translate(error, str(self._path)) from error

    @contextmanager
    def _writing(self) -> Generator[sqlite3.Connection, None, None]:
        if self.refusal:
            raise CacheReadOnly(self.refusal)
        with self._threads, self._lock.held():
            if self._db is None:
                raise CacheClosed("The record of what is asked of Azure is closed.")
            try:
                self._db.execute("BEGIN IMMEDIATE")
                yield self._db
                self._db.execute("COMMIT")
            except BaseException as error:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                if isinstance(error, TROUBLE):
                    raise translate(error, str(self._path)) from error
                raise

    def _opened(self) -> sqlite3.Connection:
        """The connection, to a fresh file where there is none of ours. Raises OSError, sqlite3.Error, CacheError."""
        with self._lock.held(patience=5.0):
            if os.path.lexists(self._path) and not self._is_ours():
                moved = files.move_aside(self._path, "damaged", self._now())
                self.notes = (f"The record of what was asked of Azure was damaged and is kept as {moved.name}.",)
            os.close(files.open_private(self._path))
            db = _connect(self._path)
            if db.execute("PRAGMA application_id").fetchone() == (0,):
                _build(db)
            elif db.execute("PRAGMA user_version").fetchone()[0] > SCHEMA:
                self.refusal = (
                    "The record of what was asked of Azure is of a newer amldeck, so nothing is sent by this one."
                )
        return db

    def _is_ours(self) -> bool:
        if not (files.is_plain(self._path) and files.is_ours(self._path)):
            return False
        if files.size_of(self._path) == 0:
            return True
        try:
            db = _connect(self._path)
            try:
                mark = db.execute("PRAGMA application_id").fetchone()
                return mark == (APPLICATION_ID,) and db.execute("PRAGMA integrity_check(1)").fetchone() == ("ok",)
            finally:
                db.close()
        except TROUBLE as error:
            if is_damage(error):
                return False
            raise


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(files.uri(path, "mode=rw"), uri=True, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA synchronous = FULL")
    db.execute("PRAGMA fullfsync = 1")  # macOS: a plain fsync stops at the drive's own memory
    return db


def _build(db: sqlite3.Connection) -> None:
    db.execute("BEGIN IMMEDIATE")
    for statement in _TABLES:
        db.execute(statement)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {SCHEMA}")
    db.execute("COMMIT")


_NAMES = (
    "id", "at", "who", "scope", "workspace", "verb", "target", "name", "what", "change", "process", "step", "since",
    "said", "operation",
)  # fmt: skip


def _intent(row: tuple[Any, ...]) -> Intent:
    found = dict(zip(_NAMES, row, strict=True))
    found["at"], found["since"] = from_micros(found["at"]), from_micros(found["since"])
    if found["step"] not in get_args(Step):  # written by a newer amldeck
        found["step"] = "unknown"
    return msgspec.convert(found, Intent)
