"""A world that stands still until it is told to move, and the real connection to it."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from services.calls import address
from services.change import Change, Seen
from services.connection import Answer, Connection
from services.emulator.asking import ask
from services.emulator.faults import Fault
from services.emulator.places import Place
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.records import WorkspaceRef
from services.verbs import VERBS
from services.write_lock import WriteLock
from tests.services.answering import InstantClock

NOON = datetime(2026, 11, 21, 14, 1, 7, 123456, tzinfo=UTC)


class Emulated:
    """One world at a time of its own, and a connection whose lock is open for ml-prod."""

    def __init__(self, runs: int = 600, person: int = 1, at: datetime = NOON, scenario: str = "") -> None:
        self.at = at
        self._guard = threading.Lock()
        self.world = World(runs=runs, clock=self.now, scenario=scenario)
        self.place: Place = self.world.places[0]
        self.ref: WorkspaceRef = self.world.workspaces["ml-prod"]
        self.lock = WriteLock()
        self.lock.open(self.ref.id, 600)
        self.clock = MovingClock(self)
        self.connection = Connection(
            FakeCredential(person, clock=self.now), transport=in_process(self.world), now=self.now, lock=self.lock,
            clock=self.clock,
        )  # fmt: skip

    def now(self) -> datetime:
        return self.at

    def forward(self, seconds: float) -> None:
        with self._guard:
            self.at += timedelta(seconds=seconds)

    def plan(self, verb: str, target: str, **answers: str) -> Change:
        return VERBS[verb].plan(self.connection, self.ref, target, answers)

    def look(self, change: Change) -> Seen:
        return VERBS[change.verb].look(self.connection, change)

    def send(self, change: Change) -> Answer:
        with self.lock.lent(address(change.call)):
            return self.connection.write(change.call)

    def done(self, verb: str, target: str, **answers: str) -> Change:
        """Plan, send, and let the world come to rest."""
        change = self.plan(verb, target, **answers)
        self.send(change)
        self.forward(60)
        return change

    def arm(self, path: str, method: str = "GET", body: object = None, version: str = "2024-04-01") -> Any:
        url = f"https://management.azure.com{self.place.id}{path}?api-version={version}"
        return ask(self.world, method, url, body=body)

    def history(self, path: str, method: str = "GET", body: object = None) -> Any:
        return ask(self.world, method, f"https://{self.place.api_host}/history/v1.0{self.place.id}{path}", body=body)

    def runs(self, experiment: str, **body: Any) -> list[dict[str, Any]]:
        return self.history(f"/experiments/{experiment}/runs:query", "POST", body).json()["value"]

    def run(self, **wanted: object) -> dict[str, Any]:
        """Return a new root run, of any experiment, whose fields have these values."""
        for top in (20, 200):  # working out many runs takes its time, and one of the newest mostly does
            for ledger in self.world.book(self.place).ledgers:
                for run in self.runs(ledger.name, top=top):
                    if run["parentRunId"] is None and all(run[name] == value for name, value in wanted.items()):
                        return {**run, "experiment": ledger.name}
        raise LookupError(wanted)

    def events(self) -> list[dict[str, Any]]:
        """Return what the activity log tells of the last five minutes, newest first; it is a minute late."""
        since = (self.at - timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%SZ")
        url = (
            f"https://management.azure.com/subscriptions/{self.place.subscription}/providers/Microsoft.Insights"
            f"/eventtypes/management/values?api-version=2015-04-01&$filter=eventTimestamp ge {since}"
        )
        return ask(self.world, "GET", url).json()["value"]

    def fault(self, match: str, **fault: Any) -> None:
        self.world.faults.add(Fault(match=match, **fault))


class MovingClock(InstantClock):
    """Sleeping moves the world, at once."""

    def __init__(self, emulated: Emulated) -> None:
        super().__init__()
        self._emulated = emulated

    def sleep(self, seconds: float) -> None:
        super().sleep(seconds)
        self._emulated.forward(seconds)
