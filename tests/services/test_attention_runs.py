"""What is wrong with a run that runs is told from its own past and its experiment's; unknown is never wrong."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf, nan
from typing import Any

import pytest

from services.attention import WARNING, Attention
from services.attention_runs import Logged, Running, of_running
from services.run import Run

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def logged(name: str, values: list[float], *, every: float = 60, ago: float = 30, read_ago: float = 0) -> Logged:
    """A metric that came every so many seconds, the last so many seconds ago."""
    last = NOW.timestamp() - ago
    times = tuple(last - every * (len(values) - 1 - place) for place in range(len(values)))
    return Logged(name=name, times=times, values=tuple(values), read_at=NOW - timedelta(seconds=read_ago))


def judged(*metrics: Logged, ran: timedelta = HOUR, lengths: tuple[float, ...] = (), **given: Any) -> list[Attention]:
    run = Run(id="r", name="calm_fox", experiment="fraud", status="Running", started=NOW - ran, user="ana", **given)
    return list(of_running([Running(run=run, lengths=lengths, metrics=metrics)], NOW))


def test_a_metric_that_became_nan_says_which_since_when_and_leads_to_the_run() -> None:
    good, bad = logged("auc", [0.8] * 10), logged("loss", [1.0, nan, 0.9, nan, nan])
    (found,) = judged(good, bad, primary_metric="loss")
    assert (found.severity, found.what, found.owner) == (WARNING, "run calm_fox is at NaN", "ana")
    assert found.why == "loss since its value 4 of 5"
    assert found.since == NOW - timedelta(seconds=90)
    assert (found.pane, found.query) == ("runs", 'id="r"')
    (found,) = judged(logged("loss", [1.0, inf]))
    assert found.what == "run calm_fox is at infinity"


def test_a_nan_that_was_overcome_is_no_alarm() -> None:
    assert not judged(logged("loss", [nan, nan, 1.0]))


def test_a_run_without_a_metric_for_ten_times_as_long_as_usual_has_stalled() -> None:
    (found,) = judged(logged("loss", [1.0] * 20, every=60, ago=1_800))
    assert found.what == "run calm_fox has stalled"
    assert found.why == "no metric for 30 min, one came every 60 s"


@pytest.mark.parametrize(
    "metric",
    [
        logged("loss", [1.0] * 20, every=60, ago=300),
        logged("loss", [1.0] * 20, every=600, ago=4_000),
        logged("loss", [1.0] * 5, every=60, ago=9_000),
        logged("loss", [1.0] * 20, every=60, ago=9_000, read_ago=8_990),
    ],
    ids=["a little late", "slow by nature", "too few to tell", "nobody asked since"],
)
def test_what_may_still_come_is_no_stall(metric: Logged) -> None:
    assert not judged(metric)


def test_a_run_that_takes_three_times_as_long_as_its_experiment_does_is_named() -> None:
    usual = (900.0, 1_000.0, 1_100.0, 950.0, 1_050.0)
    (found,) = judged(lengths=usual)
    assert found.what == "run calm_fox runs 4 × as long as usual"
    assert found.why == "1 h, while runs of fraud take 17 min"
    assert not judged(lengths=usual[:4])
    assert not judged(lengths=(1_300.0,) * 5)
    assert not judged(lengths=(20.0,) * 5, ran=timedelta(minutes=9))


def test_a_run_with_several_ills_is_one_line_about_the_worst() -> None:
    (found,) = judged(logged("loss", [nan] * 20, ago=7_200), lengths=(60.0,) * 9)
    assert found.what == "run calm_fox is at NaN"
