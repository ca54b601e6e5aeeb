"""Counts kept while rows are written: how many runs of each experiment and state, known without reading the runs.

Each `Counted` of a table is a small table of its own. A batch of new rows is added up first (a trigger for each would
take half as long as writing the row), what happens to a row later is followed by triggers. Unknown is kept as "", what
is summed up in whole milliseconds: sums of those never drift.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cache.table import Counted, Kind, Table, fields_of
from cache.tree import AnyOf, Contains, Equals, Has, Matches, Not, Query, Term

if TYPE_CHECKING:
    from cache.codec import Value
    from cache.schema import Layout

MOST = 1e12
"""What a number counts as most: a sum of any rows is still an integer."""

_TEXT: frozenset[Kind] = frozenset({"text"})


def table_of(table: Table, counted: Counted) -> str:
    """The name of the table its counts are kept in."""
    return f"{table.name}__counts__{'__'.join((*counted.by, *counted.known))}"


def statements(table: Table, counted: Counted) -> dict[str, str]:
    """What makes the table of counts and the triggers that keep it, by their names."""
    check(table, counted)
    name, fields = table_of(table, counted), (*counted.by, *counted.known)
    own = ", ".join(f'"{field}" TEXT NOT NULL' for field in fields)
    keys = ", ".join(f'"{field}"' for field in fields)
    made = {
        name: f'CREATE TABLE "{name}" (_scope INTEGER NOT NULL, {own}, size INTEGER NOT NULL, timed INTEGER NOT NULL, '
        f"total INTEGER NOT NULL, PRIMARY KEY (_scope, {keys})) WITHOUT ROWID"
    }
    add = _adding(name, f"new._scope, {_values(counted, 'new')}")
    same = " AND ".join(f'"{field}" = {value}' for field, value in zip(fields, _dims(counted, "old"), strict=True))
    take = (
        f'UPDATE "{name}" SET size = size - 1, timed = timed - {_timed(counted, "old")}, '
        f"total = total - {_total(counted, 'old')} WHERE _scope = old._scope AND {same}"
    )
    differs = _differs(counted)
    for word, event, when, action in (
        ("delete", "DELETE", "old._gone = 0", take),
        ("update_from", "UPDATE", f"old._gone = 0 AND {differs}", take),
        ("update_to", "UPDATE", f"new._gone = 0 AND {differs}", add),
    ):
        trigger = f"{name}__{word}"
        made[trigger] = f'CREATE TRIGGER "{trigger}" AFTER {event} ON "{table.name}" WHEN {when} BEGIN {action}; END'
    return made


def add(db: sqlite3.Connection, layout: Layout, scope: int, rows: Sequence[Sequence[Value]]) -> None:
    """Count new rows of a scope, none of them gone, given as the cells of `layout.codec.columns`."""
    place = {column: i for i, column in enumerate(layout.codec.columns)}
    for counted in layout.counted:
        by, known = [place[name] for name in counted.by], [place[name] for name in counted.known]
        beside = place[counted.total] if counted.total else None
        found: dict[tuple[Value, ...], list[int]] = defaultdict(lambda: [0, 0, 0])
        for cells in rows:
            sums = found[(*(cells[i] or "" for i in by), *("+" if cells[i] else "" for i in known))]
            sums[0] += 1
            number = cells[beside] if beside is not None else None
            if isinstance(number, int | float) and number == number:
                sums[1] += 1
                sums[2] += int(max(-MOST, min(MOST, number)) * 1000)
        marks = ", ".join("?" * (1 + len(by) + len(known) + 3))
        statement = _adding(table_of(layout.table, counted), marks)
        db.executemany(statement, [(scope, *keys, *sums) for keys, sums in found.items()])


def _adding(name: str, values: str) -> str:
    return (
        f'INSERT INTO "{name}" VALUES ({values}) ON CONFLICT DO UPDATE SET '
        "size = size + excluded.size, timed = timed + excluded.timed, total = total + excluded.total"
    )


def fill(table: Table, counted: Counted) -> str:
    """The statement that counts the rows there are."""
    keys = ", ".join(_dims(counted, "t"))
    return (
        f'INSERT INTO "{table_of(table, counted)}" SELECT _scope, {keys}, count(*), sum({_timed(counted, "t")}), '
        f'sum({_total(counted, "t")}) FROM "{table.name}" t WHERE _gone = 0 GROUP BY _scope, {keys}'
    )


def make(db: sqlite3.Connection, table: Table) -> None:
    """Make and fill the counts of a table anew, without those an older amldeck kept. Needs a transaction."""
    like = f"{table.name}\\_\\_counts\\_\\_%"
    found = db.execute("SELECT type, name FROM main.sqlite_master WHERE name LIKE ? ESCAPE '\\'", (like,)).fetchall()
    for kind, name in sorted(found, reverse=True):  # triggers before tables: a table takes none of these with it
        if kind in ("table", "trigger"):
            db.execute(f'DROP {kind} "{name}"')
    for counted in table.counted:
        for statement in statements(table, counted).values():
            db.execute(statement)
        db.execute(fill(table, counted))


def kept(table: Table, made: dict[str, str]) -> tuple[Counted, ...]:
    """Those of a table that the file keeps, by what `sqlite_master` says made it."""
    return tuple(
        counted
        for counted in table.counted
        if all(made.get(name) == sql for name, sql in statements(table, counted).items())
    )


def answering(layout: Layout, query: Query | None, *fields: str) -> Counted | None:
    """Counts that know these fields and can tell which rows a filter means; None when the rows are to be read."""
    clauses = query.clauses if query else ()
    for counted in layout.counted:
        if set(fields) <= set(counted.by) and all(_is_about(clause, layout.table, counted) for clause in clauses):
            return counted
    return None


def total(db: sqlite3.Connection, layout: Layout, scope: int) -> int | None:
    """How many rows of a scope are there and not gone; None when no counts are kept."""
    if not layout.counted:
        return None
    sql = f'SELECT ifnull(sum(size), 0) FROM "{table_of(layout.table, layout.counted[0])}" WHERE _scope = ?'
    return db.execute(sql, (scope,)).fetchone()[0]


def check(table: Table, counted: Counted) -> None:
    """Raise TypeError when these fields cannot be counted by."""
    fields = fields_of(table.record)
    wrong = [name for name in (*counted.by, *counted.known) if fields[name].kind not in _TEXT or name == table.key]
    if wrong or (counted.total and fields[counted.total].kind not in ("float", "int")):
        raise TypeError(f"{table.name} cannot keep counts by {', '.join(wrong) or counted.total}")


def _is_about(term: Term, table: Table, counted: Counted) -> bool:
    match term:
        case Not(inner):
            return _is_about(inner, table, counted)
        case AnyOf(terms):
            return all(_is_about(inner, table, counted) for inner in terms)
        case Has(name):
            return name in counted.by or name in counted.known
        case Equals(name) | Contains(name) | Matches(name):
            return name in counted.by
        case _:
            return False


def _dims(counted: Counted, row: str) -> list[str]:
    by = [f"ifnull({row}.\"{field}\", '')" for field in counted.by]
    return by + [f"CASE WHEN ifnull({row}.\"{field}\", '') = '' THEN '' ELSE '+' END" for field in counted.known]


def _values(counted: Counted, row: str) -> str:
    return ", ".join((*_dims(counted, row), "1", _timed(counted, row), _total(counted, row)))


def _timed(counted: Counted, row: str) -> str:
    return f"({_is_number(counted, row)})" if counted.total else "0"


def _total(counted: Counted, row: str) -> str:
    if not counted.total:
        return "0"
    clamped = f'max({-MOST}, min({MOST}, {row}."{counted.total}"))'
    return f"CASE WHEN {_is_number(counted, row)} THEN CAST({clamped} * 1000 AS INTEGER) ELSE 0 END"


def _is_number(counted: Counted, row: str) -> str:
    """What is no number is kept as text (`cache.codec`)."""
    return f"typeof({row}.\"{counted.total}\") IN ('integer', 'real')"


def _differs(counted: Counted) -> str:
    fields = ("_scope", "_gone", *counted.by, *counted.known, *((counted.total,) if counted.total else ()))
    return "(" + " OR ".join(f'old."{field}" IS NOT new."{field}"' for field in fields) + ")"
