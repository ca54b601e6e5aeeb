"""Single fields of many rows: what a trend is drawn from. An index finds the rows, no record is made of them."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

from cache import pairs
from cache.codec import from_micros
from cache.compile import Condition
from cache.schema import Layout
from cache.table import Field, field_named


def read(
    db: sqlite3.Connection,
    layout: Layout,
    scope: int,
    fields: Sequence[str],
    where: Condition,
    newest: str,
    most: int,
) -> list[tuple[Any, ...]]:
    """The fields of the rows that match and are not gone, latest first. Raises KeyError for a field there is not."""
    table = layout.table.name
    columns: list[str] = []
    bound: list[Any] = []
    times: list[int] = []
    for place, name in enumerate(fields):
        start, _, reach = name.partition(".")
        field = field_named(layout.table, start)
        if field is None:
            raise KeyError(name)
        if reach:
            columns.append(f'(SELECT p.number FROM "{table}__pairs" p WHERE p._row = t._row AND p.name = ?)')
            bound.append(next(iter(pairs.name_ids(db, table, scope, field.name, reach)), -1))
            continue
        columns.append(_column(layout, field))
        if field.kind == "time":
            times.append(place)
    more = f" AND {where.sql}" if where.sql else ""
    sql = (
        f'SELECT {", ".join(columns)} FROM "{table}" t WHERE t._scope = ? AND t._gone = 0{more} '
        f'ORDER BY t."{newest}" DESC LIMIT ?'
    )
    return [_timed(row, times) for row in db.execute(sql, (*bound, scope, *where.bound, most))]


def _column(layout: Layout, field: Field) -> str:
    if field.name == layout.codec.key_field:
        return "t._key"
    return f't."{field.name}"' if field.name in layout.columns else "NULL"


def _timed(row: tuple[Any, ...], times: Sequence[int]) -> tuple[Any, ...]:
    if not times:
        return row
    values = list(row)
    for place in times:
        values[place] = None if values[place] is None else from_micros(values[place])
    return tuple(values)
