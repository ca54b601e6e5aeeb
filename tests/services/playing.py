"""A scenario while it is played: its world, a real connection to it, and what its signals say."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from services.activity import Event, list_activity
from services.connection import Connection
from services.emulator.asking import ask
from services.emulator.incident import Incident
from services.emulator.log_rows import log_rows
from services.emulator.scenarios import SCENARIOS
from services.emulator.ticks import MINUTE, datetime_of
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.monitor_metrics import Measured, MetricsQuestion, read_measured

NOW = datetime(2026, 11, 21, 14, 1, 7, 123456, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2026, 11, 22, 2, 40, 31, tzinfo=UTC)
TROUBLES = [name for name in SCENARIOS if name != "quiet"]
ENDPOINT = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
Rows = list[dict[str, Any]]


class Played:
    """One scenario with its world and a real connection to it; time can be moved."""

    def __init__(self, name: str, at: datetime = NOW) -> None:
        self.at = at
        self.world = World(runs=10, clock=lambda: self.at, scenario=name)
        self.place, self.ref = self.world.places[0], self.world.workspaces["ml-prod"]
        found = self.world.changes.incident
        assert found is not None
        self.incident: Incident = found
        self.scenario = found.scenario
        self.endpoint = self.scenario.endpoint or "churn"
        self.onset = datetime_of(found.onset)
        self.id = f"{self.place.id}/onlineEndpoints/{self.endpoint}"
        self.connection = self.as_person(1)

    def as_person(self, number: int) -> Connection:
        credential = FakeCredential(number, clock=lambda: self.at)
        return Connection(credential, transport=in_process(self.world), now=lambda: self.at)

    def measured(self, *names: str, resource: str = "", **more: Any) -> list[Measured]:
        question = MetricsQuestion(
            resources=(resource or self.id,), region=self.place.region, names=names,
            namespace=ENDPOINT + ("/deployments" if "/deployments/" in resource else ""),
            start=self.at - timedelta(hours=1), end=self.at, **more,
        )  # fmt: skip
        return [one for page in read_measured(self.connection, question) for one in page.records]

    def rows(self, table: str, minutes: int = 60) -> Rows:
        now = self.world.now()
        return list(log_rows(self.world, self.place, table, now - minutes * MINUTE, now, self.endpoint))

    def events(self) -> list[Event]:
        pages = list_activity(self.connection, self.ref, since=self.at - timedelta(hours=12))
        return [one for page in pages for one in page.records]

    def counts(self) -> dict[datetime, Counter[int]]:
        """Return the requests by minute and code, as the metrics have them."""
        found: dict[datetime, Counter[int]] = defaultdict(Counter)
        for one in self.measured("RequestsPerMinute", dimensions={"statusCode": "*"}):
            for at, value in zip(one.times, one.values, strict=True):
                found[at][int(one.dimensions["statuscode"])] += int(value or 0)
        return found


@cache
def played(name: str) -> Played:
    """Return a scenario at a fixed time, for tests that only look."""
    return Played(name)


def onset_of(counts: dict[datetime, Counter[int]]) -> datetime | None:
    """Return the first of three minutes in a row in which more than a twentieth of at least five requests failed."""
    bad = [
        sum(codes.values()) >= 5 and 1 - codes[200] / sum(codes.values()) > 0.05 for _, codes in sorted(counts.items())
    ]
    return next((at for number, at in enumerate(sorted(counts)) if all(bad[number : number + 3] or [False])), None)


def lines(story: Played, table: str, after: bool = True) -> list[str]:
    return [row["Message"] for row in story.rows(table) if (row["TimeGenerated"] >= story.onset) is after]


def tail(story: Played, **body: Any) -> str:
    url = (
        f"https://management.azure.com{story.id}/deployments/{story.scenario.deployment}/getLogs?api-version=2024-04-01"
    )
    return ask(story.world, "POST", url, body=body).json()["content"]
