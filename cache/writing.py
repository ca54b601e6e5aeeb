"""Put: records become rows. What did not change costs one small update and no index.

Rows are compared by a hash of the record and its document first; only where that differs are the fields compared,
only the changed columns written, and an entry of history added.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from cache import history, pairs, search
from cache.codec import Codec, Value, to_micros
from cache.documents import Documents
from cache.pairs import Names, PairChange
from cache.schema import Layout
from cache.search import TextChange
from cache.sql import batched, marks


class Changed(msgspec.Struct, frozen=True):
    """What a put did: the keys of new rows, of rows that are different now, and how many were as before."""

    inserted: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: int = 0

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key whose row is not what it was."""
        return self.inserted + self.changed


class Incoming(NamedTuple):
    """One record ready to be written."""

    key: str
    record: Any
    cells: list[Value]
    hash: int
    document: bytes | None


class Known(NamedTuple):
    """What the file holds under a key."""

    row: int
    hash: int | None
    fetched_at: int


def incoming(codec: Codec, records: Sequence[Any], documents: Sequence[bytes]) -> dict[str, Incoming]:
    """The records by key, hashed; of two with one key the later counts. `documents` is empty or one for each record."""
    if documents and len(documents) != len(records):
        raise ValueError(f"{len(records)} records came with {len(documents)} documents")
    found: dict[str, Incoming] = {}
    for i, record in enumerate(records):
        cells = codec.row(record)
        try:
            packed = msgspec.msgpack.encode(cells)
        except UnicodeEncodeError:
            cells = codec.careful(cells)
            packed = msgspec.msgpack.encode(cells)
        document = documents[i] if documents else None
        digest = hashlib.blake2b(packed + (document or b""), digest_size=8).digest()
        key = codec.key(record)
        found[key] = Incoming(key, record, cells, int.from_bytes(digest, "big", signed=True), document)
    return found


