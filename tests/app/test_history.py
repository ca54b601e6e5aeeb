"""The history of runs: newest first, then back in time, then only what is new; nothing twice, nothing forgotten."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from app.history.depth import Depth, days_of
from services.emulator.scripts import GEO
from services.emulator.world import World
from services.run import ENDED_RUNS, Run
from services.run_kinds import PARENTS
from tests.app.commanding import REPOSITORY
from tests.app.history import NOW, PACE, SWEEPS, TRIALS, WHOLE, Desk, Time, world_of
from tests.app.history_worker import SECONDS, small_world

pytestmark = pytest.mark.slow

DEEP = 1_300
"""Runs of one experiment: three pages, of nine days."""
RUNS = "pace/runs:query"


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def deep(time: Time) -> World:
    return world_of(PACE, runs=DEEP, clock=time)


def test_the_newest_runs_are_there_before_the_older_ones(tmp_path: Path, deep: World, time: Time) -> None:
    with Desk(tmp_path, deep, time) as desk:
        desk.read("runs")
        assert len(desk.runs()) == 500
        desk.read("history")
        made = sorted(run.created for run in desk.runs().values() if run.created)
        assert len(made) == DEEP
        state = desk.refresher.states()["history"]
        assert (state.rows, state.total, state.note) == (DEEP, DEEP, "back to the first run")
        assert desk.asked(RUNS) == 3


def test_runs_are_read_as_far_back_as_asked_and_later_only_further(tmp_path: Path, deep: World, time: Time) -> None:
    with Desk(tmp_path, deep, time) as desk:
        desk.session.depth = Depth(days=5)
        desk.read("runs", "history")
        assert (len(desk.runs()), desk.asked(RUNS)) == (1_000, 2)
        assert desk.refresher.states()["history"].note == "back to 14 Nov 2026, 2 of 3 experiments whole"
    with Desk(tmp_path, deep, time) as desk:
        kept = desk.refresher.states()["history"]
        assert (kept.last_ok is not None, kept.rows, kept.is_stale(time())) == (True, 1_000, True)
        desk.read("runs", "history")
        assert not desk.refresher.states()["history"].is_stale(time())
        assert len(desk.runs()) == DEEP
        assert desk.asked(RUNS) == 3


def test_what_is_read_is_not_listed_again_and_a_gap_is_closed(tmp_path: Path, deep: World, time: Time) -> None:
    with Desk(tmp_path, deep, time) as desk:
        desk.read("runs", "history")
    time.go(hours=1)
    with Desk(tmp_path, deep, time) as desk:
        desk.read("runs", "history")
        assert desk.asked(RUNS) == 4
        assert len(desk.runs()) == DEEP + 6
    time.go(days=8)  # 1,152 runs later: more than the newest pages hold
    with Desk(tmp_path, deep, time) as desk:
        desk.session.depth = Depth(days=9)
        desk.read("runs", "history")
        made = sorted(run.created for run in desk.runs().values() if run.created)
        assert max(later - sooner for sooner, later in pairwise(made)) < timedelta(minutes=21)
        assert len(made) == DEEP + 6 + 8 * 144


def test_a_run_that_had_not_ended_is_looked_at_until_it_has(tmp_path: Path, time: Time) -> None:
    world = World(seed=7, runs=400, clock=time)
    with Desk(tmp_path, world, time) as desk:
        desk.read("runs", "history")
        going = {run.id for run in desk.runs().values() if run.status == "Running"}
        assert going
    time.go(days=4)
    with Desk(tmp_path, world, time) as desk:
        asked = desk.asked("batchrundata")
        desk.read("runs")
        after = desk.runs()
        assert {after[run].status for run in going} & {"Running", "Queued"} == set()
        assert desk.asked("batchrundata") - asked <= 1


def test_children_are_listed_to_the_end_however_many_there_are(tmp_path: Path, time: Time) -> None:
    world = world_of(SWEEPS, runs=400, clock=time)
    with Desk(tmp_path, world, time) as desk:
        desk.read("runs")
        sweeps = [run for run in desk.runs().values() if run.kind == "sweep" and run.status == "Completed"]
        for run in [run for run in desk.runs().values() if run.parent == sweeps[0].id][20:]:
            desk.store.lose("runs", desk.session.scope, [run.id])
        desk.read("history", "children")
        runs = desk.runs()
        for sweep in sweeps:
            assert sum(run.parent == sweep.id for run in runs.values()) == TRIALS
            assert runs[sweep.id].children_at == NOW
        asked = desk.asked("/children")
        assert asked == sum(3 for sweep in runs.values() if sweep.children_at)
        desk.read("children", force=True)
        assert desk.asked("/children") == asked


def test_metrics_and_parameters_of_ended_runs_are_read_once_and_many_at_a_time(tmp_path: Path, time: Time) -> None:
    world = world_of(PACE, runs=600, clock=time)
    with Desk(tmp_path, world, time) as desk:
        desk.read(*WHOLE)
        ended = [run for run in desk.runs().values() if run.ended is not None]
        assert all(run.metrics_at == NOW for run in ended)
        assert all(run.metrics.keys() == {"auc", "test_auc"} and "lr" in run.params for run in ended)
        assert desk.asked("runs/search") == 2
        assert desk.asked("lastvalues") == 0
        assert desk.store.counts("runs", desk.session.scope, "status", None)["Completed"] == len(ended)
    time.go(minutes=21)
    with Desk(tmp_path, world, time) as desk:
        desk.read(*WHOLE)
        assert desk.asked("runs/search") == 2
        assert 1 <= desk.asked("lastvalues") <= 3
        assert all(run.metrics for run in desk.runs().values() if run.ended is not None)


def test_what_is_inside_of_a_pipelines_steps_is_listed_to_the_end_at_every_depth(tmp_path: Path, time: Time) -> None:
    world = world_of(GEO, runs=54, clock=time)
    with Desk(tmp_path, world, time) as desk:
        desk.read(*WHOLE)
        runs = desk.runs()
        nested = [run for run in runs.values() if run.parent and run.kind in PARENTS]
        assert {run.kind for run in nested} == {"pipeline", "pipeline-step", "sweep", "sweep-step"}
        assert all(run.children_at is not None for run in nested if run.status in ENDED_RUNS)
        join = next(run for run in runs.values() if run.name == "join")
        above = [runs[parent].kind for parent in parents_of(join, runs)]
        assert above == ["pipeline", "pipeline-step", "pipeline", "pipeline-step", "pipeline"]


def parents_of(run: Run, runs: dict[str, Run]) -> Iterator[str]:
    while run.parent in runs:
        yield run.parent
        run = runs[run.parent]


def test_without_metrics_and_children_nothing_is_asked_for_them(tmp_path: Path, time: Time) -> None:
    with Desk(tmp_path, world_of(SWEEPS, runs=300, clock=time), time) as desk:
        desk.session.depth = Depth(has_children=False, has_metrics=False)
        desk.read(*WHOLE)
        assert desk.asked("/children") + desk.asked("search") + desk.asked("lastvalues") == 0


def test_what_the_service_lists_no_longer_stays_and_is_marked(tmp_path: Path, deep: World, time: Time) -> None:
    with Desk(tmp_path, deep, time) as desk:
        desk.read("runs", "history")
        by_age = sorted(desk.runs().values(), key=lambda run: run.created or NOW)
        lost = {by_age[0].id, by_age[700].id, by_age[-400].id}
        for run in lost:
            assert deep.delete_run(desk.place, run)
        time.go(hours=25)
        desk.read("runs", "history")
        assert desk.runs(gone=True).keys() == lost
        assert desk.store.history("runs", desk.session.scope, by_age[0].id)[-1].changes == {"_gone": False}


def test_half_a_listing_marks_nothing(tmp_path: Path, deep: World, time: Time) -> None:
    with Desk(tmp_path, deep, time) as desk:
        desk.read("runs", "history")
        oldest = min(desk.runs().values(), key=lambda run: run.created or NOW)
        assert deep.delete_run(desk.place, oldest.id)
        time.go(hours=25)
        desk.fault("runs:query", kind="half", status=500)
        desk.read("runs", "history")
        assert desk.runs(gone=True) == {}
        assert desk.refresher.states()["history"].problem is not None
        desk.world.faults.clear()
        desk.read("runs", "history", force=True)
        assert desk.runs(gone=True).keys() == {oldest.id}


def test_an_experiment_that_vanished_leaves_its_runs_marked(tmp_path: Path, time: Time) -> None:
    world = world_of(PACE, SWEEPS, runs=400, clock=time)
    with Desk(tmp_path, world, time) as desk:
        desk.read("runs")
        before = {run.id for run in desk.runs().values() if run.experiment == "tune"}
        world.delete_experiment(desk.place, "tune")
        time.go(minutes=5)
        desk.read("runs")
        assert before
        assert desk.runs(gone=True).keys() == before
        assert desk.plans()["tune"].is_gone


def test_two_processes_share_the_history(tmp_path: Path, deep: World, time: Time) -> None:
    with Desk(tmp_path, deep, time) as one, Desk(tmp_path, deep, time) as other:
        one.read("runs")
        for desk in (one, other):
            desk.refresher.want(("history",))
        assert any(desk.refresher.wait(("history",), 0.5) for _ in range(120) for desk in (one, other))
        time.go(seconds=5)  # one looks again whether the other is done
        for desk in (one, other):
            desk.refresher.wake()
            assert desk.refresher.wait(("history",), 60)
        assert len(one.runs()) == DEEP
        assert one.asked(RUNS) == 3


def test_the_history_waits_for_what_somebody_looks_at(tmp_path: Path, deep: World, time: Time) -> None:
    with Desk(tmp_path, deep, time) as desk:
        desk.read("runs")
        desk.fault("runs:query", stall=60)
        desk.refresher.want(("history",))
        desk.refresher.want(("children", "values"))
        desk.read("compute", "models", "endpoints")
        states = desk.refresher.states()
        assert states["history"].is_reading
        assert [states[name].is_reading for name in ("children", "values")] == [False, False]
        desk.refresher.cancel()
        deep.faults.release()
        assert desk.refresher.wait(("history",), 60)
        assert desk.refresher.states()["history"].word == "paused"
        deep.faults.clear()
        desk.refresher.resume()
        assert desk.refresher.wait(("history",), 60)
        assert len(desk.runs()) == DEEP


def test_a_token_that_is_taken_no_more_begins_the_listing_anew(tmp_path: Path, deep: World, time: Time) -> None:
    with Desk(tmp_path, deep, time) as desk:
        desk.read("runs")
        plan = replace_token(desk, "spoilt")
        desk.read("history")
        assert desk.plans()["pace"].token is None
        assert plan
        desk.read("history", force=True)
        assert len(desk.runs()) == DEEP


def replace_token(desk: Desk, token: str) -> bool:
    return bool(desk.store.fill("run_history", desk.session.scope, {"pace": {"token": token}}))


@pytest.mark.parametrize(
    ("text", "days"), [("90d", 90), ("12w", 84), ("6m", 180), ("2 years", 730), ("all", None), ("", None)]
)
def test_a_span_is_read_as_people_write_it(text: str, days: int | None) -> None:
    assert days_of(text) == days


@pytest.mark.parametrize("text", ["soon", "0d", "-3d", "90", "1.5y", "90s"])
def test_what_is_no_span_is_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="is no span of time"):
        days_of(text)


def test_the_depth_says_what_it_wants_as_a_filter() -> None:
    assert replace(Depth(), days=90).where(NOW) == "created>=2026-08-23T12:00:00Z "
    assert Depth().where(NOW) == ""


def known(desk: Desk) -> dict[str, Run]:
    """The runs that have ended, without the moments at which parts of them were read; whether they were stays."""

    def at(moment: object) -> object:
        return moment and NOW

    return {
        key: msgspec.structs.replace(run, metrics_at=at(run.metrics_at), children_at=at(run.children_at))
        for key, run in desk.runs().items()
        if run.ended is not None
    }


@pytest.mark.skipif(sys.platform == "win32", reason="needs fork and signals")
def test_killed_at_any_write_it_goes_on_where_it_was(tmp_path: Path, time: Time) -> None:
    command = [sys.executable, "-m", "tests.app.history_worker", str(tmp_path / "killed")]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=True)
    asked = [[int(count) for count in line.split()] for line in done.stdout.splitlines()]
    assert len(asked) > 5
    world = small_world(time)
    time.go(seconds=SECONDS * len(asked))
    with Desk(tmp_path / "whole", world, time) as desk, Desk(tmp_path / "killed", world, time) as killed:
        desk.read(*WHOLE)
        assert known(killed) == known(desk)
        assert killed.plans().keys() == desk.plans().keys()
        pages = [desk.asked(part) for part in ("runs:query", "/children", "runs/search")]
    counts = [sum(line[at] for line in asked) for at in range(4)]
    starts = [sum(line[at] > 0 for line in asked) for at in range(4)]
    # Each start looks at the newest runs of four experiments; of the rest a page is asked for twice at most, but for
    # the three pages of a sweep's children, which begin again.
    assert counts[0] <= pages[0] + 5 * starts[0]
    assert counts[1] <= pages[1] + 3 * starts[1]
    assert counts[2] <= pages[2] + starts[2]
    assert counts[3] == 1
