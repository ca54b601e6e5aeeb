"""What the emulator measures and logs of its endpoints: in the shapes of Azure, minute by minute, as time goes on."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta

import pytest

from services.emulator.asking import ask
from services.emulator.endpoint_gauges import DEPLOYMENT_GAUGES
from services.emulator.endpoints import ENDPOINTS
from services.emulator.flows import minute_of
from services.emulator.log_rows import log_rows, tables_of
from services.emulator.log_tables import CATEGORIES, COLUMNS, CONSOLE, EVENTS, TRAFFIC
from services.emulator.ticks import DAY, HOUR, MINUTE, datetime_of
from services.errors import Refused
from tests.services.playing import Played, onset_of, played, tail


def of_instances(story: Played, *names: str) -> dict[str, list[float]]:
    resource = f"{story.id}/deployments/{story.scenario.deployment}"
    found: dict[str, list[float]] = defaultdict(list)
    for one in story.measured(*names, resource=resource, aggregations=("maximum",)):
        found[one.name] += [value for at, value in zip(one.times, one.values, strict=True)
                            if at >= story.onset and value is not None]  # fmt: skip
    return found


def test_memory_climbs_until_the_container_is_killed_and_what_does_not_run_measures_nothing() -> None:
    names = ("CpuMemoryUtilizationPercentage", "DeploymentCapacity", "CpuUtilizationPercentage")
    memory = of_instances(played("out-of-memory"), names[0])[names[0]]
    assert max(memory) > 85
    assert min(memory) < 70
    nothing = of_instances(played("image-pull"), *names)
    assert not nothing[names[0]]
    assert not nothing[names[2]]
    capacity = played("image-pull").measured(
        "DeploymentCapacity", resource=f"{played('image-pull').id}/deployments/blue", dimensions={"State": "*"},
        aggregations=("maximum",),
    )  # fmt: skip
    states = {one.dimensions["state"]: [one.times[number] for number, value in enumerate(one.values) if value]
              for one in capacity}  # fmt: skip
    assert max(states["Ready"]) < played("image-pull").onset == min(states["NotReady"])
    assert tail(played("image-pull"), containerType="StorageInitializer") == ""


def test_slow_models_end_at_their_timeout_and_latency_says_so() -> None:
    story = played("timeouts")
    late = [row["TotalDurationMs"] for row in story.rows(TRAFFIC) if row["ResponseCode"] == 408]
    assert set(late[-200:]) == {5000}
    (p95,) = story.measured("RequestLatency_P95")
    assert p95.unit == "MilliSeconds"
    by_time = dict(zip(p95.times, p95.values, strict=True))
    before, after = by_time[story.onset - timedelta(minutes=1)], by_time[story.onset]
    assert before is not None
    assert before < 250
    assert after == 5000.0


def test_on_a_quiet_week_no_endpoint_ever_looks_broken() -> None:
    story = played("quiet")
    now = story.world.now() // MINUTE * MINUTE
    for name, days in (("fraud-score", 7), ("ocr-batch", 1)):
        counts: dict[datetime, Counter[int]] = {}
        for at in range(now - days * DAY, now, MINUTE):
            minute = minute_of(story.world, story.place, name, at)
            assert minute is not None
            counts[datetime_of(at)] = Counter({flow.code: 0 for flow in minute.flows})
            for flow in minute.flows:
                counts[datetime_of(at)][flow.code] += flow.requests
        assert onset_of(counts) is None
        totals = [codes.total() for codes in counts.values()]
        assert min(totals) > 20
        assert max(totals) > 1.2 * min(totals)
        wrong = sum(codes.total() - codes[200] for codes in counts.values())
        assert 10 * days < wrong < 60 * days


def test_the_world_goes_on_and_says_the_same_of_the_same_minutes() -> None:
    story = Played("model-errors")
    before = {row["XRequestId"]: row for row in story.rows(TRAFFIC, 10)}
    story.at += timedelta(minutes=5)
    after = {row["XRequestId"]: row for row in story.rows(TRAFFIC, 15)}
    assert before.items() <= after.items()
    newest = max(row["TimeGenerated"] for row in after.values())
    assert story.at - timedelta(minutes=3) < newest < story.at - timedelta(minutes=2)


def test_only_tables_that_a_diagnostic_setting_fills_have_rows_and_the_setting_says_so() -> None:
    story = played("throttling")
    assert not story.rows(CONSOLE)
    for place in story.world.places[:1]:
        for one in ENDPOINTS[place.name]:
            url = (f"https://management.azure.com{place.id}/onlineEndpoints/{one.name}"
                   "/providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview")  # fmt: skip
            logs = [log for setting in ask(story.world, "GET", url).json()["value"]
                    for log in setting["properties"]["logs"] if log["enabled"]]  # fmt: skip
            on = {log["category"] for log in logs}
            assert on == tables_of(story.world, place, one.name) & set(CATEGORIES)


@pytest.mark.parametrize("table", COLUMNS)
def test_every_row_has_every_column_of_its_table_and_lies_in_the_span_that_was_asked(table: str) -> None:
    story = Played("bad-deployment")
    start, end = story.incident.onset - 5 * MINUTE, story.incident.onset + 5 * MINUTE
    rows = list(log_rows(story.world, story.place, table, start, end))
    assert all(set(row) == set(COLUMNS[table]) for row in rows)
    assert all(datetime_of(start) <= row["TimeGenerated"] < datetime_of(end) for row in rows)
    assert bool(rows) is (table not in (EVENTS, "AutoscaleScaleActionsLog"))
    assert not list(log_rows(story.world, story.place, table, end, story.world.now() + HOUR, "fraud-old"))


def test_no_data_is_no_point_and_a_machine_without_a_gpu_has_no_series() -> None:
    story = played("bad-deployment")
    found = {
        one.dimensions["deployment"]: one for one in story.measured("RequestsPerMinute", dimensions={"deployment": "*"})
    }
    green = dict(zip(found["green"].times, found["green"].values, strict=True))
    assert green[story.onset - timedelta(minutes=1)] is None
    assert (green[story.onset] or 0) > 20
    assert found["green"].values[-1] is None
    assert not story.measured("RequestsPerMinute", resource=f"{story.place.id}/onlineEndpoints/fraud-old")
    names = {one.name for one in story.measured(*(gauge.name for gauge in DEPLOYMENT_GAUGES),
                                                resource=f"{story.id}/deployments/blue")}  # fmt: skip
    assert {
        "CpuUtilizationPercentage",
        "DiskUtilization",
        "RequestLatency_P99",
        "DataCollectionEventsPerMinute",
    } <= names
    assert not any(name.startswith("Gpu") for name in names)


def test_more_series_than_were_asked_for_are_cut_and_the_largest_are_given() -> None:
    story = played("bad-deployment")
    found = story.measured("RequestsPerMinute", dimensions={"deployment": "*", "statusCode": "*"}, top=2)
    assert len(found) == 2
    assert all(one.is_cut for one in found)
    assert found[0].dimensions == {"deployment": "blue", "statuscode": "200"}


@pytest.mark.parametrize(
    ("name", "dimensions", "said"),
    [
        ("Teapots", {}, "Valid metrics: ConnectionsActive"),
        ("RequestLatency", {"pod": "*"}, "supported ones are: deployment"),
    ],
)
def test_metrics_and_dimensions_that_there_are_not_are_refused_as_azure_does(
    name: str, dimensions: dict[str, str], said: str
) -> None:
    with pytest.raises(Refused, match=said):
        played("quiet").measured(name, dimensions=dimensions)
