"""Every source reads the emulated account through the real connection, asks for little, and sums add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.links import DEMO, Link
from app.panes import PANES
from app.pricing import COSTED, IN_USE
from app.reconciled_lines import reconciled_lines
from app.reconciling import reconciled
from app.refresh import Refresher
from app.session import Session
from app.sources import ALWAYS, SOURCES, TABLES
from cache.store import Store
from services.connection import Connection
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from tests.cache.asking import asked
from widgets.pane import Look

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NAMES = [source.name for source in SOURCES]


class Demo:
    """A session on a world of its own, whose clock the test moves."""

    def __init__(self, folder: Path, runs: int) -> None:
        self.moment = NOW
        self.world = World(seed=7, runs=runs, clock=self.now)
        self.session = Session(
            Store.open(folder, TABLES, now=self.now), mode="demo", account=DEMO, link=self.link, now=self.now
        )
        self.session.workspace = self.world.workspaces["ml-prod"]
        self.refresher = Refresher(self.session)

    def now(self) -> datetime:
        return self.moment

    def link(self) -> Link:
        return Link(Connection(FakeCredential(), transport=in_process(self.world), now=self.now), DEMO)

    def read(self, *names: str) -> None:
        self.refresher.want(names)
        assert self.refresher.wait(names, 180)

    def later(self, minutes: float, *names: str) -> None:
        self.moment += timedelta(minutes=minutes)
        self.refresher.wake()
        assert self.refresher.wait(names, 180)

    def records(self, table: str) -> list[Any]:
        return [seen.record for seen in self.session.store.records(table, self.session.scope)]

    def requests(self) -> int:
        connection = self.session.connection
        return connection.calls.requests if connection else 0

    def close(self) -> None:
        self.refresher.stop()
        self.session.close()


@pytest.fixture(scope="module")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Everything of ml-prod with 1,200 runs, read once."""
    demo = Demo(tmp_path_factory.mktemp("cache"), 1_200)
    demo.session.intents.begin(asked(scope=demo.session.scope))
    demo.read(*NAMES)
    yield demo
    demo.close()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    made = Demo(tmp_path, 300)
    yield made
    made.close()


@pytest.mark.parametrize("name", NAMES)
def test_every_source_fills_its_table(synced: Demo, name: str) -> None:
    state = synced.refresher.states()[name]
    assert (state.word, state.problem, state.set_aside) == ("ok", None, 0)
    assert state.rows
    assert state.last_ok == NOW


def test_a_whole_sync_asks_for_one_token_a_service_and_no_row_alone_but_children_of_parents(
    synced: Demo,
) -> None:
    connection = synced.session.connection
    assert connection is not None
    counts = connection.calls.counts()
    assert counts.tokens == 2, "one for all of Azure, one for its metrics"
    runs = synced.records("runs")
    assert counts.requests < 190 + sum(run.children_at is not None for run in runs)
    assert len(runs) >= 1_200
    assert all(run.metrics_at is not None for run in runs if run.ended is not None)


def test_sums_of_experiments_are_what_counting_by_hand_gives(synced: Demo) -> None:
    top = [run for run in synced.records("runs") if run.parent is None]
    by_hand = Counter(run.experiment for run in top)
    failed = Counter(run.experiment for run in top if run.status == "Failed")
    rows = {row.name: row for row in synced.records("experiment_rows")}
    assert {name: row.runs for name, row in rows.items() if row.runs} == dict(by_hand)
    assert {name: row.failed for name, row in rows.items() if row.failed} == dict(failed)
    for name, row in rows.items():
        own = [run for run in top if run.experiment == name]
        ended = [run for run in own if run.ended is not None and NOW - run.ended < timedelta(days=7)]
        assert row.ended_7d == len(ended)
        assert row.last_run == max((run.created for run in own if run.created), default=None)
        assert row.users == tuple(sorted({run.user for run in own if run.user}))


def test_sums_of_costs_are_the_lines_and_models_know_who_serves_them(synced: Demo) -> None:
    lines = [line for line in synced.records("costs") if line.cost is not None and line.day.month == NOW.month]
    month = sum(line.cost.amount for line in lines)
    assert sum(row.month.amount for row in synced.records("cost_rows") if row.month) == month
    used = {name for row in synced.records("model_rows") for name in row.used_by}
    assert used == {one.id for one in synced.records("deployments") if one.model}


def test_schedules_know_their_last_run_and_a_monitor_what_it_measured(synced: Demo) -> None:
    rows = {row.name: row for row in synced.records("schedule_rows")}
    runs = [run for run in synced.records("runs") if run.schedule == "embed-quality-monitor" and run.parent is None]
    newest = max(runs, key=lambda run: run.created or NOW)
    monitor = rows["embed-quality-monitor"]
    assert (monitor.last_run, monitor.last_status) == (newest.id, newest.status)
    over = sum(newest.metrics[name] > limit for name, limit in (("val_loss", 0.4), ("loss", 0.5)))
    assert (monitor.passed, len(monitor.failing)) == (2 - over, over)
    assert (rows["fraud-score-drift"].last_run, rows["fraud-score-drift"].late) == (None, None)


def test_alerts_stand_in_pulse_and_name_whom_their_rules_tell(synced: Demo) -> None:
    (fires,) = [one for one in synced.records("alerts") if one.is_open]
    assert (fires.name, fires.notifies) == ("unusable-nodes", ("ag-platform",))
    lines = {one.pane: one for one in synced.records("attention") if one.pane.startswith("alert")}
    assert lines["alerts"].query == f'id="{fires.id}"'
    assert lines["alert-rules"].what == "alert rule geo-rank-failing-requests tells nobody"


