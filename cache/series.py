"""Series of runs and endpoints: every value that was logged or measured, as blobs beside the records.

One series is one name of one run or endpoint (and, for what was measured on its nodes, one node). It is kept in pieces
of some thousand points, so that adding what is new rewrites the last piece alone. `SeriesShelf` is `Store.series`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec

from cache.codec import from_micros, to_micros
from cache.core import Core
from cache.origins import made_scope_id, scope_id
from cache.orphans import series_of_none
from cache.packing import UNKNOWN, pack, unpack
from cache.schema import SERIES_TABLES

PIECE = 8_192
"""Points of one blob at most."""


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One series, in the order it was logged. `steps` is empty for what has none: what was measured by time."""

    name: str
    part: str = ""
    """The node it was measured on; empty for what the run itself logged."""
    unit: str = ""
    steps: Sequence[int] = ()
    times: Sequence[float | None]
    """Seconds since 1970 UTC, kept to the millisecond."""
    values: Sequence[float]
    """NaN and infinity are values; in what was measured, NaN is a moment without a measurement."""
    fetched_at: datetime | None = None
    """When it was last read, aware UTC. Set by the cache."""


class SeriesShelf:
    """The series of all things; `run` is the key of the run or endpoint. Any thread may use it."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def put(self, scope: str, run: str, kind: str, given: Iterable[Series], at: datetime) -> None:
        """Keep series as they are now, each in place of the one of its name and part. Raises CacheError."""
        self._write(scope, run, kind, given, at, is_whole=True)

    def add(self, scope: str, run: str, kind: str, given: Iterable[Series], at: datetime) -> None:
        """Add points to the ends of series, new ones among them. Without points only their age is new."""
        self._write(scope, run, kind, given, at, is_whole=False)

    def read(self, scope: str, run: str, kind: str) -> list[Series]:
        """The series of one kind of a run, in the order they came. One that is spoilt is as none."""
        with self._core.lent() as db:
            found = self._rows(db, scope, run, kind)
            return [one for row in found if (one := _series(db, row)) is not None]

    def names(self, scope: str, run: str, kind: str) -> tuple[str, ...]:
        """The names there are series of, in the order they came. Reads no points."""
        with self._core.lent() as db:
            return tuple(dict.fromkeys(row[1] for row in self._rows(db, scope, run, kind)))

    def forget(self, scope: str, runs: Sequence[str]) -> int:
        """Delete the series of these runs; gives how many there were."""
        with self._core.writing() as db:
            _make(db)
            kept_in = made_scope_id(db, scope)
            found = [
                row
                for run in runs
                for (row,) in db.execute("SELECT id FROM _series WHERE scope = ? AND run = ?", (kept_in, run))
            ]
            return _delete(db, found)

    def prune(
        self,
        table: str = "runs",
        going: Collection[int] = (),
        kinds: Collection[str] | None = None,
        *,
        is_dry: bool = False,
    ) -> int:
        """Delete the series of things that are not in the table, or whose rows are `going`; gives how many there were.

        With `kinds` only series of those; with `is_dry` they are only counted.
        """
        owner = self._core.layout(table).table.name
        if is_dry:
            with self._core.lent() as db:
                return len(series_of_none(db, owner, going, kinds))
        with self._core.writing() as db:
            return _delete(db, series_of_none(db, owner, going, kinds))

    def _write(self, scope: str, run: str, kind: str, given: Iterable[Series], at: datetime, *, is_whole: bool) -> None:
        with self._core.writing() as db:
            _make(db)
            kept_in = made_scope_id(db, scope)
            for one in given:
                row = _row(db, (kept_in, run, kind, one.name, one.part), one.unit, to_micros(at))
                if is_whole:
                    db.execute("DELETE FROM _series_pieces WHERE series = ?", (row,))
                _append(db, row, one)

    def _rows(self, db: sqlite3.Connection, scope: str, run: str, kind: str) -> list[tuple[int, str, str, str, int]]:
        found = scope_id(db, scope)
        if found is None or not _is_there(db):
            return []
        return db.execute(
            "SELECT id, name, part, unit, fetched_at FROM main._series WHERE scope = ? AND run = ? AND kind = ? "
            "ORDER BY id",
            (found, run, kind),
        ).fetchall()


def _is_there(db: sqlite3.Connection) -> bool:
    """Whether the file has the tables: one that was made before them gets them with the first series."""
    return bool(db.execute("SELECT 1 FROM main.sqlite_master WHERE name = '_series_pieces'").fetchone())


def _make(db: sqlite3.Connection) -> None:
    for statement in SERIES_TABLES:
        db.execute(statement)


def _row(db: sqlite3.Connection, key: tuple[int, str, str, str, str], unit: str, at: int) -> int:
    (row,) = db.execute(
        "INSERT INTO _series (scope, run, kind, name, part, unit, fetched_at) VALUES (?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET unit = excluded.unit, fetched_at = excluded.fetched_at RETURNING id",
        (*key, unit, at),
    ).fetchone()
    return row


def _append(db: sqlite3.Connection, row: int, given: Series) -> None:
    """Fill up the last piece and begin others."""
    last = db.execute(
        "SELECT number, count FROM _series_pieces WHERE series = ? ORDER BY number DESC LIMIT 1", (row,)
    ).fetchone()
    number, count = last or (0, 0)
    steps, times, values = list(given.steps), [_millis(at) for at in given.times], list(given.values)
    if not values:
        return
    if last and count < PIECE:
        body = db.execute("SELECT body FROM _series_pieces WHERE series = ? AND number = ?", (row, number)).fetchone()
        (old_steps, old_times), old_values = unpack(body[0])
        steps, times, values = old_steps + steps, old_times + times, old_values + values
    elif last:
        number += 1
    for start in range(0, len(values), PIECE):
        stop = start + PIECE
        some = values[start:stop]
        db.execute(
            "INSERT OR REPLACE INTO _series_pieces VALUES (?, ?, ?, ?)",
            (row, number + start // PIECE, len(some), pack((steps[start:stop], times[start:stop]), some)),
        )


def _series(db: sqlite3.Connection, row: tuple[int, str, str, str, int]) -> Series | None:
    number, name, part, unit, fetched_at = row
    steps: list[int] = []
    times: list[int] = []
    values: list[float] = []
    pieces = db.execute("SELECT body FROM main._series_pieces WHERE series = ? ORDER BY number", (number,))
    for (body,) in pieces:
        try:
            (some_steps, some_times), some_values = unpack(body)
        except ValueError:
            return None  # spoilt, or of another version: the next reading brings it whole
        steps += some_steps
        times += some_times
        values += some_values
    return Series(
        name=name, part=part, unit=unit, steps=steps,
        times=[None if at == UNKNOWN else at / 1000 for at in times],
        values=values, fetched_at=from_micros(fetched_at),
    )  # fmt: skip


def _millis(at: float | None) -> int:
    return UNKNOWN if at is None else round(at * 1000)


def _delete(db: sqlite3.Connection, rows: Sequence[int]) -> int:
    db.executemany("DELETE FROM _series_pieces WHERE series = ?", [(row,) for row in rows])
    db.executemany("DELETE FROM _series WHERE id = ?", [(row,) for row in rows])
    return len(rows)
