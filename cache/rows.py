"""Rows read by number: for the screen with key, record and age, for everything else with all that is known of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from cache.codec import from_micros
from cache.origins import COLUMNS, Provenance, provenance
from cache.schema import Layout
from cache.sql import batched, marks


class Row(NamedTuple):
    """A row of a view: its key, its record and when that was last confirmed."""

    key: str
    record: Any
    fetched_at: datetime


class Seen(msgspec.Struct, frozen=True):
    """A record with what is known about it: where it came from, when it was first and last seen, whether it is gone."""

    key: str
    record: Any
    fetched_at: datetime
    provenance: Provenance
    first_seen: datetime
    is_gone: bool


def rows_of(db: sqlite3.Connection, layout: Layout, ids: Sequence[int]) -> list[Row]:
    """The rows of these numbers, in this order. One that is no more is left out."""
    columns = "".join(f', t."{column}"' for column in layout.codec.columns)
    table = layout.table.name
    found: dict[int, Row] = {}
    for some in batched(ids):
        sql = (
            f'SELECT t._row, t._key, s.fetched_at{columns} FROM "{table}" t '
            f'JOIN "{table}__seen" s ON s._row = t._row WHERE t._row IN ({marks(some)})'
        )
        for row, key, fetched_at, *cells in db.execute(sql, some):
            found[row] = Row(key, layout.codec.record(key, cells), from_micros(fetched_at))
    return [found[row] for row in ids if row in found]


def seen_of(db: sqlite3.Connection, layout: Layout, ids: Sequence[int]) -> list[Seen]:
    """The rows of these numbers with all that is known of them, in this order."""
    columns = "".join(f', t."{column}"' for column in layout.codec.columns)
    table = layout.table.name
    found: dict[int, Seen] = {}
    for some in batched(ids):
        sql = (
            f'SELECT t._row, t._key, t._gone, s.first_seen, {COLUMNS}{columns} FROM "{table}" t '
            f'JOIN "{table}__seen" s ON s._row = t._row JOIN _origins o ON o.id = s.origin '
            f"WHERE t._row IN ({marks(some)})"
        )
        for row, key, gone, first_seen, *rest in db.execute(sql, some):
            origin = provenance(*rest[:5])
            record = layout.codec.record(key, rest[5:])
            found[row] = Seen(key, record, origin.fetched_at, origin, from_micros(first_seen), bool(gone))
    return [found[row] for row in ids if row in found]


def row_id(db: sqlite3.Connection, layout: Layout, scope: int | None, key: str) -> int | None:
    """The number of the row under a key; None when there is none."""
    sql = f'SELECT _row FROM "{layout.table.name}" WHERE _scope = ? AND _key = ?'
    found = db.execute(sql, (scope, key)).fetchone()
    return found[0] if found else None
