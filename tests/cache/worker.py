"""A process that works on a cache, for the tests of many: `python -m tests.cache.worker WHAT FOLDER …`."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from cache import connect
from cache.errors import CacheError, CacheFull
from cache.store import Store
from tests.cache.examples import JOBS, NOW, SCOPE, Job, origin

SIZE = 20
"""Rows of one batch."""


def batch(name: str, number: int) -> list[Job]:
    return [
        Job(id=f"{name}-{number:05}-{i:02}", name=f"{name} {number}", nodes=number, tags={"by": name}, metrics={"n": i})
        for i in range(SIZE)
    ]


def write_forever(folder: Path, name: str) -> None:
    """Put batches, each followed by a change of the one before, and say each number once it is put."""
    store = Store.open(folder, [JOBS])
    number = 0
    while True:
        store.put("jobs", SCOPE, batch(name, number), [b"{}"] * SIZE, provenance=origin())
        print(number, flush=True)
        number += 1


def write(folder: Path, name: str, count: int) -> None:
    """Put batches twice, the second time changed; say every error."""
    store = Store.open(folder, [JOBS])
    for number in range(count):
        for hours in (0, 1):
            jobs = [job if not hours else Job(id=job.id, name=job.name, nodes=-1) for job in batch(name, number)]
            store.put("jobs", SCOPE, jobs, [b"{}"] * SIZE, provenance=origin(NOW + timedelta(hours=hours)))
        if number % 10 == 0:
            store.note_source(SCOPE, name, rows=number)
            store.lease(SCOPE, name, 60)
    store.close()


def read(folder: Path, count: int) -> None:
    """Read pages, positions and counts."""
    store = Store.open(folder, [JOBS])
    for _ in range(count):
        view = store.view("jobs", SCOPE, None, "-nodes")
        view.window(0, 40)
        view.prepare()
        found = view.window(0, 40)
        assert (view.count() or 0) % SIZE == 0, view.count()
        assert all(row.record.nodes is not None for row in found)
        store.counts("jobs", SCOPE, "tag.by")
        store.sources(SCOPE)
    store.close()


def fill(folder: Path, limit: int) -> None:
    """Put until the disk is full: a file may have so many bytes. Say what then holds."""
    import resource

    store = Store.open(folder, [JOBS])
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    elsewhere = Store.open(folder / "fresh", [JOBS])
    if limit < 100_000:
        print("fresh:", elsewhere.path, *elsewhere.notes)
    elsewhere.close()
    number = 0
    try:
        while True:
            store.put("jobs", SCOPE, batch("full", number), [b"x" * 4000] * SIZE, provenance=origin())
            number += 1
    except CacheFull as full:
        print("full:", full)
    print("read-only:", store.is_read_only, len(store.notes))
    print("readable:", sum(1 for _ in store.records("jobs", SCOPE)) == number * SIZE)
    try:
        store.put("jobs", SCOPE, batch("more", 0), provenance=origin())
    except CacheError as error:
        print("then:", type(error).__name__)
    store.close()


if __name__ == "__main__":
    connect.CHECKPOINT_AT = 2**17  # often, so that checkpoints meet writers, readers and kills
    what, folder, *rest = sys.argv[1:]
    if what == "write_forever":
        write_forever(Path(folder), rest[0])
    elif what == "write":
        write(Path(folder), rest[0], int(rest[1]))
    elif what == "read":
        read(Path(folder), int(rest[0]))
    elif what == "fill":
        fill(Path(folder), int(rest[0]))
