"""What clusters did in a day, as Azure Monitor measured it: from the same world as their nodes and runs."""

from __future__ import annotations

from datetime import timedelta

from app.panes.use_lines import nodes_chart, share_chart, summary
from services.compute_use import COUNT, GRAIN, ComputeUse, points_of, read_compute_use
from services.monitor_metrics import Measured
from tests.services.emulated import NOON, Emulated
from widgets.lines import line_text, line_width
from widgets.pane import Look

LOOK = Look(now=NOON)
DETAIL = 52
"""Cells of the detail beside a table."""


def measured(azure: Emulated) -> dict[str, ComputeUse]:
    pages = read_compute_use(azure.connection, azure.ref, region="westeurope", now=azure.at)
    return {one.name: one for page in pages for one in page.records}


def test_a_day_of_clusters_is_read_in_two_calls_and_agrees_with_their_nodes() -> None:
    azure = Emulated()
    used = measured(azure)
    calls = [one for one in azure.world.log.entries() if one.path.endswith("metrics:getBatch")]
    assert len(calls) == 2
    assert set(used) == {"gpu-a100", "t4-spot", "cpu-ci", "cpu-etl", "ci-ana", "ci-li"}
    assert (used["ci-ana"].busy, used["ci-ana"].cpu_mean is not None) == ((), True)
    a100 = used["gpu-a100"]
    assert (len(a100.busy), a100.peak) == (COUNT, 8.0)
    assert a100.busy_hours is not None
    assert a100.idle_hours is not None
    known = sum(point is not None for point in a100.busy)
    assert a100.busy_hours + a100.idle_hours <= 8 * known * GRAIN.total_seconds() / 3_600
    assert a100.gpu_mean is not None
    assert (used["cpu-ci"].gpu_mean, used["cpu-ci"].gpu) == (None, ())
    counts = azure.arm("/computes/gpu-a100").json()["properties"]["properties"]["nodeStateCounts"]
    newest = next(point for point in reversed(a100.busy) if point is not None)
    assert abs(newest - counts["runningNodeCount"]) <= 3


def test_a_half_hour_without_measurement_is_none_and_not_zero() -> None:
    times = (NOON, NOON + timedelta(minutes=10), NOON + 3 * GRAIN)
    one = Measured(resource="w", name="Active Nodes", aggregation="average", times=times, values=(2.0, 4.0, None))
    points = points_of(one, NOON)
    assert points[:4] == (3.0, None, None, None)


def test_the_charts_fit_the_detail_and_say_so_where_nothing_was_measured() -> None:
    use = ComputeUse(id="c", name="c", since=NOON, busy=(2.0,) * COUNT, idle=(1.0,) * COUNT, cpu=(50.0,) * COUNT,
                     peak=3.0, busy_hours=48.0, idle_hours=24.0)  # fmt: skip
    drawn = [*summary(use, LOOK), *nodes_chart(use, LOOK), *share_chart("cpu", "run")(use, LOOK)]
    assert max(line_width(line) for line in drawn) == DETAIL
    said = [line_text(line) for line in summary(use, LOOK)]
    assert said[0].endswith("50 %, 50 % at most")
    assert said[2] == "GPU         not measured, which is not zero"
    assert said[4].endswith("48.0 node-hours busy, 24.0 idle, paid")
    bare = ComputeUse(id="c", name="c", since=NOON)
    assert "not zero" in line_text(nodes_chart(bare, LOOK)[0])
    assert all(line_text(line).endswith("not measured, which is not zero") for line in summary(bare, LOOK))
    assert share_chart("cpu", "run")(bare, LOOK) == ()


def test_without_colours_and_blocks_busy_and_idle_nodes_are_told_apart() -> None:
    use = ComputeUse(id="c", name="c", since=NOON, busy=(2.0,) * COUNT, idle=(2.0,) * COUNT, cpu=(50.0, None) * 24,
                     peak=4.0, busy_hours=48.0, idle_hours=48.0)  # fmt: skip
    rows = [line_text(line) for line in nodes_chart(use, LOOK)]
    assert "█" in rows[3]
    assert "▒" in rows[0]
    assert "█" not in rows[0]
    plainly = Look(now=NOON, is_ascii=True)
    told = [line_text(line) for line in [*summary(use, plainly), *nodes_chart(use, plainly)]]
    told += [line_text(line) for line in share_chart("cpu", "run")(use, plainly)]
    assert all(line.isascii() and len(line) <= DETAIL for line in told)
    assert told[-1] == "100 " + "~." * 24
