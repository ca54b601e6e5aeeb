"""The emulated account: its workspaces, their runs, the clock that moves them, and what was changed in it.

Everything but the changes is a function of the seed, a number and the time, so the world moves while it is watched,
comes back the same after a restart, and stands still under a frozen clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from services.emulator.changes import Changes
from services.emulator.faults import Faults
from services.emulator.login import Login
from services.emulator.places import PLACES, SUBSCRIPTIONS, Place
from services.emulator.request_log import RequestLog
from services.emulator.runbook import RunBook
from services.emulator.ticks import ticks_of
from services.records import WorkspaceRef


def utc_now() -> datetime:
    """Return the time, aware, in UTC."""
    return datetime.now(UTC)


class World:
    """One emulated account. `runs` is how many runs ml-prod has at the start; ml-research has a tenth of them."""

    def __init__(
        self, seed: int = 7, runs: int = 4_000, clock: Callable[[], datetime] = utc_now, faults: Faults | None = None
    ) -> None:
        self.seed = seed
        self.clock = clock
        self.faults = faults or Faults()
        self.log = RequestLog()
        self.changes = Changes()
        self.places = PLACES
        self.subscriptions = SUBSCRIPTIONS
        self.born = self.now()
        self.login = Login(seed, self.now)
        self._books = {
            place.name: RunBook(
                f"{seed}/{place.name}",
                place.scripts,
                int(runs * place.share),
                self.born,
                edit=self.changes.edit(place.name),
                edited=partial(self.changes.edited_runs, place.name),
                given=partial(self.changes.given, place.name),
            )
            for place in PLACES
        }

    def now(self) -> int:
        """Return the time in ticks."""
        return ticks_of(self.clock())

    def book(self, place: Place) -> RunBook:
        """Return the runs of a workspace."""
        return self._books[place.name]

    def place(self, subscription: str, group: str, name: str) -> Place | None:
        """Return a workspace by its three names, in any case."""
        asked = (subscription.lower(), group.lower(), name.lower())
        return next(
            (one for one in self.places if (one.subscription.lower(), one.group.lower(), one.name.lower()) == asked),
            None,
        )

    @property
    def workspaces(self) -> dict[str, WorkspaceRef]:
        """The addresses of the workspaces, by name."""
        return {one.name: WorkspaceRef(one.subscription, one.group, one.name) for one in self.places}

    @property
    def runs_made(self) -> int:
        """How many runs were worked out so far, over all workspaces: the cost of an answer, for tests."""
        return sum(book.made for book in self._books.values())
