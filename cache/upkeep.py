"""What the file is full of, taking out what nobody needs any more, and giving its room back to the disk.

All three may run beside a deck: a writer is held up for one small transaction, or as long as the file is packed.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from cache import search
from cache.codec import to_micros
from cache.core import Core
from cache.errors import CacheFull
from cache.files import NAME, SIDES, size_of
from cache.orphans import Orphan, rows_of_none
from cache.series import SeriesShelf
from cache.sql import batched, marks

_KINDS = {
    "seen": "rows",
    "documents": "documents",
    "history": "history",
    "pairs": "values",
    "names": "values",
    "search_data": "words",
    "search_idx": "words",
    "search_config": "words",
}
"""What a side table of a record table holds, in a user's words; what is not named here is called as it is."""
_BATCH = 500
_ROOM = 1.1
"""How much of its own size a file needs beside it to be packed."""


class TableSize(msgspec.Struct, frozen=True):
    """One table: its rows, how many of them are no longer listed, and bytes by what they hold."""

    name: str
    rows: int
    gone: int
    bytes: dict[str, int]
    """rows, indexes, documents, history, values (tags, params, metrics), words; empty where SQLite cannot tell."""


class Sizes(msgspec.Struct, frozen=True):
    """The whole file: bytes of it, of its journal, of pages that are free, and its tables, the largest first."""

    file: int
    journal: int
    free: int
    tables: tuple[TableSize, ...]
    shared: int
    """Bytes of what belongs to no table: scopes, settings, the kept screen."""


