"""Where nothing is wrong nothing is said: a week of ordinary days of an emulated endpoint, by day and by night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from services.connection import Connection
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.endpoint_metrics import read_signals
from services.endpoints import list_endpoints
from services.triage import judge
from services.triage_facts import Facts

NOW = datetime(2026, 11, 23, 14, 7, tzinfo=UTC)
NAME = "churn"
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_a_quiet_week_raises_no_alarm() -> None:
    world = World(seed=7, runs=20, clock=lambda: NOW, scenario="quiet")
    connection = Connection(FakeCredential(), transport=in_process(world), now=lambda: NOW)
    ref = world.workspaces["ml-prod"]
    endpoint = next(one for page in list_endpoints(connection, ref) for one in page.records if one.name == NAME)
    start = NOW - timedelta(days=7)
    states: list[str] = []
    for hour in range(3, 7 * 24, 7):
        at = start + hour * HOUR
        pages = read_signals(connection, ref, "westeurope", [NAME], {}, at - 3 * HOUR, at, MINUTE, is_light=True)
        signals = tuple(one.signal for page in pages for one in page.records)
        found = judge(Facts(endpoint=endpoint, signals=signals, now=at))
        assert not found.verdict.is_unhealthy, (at, found.sentence)
        states.append(found.verdict.state)
    assert states.count("healthy") > 16, "there was something to judge"
