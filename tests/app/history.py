"""A workspace of the emulated account whose history a refresher reads into a cache: for the tests of the history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.history.depth import Depth
from app.history.plan import ExperimentPlan
from app.links import DEMO, Link
from app.refresh import Refresher
from app.session import Session
from app.tables import TABLES
from cache.store import Store
from services.connection import Connection
from services.emulator.faults import Fault
from services.emulator.places import PLACES, Place
from services.emulator.scripts import Part, Script
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.limits import Clock
from services.run import Run
from tests.services.answering import InstantClock

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WHOLE = ("runs", "history", "children", "values")

TRIALS = 130
SWEEPS = Script(
    name="tune", minutes=24 * 60, metrics=("auc", "loss"), steps=50,
    parts=(
        Part(kind="sweep", name="hpo-{n}", at=10, runs=(300, 400), children=TRIALS, every=2, fails=0.0, cancels=0.0,
             child=Part(kind="trial", name="", runs=(3, 6), fails=0.1, failures=("traceback",))),
        Part(kind="command", name="train-{n}", at=700, runs=(5, 9)),
    ),
)  # fmt: skip
"""Days with one sweep of more trials than fit on a page of children."""

PACE = Script(name="pace", minutes=10, metrics=("auc",), steps=50,
              parts=(Part(kind="command", name="run-{n}", runs=(2, 4), fails=0.0, cancels=0.0),))  # fmt: skip
"""A run every ten minutes."""


def world_of(*scripts: Script, runs: int, clock: Callable[[], datetime]) -> World:
    """A world whose first workspace runs these scripts."""
    import msgspec

    first = msgspec.structs.replace(PLACES[0], scripts=scripts)
    return World(seed=7, runs=runs, clock=clock, places=(first, *PLACES[1:]))


class Desk:
    """One process's session and refresher on a cache in `folder`; `with` stops them."""

    def __init__(self, folder: Path, world: World, now: Callable[[], datetime], *, clock: Clock | None = None) -> None:
        self.world = world
        self.place: Place = world.places[0]
        self.session = Session(Store.open(folder, TABLES, now=now), mode="demo", account=DEMO, link=self._link, now=now)
        self.session.workspace = world.workspaces["ml-prod"]
        self._now, self._clock = now, clock or InstantClock()
        self.refresher = Refresher(self.session)

    def _link(self) -> Link:
        connection = Connection(
            FakeCredential(1, clock=self._now), transport=in_process(self.world), now=self._now, clock=self._clock
        )
        return Link(connection, DEMO)

    def __enter__(self) -> Desk:
        return self

    def __exit__(self, *_: object) -> None:
        self.refresher.stop()
        self.session.close()

    def read(self, *names: str, force: bool = False) -> None:
        """Want these sources and wait until they are settled."""
        self.refresher.want(names, force=force)
        assert self.refresher.wait(names, 60)

    @property
    def store(self) -> Store:
        return self.session.store

    def runs(self, *, gone: bool = False) -> dict[str, Run]:
        """The runs in the cache by id; with `gone` those alone that the service no longer lists."""
        found = self.store.records("runs", self.session.scope, include_gone=gone)
        return {seen.key: seen.record for seen in found if seen.is_gone == gone}

    def plans(self) -> dict[str, ExperimentPlan]:
        return {seen.key: seen.record for seen in self.store.records("run_history", self.session.scope)}

    def asked(self, part: str) -> int:
        """How many requests so far had this in their path."""
        return len(self.world.log.entries(part))

    def fault(self, match: str, **fault: Any) -> None:
        self.world.faults.add(Fault(match=match, **fault))


class Time:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.moment = NOW

    def __call__(self) -> datetime:
        return self.moment

    def go(self, **span: float) -> None:
        self.moment += timedelta(**span)


EVERYTHING = Depth()
