"""The index of words: which rows may hold a text, by the groups of three letters in it.

It only narrows: every row it names is tested by the filter itself, so it never changes an answer. Kept are the case-
folded letters of a table's search fields, without their places: two thirds of the time and a third of the bytes of an
index that knows places, whose phrases take longer to read than a row takes to test.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

from cache.codec import clean
from cache.pairs import entry
from cache.sql import marks
from cache.table import Field, Table, fields_of

FORM = 1
"""How texts are kept. Another number has every index made anew."""

OLDEST = (3, 34, 0)
"""The first SQLite that indexes groups of three letters."""


class TextChange(NamedTuple):
    """What a row's letters were and are."""

    row: int
    old: str
    new: str


def index_of(table: Table) -> str:
    """The name of a table's index of words."""
    return f"{table.name}__search"


def is_possible(db: sqlite3.Connection) -> bool:
    """Whether this SQLite can keep such an index."""
    options = {option for (option,) in db.execute("PRAGMA compile_options")}
    return sqlite3.sqlite_version_info >= OLDEST and "ENABLE_FTS5" in options


def is_wanted(db: sqlite3.Connection, table: Table) -> bool:
    """Whether the table asks for the index and this SQLite can keep it."""
    return table.has_search_index and is_possible(db)


def is_kept(db: sqlite3.Connection, table: Table, made: dict[str, str]) -> bool:
    """Whether the file has the index, of all rows and in today's form."""
    if not {index_of(table), "_settings"} <= made.keys() or not is_wanted(db, table):
        return False
    found = db.execute("SELECT value FROM main._settings WHERE key = ?", (index_of(table),)).fetchone()
    return found == (_form(table),)


def make(db: sqlite3.Connection, table: Table) -> None:
    """Make the index of a table anew, from the rows there are. Needs a transaction."""
    db.execute(f'DROP TABLE IF EXISTS "{index_of(table)}"')
    db.execute(
        f"CREATE VIRTUAL TABLE \"{index_of(table)}\" USING fts5(text, tokenize='trigram case_sensitive 1', "
        "content='', columnsize=0, detail=none)"
    )
    add(db, table, _texts(db, table, "1", ()))
    db.execute("INSERT OR REPLACE INTO _settings VALUES (?, ?)", (index_of(table), _form(table)))


def distrust(db: sqlite3.Connection, table: Table) -> None:
    """Rows are written without the index: it is made anew before it is asked again. Needs a transaction."""
    db.execute("DELETE FROM _settings WHERE key = ?", (index_of(table),))


def text_of(table: Table, record: Any) -> str:
    """The letters of a record."""
    return _joined(getattr(record, name) for name in table.search)


def add(db: sqlite3.Connection, table: Table, rows: Iterable[tuple[int, str]]) -> None:
    """Index new rows. Needs a transaction."""
    db.executemany(f'INSERT INTO "{index_of(table)}" (rowid, text) VALUES (?, ?)', rows)


def change(db: sqlite3.Connection, table: Table, changes: Iterable[TextChange]) -> None:
    """Index rows whose texts are others now. Needs a transaction."""
    found = sorted(change for change in changes if change.old != change.new)
    drop(db, table, [(change.row, change.old) for change in found])
    add(db, table, [(change.row, change.new) for change in found])


def forget(db: sqlite3.Connection, table: Table, rows: Sequence[int]) -> None:
    """Take out rows that are about to be deleted. Needs a transaction."""
    drop(db, table, list(_texts(db, table, f"_row IN ({marks(rows)})", rows)))


def drop(db: sqlite3.Connection, table: Table, rows: Iterable[tuple[int, str]]) -> None:
    """Take rows out of the index. Needs a transaction."""
    name = index_of(table)
    db.executemany(f'INSERT INTO "{name}" ("{name}", rowid, text) VALUES (\'delete\', ?, ?)', rows)


def _form(table: Table) -> str:
    return f"{FORM} {' '.join(table.search)}"


def _texts(db: sqlite3.Connection, table: Table, where: str, bound: Sequence[int]) -> Iterator[tuple[int, str]]:
    """The rows there are with their letters, in their own order."""
    fields = _fields(table)
    columns = ", ".join("_key" if field.name == table.key else f'"{field.name}"' for field in fields)
    for row, *cells in db.execute(f'SELECT _row, {columns} FROM "{table.name}" WHERE {where} ORDER BY _row', bound):
        yield row, _joined(map(_read, fields, cells))


def _fields(table: Table) -> list[Field]:
    fields = [fields_of(table.record)[name] for name in table.search]
    for field in fields:
        if field.kind not in ("text", "texts", "pairs"):
            raise TypeError(f"{table.name}.{field.name} is no text to index")
    return fields


def _read(field: Field, cell: Any) -> Any:
    """The value of a cell as a record has it, as far as its texts go."""
    try:
        if field.kind == "pairs" and cell is not None:
            return msgspec.msgpack.decode(cell)
        return msgspec.json.decode(cell) if field.kind == "texts" and cell is not None else cell
    except (msgspec.DecodeError, ValueError, TypeError):
        return None


def _joined(values: Iterable[str | Sequence[str] | dict[str, Any] | None]) -> str:
    texts: list[str] = []
    for value in values:
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, dict):
            texts += value
            texts += [text if isinstance(text, str) else entry(text)[0] or "" for text in value.values()]
        elif value:
            texts += value
    return clean("\n".join(texts).replace("\0", "\n")).casefold()
