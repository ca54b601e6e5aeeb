"""Put: records become rows. What did not change costs one small update and no index.

Rows are compared by a hash of the record and its document first; only where that differs are the fields compared,
only the changed columns written, and an entry of history added.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from cache import history, kept_counts, pairs, search
from cache.codec import Codec, Value
from cache.documents import Documents
from cache.kept import differences
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
        self._texts: list[TextChange] = []

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
        kept_counts.add(self.db, self.layout, self.scope, [new.cells for new in fresh])
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
        for old, new in others:
            was, has_learned = self._differences(old.row, new, comes_back=True)
            is_changed = bool(was) or has_learned or self._is_new_document(old.row, new.document)
            if was and self.layout.table.has_history:
                entries.append((old.row, self.at, history.pack(was)))
            if is_changed:
                changed.append(new.key)
        history.add(self.db, self.table, entries)
        self._index_texts()
        self._write_documents((old.row, new) for old, new in others)
        self.db.executemany(
            f'UPDATE "{self.table}__seen" SET hash = ?, fetched_at = ?, origin = ? WHERE _row = ?',
            [(new.hash, self.at, self.origin, old.row) for old, new in others],
        )
        return tuple(changed)

    def fill(self, given: Mapping[str, Mapping[str, Any]]) -> tuple[str, ...]:
        """Add to the rows there are what another answer says of them; gives the keys of those that had not known it."""
        changed: list[str] = []
        for key, old in self._known(list(given)).items():
            _, before = self._row(old.row, key)
            after = msgspec.structs.replace(before, **given[key])
            new = Incoming(key, after, self.codec.row(after), 0, None)
            was, has_learned = self._differences(old.row, new, comes_back=False)
            if was or has_learned:
                changed.append(key)
        self._index_texts()
        return tuple(changed)

    def _index_texts(self) -> None:
        if self.layout.has_search:
            search.change(self.db, self.layout.table, self._texts)
        self._texts.clear()

    def _row(self, row: int, key: str) -> tuple[tuple[Value, ...], Any]:
        columns = "".join(f', "{column}"' for column in self.codec.columns)
        cells = self.db.execute(f'SELECT _gone{columns} FROM "{self.table}" WHERE _row = ?', (row,)).fetchone()
        return cells, self.codec.record(key, cells[1:])

    def _differences(self, row: int, new: Incoming, *, comes_back: bool) -> tuple[dict[str, Any], bool]:
        """Write the columns that differ. Gives what they were, by field, and whether something was learned."""
        (is_gone, *cells), old = self._row(row, new.key)
        is_back = bool(is_gone) and comes_back
        was: dict[str, Any] = {history.GONE: True} if is_back else {}
        sets: dict[str, Value] = {"_gone": 0} if is_back else {}
        has_learned = False
        changes: list[PairChange] = []
        searched: dict[str, Any] = {}
        for found in differences(self.layout.table, self.codec, old, tuple(cells), new.record, new.cells):
            field, before, after = found.field, found.before, found.after
            sets.update(found.cells)
            if field.name in self.layout.table.search:
                searched[field.name] = after
            has_learned = has_learned or found.is_learned
            if before != after and not found.is_learned and not _are_both_nan(before, after):
                was[field.name] = before
            if field.kind == "pairs":
                changes.append(PairChange(row, field.name, before or {}, after or {}))
        if sets:
            assigned = ", ".join(f'"{column}" = ?' for column in sets)
            self.db.execute(f'UPDATE "{self.table}" SET {assigned} WHERE _row = ?', (*sets.values(), row))
        pairs.replace(self.db, self.table, self.names, self.scope, changes)
        if searched:
            known = msgspec.structs.replace(old, **searched)
            self._texts.append(TextChange(row, *(search.text_of(self.layout.table, one) for one in (old, known))))
        return was, has_learned

    def _is_new_document(self, row: int, document: bytes | None) -> bool:
        return document is not None and self.documents.read(self.db, row) != document

    def _write_documents(self, rows: Iterable[tuple[int, Incoming]]) -> None:
        found = [(row, new.document) for row, new in rows if new.document is not None]
        if found:
            self.documents.write(self.db, found)


def _are_both_nan(before: object, after: object) -> bool:
    return isinstance(before, float) and isinstance(after, float) and before != before and after != after
