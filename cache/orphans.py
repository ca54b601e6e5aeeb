"""What belongs to rows that are no more, or are about to go: series, and rows of other tables."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from typing import NamedTuple


class Orphan(NamedTuple):
    """A row that has nothing to be about any more: its number, its scope's name and its key."""

    row: int
    scope: str
    key: str
    has_owner: bool = False
    """The row it belongs to stays; what it tells of is out."""


def series_of_none(
    db: sqlite3.Connection, owner: str, going: Collection[int] = (), kinds: Collection[str] | None = None
) -> list[int]:
    """The series whose key is not in the table `owner`, or whose rows are among those that go; of some kinds alone."""
    if not db.execute("SELECT 1 FROM main.sqlite_master WHERE name = '_series'").fetchone():
        return []
    sql = (
        f"SELECT s.id, r._row, s.kind FROM main._series s "
        f'LEFT JOIN "{owner}" r ON r._scope = s.scope AND r._key = s.run'
    )
    return [
        one for one, row, kind in db.execute(sql) if (row is None or row in going) and (kinds is None or kind in kinds)
    ]


def rows_of_none(
    db: sqlite3.Connection,
    table: str,
    field: str,
    owner: str,
    going: Collection[int] = (),
    is_out: Callable[[str, str], bool] = lambda scope, key: False,
) -> list[Orphan]:
    """The rows of a table whose `field` names a row that is not in `owner`, or one of those that go, or that is out."""
    sql = (
        f'SELECT t._row, c.name, t._key, r._row FROM "{table}" t JOIN _scopes c ON c.id = t._scope '
        f'LEFT JOIN "{owner}" r ON r._scope = t._scope AND r._key = t."{field}"'
    )
    found = [
        Orphan(row, scope, key, owner_row is not None and owner_row not in going)
        for row, scope, key, owner_row in db.execute(sql)
    ]
    return [one for one in found if not one.has_owner or is_out(one.scope, one.key)]
