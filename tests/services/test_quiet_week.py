"""Where nothing is wrong nothing is said: a week of ordinary days of emulated endpoints, judged hour by hour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from services.connection import Connection
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.endpoint_metrics import read_signals
from services.endpoints import list_endpoints
from services.triage import judge
from services.triage_facts import Facts, Signal

NOW = datetime(2026, 11, 23, 14, 7, tzinfo=UTC)
NAME = "churn"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_a_quiet_week_raises_no_alarm() -> None:
    world = World(seed=7, runs=20, clock=lambda: NOW, scenario="quiet")
    connection = Connection(FakeCredential(), transport=in_process(world), now=lambda: NOW)
    ref = world.workspaces["ml-prod"]
    endpoint = next(one for page in list_endpoints(connection, ref) for one in page.records if one.name == NAME)
    start = NOW - timedelta(days=7)
    points: dict[tuple[str, str, str], list[tuple[datetime, float | None]]] = defaultdict(list)
    for day in range(7):
        since = start + timedelta(days=day)
        for page in read_signals(
            connection, ref, "westeurope", [NAME], {}, since, since + 24 * HOUR, MINUTE, is_light=True
        ):
            for one in (found.signal for found in page.records):
                points[one.name, one.deployment, one.code] += zip(one.times, one.values, strict=True)
    states: list[str] = []
    for hour in range(3, 7 * 24, 2):
        at = start + hour * HOUR
        found = judge(Facts(endpoint=endpoint, signals=tuple(_cut(points, at - 3 * HOUR, at)), now=at))
        assert not found.verdict.is_unhealthy, (at, found.sentence)
        states.append(found.verdict.state)
    assert states.count("healthy") > 60, "there was something to judge"


def _cut(
    points: dict[tuple[str, str, str], list[tuple[datetime, float | None]]], since: datetime, until: datetime
) -> Iterator[Signal]:
    for (name, deployment, code), all_of in points.items():
        some = [(at, value) for at, value in all_of if since <= at < until]
        times, values = tuple(at for at, _ in some), tuple(value for _, value in some)
        yield Signal(name=name, deployment=deployment, code=code, times=times, values=values)
