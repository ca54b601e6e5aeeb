"""A workspace that has seen much: seeded runs with params, metrics, tags and errors, and a cache that holds them.

`filled` writes past the store, into the same tables, and indexes afterwards: a million runs take minutes instead of an
hour. What was made is kept in a folder and used again.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from app.links import DEMO
from app.session import Session
from app.tables import RUNS, TABLES
from cache import kept_counts, search
from cache.codec import Codec, to_micros
from cache.pairs import entry
from cache.schema import index_statements
from cache.store import Store
from services.records import Provenance
from services.run import Run

SEED = 11
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
EXPERIMENTS, PEOPLE = 200, 60
MANY = 5_000

_FIRST = ("amber", "bold", "brave", "calm", "clever", "eager", "frosty", "gentle", "jolly", "keen", "lucid", "merry",
          "nimble", "plucky", "quiet", "rapid", "silver", "sunny", "tidy", "witty")  # fmt: skip
_SECOND = ("ant", "bear", "crane", "deer", "elk", "falcon", "fox", "goose", "heron", "ibis", "jay", "kite", "lark",
           "mole", "newt", "otter", "puffin", "raven", "seal", "tern")  # fmt: skip
_SUBJECTS = ("fraud", "churn", "price", "geo", "vision", "speech", "rank", "demand", "anomaly", "search")
_STATUSES = ["Completed"] * 78 + ["Failed"] * 14 + ["Canceled"] * 7 + ["Running"]
_ERRORS = (
    ("OutOfMemory", "User process exited with status code 137 (Killed). The container used more than its limit."),
    ("DataAccess", "The requested stream was not found. Please make sure the request uri is correct."),
    ("CudaError", "CUDA out of memory. Tried to allocate 2.00 GiB on device 0."),
    ("ValueError", "ValueError: Input contains NaN, infinity or a value too large for dtype('float32')."),
    ("ImagePull", "Failed to pull the image from the registry: unauthorized."),
)
_COMPUTES = ("cpu-ci", "cpu-large", "gpu-a100", "gpu-t4", "gpu-spot", "serverless")
_OPTIMIZERS = ("adam", "adamw", "sgd", "lion")


def runs(count: int, seed: int = SEED) -> Iterator[Run]:
    """That many runs, the oldest first: a third are trials of a sweep before them."""
    rnd = random.Random(seed)
    step = timedelta(days=3 * 365) / count
    parent: tuple[str, str] | None = None
    left = 0
    for number in range(count):
        if left == 0 and rnd.random() < 0.04:
            parent, left = None, rnd.randrange(5, 16)
            run = _run(rnd, number, NOW - step * (count - number), None, "sweep")
            parent = (run.id, run.experiment or "")
        else:
            run = _run(rnd, number, NOW - step * (count - number), parent if left else None, None)
            left = max(0, left - 1)
        yield run


def _run(rnd: random.Random, number: int, created: datetime, parent: tuple[str, str] | None, kind: str | None) -> Run:
    status = rnd.choice(_STATUSES)
    name = f"{rnd.choice(_FIRST)}-{rnd.choice(_SECOND)}-{number % 1000}"
    subject = rnd.randrange(EXPERIMENTS)
    experiment = parent[1] if parent else f"{_SUBJECTS[subject % 10]}-{subject:03}"
    queued, took = rnd.expovariate(1 / 90), rnd.lognormvariate(7, 1.4)
    started = created + timedelta(seconds=queued)
    is_over = status != "Running"
    code, error = rnd.choice(_ERRORS) if status == "Failed" else (None, None)
    person = rnd.randrange(PEOPLE)
    return Run(
        id=f"{name.replace('-', '_')}_{number:07x}", name=name, experiment=experiment, status=status,
        kind="trial" if parent else kind or "command", parent=parent[0] if parent else None,
        created=created, started=started, ended=started + timedelta(seconds=took) if is_over else None,
        duration=took if is_over else None, queued=queued, compute=rnd.choice(_COMPUTES),
        nodes=rnd.choice((1, 1, 1, 4)),
        user=f"person{person:02}@example.com", error=error, error_code=code,
        command=f"python train.py --config conf/{experiment}.yaml", git_commit=f"{rnd.getrandbits(160):040x}",
        environment=f"sklearn-1.5:{rnd.randrange(60)}",
        tags={"team": rnd.choice(("growth", "search", "risk")), "ticket": f"ML-{rnd.randrange(9000)}"},
        params={"lr": f"{10 ** rnd.uniform(-5, -1):.3g}", "batch_size": str(2 ** rnd.randrange(4, 10)),
                "epochs": str(rnd.randrange(1, 100)), "optimizer": rnd.choice(_OPTIMIZERS), "seed": str(number % 97)},
        metrics={"auc": rnd.betavariate(8, 2), "loss": rnd.expovariate(2)} if status == "Completed" else {},
    )  # fmt: skip


def cache_of(folder: Path, count: int) -> Path:
    """The folder of a demo cache with that many runs, made when it is not there: `amldeck demo --cache` takes it."""
    home = folder / f"runs-{count}"
    if not (home / "whole").exists():
        store = Store.open(home / "demo", TABLES)
        session = Session(store, mode="demo", account=DEMO)
        assert session.default_workspace is not None
        scope = session.scope_of(session.default_workspace)
        first = next(runs(1))
        store.put("runs", scope, [first], provenance=Provenance("/runs:query", None, NOW))
        for source in ("experiments", "runs"):
            store.note_source(scope, source, last_ok=NOW, last_try=NOW, rows=count)
        store.remember("workspace", session.default_workspace.id)
        store.close()
        _fill(home / "demo" / "amldeck.db", count)
        Store.open(home / "demo", TABLES).close()
        (home / "whole").touch()
    return home


def _fill(path: Path, count: int) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA cache_size = -400000")
    (scope,) = db.execute("SELECT _scope FROM runs").fetchone()
    for index in index_statements(RUNS):
        db.execute(f'DROP INDEX "{index}"')
    db.execute("BEGIN")
    db.execute("DELETE FROM runs__pairs")
    names = _names(db, scope)
    made = enumerate(runs(count), 1)
    next(made)
    while some := list(islice(made, MANY)):
        _write(db, scope, names, some)
    _write_pairs(db, names, [(1, next(runs(1)))])
    search.make(db, RUNS)
    kept_counts.make(db, RUNS)
    db.execute("COMMIT")
    for statement in index_statements(RUNS).values():
        db.execute(statement)
    if search.is_wanted(db, RUNS):
        db.execute("BEGIN")
        search.make(db, RUNS)
        db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def _names(db: sqlite3.Connection, scope: int) -> dict[str, dict[str, int]]:
    sample = Run(id="", name="", status="", tags={"team": "", "ticket": ""}, metrics={"auc": 0.0, "loss": 0.0},
                 params=dict.fromkeys(("lr", "batch_size", "epochs", "optimizer", "seed"), ""))  # fmt: skip
    pairs: dict[str, Any] = {"tags": sample.tags, "params": sample.params, "metrics": sample.metrics}
    for field, values in pairs.items():
        for name in values:
            db.execute("INSERT OR IGNORE INTO runs__names (scope, field, name) VALUES (?, ?, ?)", (scope, field, name))
    found: dict[str, dict[str, int]] = {field: {} for field in pairs}
    for number, field, name in db.execute("SELECT id, field, name FROM runs__names WHERE scope = ?", (scope,)):
        found[field][name] = number
    return found


def _write(db: sqlite3.Connection, scope: int, names: dict[str, dict[str, int]], made: list[tuple[int, Run]]) -> None:
    codec, at = Codec(RUNS), to_micros(NOW)
    columns = ", ".join(f'"{name}"' for name in codec.columns)
    marks = ", ".join("?" * len(codec.columns))
    db.executemany(
        f"INSERT INTO runs (_row, _scope, _key, {columns}) VALUES (?, {scope}, ?, {marks})",
        ((row, run.id, *codec.row(run)) for row, run in made),
    )
    db.executemany(f"INSERT INTO runs__seen VALUES (?, {scope}, ?, {at}, 1, {at})", ((row, row) for row, _ in made))
    _write_pairs(db, names, made)


def _write_pairs(db: sqlite3.Connection, names: dict[str, dict[str, int]], made: list[tuple[int, Run]]) -> None:
    found = (
        (row, names[field][name], *entry(value))
        for row, run in made
        for field in names
        for name, value in getattr(run, field).items()
    )
    db.executemany("INSERT INTO runs__pairs VALUES (?, ?, ?, ?)", sorted(found, key=lambda one: one[:2]))
