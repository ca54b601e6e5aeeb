"""The tables of the file: what a fresh one is made of, what a file really has, and how an older one is brought up.

Every record table `runs` has side tables: `runs__seen` (hash, age and origin of each row, so that an unchanged row
costs no index), `runs__documents`, `runs__history`, `runs__pairs` and `runs__names`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from cache import kept_counts, search
from cache.codec import Codec
from cache.first_paint import FIRST_PAINT_TABLES
from cache.table import Counted, Field, Kind, Table, fields_of

APPLICATION_ID = 0x414D4C44
"""`AMLD`: how a file is known to be ours."""

SCHEMA = 3
"""The version of everything but the records' own columns, kept in user_version."""

SERIES_TABLES = (
    "CREATE TABLE IF NOT EXISTS _series (id INTEGER PRIMARY KEY, scope INTEGER NOT NULL, run TEXT NOT NULL, "
    "kind TEXT NOT NULL, name TEXT NOT NULL, part TEXT NOT NULL, unit TEXT NOT NULL, fetched_at INTEGER NOT NULL, "
    "UNIQUE (scope, run, kind, name, part))",
    "CREATE TABLE IF NOT EXISTS _series_pieces (series INTEGER NOT NULL, number INTEGER NOT NULL, "
    "count INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (series, number))",
)
"""What makes the tables of `cache.series`: a file that was made before them gets them with the first series."""

FIXED = (
    "CREATE TABLE IF NOT EXISTS _scopes (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
    "CREATE TABLE IF NOT EXISTS _origins (id INTEGER PRIMARY KEY, route TEXT NOT NULL, api_version TEXT NOT NULL, "
    "method TEXT NOT NULL, basis TEXT NOT NULL, UNIQUE (route, api_version, method, basis))",
    "CREATE TABLE IF NOT EXISTS _dictionaries (id INTEGER PRIMARY KEY, name TEXT NOT NULL, body BLOB NOT NULL)",
    "CREATE TABLE IF NOT EXISTS _settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS _sources (scope TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, "
    "PRIMARY KEY (scope, name)) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS _leases (scope TEXT NOT NULL, name TEXT NOT NULL, owner TEXT NOT NULL, "
    "until INTEGER NOT NULL, PRIMARY KEY (scope, name)) WITHOUT ROWID",
    *FIRST_PAINT_TABLES,
    *SERIES_TABLES,
)

_TYPES: dict[Kind, tuple[str, ...]] = {
    "text": ("TEXT",),
    "int": ("INTEGER",),
    "float": ("REAL",),
    "bool": ("INTEGER",),
    "time": ("INTEGER",),
    "money": ("TEXT", "INTEGER", "TEXT"),
    "pairs": ("BLOB",),
    "texts": ("TEXT",),
    "json": ("TEXT",),
}


class Layout(msgspec.Struct, frozen=True):
    """One table as this file has it. `columns` maps each present record column to its declared type."""

    table: Table
    columns: dict[str, str]
    indexes: frozenset[str]
    codec: Codec
    is_complete: bool
    has_search: bool = False
    """The file has the index of words, and this SQLite can ask it."""
    counted: tuple[Counted, ...] = ()
    """The counts the file keeps."""

    def terms(self, name: str) -> tuple[str, ...]:
        """The SQL terms that sort by a field; empty when this file cannot sort by it."""
        field = fields_of(self.table.record).get(name)
        if field is None or (name != self.codec.key_field and not set(field.columns) <= set(self.columns)):
            return ()
        return order_terms(self.table, field)


def order_terms(table: Table, field: Field) -> tuple[str, ...]:
    """The SQL terms that sort by a field, as its index has them. Text is sorted without regard to (ASCII) case."""
    if field.name == table.key and field.kind == "text":
        return ('"_key"',)
    case = " COLLATE NOCASE" if field.kind == "text" else ""
    return tuple(f'"{column}"{case}' for column in field.order)


def columns_of(table: Table) -> dict[str, str]:
    """The columns a table's record asks for, with their types; the key has its own."""
    found: dict[str, str] = {}
    for field in fields_of(table.record).values():
        if field.name != table.key or field.kind != "text":
            found.update(zip(field.columns, _TYPES[field.kind], strict=True))
    return found


def table_statements(table: Table) -> tuple[str, ...]:
    """What makes a record table and its side tables, where they are missing."""
    name = table.name
    own = "".join(f', "{column}" {kind}' for column, kind in columns_of(table).items())
    return (
        f'CREATE TABLE IF NOT EXISTS "{name}" (_row INTEGER PRIMARY KEY, _scope INTEGER NOT NULL, '
        f"_key TEXT NOT NULL, _gone INTEGER NOT NULL DEFAULT 0{own}, UNIQUE (_scope, _key))",
        f'CREATE TABLE IF NOT EXISTS "{name}__seen" (_row INTEGER PRIMARY KEY, scope INTEGER NOT NULL, hash INTEGER, '
        "fetched_at INTEGER NOT NULL, origin INTEGER NOT NULL, first_seen INTEGER NOT NULL)",
        f'CREATE TABLE IF NOT EXISTS "{name}__documents" '
        "(_row INTEGER PRIMARY KEY, dictionary INTEGER NOT NULL, body BLOB NOT NULL)",
        f'CREATE TABLE IF NOT EXISTS "{name}__history" (id INTEGER PRIMARY KEY, _row INTEGER NOT NULL, '
        "until INTEGER NOT NULL, changes BLOB NOT NULL)",
        f'CREATE TABLE IF NOT EXISTS "{name}__names" (id INTEGER PRIMARY KEY, scope INTEGER NOT NULL, '
        "field TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (scope, field, name))",
        f'CREATE TABLE IF NOT EXISTS "{name}__pairs" (_row INTEGER NOT NULL, name INTEGER NOT NULL, '
        "value TEXT, number REAL, PRIMARY KEY (_row, name)) WITHOUT ROWID",
    )


