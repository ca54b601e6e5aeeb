"""The cache: all that was seen. Open it, put records in, and read them back in any order, with age and origin.

Any thread may call any method. Reads never wait for writes; writes of all threads and processes take turns.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection
from typing import Any

from cache import history, listing, writing
from cache.codec import to_micros
from cache.core import Core
from cache.files import size_of
from cache.first_paint import FirstPaint
from cache.history import Past
from cache.listing import Part
from cache.origins import Origin, made_scope_id, origin_id, scope_id
from cache.query import Query
from cache.rows import Row, Seen, row_id, seen_of
from cache.schema import Layout
from cache.sources import SourceState
from cache.sql import batched
from cache.table import Table
from cache.tallies import Tallies
from cache.views import View
from cache.writing import Changed

__all__ = ["Changed", "FirstPaint", "Part", "Past", "Row", "Seen", "SourceState", "Store", "Table", "View"]

THINNED_AFTER = timedelta(days=30)


def utc_now() -> datetime:
    """The moment, aware UTC."""
    return datetime.now(UTC)


class Store(Tallies):
    """An open cache. Keyed by table, scope (whose rows they are: cloud, tenant, account, workspace id) and key."""

    @staticmethod
    def open(folder: Path, tables: Sequence[Table], *, now: Callable[[], datetime] = utc_now) -> Store:
        """The cache of a folder. Never raises for what lies there: see `notes`.

        A damaged or foreign file is moved aside, a newer or read-only one only read, an older one read as it is until
        the first write or `migrate`; without any file the store is kept in memory.
        """
        return Store(Core.open(folder, tables, now))

    @property
    def path(self) -> Path | None:
        """The database file; None for a store in memory."""
        return self._core.path

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user should know about this cache, a sentence each; it may grow."""
        return self._core.notes

    @property
    def needs_migration(self) -> bool:
        """True while an older file is read as it is. The first write brings it up, or `migrate` does."""
        return self._core.needs_migration

    def migrate(self) -> None:
        """Bring an older file up, which may take seconds: on a worker. Raises CacheError, and the file is as it was."""
        self._core.migrate()

    def size_bytes(self) -> int:
        """The bytes of the file and its journal."""
        path = self._core.path
        return size_of(path) + size_of(Path(f"{path}-wal")) if path else 0

    def put(
        self, table: str, scope: str, records: Sequence[Any], documents: Sequence[bytes] = (), *, provenance: Origin
    ) -> Changed:
        """Store records of one page with their redacted documents (or none). Gives what was new and what changed.

        A record that is as before only gets its new age and origin. One that was fetched later than this page stays.
        Raises CacheReadOnly, CacheBusy, and CacheFull, after which the store is read-only.
        """
        self._core.migrate()
        layout = self._core.layout(table)
        batch = writing.incoming(layout.codec, records, documents)
        with self._core.writing() as db:
            at, origin = to_micros(provenance.fetched_at), origin_id(db, provenance)
            return self._put(db, layout, made_scope_id(db, scope), at, origin).write(batch)

    def fill(self, table: str, scope: str, given: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
        """Add what another answer says of rows there are, by key and field; age and origin stay. Gives what was new.

        Pairs are added to those a row has. A key there is no row for is passed over. Raises as `put`.
        """
        self._core.migrate()
        layout = self._core.layout(table)
        with self._core.writing() as db:
            return self._put(db, layout, made_scope_id(db, scope), 0, 0).fill(given)

    def _put(self, db: Connection, layout: Layout, scope: int, at: int, origin: int) -> writing.Put:
        name = layout.table.name
        return writing.Put(db, layout, scope, at, origin, self._core.names[name], self._core.documents[name])

    def finish(self, table: str, scope: str, started_at: datetime, part: Part | None = None) -> int:
        """A full listing begun at `started_at` ended well, of all or of a part: what it did not bring is marked gone.

        Gives how many.
        """
        with self._core.writing() as db:
            return listing.finish(db, table, made_scope_id(db, scope), started_at, self._core.now(), part)

    def lose(self, table: str, scope: str, keys: Sequence[str]) -> int:
        """Mark these rows as gone: the service says it has them no more. Gives how many there were."""
        layout = self._core.layout(table)
        with self._core.writing() as db:
            kept_in = made_scope_id(db, scope)
            found = [row_id(db, layout, kept_in, key) for key in keys]
            return listing.lose(db, table, [row for row in found if row is not None], self._core.now())

    def thin(self) -> int:
        """Keep one change a day of what thinned tables were more than 30 days ago. Gives how many entries went."""
        before = self._core.now() - THINNED_AFTER
        with self._core.writing() as db:
            return sum(history.thin(db, table.name, before) for table in self._core.tables if table.is_thinned)

    def get(self, table: str, scope: str, key: str) -> Seen | None:
        """The record under a key with what is known about it, gone or not; None when it was never seen."""
        layout = self._core.layout(table)
        with self._core.lent() as db:
            row = row_id(db, layout, scope_id(db, scope), key)
            return next(iter(seen_of(db, layout, [] if row is None else [row])), None)

    def document(self, table: str, scope: str, key: str) -> bytes | None:
        """The redacted JSON a record was read from; None when there is none."""
        with self._core.lent() as db:
            row = row_id(db, self._core.layout(table), scope_id(db, scope), key)
            return None if row is None else self._core.documents[table].read(db, row)

    def history(self, table: str, scope: str, key: str) -> list[Past]:
        """Every change of a record since it was first seen, oldest first."""
        layout = self._core.layout(table)
        with self._core.lent() as db:
            row = row_id(db, layout, scope_id(db, scope), key)
            return [] if row is None else history.read(db, layout.table, row)

    def as_of(self, table: str, scope: str, key: str, at: datetime) -> Seen | None:
        """The record as it was known to be at a moment; None before it was first seen. Its origin is today's."""
        seen = self.get(table, scope, key)
        if seen is None or seen.first_seen > at:
            return None
        record, is_gone = history.rewind(seen.record, seen.is_gone, self.history(table, scope, key), at)
        return Seen(key, record, min(seen.fetched_at, at), seen.provenance, seen.first_seen, is_gone)

    def view(
        self, table: str, scope: str, where: Query | None = None, order: str = "", *, include_gone: bool = False
    ) -> View:
        """Rows in an order: a field, `metric.auc`, or either with a leading `-`; by arrival when it is none."""
        self._core.layout(table)
        return View(self._core, table, scope, where, order, include_gone)

    def records(
        self,
        table: str,
        scope: str,
        where: Query | None = None,
        order: str = "",
        limit: int | None = None,
        *,
        include_gone: bool = False,
    ) -> Iterator[Seen]:
        """The rows of such a view one by one, each as it is when it is reached."""
        yield from self.numbered(table, self.numbers(table, scope, where, order, limit, include_gone=include_gone))

    def numbers(
        self,
        table: str,
        scope: str,
        where: Query | None = None,
        order: str = "",
        limit: int | None = None,
        *,
        include_gone: bool = False,
        keys: Collection[str] | None = None,
    ) -> Sequence[int]:
        """The numbers of the rows of such a view, of all of them at this moment; of `keys` only, when they are given.

        Eight bytes a row. Reads an index or sorts: for a worker.
        """
        layout = self._core.layout(table)
        with self._core.lent() as db:
            ids = View(self._core, table, scope, where, order, include_gone).ids(db, limit)
            if keys is None:
                return ids
            wanted = {row_id(db, layout, scope_id(db, scope), key) for key in keys}
        return [row for row in ids if row in wanted]

    def numbered(self, table: str, numbers: Sequence[int]) -> Iterator[Seen]:
        """The rows of these numbers one by one, each as it is when it is reached; one that is no more is left out."""
        layout = self._core.layout(table)
        for some in batched(numbers):
            with self._core.lent() as db:
                found = seen_of(db, layout, some)
            yield from found

    def close(self) -> None:
        """Close the cache. What other threads still read is interrupted; their next call raises CacheClosed."""
        self._core.close()
