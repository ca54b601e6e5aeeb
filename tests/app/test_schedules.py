"""Schedules are read with what they watch, when they are due, and whether their last run came when it should."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.derived.overdue import of_schedules
from app.derived.schedules import schedule_rows
from services.errors import NotFound
from services.run import Run
from services.schedules import Schedule, Signal, Threshold, list_schedules
from services.triggers import Pattern, Trigger, longest_gap, said
from tests.services.emulated import Emulated

NOW = datetime(2026, 11, 21, 14, 0, tzinfo=UTC)
DAY = 86_400.0


@pytest.mark.parametrize(
    ("trigger", "words", "gap"),
    [
        (Trigger(expression="15 10 * * 1", time_zone="utc"), "cron 15 10 * * 1 UTC", 7 * DAY),
        (Trigger(expression="0 9 * * 1-5"), "cron 0 9 * * 1-5", 3 * DAY),
        (Trigger(expression="*/5 * * * *"), "cron */5 * * * *", 300),
        (Trigger(expression="0 8-18/2 * * *"), "cron 0 8-18/2 * * *", 14 * 3_600),
        (Trigger(expression="0 0 13 * 5"), "cron 0 0 13 * 5", 7 * DAY),
        (Trigger(expression="0 0 1 * *"), "cron 0 0 1 * *", 31 * DAY),
        (Trigger(expression="every noon"), "cron every noon", None),
        (Trigger(expression="0 0 */0 * *"), "cron 0 0 */0 * *", None),
        (Trigger(frequency="Day", interval=1, schedule=Pattern(hours=[6], minutes=[15]), time_zone="UTC"),
         "every day at 06:15 UTC", DAY),
        (Trigger(frequency="Week", interval=1, schedule=Pattern(hours=[4], week_days=["Monday", "Friday"])),
         "every week on Mon, Fri at 04:00", 4 * DAY),
        (Trigger(frequency="Hour", interval=26, time_zone="Pacific Standard Time"),
         "every 26 hours Pacific Standard Time", 26 * 3_600),
        (Trigger(), None, None),
    ],
)  # fmt: skip
def test_when_it_is_due_is_said_and_how_long_it_may_take_is_known(
    trigger: Trigger, words: str | None, gap: float | None
) -> None:
    assert (said(trigger), longest_gap(trigger)) == (words, gap)


def test_monitors_are_read_with_their_signals_limits_and_whom_they_write_to_and_those_that_are_off_too() -> None:
    azure = Emulated(runs=10)
    found = {one.name: one for page in list_schedules(azure.connection, azure.ref) for one in page.records}
    assert [(one.action, one.is_on) for one in found.values()] == [
        ("job", True), ("monitor", True), ("monitor", True), ("monitor", False)]  # fmt: skip
    drift = found["fraud-score-drift"]
    assert (drift.endpoint, drift.deployment, drift.due) == ("fraud-score", "blue", "every day at 06:15 UTC")
    assert drift.emails == ("person01@example.com", "person03@example.com")
    assert [one.kind for one in drift.signals] == ["DataDrift", "PredictionDrift", "DataQuality"]
    assert drift.signals[0].thresholds[0] == Threshold(metric="PopulationStabilityIndex", limit=0.2, of="Numerical")
    assert (found["churn-nightly-schedule"].emails, found["geo-rank-drift"].emails) == (None, ())


def test_a_schedule_runs_once_when_it_is_told_to_and_the_run_says_whose_it_is() -> None:
    azure = Emulated(runs=60)
    change = azure.done("trigger-schedule", "/schedules/fraud-score-drift")
    assert "ml schedule trigger --name fraud-score-drift" in change.az
    (run,) = azure.runs("fraud-score-drift")
    assert run["scheduleId"] == "fraud-score-drift"
    with pytest.raises(NotFound):
        azure.plan("trigger-schedule", "/schedules/nobody")


def row(run: Run | None = None, **changed: Any) -> Any:
    limits = (Threshold(metric="PSI", limit=0.2), Threshold(metric="Null", limit=0.1), Threshold(metric="Other"))
    signals = (Signal(name="inputs", kind="DataDrift", thresholds=limits),)
    one = Schedule(**{"id": "m", "name": "m", "is_on": True, "gap": DAY, "signals": signals, **changed})
    (made,) = schedule_rows([one], lambda name: run, NOW)
    return made


def ran(hours: float, status: str = "Completed", **metrics: float) -> Run:
    return Run(id="r", name="r", status=status, started=NOW - timedelta(hours=hours), metrics=metrics)


def test_a_schedule_is_late_once_it_missed_its_time_and_unknown_is_not_late() -> None:
    assert (row(ran(30)).standing, row(ran(30)).late) == ("fine", None)
    assert (row(ran(9 * 24)).standing, row(ran(9 * 24)).late) == ("late", 8 * DAY)
    assert (row().standing, row().late) == ("unknown", None)
    assert row(ran(9 * 24), gap=None).standing == "fine"
    assert row(ran(9 * 24), is_on=False).standing == "off"
    assert row(ran(9 * 24), ends=NOW - timedelta(days=1)).late is None
    assert row(ran(2, "Failed")).standing == "failed"


def test_signals_of_the_last_run_pass_fail_or_are_not_known() -> None:
    found = row(ran(2, **{"inputs.PSI": 0.31, "null": 0.05, "other": 9.0}))
    assert (found.standing, found.passed, found.failing) == ("failing", 1, ("inputs: PSI 0.31, at most 0.2",))
    assert (row(ran(2)).passed, row(ran(2)).failing) == (0, ())
    assert found.watches[0] == "inputs: DataDrift, PSI at most 0.2"


def test_pulse_says_what_fails_and_what_is_late_and_nothing_of_what_is_not_known() -> None:
    rows = [
        row(ran(2, "Failed"), id="a", name="nightly"), row(ran(9 * 24), id="b", name="weekly"),
        row(ran(2, **{"inputs.PSI": 0.31}), id="c", name="drift"), row(ran(30), id="d"), row(id="e"),
        row(ran(2, "Failed"), id="f", is_on=False),
    ]  # fmt: skip
    found = list(of_schedules(rows, NOW))
    assert [one.what for one in found] == [
        "schedule nightly: the last run is failed", "schedule weekly is late", "monitor drift: 1 of its metrics fail",
    ]  # fmt: skip
    assert (found[1].severity, found[1].since) == ("note", NOW - timedelta(days=8))
    assert (found[2].why, found[2].query) == ("inputs: PSI 0.31, at most 0.2", 'id="c"')
