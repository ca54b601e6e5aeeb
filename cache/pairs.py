"""Tags, params and metrics one by one: rows (row, name, value, number) behind the packed dicts of the records.

Names are interned per scope and field, so an index entry is a small integer and a number. A value is kept as text
when it was text, and as a number when it is one or reads like one; so `metric.auc>0.9` and `param.lr=0.01` are
range scans of an index, and sorting by a metric reads no row that does not have it.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import msgspec

from cache.codec import INT_MAX, clean
from cache.values import Unclear, number

Entry = tuple[str | None, float | None]
"""A value as it is indexed: text and number."""


class PairChange(NamedTuple):
    """What a field of pairs was and is in one row."""

    row: int
    field: str
    old: dict[str, Any]
    new: dict[str, Any]


class Names:
    """The integers names are kept as, remembered for one table. `forget` after a transaction that was undone."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._known: dict[tuple[int, str], dict[str, int]] = {}

    def forget(self) -> None:
        """Ask the file again."""
        self._known.clear()

    def known(self, scope: int, field: str) -> dict[str, int]:
        """The names of a field that were met so far, with their integers."""
        return self._known.setdefault((scope, field), {})

    def make(self, db: sqlite3.Connection, scope: int, field: str, name: str) -> int:
        """The integer of a name, made when it is new. Needs a transaction."""
        kept = (scope, field, clean(name))
        db.execute(f'INSERT OR IGNORE INTO "{self._table}__names" (scope, field, name) VALUES (?, ?, ?)', kept)
        select = f'SELECT id FROM "{self._table}__names" WHERE scope = ? AND field = ? AND name = ?'
        number: int = db.execute(select, kept).fetchone()[0]
        self.known(scope, field)[name] = number
        return number


def entry(value: object) -> Entry:
    """How a value is indexed. NaN and infinities are no numbers to compare with."""
    if value is None:
        return None, None
    if isinstance(value, str):
        return clean(value), _reads_as_number(value)
    if isinstance(value, bool):
        return str(value).lower(), None
    if isinstance(value, (int, float)):
        return None, float(value) if abs(value) <= INT_MAX or math.isfinite(value) else None
    return msgspec.json.encode(value).decode(), None


def _reads_as_number(text: str) -> float | None:
    """The number a filter would understand the same text as: both must agree, or `=` would miss it."""
    if text[:1] not in "+-.0123456789":
        return None
    try:
        found = float(number(text))
    except Unclear:
        return None
    return found if math.isfinite(found) else None


def replace(db: sqlite3.Connection, table: str, names: Names, scope: int, changes: Iterable[PairChange]) -> None:
    """Write the difference between the old and the new pairs of each row."""
    gone: list[tuple[int, int]] = []
    put: list[tuple[int, int, str | None, float | None]] = []
    for row, field, old, new in changes:
        known = names.known(scope, field)
        for name in old.keys() - new.keys():
            gone.append((row, known.get(name) or names.make(db, scope, field, name)))
        for name, value in new.items():
            if name not in old or old[name] != value:
                put.append((row, known.get(name) or names.make(db, scope, field, name), *entry(value)))
    db.executemany(f'DELETE FROM "{table}__pairs" WHERE _row = ? AND name = ?', gone)
    db.executemany(f'INSERT OR REPLACE INTO "{table}__pairs" VALUES (?, ?, ?, ?)', put)


def known_names(db: sqlite3.Connection, table: str, scope: int, field: str) -> Sequence[str]:
    """Every name seen in a field of pairs, in order: for completion and column choosers."""
    select = f'SELECT name FROM "{table}__names" WHERE scope = ? AND field = ? ORDER BY name COLLATE NOCASE'
    return [name for (name,) in db.execute(select, (scope, field))]


def name_ids(db: sqlite3.Connection, table: str, scope: int, field: str, name: str) -> list[int]:
    """The integers of a name in any (ASCII) case, the one in the very same case first."""
    select = f'SELECT id FROM "{table}__names" WHERE scope = ? AND field = ? AND name = ? COLLATE NOCASE'
    return [found for (found,) in db.execute(f"{select} ORDER BY name != ?, id", (scope, field, name, name))]


def is_number(db: sqlite3.Connection, table: str, scope: int, field: str, name: str) -> bool:
    """Whether there is a number under a name. One look into the index of numbers."""
    select = f'SELECT 1 FROM "{table}__pairs" WHERE name = ? AND number IS NOT NULL LIMIT 1'
    return any(db.execute(select, (id,)).fetchone() for id in name_ids(db, table, scope, field, name))
