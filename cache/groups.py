"""Counts by value: how many runs of each status. One pass over an index where the field has one."""

from __future__ import annotations

import sqlite3
from typing import Any

from cache import pairs
from cache.codec import from_micros
from cache.compile import Condition
from cache.schema import Layout
from cache.table import Field, Table, field_named


def is_countable(table: Table, by: str) -> bool:
    """Whether rows can be counted by a name somebody typed: a field, or `tag.team` for one name of a pairs field."""
    name, _, reach = by.partition(".")
    field = field_named(table, name)
    return field is not None and (field.kind == "pairs") == bool(reach)


def counts(
    db: sqlite3.Connection, layout: Layout, scope: int, by: str, where: Condition, newest: int | None = None
) -> dict[str, int]:
    """How many rows have each value of a field or pair, most first; unknown counts under "". Gone rows do not count.

    With `newest` only so many rows do, those that came last.

    Spellings that differ in case count as one. Raises KeyError for a field that cannot be counted by.
    """
    name, _, reach = by.partition(".")
    field = field_named(layout.table, name)
    if field is None or not is_countable(layout.table, by):
        raise KeyError(by)
    column, source = f't."{field.name}"', ""
    bound: tuple[Any, ...] = ()
    if field.name == layout.codec.key_field:
        column = "t._key"
    elif reach:
        source = f' LEFT JOIN "{layout.table.name}__pairs" p ON p._row = t._row AND p.name = ?'
        bound = (next(iter(pairs.name_ids(db, layout.table.name, scope, field.name, reach)), -1),)
        column = "ifnull(p.value, p.number)"
    elif field.name not in layout.columns:
        column = "NULL"
    group = f"{column} COLLATE NOCASE" if field.kind in ("text", "pairs") else column
    more = f" AND {where.sql}" if where.sql else ""
    rows = f'"{layout.table.name}"'
    if newest is not None:
        rows = f"(SELECT * FROM {rows} WHERE _scope = ? AND _gone = 0 ORDER BY _row DESC LIMIT ?)"
        bound = (scope, newest, *bound)
    sql = (
        f"SELECT {column}, count(*) FROM {rows} t{source} "
        f"WHERE t._scope = ? AND t._gone = 0{more} GROUP BY {group} ORDER BY count(*) DESC, 1"
    )
    found: dict[str, int] = {}
    for value, count in db.execute(sql, (*bound, scope, *where.bound)):
        word = _word(field, value)
        found[word] = found.get(word, 0) + count
    return found


def _word(field: Field, value: Any) -> str:
    if value is None:
        return ""
    if field.kind == "time":
        return from_micros(value).isoformat()
    if field.kind == "bool":
        return "true" if value else "false"
    return str(value)
