"""A cache that was filled from a world standing still, and a refresher with little patience: for faults."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.links import DEMO, Link
from app.refresh import Refresher
from app.session import Session
from app.source_state import SourceState
from app.sources import SOURCES
from app.tables import TABLES
from cache.store import Store
from services.connection import Connection
from services.emulator.faults import Fault
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.limits import Clock, Limits

NOW = datetime(2026, 11, 21, 14, 1, 7, 123456, tzinfo=UTC)
IMPATIENT = Limits(body_bytes=2**20, connect=2.0, read=2.0, total=2.0, retries=0, reconnects=0, pages=20)
HEAVY = ("utilization",)
"""A week of every deployment is seconds of work for the emulator: too much for little patience on a busy machine.
`compute_use` asks the same service, and meets its faults."""
READ = tuple(source.name for source in SOURCES if not source.is_derived and source.name not in HEAVY)


class Leaping(Clock):
    """The usual clock, which a test may move ahead: what a fault held back is due again, budgets are full.

    Who sleeps is ahead of the others by that much at once: a turn of Cost Management comes every 20 seconds.
    """

    def __init__(self) -> None:
        super().__init__()
        self._ahead = 0.0
        self._own = threading.local()

    def now(self) -> float:
        return super().now() + self._ahead + getattr(self._own, "slept", 0.0)

    def sleep(self, seconds: float) -> None:
        super().sleep(0.0)
        self._own.slept = getattr(self._own, "slept", 0.0) + seconds

    def leap(self) -> None:
        self._ahead += 2 * 86_400.0


class Filled:
    """A session whose sources were all read once. `crashes` holds what ended a thread."""

    def __init__(self, folder: Path, limits: Limits = IMPATIENT, runs: int = 120) -> None:
        self.world = World(runs=runs, clock=lambda: NOW)
        self.clock = Leaping()
        self.connection = Connection(
            FakeCredential(), transport=in_process(self.world), limits=limits, clock=self.clock, now=lambda: NOW
        )
        store = Store.open(folder, TABLES, now=lambda: NOW)
        self.session = Session(store, mode="demo", account=DEMO, link=self._link, now=lambda: NOW)
        self.session.workspace = self.session.default_workspace
        self.refresher = Refresher(self.session, dice=random.Random(7))
        self.crashes: list[str] = []
        self.refresh()
        if any(state.problem for state in self.states()):  # what the world works out once may take too long that once
            self.refresh()
        self.rows = self.counted()
        assert all(state.problem is None for state in self.states())
        # Of few runs none may be the job of a batch endpoint.
        assert all(rows for name, rows in self.rows.items() if name != "batch_jobs"), self.rows

    def _link(self) -> Link:
        return Link(self.connection, DEMO)

    def refresh(self) -> float:
        """Read every source now and wait for all of them; the seconds it took."""
        self.clock.leap()
        started = time.monotonic()
        self.refresher.want(READ, force=True)
        assert self.refresher.wait(READ, 120), [state for state in self.states() if state.is_reading]
        return time.monotonic() - started

    def under(self, fault: Fault) -> float:
        """Refresh under a fault, which is lifted afterwards; the seconds it took."""
        self.world.log.clear()
        self.world.faults.add(fault)
        try:
            return self.refresh()
        finally:
            self.world.faults.clear()

    def states(self) -> list[SourceState]:
        found = self.refresher.states()
        return [found[name] for name in READ]

    def counted(self) -> dict[str, int]:
        """How many rows each source has in the cache."""
        return {name: len(self.session.store.numbers(*self._place(name))) for name in READ}

    def says_so(self, name: str) -> bool:
        """Whether a source says what is wrong: as a whole, or in the rows whose part was refused."""
        state = self.refresher.states()[name]
        return state.problem is not None or any(getattr(record, "problem", None) for record in self.records(name))

    def records(self, name: str) -> Iterator[Any]:
        """What the cache holds of a source."""
        return (seen.record for seen in self.session.store.records(*self._place(name)))

    def _place(self, name: str) -> tuple[str, str]:
        """The table of a source, and the scope of its rows."""
        source = next(one for one in SOURCES if one.name == name)
        return source.table.name, self.session.account_scope if source.is_scope_account else self.session.scope


@contextmanager
def filled(folder: Path, limits: Limits = IMPATIENT, runs: int = 120) -> Iterator[Filled]:
    """A filled session for the length of a block; a thread that ended in a traceback is noted in `crashes`."""
    made = Filled(folder, limits, runs)
    before = threading.excepthook
    threading.excepthook = lambda told: made.crashes.append(repr(told.exc_value))
    try:
        yield made
    finally:
        threading.excepthook = before
        made.world.faults.release()
        made.refresher.stop()
        made.session.close()
