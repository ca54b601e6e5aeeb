"""Counts by value: how many runs of each status. One pass over an index where the field has one."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any, NamedTuple

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


class Group(NamedTuple):
    """The rows of one value together: how many (`size`), by another field's values, a sum, and the latest moment."""

    value: str
    """Empty for the rows where it is unknown."""
    size: int
    by: dict[str, int]
    total: float | None
    latest: datetime | None


class RollUp(NamedTuple):
    """What to sum up for each value: a field to count by, a number to add up, a moment; empty for none."""

    split: str = ""
    total: str = ""
    latest: str = ""


def groups(
    db: sqlite3.Connection, layout: Layout, scope: int, by: str, where: Condition, wanted: RollUp
) -> list[Group]:
    """Roll-ups of a field or pair, the largest first; gone rows do not count. One pass over the rows that match.

    Raises KeyError for a field that cannot be counted by.
    """
    field, column, source, bound = _grouped(db, layout, scope, by)
    fold = " COLLATE NOCASE" if field.kind in ("text", "pairs") else ""
    split, total, latest = (f't."{name}"' if name in layout.columns else "NULL" for name in wanted)
    more = f" AND {where.sql}" if where.sql else ""
    sql = (
        f"SELECT {column} AS _value, {split} AS _split, count(*), sum({total}), max({latest}) "
        f'FROM "{layout.table.name}" t{source} '
        f"WHERE t._scope = ? AND t._gone = 0{more} GROUP BY _value{fold}, _split"
    )
    found: dict[str, Group] = {}
    for value, split_by, count, added, last in db.execute(sql, (*bound, scope, *where.bound)):
        word = _word(field, value)
        known = found.get(word.lower(), Group(word, 0, {}, None, None))
        known.by[str(split_by)] = known.by.get(str(split_by), 0) + count
        moments = [moment for moment in (known.latest, None if last is None else from_micros(last)) if moment]
        sums = [number for number in (known.total, added) if number is not None]
        found[word.lower()] = known._replace(
            size=known.size + count, total=sum(sums) if sums else None, latest=max(moments) if moments else None
        )
    return sorted(found.values(), key=lambda group: (-group.size, group.value))


def _grouped(db: sqlite3.Connection, layout: Layout, scope: int, by: str) -> tuple[Field, str, str, tuple[Any, ...]]:
    """The field, the SQL of its value, what is joined for it, and what that binds. Raises KeyError."""
    name, _, reach = by.partition(".")
    field = field_named(layout.table, name)
    if field is None or not is_countable(layout.table, by):
        raise KeyError(by)
    if field.name == layout.codec.key_field:
        return field, "t._key", "", ()
    if reach:
        source = f' LEFT JOIN "{layout.table.name}__pairs" p ON p._row = t._row AND p.name = ?'
        number = next(iter(pairs.name_ids(db, layout.table.name, scope, field.name, reach)), -1)
        return field, "ifnull(p.value, p.number)", source, (number,)
    return field, f't."{field.name}"' if field.name in layout.columns else "NULL", "", ()


def counts(
    db: sqlite3.Connection, layout: Layout, scope: int, by: str, where: Condition, newest: int | None = None
) -> dict[str, int]:
    """How many rows have each value of a field or pair, most first; unknown counts under "". Gone rows do not count.

    With `newest` only so many rows do, those that came last.

    Spellings that differ in case count as one. Raises KeyError for a field that cannot be counted by.
    """
    field, column, source, bound = _grouped(db, layout, scope, by)
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
