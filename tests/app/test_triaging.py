"""Every way the emulated endpoints break is told from the cache: since when, what did it, and what to do next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.links import DEMO, Link
from app.refresh import Refresher
from app.session import Session
from app.tables import TABLES
from app.triaging.facts import facts_of
from cache.store import Store
from services.connection import Connection
from services.emulator.faults import Fault, Faults
from services.emulator.scenarios import SCENARIOS
from services.emulator.ticks import datetime_of
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.triage import Triage, judge

pytestmark = pytest.mark.slow

NOW = datetime(2026, 11, 23, 14, 7, tzinfo=UTC)
SOURCES = ("endpoints", "deployments", "activity", "operations", "diagnostics")
BROKEN = [name for name in SCENARIOS if name != "quiet"]


class Watched:
    """A session on a world in which something goes wrong, whose clock the test moves."""

    def __init__(self, folder: Path, scenario: str, *faults: Fault) -> None:
        self.moment = NOW
        self.world = World(seed=7, runs=20, clock=lambda: self.moment, scenario=scenario, faults=Faults(*faults))
        self.session = Session(
            Store.open(folder, TABLES, now=lambda: self.moment), mode="demo", account=DEMO, link=self.link,
            now=lambda: self.moment,
        )  # fmt: skip
        self.session.workspace = self.world.workspaces["ml-prod"]
        self.refresher = Refresher(self.session)

    def link(self) -> Link:
        connection = Connection(FakeCredential(), transport=in_process(self.world), now=lambda: self.moment)
        return Link(connection, DEMO)

    def judged(self, endpoint: str) -> Triage:
        """What is read of an endpoint now, judged."""
        self.refresher.want(SOURCES)
        assert self.refresher.wait(SOURCES, 120)
        for lookup in ("signals", "endpoint_logs"):
            self.refresher.look_up(lookup, endpoint, force=True)
            assert self.refresher.wait_for(lookup, endpoint, 120)
            assert self.refresher.lookup_state(lookup, endpoint).problem is None
        facts = facts_of(
            self.session.store, self.session.scope, endpoint, self.moment, workspace=self.session.workspace
        )
        assert facts is not None
        return judge(facts)

    def close(self) -> None:
        self.refresher.stop(10)
        self.session.close()


@pytest.mark.parametrize("name", BROKEN)
def test_what_goes_wrong_is_told_with_its_onset_its_cause_and_the_next_step(tmp_path: Path, name: str) -> None:
    scenario = SCENARIOS[name]
    watched = Watched(tmp_path, name)
    found = watched.judged(scenario.endpoint)
    watched.close()
    assert watched.world.changes.incident is not None
    onset = datetime_of(watched.world.changes.incident.onset)
    assert found.verdict.is_unhealthy, found.sentence
    assert found.onset is not None
    assert abs(found.onset - onset) <= timedelta(minutes=2), (found.onset, onset)
    said = " ".join(f"{step.say} {step.command}" for step in found.steps[:2]).lower()
    assert scenario.next_step.lower() in said.replace("time-out", "timeout"), said
    if scenario.cause is not None:
        first = found.suspects[0]
        assert first.change is not None, [(one.what, one.score) for one in found.suspects]
        assert first.change.operation == scenario.cause.kind.action
        assert (first.change.resource or "").endswith(scenario.cause.kind.on)
    if scenario.code is not None:
        assert scenario.code in {one.code for one in found.codes if one.is_error or one.is_refusal}
