"""The redacted JSON each record was read from, compressed: a run of 2.6 KB takes about 0.2.

The documents of one kind are alike, so each table compresses against a dictionary of its own, made from the first
documents it was given (measured: a quarter of the size and less time than without).
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Callable, Sequence

Pack = Callable[[bytes], bytes]

_WINDOW = 13  # 8 KB, as much as a dictionary holds
_DICTIONARY_BYTES = 2**13
_SAMPLE = 8


class Documents:
    """Packs and unpacks the documents of one table. `forget` after a transaction that was undone."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._dictionaries: dict[int, bytes] = {0: b""}
        self._current: tuple[int, Pack] | None = None

    def forget(self) -> None:
        """Ask the file again."""
        self._dictionaries = {0: b""}
        self._current = None

    def write(self, db: sqlite3.Connection, documents: Sequence[tuple[int, bytes]]) -> None:
        """Store (row, document) pairs. Needs a transaction."""
        number, pack = self._packer(db, [body for _, body in documents])
        packed = ((row, number, pack(body)) for row, body in documents)
        db.executemany(f'INSERT OR REPLACE INTO "{self._table}__documents" VALUES (?, ?, ?)', packed)

    def read(self, db: sqlite3.Connection, row: int) -> bytes | None:
        """The document of a row; None when none was stored."""
        select = f'SELECT dictionary, body FROM "{self._table}__documents" WHERE _row = ?'
        found = db.execute(select, (row,)).fetchone()
        if found is None:
            return None
        number, body = found
        return zlib.decompressobj(wbits=zlib.MAX_WBITS, zdict=self._dictionary(db, number)).decompress(body)

    def _dictionary(self, db: sqlite3.Connection, number: int) -> bytes:
        if number not in self._dictionaries:
            (body,) = db.execute("SELECT body FROM _dictionaries WHERE id = ?", (number,)).fetchone()
            self._dictionaries[number] = body
        return self._dictionaries[number]

    def _packer(self, db: sqlite3.Connection, sample: Sequence[bytes]) -> tuple[int, Pack]:
        """The dictionary to pack with and how; none (0) until there is a sample to make one from."""
        if self._current is None:
            select = "SELECT id, body FROM _dictionaries WHERE name = ? ORDER BY id DESC LIMIT 1"
            found = db.execute(select, (self._table,)).fetchone()
            if found is None and len(sample) >= _SAMPLE:
                body = b"".join(sample)[-_DICTIONARY_BYTES:]
                found = (_insert(db, self._table, body), body)
            if found is None:
                return 0, _compressor(b"")
            self._current = (found[0], _compressor(found[1]))
        return self._current


def _insert(db: sqlite3.Connection, table: str, body: bytes) -> int:
    cursor = db.execute("INSERT INTO _dictionaries (name, body) VALUES (?, ?)", (table, body))
    return int(cursor.lastrowid or 0)


def _compressor(dictionary: bytes) -> Pack:
    prepared = zlib.compressobj(3, zlib.DEFLATED, _WINDOW, 6, zlib.Z_DEFAULT_STRATEGY, dictionary)

    def pack(body: bytes) -> bytes:
        compressor = prepared.copy()  # half the time of preparing one for each document
        return compressor.compress(body) + compressor.flush()

    return pack
