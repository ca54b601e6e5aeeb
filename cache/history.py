"""What a record was, and until when: append only. A changed row adds one entry with the fields that changed.

An entry holds the old values and the moment they stopped being true as far as we know: when the change was fetched.
Going back from today through the entries gives the record as it was at any moment since it was first seen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from cache.codec import INT_MAX, from_micros, to_micros
from cache.table import Table, fields_of

GONE = "_gone"
"""The name under which going and coming back is kept among the changes, as a bool."""

_DAY = 86_400_000_000


class Past(msgspec.Struct, frozen=True):
    """One change: `changes` are the values before it, by field (`_gone` when it went or came back); `at` is when."""

    at: datetime
    changes: dict[str, Any]


def pack(changes: Mapping[str, Any]) -> bytes:
    """Changed values as they are stored."""
    try:
        return msgspec.msgpack.encode(changes)
    except OverflowError:
        return msgspec.msgpack.encode({name: _writable(value) for name, value in changes.items()})


def _writable(value: Any) -> Any:
    return str(value) if isinstance(value, int) and abs(value) > INT_MAX else value


def unpack(body: bytes, table: Table) -> dict[str, Any]:
    """Stored values in the types the record has today; what does not fit them any more comes as plain values."""
    fields = fields_of(table.record)
    raw = msgspec.msgpack.decode(body, type=dict[str, msgspec.Raw])
    return {name: _decoded(value, fields[name].type if name in fields else Any) for name, value in raw.items()}


def _decoded(value: msgspec.Raw, annotation: Any) -> Any:
    try:
        return msgspec.msgpack.decode(value, type=annotation, strict=False)
    except msgspec.ValidationError:
        return msgspec.msgpack.decode(value)


def add(db: sqlite3.Connection, table: str, entries: list[tuple[int, int, bytes]]) -> None:
    """Append (row, until, packed changes)."""
    db.executemany(f'INSERT INTO "{table}__history" (_row, until, changes) VALUES (?, ?, ?)', entries)


def read(db: sqlite3.Connection, table: Table, row: int) -> list[Past]:
    """Every change of a row, oldest first."""
    select = f'SELECT until, changes FROM "{table.name}__history" WHERE _row = ? ORDER BY _row, id'
    return [Past(from_micros(until), unpack(body, table)) for until, body in db.execute(select, (row,))]


def rewind(record: Any, is_gone: bool, past: list[Past], at: datetime) -> tuple[Any, bool]:
    """The record, and whether it was gone, as they were at a moment."""
    values: dict[str, Any] = {}
    for entry in reversed(past):
        if entry.at > at:
            values.update(entry.changes)
    is_gone = bool(values.pop(GONE, is_gone))
    names = {field.name for field in msgspec.structs.fields(record)}
    known = {name: value for name, value in values.items() if name in names}
    return msgspec.structs.replace(record, **known), is_gone


def thin(db: sqlite3.Connection, table: str, before: datetime) -> int:
    """Join the changes of each row and day that are older than `before` into one. Gives how many entries went.

    What the record was at the start of each day stays exact; what happened within a day is lost. Needs a transaction.
    """
    select = f'SELECT id, _row, until, changes FROM "{table}__history" WHERE until < ? ORDER BY _row, id'
    kept: dict[tuple[int, int], tuple[int, dict[str, msgspec.Raw]]] = {}
    dropped: list[tuple[int]] = []
    joined: set[int] = set()
    for number, row, until, body in db.execute(select, (to_micros(before),)).fetchall():
        changes = msgspec.msgpack.decode(body, type=dict[str, msgspec.Raw])
        day = (row, until // _DAY)
        if day in kept:
            joined.add(number)
            dropped.append((kept[day][0],))
            changes = changes | kept[day][1]  # the oldest value of the day is the one that was true before it
        kept[day] = (number, changes)
    db.executemany(f'DELETE FROM "{table}__history" WHERE id = ?', dropped)
    changed = [(msgspec.msgpack.encode(changes), number) for number, changes in kept.values() if number in joined]
    db.executemany(f'UPDATE "{table}__history" SET changes = ? WHERE id = ?', changed)
    return len(dropped)