def sizes(core: Core) -> Sizes:
    """Measure the file. Reads all of it: for a worker, a second a gigabyte."""
    path = core.path
    with core.lent() as db:
        pages = _pages(db)
        found = [_table(db, table.name, pages) for table in core.tables]
        page_size, free = (db.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_size", "freelist_count"))
    known = sum(sum(one.bytes.values()) for one in found)
    shown = sorted((one for one in found if one.rows), key=lambda one: (-sum(one.bytes.values()), -one.rows))
    return Sizes(
        size_of(path) if path else 0,
        size_of(Path(f"{path}-wal")) if path else 0,
        page_size * free,
        tuple(shown),
        sum(pages.values()) - known,
    )


def _pages(db: sqlite3.Connection) -> dict[str, int]:
    """The bytes of every table and index; nothing on a SQLite that was built without telling."""
    try:
        return dict(db.execute("SELECT name, pgsize FROM dbstat WHERE aggregate = TRUE"))
    except sqlite3.OperationalError:
        return {}


def _table(db: sqlite3.Connection, table: str, pages: dict[str, int]) -> TableSize:
    rows, gone = db.execute(f'SELECT count(*), coalesce(sum(_gone), 0) FROM "{table}"').fetchone()
    held: dict[str, int] = {}
    for name, owner, kind in db.execute("SELECT name, tbl_name, type FROM main.sqlite_master"):
        if kind in ("table", "index") and (owner == table or owner.startswith(f"{table}__")) and name in pages:
            side = owner.removeprefix(table).removeprefix("__").partition("__")[0]
            what = "indexes" if kind == "index" and not side else _KINDS.get(side, side or "rows")
            held[what] = held.get(what, 0) + pages[name]
    return TableSize(table, rows, gone, held)


class Owned(NamedTuple):
    """Rows of `table` belong to the row of `owner` whose key is in their `field`.

    `is_out` says of a scope and a key that what the row tells of is out, though its owner stays.
    """

    table: str
    field: str
    owner: str
    is_out: Callable[[str, str], bool]
    kinds: tuple[str, ...] | None = None
    """The kinds of series that belong to `owner` too; None: all there are."""


class Pruned(msgspec.Struct, frozen=True):
    """What was taken out, or would be: rows by table, copies of the cache with their bytes, series of runs."""

    rows: dict[str, int]
    files: tuple[str, ...] = ()
    file_bytes: int = 0
    series: int = 0
    orphans: tuple[Orphan, ...] = ()
    """Rows of the `owned` table that went with the runs they belong to, or with what they tell of."""


def prune(
    core: Core,
    before: datetime,
    kept: Sequence[str],
    ended: Sequence[str],
    told: Callable[[int], object],
    *,
    is_dry: bool,
    owned: Owned | None = None,
) -> Pruned:
    """Take out rows that are gone from Azure and were last seen before a moment, and copies of the file set aside then.

    Tables that are `kept` lose nothing; those that are `ended` also lose the rows that ended before it, gone or not.
    What belongs to rows of `owned.owner` goes with them: their series, and the rows of `owned.table`. With `is_dry` it
    is only counted. `told` hears how many rows of a table are out, after each transaction. Raises
    CacheError.
    """
    counted: dict[str, int] = {}
    going: set[int] = set()
    for table in core.tables:
        numbers = [] if table.name in kept else _old(core, table.name, before, by_end=table.name in ended)
        if numbers:
            counted[table.name] = len(numbers)
            # A number that was given up may be another row's soon: what is out is told by its absence.
            going |= set(numbers) if is_dry and owned is not None and table.name == owned.owner else set()
            for done in () if is_dry else _take_out(core, table.name, numbers):
                told(done)
    series, orphans = _belongings(core, owned, going, is_dry=is_dry) if owned is not None else (0, ())
    files = list(_set_aside(core.path, before)) if core.path else []
    size = sum(map(size_of, files))
    for path in () if is_dry else files:
        path.unlink(missing_ok=True)
    return Pruned(counted, tuple(path.name for path in files), size, series, orphans)


def _belongings(core: Core, owned: Owned, going: set[int], *, is_dry: bool) -> tuple[int, tuple[Orphan, ...]]:
    """Take out, or count, what belongs to rows that are out or are going."""
    series = SeriesShelf(core).prune(owned.owner, going, owned.kinds, is_dry=is_dry)
    with core.lent() as db:
        orphans = tuple(rows_of_none(db, owned.table, owned.field, owned.owner, going, owned.is_out))
    for _ in () if is_dry else _take_out(core, owned.table, [one.row for one in orphans]):
        pass
    return series, orphans


def _old(core: Core, table: str, before: datetime, *, by_end: bool) -> list[int]:
    at = to_micros(before)
    sql = f'SELECT t._row FROM "{table}" t JOIN "{table}__seen" s ON s._row = t._row WHERE _gone = 1 AND fetched_at < ?'
    with core.lent() as db:
        found = {row for (row,) in db.execute(sql, (at,))}
        if by_end:
            found |= {row for (row,) in db.execute(f'SELECT _row FROM "{table}" WHERE ended < ?', (at,))}
    return sorted(found)


def _take_out(core: Core, table: str, numbers: Sequence[int]) -> Iterator[int]:
    """Delete rows with everything beside them, a transaction for some at a time. Yields how many are gone."""
    done = 0
    for some in batched(numbers, _BATCH):
        with core.writing() as db:
            layout = core.layout(table)
            if layout.has_search:
                search.forget(db, layout.table, some)
            for side in _sides(db, table):
                db.execute(f'DELETE FROM "{side}" WHERE _row IN ({marks(some)})', some)
        done += len(some)
        yield done


def _sides(db: sqlite3.Connection, table: str) -> list[str]:
    """The table's side tables that are keyed by its rows, and the table itself last."""
    names = [name for (name,) in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
    sides = [name for name in names if name.startswith(f"{table}__") and _has_rows(db, name)]
    return [*sides, table]


def _has_rows(db: sqlite3.Connection, name: str) -> bool:
    return any(column == "_row" for _, column, *_ in db.execute(f'PRAGMA main.table_info("{name}")'))


def _set_aside(path: Path, before: datetime) -> Iterator[Path]:
    """Copies of the file that were made before a migration or when it was damaged, and are old."""
    stem = NAME.removesuffix(".db")
    for side in SIDES:
        for found in path.parent.glob(f"{stem}.*-*.db{side}"):
            if found.is_file() and not found.is_symlink() and found.stat().st_mtime < before.timestamp():
                yield found


def vacuum(core: Core) -> tuple[int, int]:
    """Pack the file, so that free pages go back to the disk; gives its bytes before and after.

    Other writers wait meanwhile, readers do not. Raises CacheFull when there is no room to do it in, and CacheError.
    """
    path = core.path
    if path is None:
        return 0, 0
    with core.writer.alone() as db:
        before = size_of(path) + size_of(Path(f"{path}-wal"))
        _check_room(path, int(before * _ROOM))
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return before, size_of(path) + size_of(Path(f"{path}-wal"))


def _check_room(path: Path, needed: int) -> None:
    """A packed copy is made where SQLite keeps temporary files, and written to the journal beside the file."""
    places = [path.parent, Path(os.environ.get("SQLITE_TMPDIR") or tempfile.gettempdir())]
    are_one = os.stat(places[0]).st_dev == os.stat(places[1]).st_dev
    for place in places[:1] if are_one else places:
        wanted = 2 * needed if are_one else needed
        free = shutil.disk_usage(place).free
        if free < wanted:
            raise CacheFull(
                f"Packing the cache takes {wanted / 1e6:,.0f} MB for a while, and {place} has {free / 1e6:,.0f} MB "
                "free. Make room, or prune more and let new rows use what became free."
            )
