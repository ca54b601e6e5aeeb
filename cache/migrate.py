"""Bring an older file up: a backup first when its version is lower, then one transaction, checked before it counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from cache import kept_counts, search
from cache.errors import CacheDamaged
from cache.files import make_private, stamped
from cache.opening import is_sound
from cache.schema import (
    FIXED,
    SCHEMA,
    Layout,
    columns_of,
    found_columns,
    index_statements,
    read_layouts,
    side_tables,
    table_statements,
)
from cache.table import Table

KEPT_BACKUPS = 2

STEPS: dict[int, Callable[[Any], None]] = {}
"""What a version asks for beyond new tables, columns and indexes, which come by themselves: by the version
reached, each given the file as a sqlite_utils.Database (whose own annotations are partial, so Any)."""


def is_due(version: int, layouts: dict[str, Layout]) -> bool:
    """True when the file is older than this amldeck, or lacks something a record asks for."""
    return version < SCHEMA or not all(layout.is_complete for layout in layouts.values())


def migrate(db: sqlite3.Connection, path: Path | None, version: int, tables: Sequence[Table], now: datetime) -> None:
    """Bring the file up to this amldeck. The caller holds the lock and has no transaction open.

    Raises sqlite3.Error, OSError for a backup that could not be made, and CacheDamaged when the result is not sound:
    the file is then as it was.
    """
    if path is not None and version < SCHEMA:
        back_up(db, path, now)
    db.execute("BEGIN IMMEDIATE")
    try:
        _bring_up(db, version, tables)
        if version < SCHEMA and not is_sound(db):
            raise CacheDamaged("The cache could not be brought up to this version. It was left as it is.")
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def back_up(db: sqlite3.Connection, path: Path, now: datetime) -> Path:
    """Copy the file whole to a private one beside it, and keep the newest two. Gives its path."""
    target = stamped(path, "backup", now)
    make_private(target)
    try:
        db.execute("VACUUM INTO ?", (str(target),))
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    older = sorted(path.parent.glob(f"{path.stem}.backup-*{path.suffix}"))[:-KEPT_BACKUPS]
    for backup in older:
        backup.unlink(missing_ok=True)
    return target


def _bring_up(db: sqlite3.Connection, version: int, tables: Sequence[Table]) -> None:
    import sqlite_utils  # about 150 ms: only when a file is really older

    tools: Any = sqlite_utils.Database(db, recursive_triggers=False, execute_plugins=False)
    for statement in (*FIXED, *(s for table in tables for s in table_statements(table))):
        db.execute(statement)
    for step in range(version + 1, SCHEMA + 1):
        if step in STEPS:
            STEPS[step](tools)
    for table in tables:
        _columns(db, tools, table)
    for layout in read_layouts(db, tables).values():
        _indexes(db, tools, layout)
        if search.is_wanted(db, layout.table) and not layout.has_search:
            search.make(db, layout.table)
        if layout.counted != layout.table.counted:
            kept_counts.make(db, layout.table)
    db.execute(f"PRAGMA user_version = {SCHEMA}")


def _columns(db: sqlite3.Connection, tools: Any, table: Table) -> None:
    """Add the columns that are missing; a column of another type is emptied, and filled again by the next reading."""
    found = found_columns(db, table)
    wanted = columns_of(table)
    retyped = {column for column, kind in wanted.items() if found.get(column, kind) != kind}
    if retyped:
        for index in _ours(db, table.name):
            tools.table(table.name).drop_index(index)  # a column of an index cannot be dropped
        tools.table(table.name).transform(drop=retyped)
    for column, kind in wanted.items():
        if column in retyped or column not in found:
            tools.table(table.name).add_column(column, kind)


def _indexes(db: sqlite3.Connection, tools: Any, layout: Layout) -> None:
    for owner in side_tables(layout.table):
        for index in _ours(db, owner):
            if index not in layout.indexes:
                tools.table(owner).drop_index(index)
    for index, statement in index_statements(layout.table).items():
        if index not in layout.indexes:
            db.execute(statement)


def _ours(db: sqlite3.Connection, table: str) -> list[str]:
    """The names of the indexes we made on a table, without those SQLite made."""
    found = db.execute(
        "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql NOT NULL", (table,)
    )
    return [name for (name,) in found]
