"""What every part of a store shares: the opened file, its readers, its writer, and the tables as the file has them."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from cache import migrate
from cache.connect import Readers, Writer
from cache.documents import Documents
from cache.errors import CacheDamaged, CacheError, CacheReadOnly
from cache.opening import Opened, Opener, suspect
from cache.pairs import Names
from cache.schema import Layout, read_layouts, stand_ins
from cache.table import Table


class Core:
    """An open cache. Any thread may use it."""

    def __init__(self, opened: Opened, tables: Sequence[Table], now: Callable[[], datetime]) -> None:
        self.path = opened.path
        self.tables = tuple(tables)
        self.now = now
        self._opened = opened
        self._notes = list(opened.notes)
        self._version = opened.version
        self._migrating = threading.Lock()
        self.writer = Writer(opened.db, opened.path, opened.lock, opened.refusal, self._trouble)
        self.names = {table.name: Names(table.name) for table in tables}
        self.documents = {table.name: Documents(table.name) for table in tables}
        self._look()

    @classmethod
    def open(cls, folder: Path, tables: Sequence[Table], now: Callable[[], datetime]) -> Core:
        """The cache of a folder, or the nearest thing to it. Never raises for what lies in the folder."""
        return cls(Opener(folder, tables, now).open(), tables, now)

    def _look(self) -> None:
        """See what the file has, and start reading it so."""
        db = self._opened.db
        self._layouts = read_layouts(db, self.tables)
        self._readers = Readers(self._opened.address, stand_ins(db, self.tables), self._damaged)
        self.needs_migration = not self.writer.refusal and migrate.is_due(self._version, self._layouts)

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about this cache, a sentence each."""
        return tuple(self._notes)

    def layout(self, table: str) -> Layout:
        """A table as this file has it. Raises KeyError for a table the store was not opened with."""
        return self._layouts[table]

    def lent(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection to read with, for the length of a block. Raises CacheError."""
        return self._readers.lent()

    @contextmanager
    def writing(self) -> Generator[sqlite3.Connection, None, None]:
        """A transaction, after bringing an older file up. Raises CacheError; then nothing of it was written."""
        self.migrate()
        try:
            with self.writer.writing() as db:
                yield db
        except BaseException:
            self._forget()
            raise

    def migrate(self) -> None:
        """Bring an older file up, with a backup where its version is lower. Raises CacheError, and then only reads."""
        with self._migrating:
            if not self.needs_migration:
                return
            try:
                with self.writer.alone() as db:
                    (self._version,) = db.execute("PRAGMA user_version").fetchone()
                    migrate.migrate(db, self.path, self._version, self.tables, self.now())
            except (OSError, CacheError) as error:
                self._refuse(f"The cache of an older amldeck could not be brought up ({error}). It is only read.")
                raise CacheReadOnly(self.writer.refusal) from error
            old = self._readers
            self._version = migrate.SCHEMA
            self._look()
            old.retire()

    def _forget(self) -> None:
        for table in self.tables:
            self.names[table.name].forget()
            self.documents[table.name].forget()

    def _refuse(self, sentence: str) -> None:
        self.writer.refusal = sentence
        self.needs_migration = False
        self._notes.append(sentence)

    def _trouble(self, error: CacheError) -> None:
        if self.writer.refusal == str(error):
            self._notes.append(self.writer.refusal)
        if isinstance(error, CacheDamaged):
            self._damaged()

    def _damaged(self) -> None:
        if self.path is not None:
            suspect(self.path.parent)

    def close(self) -> None:
        """Close every connection. Work on other threads is interrupted."""
        self._readers.close()
        self.writer.close()
        self._opened.lock.close()
        if self._opened.presence:
            self._opened.presence.close()
