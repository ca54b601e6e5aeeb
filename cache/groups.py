"""Counts by value: how many runs of each status. One pass over an index where the field has one."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from cache import kept_counts, pairs
from cache.codec import from_micros
from cache.compile import Condition, condition
from cache.schema import Layout, index_name
from cache.table import Counted, Field, Table, field_named
from cache.tree import Query


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
    db: sqlite3.Connection, layout: Layout, scope: int, by: str, query: Query | None, wanted: RollUp
) -> list[Group]:
    """Roll-ups of a field or pair, the largest first; gone rows do not count.

    From the counts that are kept where they know enough, else one pass over the rows that match. Raises KeyError for
    a field that cannot be counted by.
    """
    field, column, source, bound = grouped(db, layout, scope, by)
    where = condition(query, layout, scope)
    index = index_name(layout.table, f"{field.name}+{wanted.latest}")
    counted = kept_counts.answering(layout, query, field.name, *filter(None, [wanted.split]))
    if counted and wanted.total in ("", counted.total) and (not wanted.latest or index in layout.indexes):
        found = _kept_groups(db, layout, scope, counted, field, where, wanted)
        if wanted.latest:
            found = [one._replace(latest=_latest(db, layout, scope, field, index, where, wanted, one)) for one in found]
        return found
    fold = " COLLATE NOCASE" if field.kind in ("text", "pairs") else ""
    split, total, latest = (f't."{name}"' if name in layout.columns else "NULL" for name in wanted)
    more = f" AND {where.sql}" if where.sql else ""
    sql = (
        f"SELECT {column} AS _value, {split} AS _split, count(*), sum({total}), max({latest}) "
        f'FROM "{layout.table.name}" t{source} '
        f"WHERE t._scope = ? AND t._gone = 0{more} GROUP BY _value{fold}, _split"
    )
    return _merged(field, db.execute(sql, (*bound, scope, *where.bound)))


def _merged(field: Field, rows: Iterable[tuple[Any, Any, int, float | None, int | None]]) -> list[Group]:
    """Groups of rows of (value, split by, how many, sum, latest in microseconds); one group whatever the case."""
    found: dict[str, Group] = {}
    for value, split_by, count, added, last in rows:
        word = word_of(field, value)
        known = found.get(word.lower(), Group(word, 0, {}, None, None))
        part = "" if split_by is None else str(split_by)
        known.by[part] = known.by.get(part, 0) + count
        moments = [moment for moment in (known.latest, None if last is None else from_micros(last)) if moment]
        sums = [number for number in (known.total, added) if number is not None]
        found[word.lower()] = known._replace(
            size=known.size + count, total=sum(sums) if sums else None, latest=max(moments) if moments else None
        )
    return sorted(found.values(), key=lambda group: (-group.size, group.value))


def _kept_groups(
    db: sqlite3.Connection,
    layout: Layout,
    scope: int,
    counted: Counted,
    field: Field,
    where: Condition,
    wanted: RollUp,
) -> list[Group]:
    split = f't."{wanted.split}"' if wanted.split else "NULL"
    total = "CASE WHEN sum(timed) > 0 THEN sum(total) / 1000.0 END" if wanted.total else "NULL"
    more = f" AND {where.sql}" if where.sql else ""
    sql = (
        f'SELECT t."{field.name}" AS _value, {split} AS _split, sum(size), {total}, NULL '
        f'FROM "{kept_counts.table_of(layout.table, counted)}" t '
        f"WHERE t._scope = ? AND size > 0{more} GROUP BY _value COLLATE NOCASE, _split"
    )
    return _merged(field, db.execute(sql, (scope, *where.bound)))


def _latest(
    db: sqlite3.Connection,
    layout: Layout,
    scope: int,
    field: Field,
    index: str,
    where: Condition,
    wanted: RollUp,
    group: Group,
) -> datetime | None:
    """The latest moment of a group: the first of its rows in the index that goes on with the moment."""
    more = f" AND {where.sql}" if where.sql else ""
    sql = (
        f'SELECT t."{wanted.latest}" FROM "{layout.table.name}" t INDEXED BY "{index}" WHERE t._scope = ? '
        f'AND t._gone = 0 AND t."{field.name}" IS ? COLLATE NOCASE{more} ORDER BY t."{wanted.latest}" DESC LIMIT 1'
    )
    values = (group.value,) if group.value else (None, "")
    rows = [db.execute(sql, (scope, value, *where.bound)).fetchone() for value in values]
    return max((from_micros(row[0]) for row in rows if row and row[0] is not None), default=None)


def grouped(db: sqlite3.Connection, layout: Layout, scope: int, by: str) -> tuple[Field, str, str, tuple[Any, ...]]:
    """The field to count by, the SQL of its value, what is joined for it, and what that binds. Raises KeyError."""
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
    db: sqlite3.Connection, layout: Layout, scope: int, by: str, query: Query | None, newest: int | None = None
) -> dict[str, int]:
    """How many rows have each value of a field or pair, most first; unknown counts under "". Gone rows do not count.

    With `newest` only so many rows do, those that came last.

    Spellings that differ in case count as one. Raises KeyError for a field that cannot be counted by.
    """
    field, column, source, bound = grouped(db, layout, scope, by)
    where = condition(query, layout, scope)
    counted = kept_counts.answering(layout, query, field.name) if newest is None else None
    if counted is not None:
        kept = _kept_groups(db, layout, scope, counted, field, where, RollUp())
        return {group.value: group.size for group in kept}
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
        word = word_of(field, value)
        found[word] = found.get(word, 0) + count
    return found


def word_of(field: Field, value: Any) -> str:
    """A value as people read it; empty when it is unknown."""
    if value is None:
        return ""
    if field.kind == "time":
        return from_micros(value).isoformat()
    if field.kind == "bool":
        return "true" if value else "false"
    return str(value)
