"""What trials reached: asked for many at once, and where that is refused so many a time, the newest first."""

from __future__ import annotations

from pathlib import Path

from app.family import Family
from app.run_parts.child_board import board_drawn
from app.trial_reads import AT_ONCE, is_unread
from services.run import Run
from tests.app.history import NOW, SWEEPS, Desk, Time, world_of
from widgets.lines import line_text
from widgets.pane import Look


def trials_of(desk: Desk, sweep: Run) -> list[Run]:
    return sorted((run for run in desk.runs().values() if run.parent == sweep.id), key=lambda run: run.created or NOW)


def opened(desk: Desk, sweep: Run) -> list[Run]:
    """The trials of a sweep after its values were looked up once more."""
    desk.refresher.look_up("trials", sweep.id, force=True)
    assert desk.refresher.wait_for("trials", sweep.id, 60)
    assert desk.refresher.lookup_state("trials", sweep.id).problem is None
    return trials_of(desk, sweep)


def test_the_values_of_all_trials_of_a_sweep_cost_one_call(tmp_path: Path) -> None:
    time = Time()
    with Desk(tmp_path, world_of(SWEEPS, runs=200, clock=time), time) as desk:
        desk.read("runs")
        sweep = next(run for run in desk.runs().values() if run.kind == "sweep" and run.status == "Completed")
        assert all(is_unread(run) for run in trials_of(desk, sweep) if run.started)
        found = opened(desk, sweep)
        assert len(found) > AT_ONCE
        assert not any(is_unread(run) for run in found)
        assert sum("auc" in run.metrics for run in found) > len(found) * 0.9
        assert (desk.asked("runs/search"), desk.asked("lastvalues")) == (1, 0)
        opened(desk, sweep)
        assert desk.asked("runs/search") + desk.asked("lastvalues") == 1, "what ended is read once"


def test_where_a_search_is_refused_they_are_asked_for_one_by_one_and_it_says_how_many_are_left(tmp_path: Path) -> None:
    time = Time()
    with Desk(tmp_path, world_of(SWEEPS, runs=200, clock=time), time) as desk:
        desk.read("runs")
        desk.fault("runs/search", status=400)
        sweep = next(run for run in desk.runs().values() if run.kind == "sweep" and run.status == "Completed")
        found = opened(desk, sweep)
        unread = [is_unread(run) for run in found if run.started]
        assert unread == [True] * (len(unread) - AT_ONCE) + [False] * AT_ONCE, "the newest were read"
        assert desk.asked("lastvalues") == AT_ONCE
        title = board_drawn(Family(sweep, {sweep.id: found}, len(found)), Look(NOW), 158, unread=sum(unread)).head[0]
        assert f"values of {len(found) - sum(unread)} of {len(found)} read, + reads more" in line_text(title)
        for _ in range(len(found) // AT_ONCE):
            found = opened(desk, sweep)
        assert not any(is_unread(run) for run in found)
