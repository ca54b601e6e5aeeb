"""The emulated account: its workspaces, their runs, the clock that moves them, and what was changed in it.

Everything but the changes is a function of the seed, a number and the time, so the world moves while it is watched,
comes back the same after a restart, and stands still under a frozen clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from msgspec.structs import replace

from services.emulator.changes import Changes
from services.emulator.cost_throttle import CostThrottle
from services.emulator.faults import Faults
from services.emulator.incident import incident_of
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
    """One emulated account. `runs` is how many runs ml-prod has at the start; ml-research has a tenth of them.

    `scenario` names what goes wrong in it, empty for nothing. Raises KeyError for one that is not known.
    """

    def __init__(
        self, seed: int = 7, runs: int = 4_000, clock: Callable[[], datetime] = utc_now, faults: Faults | None = None,
        places: Sequence[Place] = PLACES, scenario: str = "",
    ) -> None:  # fmt: skip
        self.seed = seed
        self.clock = clock
        self.faults = faults or Faults()
        self.log = RequestLog()
        self.places = tuple(places)
        self.subscriptions = SUBSCRIPTIONS
        self.born = self.now()
        self.changes = Changes(incident_of(scenario, self.places, self.born, seed))
        self.login = Login(seed, self.now)
        self.cost_throttle = CostThrottle()
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
            for place in self.places
        }

    def now(self) -> int:
        """Return the time in ticks."""
        return ticks_of(self.clock())

    def book(self, place: Place) -> RunBook:
        """Return the runs of a workspace."""
        return self._books[place.name]

    def delete_run(self, place: Place, run_id: str) -> bool:
        """Take a run and its children out of the world, as a deleted one is; False when there is none of this name."""
        plan = self.book(place).find(run_id, self.now())
        if plan is not None:
            change = self.changes.run(place.name, plan)
            self.changes.change_run(place.name, plan, replace(change, is_deleted=True))
        return plan is not None

    def delete_experiment(self, place: Place, name: str) -> None:
        """Take an experiment and all its runs out of the world."""
        self.changes.lost_experiments.add((place.name, name))

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
