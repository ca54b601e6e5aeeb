"""Connections: one that writes, under the lock, and a few that read. Readers never wait for writers."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from cache.errors import TROUBLE, CacheClosed, CacheError, CacheFull, CacheReadOnly, is_damage, is_interrupt, translate
from cache.files import size_of
from cache.lock import Lock
from cache.patterns import matches

CHECKPOINT_AT = 48 * 2**20
"""Bytes of WAL after which a writer moves it into the database."""

PATIENCE = 0.5
"""Seconds `close` waits for readers to end."""

_PREEMPTED = 8
"""How many times as long as its own work a limited read may take on a busy machine or a slow disk."""

_TICK = 2_000  # virtual machine steps between looks at the clock: about 0.1 ms


def connect(address: str, *, is_reader: bool, prelude: Sequence[str] = ()) -> sqlite3.Connection:
    """A connection to the `file:` address, in autocommit, with our functions. Raises sqlite3.Error.

    `prelude` is run before a reader is kept from writing: the stand-ins for tables an older file lacks.
    """
    db = sqlite3.connect(
        address, uri=True, timeout=10.0, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    try:
        for statement in prelude:
            db.execute(statement)
        _set_up(db, is_reader, "mode=memory" in address)
    except BaseException:
        db.close()
        raise
    return db


def _set_up(db: sqlite3.Connection, is_reader: bool, is_memory: bool) -> None:
    db.create_function("amldeck_fold", 1, _fold, deterministic=True)
    db.create_function("amldeck_holds", 2, _holds, deterministic=True)
    db.create_function("amldeck_matches", 2, matches, deterministic=True)
    if is_reader:
        db.execute("PRAGMA query_only = 1")
        if is_memory:
            db.execute("PRAGMA read_uncommitted = 1")
    else:
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA wal_autocheckpoint = 0")
        db.execute("PRAGMA cache_size = -8192")


def _fold(value: str | float | bytes | None) -> str | float | bytes | None:
    return value.casefold() if isinstance(value, str) else value


def _holds(value: object, folded: str) -> int | None:
    """Whether a text, up to a NUL in it, holds another, whatever the case of either."""
    return int(folded in value.partition("\0")[0].casefold()) if isinstance(value, str) else None


class Readers:
    """Reading connections, lent one at a time. Any thread may ask; each loan has its connection to itself."""

    def __init__(self, address: str, prelude: Sequence[str], on_damage: Callable[[], None]) -> None:
        self.address = address
        self._prelude = prelude
        self._on_damage = on_damage
        self._guard = threading.Condition()
        self._idle: list[sqlite3.Connection] = []
        self._lent: set[sqlite3.Connection] = set()
        self._is_closed = False

    @contextmanager
    def lent(self) -> Generator[sqlite3.Connection, None, None]:
        """A connection for the length of the block. Raises CacheClosed, or what SQLite says as a CacheError."""
        db = self._take()
        try:
            yield db
        except TROUBLE as error:
            self._raise(error)
        finally:
            self._give(db)

    def _raise(self, error: Exception) -> NoReturn:
        if self._is_closed and isinstance(error, sqlite3.Error) and is_interrupt(error):
            raise CacheClosed("The cache was closed.") from None
        trouble = translate(error, self.address)
        if is_damage(error):
            self._on_damage()
        raise trouble from (None if trouble is error else error)

    def _take(self) -> sqlite3.Connection:
        with self._guard:
            if self._is_closed:
                raise CacheClosed("The cache is closed.")
            if self._idle:
                db = self._idle.pop()
                self._lent.add(db)
                return db
        try:
            db = connect(self.address, is_reader=True, prelude=self._prelude)
        except TROUBLE as error:
            self._raise(error)
        with self._guard:
            self._lent.add(db)
        return db

    def _give(self, db: sqlite3.Connection) -> None:
        with self._guard:
            self._lent.discard(db)
            if not self._is_closed:
                self._idle.append(db)
                return
            db.close()
            self._guard.notify_all()

    def retire(self) -> None:
        """Lend no more, and let what is lent end in peace."""
        with self._guard:
            self._is_closed = True
            idle, self._idle = self._idle, []
        for db in idle:
            db.close()

    def close(self) -> None:
        """Close what is idle and interrupt the rest, which closes as it is given back: waits a moment for that.

        A connection that still reads keeps the WAL from being moved into the database, and whoever finds a WAL that
        nobody holds checks the whole file: seconds, for a million runs.
        """
        self.retire()
        with self._guard:
            for db in self._lent:
                db.interrupt()
            self._guard.wait_for(lambda: not self._lent, PATIENCE)


@contextmanager
def limited(db: sqlite3.Connection, seconds: float) -> Generator[None, None, None]:
    """Interrupt what runs on this connection for longer than `seconds`: sqlite3.OperationalError, SQLITE_INTERRUPT.

    What other processes take of the processor meanwhile is not counted against it, up to `_PREEMPTED` times as long.
    """
    work, wall = time.thread_time() + seconds, time.monotonic() + _PREEMPTED * seconds
    db.set_progress_handler(lambda: time.thread_time() > work or time.monotonic() > wall, _TICK)
    try:
        yield
    finally:
        db.set_progress_handler(None, 0)


class Writer:
    """The one connection that writes. Everything it does is one transaction under the lock of all processes."""

    def __init__(
        self,
        db: sqlite3.Connection,
        path: Path | None,
        lock: Lock,
        refusal: str,
        on_trouble: Callable[[CacheError], None],
    ) -> None:
        self._db = db
        self._path = path
        self._lock = lock
        self.refusal = refusal
        """Why nothing is written, as a sentence; empty while it is."""
        self._on_trouble = on_trouble
        self._next_checkpoint = CHECKPOINT_AT
        self._is_closed = False

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection, None, None]:
        """One transaction: committed at the end of the block, undone when it raises.

        Raises CacheReadOnly, CacheBusy, CacheDamaged, and CacheFull, after which nothing more is written.
        """
        with self.alone() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                if db.in_transaction:
                    db.execute("ROLLBACK")
                raise
            self._checkpoint_when_due()

    @contextmanager
    def alone(self) -> Generator[sqlite3.Connection, None, None]:
        """The connection outside a transaction, under the lock: for backups and checkpoints. Raises as `writing`."""
        with self._lock.held():
            if self._is_closed:
                raise CacheClosed("The cache is closed.")
            if self.refusal:
                raise CacheReadOnly(self.refusal)
            try:
                yield self._db
            except TROUBLE as error:
                trouble = translate(error, str(self._path or "in memory"))
                if isinstance(trouble, CacheFull) or is_damage(error):
                    self.refusal = str(trouble)
                if isinstance(trouble, CacheError):
                    self._on_trouble(trouble)
                raise trouble from (None if trouble is error else error)

    def _checkpoint_when_due(self) -> None:
        size = size_of(Path(f"{self._path}-wal")) if self._path else 0
        if size < self._next_checkpoint:
            self._next_checkpoint = max(CHECKPOINT_AT, min(self._next_checkpoint, size + CHECKPOINT_AT))
            return
        is_busy = self._checkpoint()
        self._next_checkpoint = size + CHECKPOINT_AT if is_busy else CHECKPOINT_AT

    def _checkpoint(self) -> bool:
        self._db.execute("PRAGMA busy_timeout = 0")  # a reader on an old page is no reason to wait
        try:
            return bool(self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0])
        except sqlite3.OperationalError:
            return True  # no room to move it now; what was committed is safe in the WAL
        finally:
            self._db.execute("PRAGMA busy_timeout = 10000")

    def close(self) -> None:
        """Move the WAL into the database and close. Under the lock, unless that would take long."""
        if self._is_closed:
            return
        try:
            with self._lock.held(patience=5.0):
                self._is_closed = True
                if not self.refusal:
                    self._checkpoint()
                self._db.close()
        except CacheError:
            self._is_closed = True
            self._db.close()