class Put:
    """One put of one batch, inside a transaction of the writer."""

    def __init__(
        self,
        db: sqlite3.Connection,
        layout: Layout,
        scope: int,
        at: int,
        origin: int,
        names: Names,
        documents: Documents,
    ) -> None:
        self.db = db
        self.layout = layout
        self.table = layout.table.name
        self.codec = layout.codec
        self.scope = scope
        self.at = at
        self.origin = origin
        self.names = names
        self.documents = documents

    def write(self, batch: dict[str, Incoming]) -> Changed:
        """Write the batch. A row that was fetched later than this batch stays as it is."""
        known = self._known(list(batch))
        fresh = [new for key, new in batch.items() if key not in known]
        same = [known[key] for key, new in batch.items() if key in known and known[key].hash == new.hash]
        other = [
            (known[key], new)
            for key, new in batch.items()
            if key in known and known[key].hash != new.hash and known[key].fetched_at <= self.at
        ]
        if self.layout.table.has_search_index and not self.layout.has_search:
            search.distrust(self.db, self.layout.table)
        self._insert(fresh)
        self._touch([old.row for old in same if old.fetched_at <= self.at])
        changed = self._change(other)
        inserted = tuple(new.key for new in fresh)
        return Changed(inserted, changed, len(batch) - len(inserted) - len(changed))

    def _known(self, keys: list[str]) -> dict[str, Known]:
        found: dict[str, Known] = {}
        for some in batched(keys):
            rows = self.db.execute(
                f'SELECT t._key, t._row, s.hash, s.fetched_at FROM "{self.table}" t '
                f'JOIN "{self.table}__seen" s ON s._row = t._row WHERE t._scope = ? AND t._key IN ({marks(some)})',
                (self.scope, *some),
            )
            found.update({key: Known(*rest) for key, *rest in rows})
        return found

    def _insert(self, fresh: list[Incoming]) -> None:
        if not fresh:
            return
        (last,) = self.db.execute(f'SELECT ifnull(max(_row), 0) FROM "{self.table}"').fetchone()
        rows = list(enumerate(fresh, last + 1))
        columns = "".join(f', "{column}"' for column in self.codec.columns)
        self.db.executemany(
            f'INSERT INTO "{self.table}" (_row, _scope, _key{columns}) '
            f"VALUES (?, ?, ?{', ?' * len(self.codec.columns)})",
            [(row, self.scope, new.key, *new.cells) for row, new in rows],
        )
        self.db.executemany(
            f'INSERT INTO "{self.table}__seen" VALUES (?, ?, ?, ?, ?, ?)',
            [(row, self.scope, new.hash, self.at, self.origin, self.at) for row, new in rows],
        )
        self._write_documents((row, new) for row, new in rows)
        empty: dict[str, Any] = {}
        changes = [
            PairChange(row, field.name, empty, getattr(new.record, field.name) or empty)
            for field in self.codec.fields
            if field.kind == "pairs"
            for row, new in rows
        ]
        pairs.replace(self.db, self.table, self.names, self.scope, changes)
        if self.layout.has_search:
            table = self.layout.table
            search.add(self.db, table, [(row, search.text_of(table, new.record)) for row, new in rows])

    def _touch(self, rows: list[int]) -> None:
        for some in batched(rows):
            self.db.execute(
                f'UPDATE "{self.table}__seen" SET fetched_at = ?, origin = ? WHERE _row IN ({marks(some)})',
                (self.at, self.origin, *some),
            )

    def _change(self, others: list[tuple[Known, Incoming]]) -> tuple[str, ...]:
        """Write what differs; gives the keys of the rows that are not what they were."""
        changed: list[str] = []
        entries: list[tuple[int, int, bytes]] = []
        texts: list[TextChange] = []
        for old, new in others:
            was = self._differences(old.row, new, texts)
            is_changed = bool(was) or self._is_new_document(old.row, new.document)
            if was:
                entries.append((old.row, self.at, history.pack(was)))
            if is_changed:
                changed.append(new.key)
        history.add(self.db, self.table, entries)
        if self.layout.has_search:
            search.change(self.db, self.layout.table, texts)
        self._write_documents((old.row, new) for old, new in others)
        self.db.executemany(
            f'UPDATE "{self.table}__seen" SET hash = ?, fetched_at = ?, origin = ? WHERE _row = ?',
            [(new.hash, self.at, self.origin, old.row) for old, new in others],
        )
        return tuple(changed)

    def _differences(self, row: int, new: Incoming, texts: list[TextChange]) -> dict[str, Any]:
        """Write the columns that differ and give what they were, by field. Adds what the row's letters were and are."""
        columns = "".join(f', "{column}"' for column in self.codec.columns)
        cells = self.db.execute(f'SELECT _gone{columns} FROM "{self.table}" WHERE _row = ?', (row,)).fetchone()
        is_gone, cells = bool(cells[0]), cells[1:]
        old = self.codec.record(new.key, cells)
        was: dict[str, Any] = {history.GONE: True} if is_gone else {}
        sets: dict[str, Value] = {"_gone": 0} if is_gone else {}
        changes: list[PairChange] = []
        for i, field in enumerate(self.codec.fields):
            places = self.codec.cells_of(field) if field.kind == "money" else (i,)
            before, after = getattr(old, field.name), getattr(new.record, field.name)
            if all(cells[place] == new.cells[place] for place in places):
                continue
            sets.update({self.codec.columns[place]: new.cells[place] for place in places})
            if before != after and not _are_both_nan(before, after):
                was[field.name] = before
            if field.kind == "pairs":
                changes.append(PairChange(row, field.name, before or {}, after or {}))
        if sets:
            assigned = ", ".join(f'"{column}" = ?' for column in sets)
            self.db.execute(f'UPDATE "{self.table}" SET {assigned} WHERE _row = ?', (*sets.values(), row))
        pairs.replace(self.db, self.table, self.names, self.scope, changes)
        if was.keys() & set(self.layout.table.search):
            table = self.layout.table
            texts.append(TextChange(row, search.text_of(table, old), search.text_of(table, new.record)))
        return was

    def _is_new_document(self, row: int, document: bytes | None) -> bool:
        return document is not None and self.documents.read(self.db, row) != document

    def _write_documents(self, rows: Iterable[tuple[int, Incoming]]) -> None:
        found = [(row, new.document) for row, new in rows if new.document is not None]
        if found:
            self.documents.write(self.db, found)


def finish(db: sqlite3.Connection, table: str, scope: int, started_at: datetime, at: datetime) -> int:
    """Mark every row of the scope that was not seen since `started_at` as gone; gives how many that is now more."""
    select = f'SELECT _row FROM "{table}__seen" WHERE scope = ? AND hash IS NOT NULL AND fetched_at < ?'
    rows = db.execute(select, (scope, to_micros(started_at))).fetchall()
    # without its hash a row that comes back is compared field by field, and found to have been gone
    db.executemany(f'UPDATE "{table}__seen" SET hash = NULL WHERE _row = ?', rows)
    db.executemany(f'UPDATE "{table}" SET _gone = 1 WHERE _row = ?', rows)
    until = to_micros(at)
    history.add(db, table, [(row, until, history.pack({history.GONE: False})) for (row,) in rows])
    return len(rows)


def _are_both_nan(before: object, after: object) -> bool:
    return isinstance(before, float) and isinstance(after, float) and before != before and after != after
