"""Sums of money by the values of a field: one line for each currency, exact to a millionth, and what is not known."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from typing import NamedTuple

from cache.compile import condition
from cache.groups import grouped, word_of
from cache.schema import Layout
from cache.tree import Query


class Amount(NamedTuple):
    """The money of some rows: a sum, and how many rows it stands in. `beside` is the sum of another number of them.

    `currency` is empty for the rows whose money is not known: their amount is 0 and says nothing.
    """

    currency: str
    amount: Decimal
    rows: int
    beside: int
    lacking: int
    """Of the rows, how many do not say the other number."""


def amounts(
    db: sqlite3.Connection, layout: Layout, scope: int, by: str, query: Query | None, money: str, beside: str
) -> dict[str, list[Amount]]:
    """Sums of a field of money by the values of another (or `tag.team`); unknown values under "". Reads the rows.

    Gone rows do not count. Raises KeyError for a field that cannot be counted by.
    """
    field, column, source, bound = grouped(db, layout, scope, by)
    if f"{money}_micro" not in layout.columns or beside not in layout.columns:
        return {}  # an older file, which is only read
    where = condition(query, layout, scope)
    more = f" AND {where.sql}" if where.sql else ""
    fold = " COLLATE NOCASE" if field.kind in ("text", "pairs") else ""
    sql = (
        f'SELECT {column} AS _value, ifnull(t."{money}_currency", \'\') AS _in, ifnull(sum(t."{money}_micro"), 0), '
        f'count(*), ifnull(sum(t."{beside}"), 0), sum(t."{beside}" IS NULL) '
        f'FROM "{layout.table.name}" t{source} WHERE t._scope = ? AND t._gone = 0{more} GROUP BY _value{fold}, _in'
    )
    found: dict[str, list[Amount]] = {}
    for value, currency, micro, *rest in db.execute(sql, (*bound, scope, *where.bound)):
        found.setdefault(word_of(field, value), []).append(Amount(currency, Decimal(micro).scaleb(-6), *rest))
    return found
