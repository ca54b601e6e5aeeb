"""What a listing that ended well says of what it did not bring: it is gone. Gone rows stay, marked so."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime

import msgspec

from cache import history
from cache.codec import Value, to_micros


class Part(msgspec.Struct, frozen=True):
    """The part of a table that was listed: rows whose `field` is exactly `value`, made after one moment and before one.

    `by` is the field with the time they were made; without a bound it says nothing.
    """

    field: str
    value: str
    by: str = ""
    after: datetime | None = None
    before: datetime | None = None


def finish(
    db: sqlite3.Connection, table: str, scope: int, started_at: datetime, at: datetime, part: Part | None = None
) -> int:
    """Mark every row of the scope, or of a part, that was not seen since `started_at` as gone; gives how many more."""
    where, bound = _part(part)
    select = (
        f'SELECT t._row FROM "{table}" t JOIN "{table}__seen" s ON s._row = t._row '
        f"WHERE t._scope = ? AND t._gone = 0{where} AND s.fetched_at < ?"
    )
    rows = [row for (row,) in db.execute(select, (scope, *bound, to_micros(started_at)))]
    return lose(db, table, rows, at)


def _part(part: Part | None) -> tuple[str, tuple[Value, ...]]:
    """The condition of a part. The text is compared twice: the index knows no case, the service does."""
    if part is None:
        return "", ()
    sql, bound = f' AND t."{part.field}" = ? COLLATE NOCASE AND t."{part.field}" = ?', [part.value, part.value]
    times = [(sign, moment) for sign, moment in ((">", part.after), ("<", part.before)) if moment is not None]
    sql += "".join(f' AND t."{part.by}" {sign} ?' for sign, _ in times)
    return sql, (*bound, *(to_micros(moment) for _, moment in times))


def lose(db: sqlite3.Connection, table: str, rows: Sequence[int], at: datetime) -> int:
    """Mark rows as gone: the service does not have them any more. They stay. Gives how many."""
    # without its hash a row that comes back is compared field by field, and found to have been gone
    db.executemany(f'UPDATE "{table}__seen" SET hash = NULL WHERE _row = ?', [(row,) for row in rows])
    db.executemany(f'UPDATE "{table}" SET _gone = 1 WHERE _row = ?', [(row,) for row in rows])
    until = to_micros(at)
    history.add(db, table, [(row, until, history.pack({history.GONE: False})) for row in rows])
    return len(rows)