def test_what_only_one_pane_shows_is_not_read_until_it_is_opened() -> None:
    waiting = {source.name for source in SOURCES} - set(ALWAYS)
    machines = {"vm_sizes", "vm_power", "compute_use", "compute_rows", "node_rows", "quota_rows", "size_rows"}
    assert waiting == {
        "workspace_metrics",
        "budgets",
        "usage",
        "utilization",
        "run_use",
        "orphans",
        "waste",
        "estimated_rows",
        *machines,
    }
    wanted = {name for source in SOURCES if source.name in ALWAYS for name in source.after}
    assert not wanted & waiting, "nothing that is always read waits for them"
    shown = {name for pane in PANES for name in pane.sources}
    assert waiting <= shown


def test_every_pane_is_fed_by_sources_there_are(synced: Demo) -> None:
    tables = {source.table.name for source in SOURCES}
    for pane in PANES:
        assert set(pane.sources) <= set(NAMES)
        assert pane.table in tables or pane.name == "sources"


def test_sources_come_after_those_they_need(synced: Demo) -> None:
    for at, source in enumerate(SOURCES):
        assert set(source.after) <= set(NAMES[:at])


def test_what_is_new_is_found_without_listing_everything_again(demo: Demo) -> None:
    demo.read("runs")
    before = {run.id: run.status for run in demo.records("runs")}
    demo.later(45, "runs")
    after = {run.id: run.status for run in demo.records("runs")}
    assert set(after) > set(before)
    assert any(before[run] != status for run, status in after.items() if run in before)


def test_a_second_sync_asks_less_than_the_first(synced: Demo, tmp_path: Path) -> None:
    demo = Demo(tmp_path, 6_000)
    demo.read("runs", "history")
    first = demo.requests()
    demo.later(5, "runs", "history")
    assert demo.requests() - first < first / 1.5
    demo.close()


def test_the_activity_log_is_read_from_its_newest_event(demo: Demo) -> None:
    demo.read("activity")
    first = len(demo.records("activity"))
    asked = demo.requests()
    demo.later(60, "activity")
    assert demo.requests() - asked == 1
    assert len(demo.records("activity")) >= first


def test_operations_of_last_week_stay_when_their_events_are_no_longer_read(demo: Demo) -> None:
    demo.read("operations")
    first = {row.id for row in demo.records("operations")}
    demo.later(60 * 24 * 12, "operations")
    assert first <= {row.id for row in demo.records("operations")}


def test_activity_holds_what_the_log_misses_each_marked_by_its_source(synced: Demo) -> None:
    rows = synced.records("operations")
    since = NOW - timedelta(days=9)
    runs = [run for run in synced.records("runs") if run.parent is None]
    ended = {run.id for run in runs if run.ended is not None and run.ended >= since}
    assert {row.resource for row in rows if row.operation == "run/end"} == ended != set()
    begun = {run.id for run in runs if run.started is not None and run.started >= since}
    assert {row.resource for row in rows if row.operation == "run/start"} == begun
    made = {one.id for one in synced.records("versions") if one.created is not None and one.created >= since}
    assert {row.resource for row in rows if row.origin == "model registry"} == made != set()
    assert Counter(row.origin for row in rows).keys() == {"activity log", "run history", "model registry"}


def test_activity_takes_in_what_runs_did_since_without_working_out_the_rest_anew(demo: Demo) -> None:
    demo.read("operations")
    before = {row.id for row in demo.records("operations")}
    demo.later(90, "operations")
    new = [row for row in demo.records("operations") if row.id not in before and row.origin == "run history"]
    assert new
    assert min(row.at for row in new) > NOW - timedelta(hours=2)


def test_nodes_are_asked_of_clusters_that_have_some(synced: Demo) -> None:
    with_nodes = {one.name for one in synced.records("compute") if one.kind == "AmlCompute" and one.nodes}
    assert {node.compute for node in synced.records("nodes")} == with_nodes


def test_a_workspace_without_anything_is_complete_and_empty(demo: Demo) -> None:
    demo.session.workspace = demo.world.workspaces["ml-staging"]
    demo.refresher.reset()
    demo.read(*NAMES)
    states = demo.refresher.states()
    assert [state.word for name, state in states.items() if name in ("versions", "deployments", "nodes")] == ["ok"] * 3
    assert demo.records("deployments") == []


def test_a_workspace_that_refuses_is_forbidden_source_by_source(demo: Demo) -> None:
    demo.session.workspace = demo.world.workspaces["ml-locked"]
    demo.refresher.reset()
    demo.read("compute", "nodes", "endpoints")
    states = demo.refresher.states()
    assert {states[name].word for name in ("compute", "nodes", "endpoints")} == {"forbidden"}
    problem = states["compute"].problem
    assert problem is not None
    assert problem.action
    assert problem.scope


def test_estimates_explain_what_machines_were_billed_in_the_closed_days(synced: Demo) -> None:
    session, name = synced.session, "prices"
    synced.refresher.look_up(name, IN_USE, force=True)
    assert synced.refresher.wait_for(name, IN_USE, 60)
    synced.refresher.touch(COSTED)
    assert synced.refresher.wait(COSTED, 60)
    assert session.workspace is not None
    found = reconciled(session.store, session.scope, session.workspace.id, NOW)
    assert len(found.days) == 7
    assert found.unknown == {}
    assert 0 <= (found.share("unexplained") or 1) < 0.06, "instances before their last start, and preparing"
    assert (found.share("jobs") or 0) > 0.2
    assert reconciled_lines(found, Look(NOW))[0][0].text.endswith(" % of the bill is unexplained")
