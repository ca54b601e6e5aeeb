"""A refresher on a real store with sources the test writes itself: what each read yields, or how it fails."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.handed import Reading
from app.links import Account, Link
from app.refresh import Refresher
from app.session import Session
from app.source import Source
from app.source_state import Refreshed
from app.tables import TABLES
from cache.store import Store
from services.connection import Connection
from services.experiments import Experiment
from services.models import Model
from services.records import Page, Provenance, SetAside, WorkspaceRef

START = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
PROD = WorkspaceRef("11111111-1111-1111-1111-111111111111", "rg-ml", "ml-prod")
STAGING = WorkspaceRef("11111111-1111-1111-1111-111111111111", "rg-ml", "ml-staging")
TABLE = {table.name: table for table in TABLES}
PATIENCE = 10.0


class Clock:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def go(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class NoToken:
    """A credential nobody asks."""

    def get_token(self, *scopes: str) -> Any:
        raise AssertionError("no call is made in these tests")


class Desk:
    """One session and one refresher, as one process has them."""

    def __init__(
        self, folder: Path, *sources: Source, clock: Clock | None = None, link: Callable[[], Link] | None = None
    ):
        self.clock = clock or Clock()
        self.store = Store.open(folder, TABLES, now=self.clock)
        account = Account("public", "tenant", "ana@example.com")
        given = link or (lambda: Link(Connection(NoToken(), now=self.clock), account))
        self.session = Session(self.store, mode="azure", account=account, link=given, now=self.clock)
        self.session.workspace = PROD
        self.events: list[Refreshed] = []
        self.refresher = Refresher(self.session, self.events.append, sources=sources, dice=random.Random(7))

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.refresher.stop()
        self.session.close()

    def read(self, *names: str, force: bool = False) -> None:
        """Want these sources and wait until they are settled."""
        self.refresher.want(names, force=force)
        assert self.refresher.wait(names, PATIENCE)

    def later(self, seconds: float, *names: str) -> None:
        """Move the clock and wait until these sources are settled again."""
        self.clock.go(seconds)
        self.refresher.wake()
        assert self.refresher.wait(names, PATIENCE)

    def hear(self, is_meant: Callable[[Refreshed], bool]) -> None:
        """Wait for an event: the last of a read comes when it counts as settled already."""
        end = time.monotonic() + PATIENCE
        while not any(map(is_meant, list(self.events))):
            assert time.monotonic() < end, self.events
            time.sleep(0.01)

    def state(self, name: str) -> Any:
        return self.refresher.states()[name]

    def keys(self, table: str) -> list[str]:
        return [seen.key for seen in self.store.records(table, self.session.scope, order="name")]


def page(reading: Reading, *names: str, record: Any = Experiment, is_last: bool = True, aside: int = 0) -> Page[Any]:
    """A page of experiments (or models) with these names."""
    return Page(
        tuple(record(id=name, name=name) for name in names),
        tuple(f'{{"name":"{name}"}}'.encode() for name in names),
        Provenance("/experiments", "v1", reading.now),
        set_aside=tuple(SetAside(f"item {at}", "it has no name") for at in range(aside)),
        is_last=is_last,
    )


Step = Sequence[str] | Exception | Callable[[Reading], Page[Any]]


class Script:
    """A reader that does what it is told: each read plays the next part, the last part again and again."""

    def __init__(self, *parts: Sequence[Step], record: Any = Experiment) -> None:
        self.parts = list(parts)
        self.record = record
        self.reads = 0
        self.readings: list[Reading] = []

    def __call__(self, reading: Reading) -> Iterator[Page[Any]]:
        part = self.parts[min(self.reads, len(self.parts) - 1)]
        self.reads += 1
        self.readings.append(reading)
        for at, step in enumerate(part, start=1):
            if isinstance(step, Exception):
                raise step
            if callable(step):
                yield step(reading)
            else:
                yield page(reading, *step, record=self.record, is_last=at == len(part))


def source(
    name: str, read: Callable[[Reading], Iterator[Page[Any]]], table: str = "experiments", **more: Any
) -> Source:
    """A source that is stale after a minute."""
    return Source(name, name.title(), TABLE[table], read, **{"stale_after": 60.0, **more})


class Gate:
    """A step that hangs until it is opened, as a call to a stalled service does."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self, reading: Reading) -> Page[Any]:
        self.reached.set()
        assert self.opened.wait(PATIENCE)
        return page(reading, *self.names)

    def wait(self) -> None:
        assert self.reached.wait(PATIENCE)


def models(*parts: Sequence[Step]) -> Script:
    """A script that yields models."""
    return Script(*parts, record=Model)
