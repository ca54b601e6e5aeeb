"""A table of many rows, made quickly: rows are written beside the store, in the same tables, and indexed afterwards."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from cache.codec import Codec, to_micros
from cache.schema import index_statements
from cache.store import Store, Table
from tests.cache.examples import NOW, SCOPE, origin


class Run(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    status: str
    experiment: str | None = None
    user: str | None = None
    started: datetime | None = None
    duration: float | None = None
    nodes: int | None = None
    metrics: dict[str, float] = {}


RUNS = Table(
    name="runs",
    record=Run,
    indexes=("name", "status", "started", "duration", "experiment+started", "user"),
    search=("name", "id"),
)

STATUSES = ["Completed"] * 16 + ["Failed"] * 3 + ["Running"]


def runs(count: int, seed: int = 7) -> Iterator[Run]:
    """Runs with ties, unknown values and no order among themselves."""
    rnd = random.Random(seed)
    for number in range(count):
        is_queued = number % 20 == 0
        yield Run(
            id=f"run-{number:07}",
            name=f"{rnd.choice(('Calm', 'keen', 'red'))}-fox-{rnd.randrange(count)}",
            status=rnd.choice(STATUSES),
            experiment=f"exp-{rnd.randrange(40)}",
            user=None if number % 3 == 0 else f"person{rnd.randrange(30):02}@example.com",
            started=None if is_queued else NOW - timedelta(seconds=rnd.randrange(count * 20)),
            duration=None if is_queued else float(rnd.randrange(9000)),
            nodes=rnd.randrange(4),
            metrics={"auc": rnd.random()} if number % 10 == 0 else {},
        )


def filled(folder: Path, count: int) -> Store:
    """A store with this many runs. They are put past the store: a million takes half a minute, not ten."""
    store = Store.open(folder, [RUNS], now=lambda: NOW)
    store.put("runs", SCOPE, list(runs(1)), provenance=origin())
    store.close()
    db = sqlite3.connect(folder / "amldeck.db", isolation_level=None)
    for index in index_statements(RUNS):
        db.execute(f'DROP INDEX "{index}"')
    _write(db, count)
    for statement in index_statements(RUNS).values():
        db.execute(statement)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return Store.open(folder, [RUNS], now=lambda: NOW)


def _write(db: sqlite3.Connection, count: int) -> None:
    codec, at = Codec(RUNS), to_micros(NOW)
    names = ", ".join(f'"{name}"' for name in codec.columns)
    marks = ", ".join("?" * len(codec.columns))
    made = list(enumerate(runs(count), 1))[1:]
    db.execute("BEGIN")
    db.execute("INSERT OR IGNORE INTO runs__names VALUES (1, 1, 'metrics', 'auc')")
    db.executemany(
        f"INSERT INTO runs (_row, _scope, _key, {names}) VALUES (?, 1, ?, {marks})",
        ((row, run.id, *codec.row(run)) for row, run in made),
    )
    db.executemany(f"INSERT INTO runs__seen VALUES (?, 1, ?, {at}, 1, {at})", ((row, row) for row, _ in made))
    db.executemany(
        "INSERT INTO runs__pairs VALUES (?, 1, NULL, ?)",
        ((row, run.metrics["auc"]) for row, run in made if run.metrics),
    )
    db.execute("COMMIT")
