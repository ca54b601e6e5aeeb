"""Metrics of a whole workspace agree with what happened in it, and nothing measured is not zero."""

from __future__ import annotations

from datetime import timedelta

from services.emulator.ticks import ticks_of
from services.workspace_metrics import METRICS, WINDOWS, WorkspaceMetric, read_workspace_metrics
from tests.services.emulated import Emulated


def read(azure: Emulated) -> dict[str, WorkspaceMetric]:
    pages = list(read_workspace_metrics(azure.connection, azure.ref, region="westeurope", now=azure.at))
    assert [page.is_last for page in pages] == [False, True]
    return {one.id: one for page in pages for one in page.records}


def test_every_window_counts_what_ended_in_it_and_four_calls_tell_all() -> None:
    azure = Emulated(runs=60)
    before = azure.connection.calls.requests
    found = read(azure)
    assert azure.connection.calls.requests - before == 4
    assert len(found) == len(WINDOWS) * len(METRICS)
    for window, grain in (("6h", 900), ("24h", 3_600), ("7d", 21_600)):
        one = found[f"{window}/Failed Runs"]
        since, until = ticks_of(one.since), ticks_of(azure.at - timedelta(minutes=3))
        plans = list(azure.world.book(azure.place).recent(until, since))
        failed = [plan for plan in plans if plan.outcome == "Failed" and since <= plan.ended < until]
        assert (one.total or 0, one.grain) == (len(failed), grain)
        assert sum(point or 0 for point in one.points) == len(failed)
    assert any(found[f"{window.name}/Failed Runs"].total for window in WINDOWS)


def test_what_was_never_counted_is_unknown_and_a_level_has_no_sum() -> None:
    azure = Emulated(runs=10)
    found = read(azure)
    never = found["24h/Model Register Failed"]
    assert (never.total, never.last, never.peak, set(never.points)) == (None, None, None, {None})
    nodes = found["30d/Unusable Nodes"]
    assert (nodes.total, nodes.last, nodes.peak) == (None, 1.0, 1.0)
    assert 0.0 in nodes.points
    assert found["6h/Started Runs"].points[-1] is None, "the newest minutes are not measured yet"
    assert 0 < (found["24h/Quota Utilization Percentage"].last or 0) <= 100