def index_statements(table: Table) -> dict[str, str]:
    """What makes the indexes of a table, by index name."""
    name = table.name
    found = {
        f"{name}__history__by__row": f'("{name}__history" (_row, id))',
        f"{name}__pairs__by__number": f'("{name}__pairs" (name, number) WHERE number IS NOT NULL)',
        f"{name}__pairs__by__value": f'("{name}__pairs" (name, value COLLATE NOCASE) '
        "WHERE value IS NOT NULL AND number IS NULL)",
        f"{name}__by": f'("{name}" (_scope, _gone))',
    }
    fields = fields_of(table.record)
    for wanted in table.indexes:
        terms = [term for part in wanted.split("+") for term in order_terms(table, fields[part])]
        if not terms:
            raise TypeError(f"{name} cannot be sorted by {wanted}")
        found[index_name(table, wanted)] = f'("{name}" (_scope, _gone, {", ".join(terms)}))'
    return {index: f'CREATE INDEX "{index}" ON {on[1:-1]}' for index, on in found.items()}


def index_name(table: Table, fields: str) -> str:
    """The name of the index that sorts by `fields`; by nothing but age of the row when empty."""
    return f"{table.name}__by{''.join(f'__{part}' for part in fields.split('+') if part)}"


def create(db: sqlite3.Connection, tables: Sequence[Table]) -> None:
    """Fill a fresh file. The caller has a transaction open."""
    for statement in (*FIXED, *(s for table in tables for s in table_statements(table))):
        db.execute(statement)
    for table in tables:
        for statement in index_statements(table).values():
            db.execute(statement)
        if search.is_wanted(db, table):
            search.make(db, table)
        kept_counts.make(db, table)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    db.execute(f"PRAGMA user_version = {SCHEMA}")


def read_layouts(db: sqlite3.Connection, tables: Sequence[Table]) -> dict[str, Layout]:
    """What the file has of each table. A column of another type than the record's counts as missing.

    It follows from how the file was made: what was found for one of the last files is kept for others made alike.
    """
    made: dict[str, str] = dict(db.execute("SELECT name, sql FROM main.sqlite_master WHERE sql IS NOT NULL"))
    searched = tuple((search.is_wanted(db, table), search.is_kept(db, table, made)) for table in tables)
    key = (tuple(map(id, tables)), frozenset(made.items()), searched)
    known = _KNOWN.get(key)
    if known is None:
        known = (tuple(tables), {table.name: _layout(db, table, made) for table in tables})
        for oldest in list(_KNOWN)[: -(KEPT - 1)]:
            _KNOWN.pop(oldest, None)  # another thread may have done so
        _KNOWN[key] = known
    return dict(known[1])


KEPT = 4
"""How many kinds of files are kept in mind."""
_KNOWN: dict[tuple[object, ...], tuple[tuple[Table, ...], dict[str, Layout]]] = {}
"""With the tables themselves: as long as they are here, no others have their ids."""


def _layout(db: sqlite3.Connection, table: Table, made: dict[str, str]) -> Layout:
    found = found_columns(db, table)
    wanted = columns_of(table)
    is_present = set(side_tables(table)) <= made.keys()
    same = {column: kind for column, kind in wanted.items() if found.get(column) == kind or not is_present}
    statements = index_statements(table)
    indexes = frozenset(index for index, sql in statements.items() if made.get(index) == sql)
    has_search = search.is_kept(db, table, made)
    is_complete = is_present and len(same) == len(wanted) and len(indexes) == len(statements)
    counted = kept_counts.kept(table, made)
    is_complete = is_complete and has_search == search.is_wanted(db, table) and counted == table.counted
    return Layout(table, same, indexes, Codec(table, frozenset(same)), is_complete, has_search, counted)


def found_columns(db: sqlite3.Connection, table: Table) -> dict[str, str]:
    """The record columns a file has, with their types."""
    info = db.execute(f'PRAGMA main.table_info("{table.name}")')
    return {name: kind for _, name, kind, *_ in info if not name.startswith("_")}


def side_tables(table: Table) -> tuple[str, ...]:
    """The names of a record table and of its side tables."""
    sides = ("", "__seen", "__documents", "__history", "__names", "__pairs")
    return tuple(table.name + side for side in sides)


def stand_ins(db: sqlite3.Connection, tables: Sequence[Table]) -> tuple[str, ...]:
    """Statements for empty temporary tables in place of those the file lacks, so that it can be read as it is."""
    present = {name for (name,) in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")}
    wanted = (*FIXED, *(statement for table in tables for statement in table_statements(table)))
    start = "CREATE TABLE IF NOT EXISTS "
    named = {statement.removeprefix(start).split(" ", 1)[0].strip('"'): statement for statement in wanted}
    return tuple(
        statement.replace(start, "CREATE TEMP TABLE ", 1) for name, statement in named.items() if name not in present
    )
