"""Signals of endpoints, through the real pipeline and Azure Monitor's own SDK, over the emulator."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from services.capacity import states
from services.connection import Connection
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.endpoint_metrics import COLLECTED, DROPPED, LATENCIES, EndpointSignal, grain_of, read_signals
from services.minutes import counts_of, total
from services.triage_rows import rows_of
from tests.services.answering import Azure, as_json
from tests.services.emulated import Emulated
from tests.services.troubled import NOW, REF, facts

MINUTE = timedelta(minutes=1)


@pytest.fixture(scope="module")
def signals() -> list[EndpointSignal]:
    azure = Emulated(runs=20)
    world = World(runs=20, clock=azure.now, scenario="crash-loop")
    connection = Connection(
        FakeCredential(1, clock=azure.now), transport=in_process(world), now=azure.now, clock=azure.clock
    )
    behind = {"nlu-intent": ["v7"], "fraud-score": ["blue", "green"]}
    end = azure.now()
    pages = list(
        read_signals(connection, azure.ref, "westeurope", list(behind), behind, end - timedelta(hours=1), end, MINUTE)
    )
    assert [page.is_last for page in pages] == [False] * 5 + [True]
    return [one for page in pages for one in page.records]


def of(signals: list[EndpointSignal], endpoint: str, name: str) -> list[Any]:
    return [one.signal for one in signals if one.endpoint == endpoint and one.signal.name == name]


def test_requests_come_by_deployment_and_code_and_a_minute_without_is_none(signals: list[EndpointSignal]) -> None:
    found = of(signals, "nlu-intent", "RequestsPerMinute")
    assert {one.deployment for one in found} == {"v7"}
    assert {"200", "503"} <= {one.code for one in found}
    failed = next(one for one in found if one.code == "503")
    assert failed.values[0] is None
    assert 0.0 not in failed.values
    counts = counts_of(found)
    assert (total(counts.errors, counts.newest()) or 0) > 0
    assert counts.requests[-1] is None


def test_latencies_and_what_instances_do_come_each_as_their_own_series(signals: list[EndpointSignal]) -> None:
    for name in LATENCIES:
        assert {one.deployment for one in of(signals, "fraud-score", name)} <= {"blue", "green"}
    cpu = of(signals, "fraud-score", "CpuUtilizationPercentage")
    assert len({one.part for one in cpu}) == len(cpu) > 2
    assert any(one.part.endswith(" root") for one in of(signals, "fraud-score", "DiskUtilization"))
    assert of(signals, "fraud-score", "NetworkBytes")[0].unit == "BytesPerSecond"


def test_what_data_collection_keeps_is_measured_where_it_is_on_and_nothing_lost_is_not_zero_lost(
    signals: list[EndpointSignal],
) -> None:
    kept = of(signals, "fraud-score", COLLECTED)
    lost = [msgspec.structs.replace(one, name=DROPPED, values=(*one.values[:-3], 2.0, 2.0, 2.0)) for one in kept]
    blue, green = sorted(rows_of(facts(kept)), key=lambda row: row.name)
    assert (blue.collected or 0) > 0
    assert (blue.dropped, green.collected, green.dropped) == (None, None, None)
    (row, _) = sorted(rows_of(facts([*kept, *lost])), key=lambda row: row.name)
    assert row.dropped == 2.0


def test_machines_are_counted_by_state(signals: list[EndpointSignal]) -> None:
    blue = [one for one in of(signals, "fraud-score", "DeploymentCapacity") if one.deployment == "blue"]
    assert states(facts(blue), "blue") == {
        "Ready": float(
            len(
                {one.part for one in of(signals, "fraud-score", "CpuUtilizationPercentage") if one.deployment == "blue"}
            )
        )
    }
    assert set(states(facts(of(signals, "nlu-intent", "DeploymentCapacity")), "v7")) == {"NotReady"}


def test_a_hundred_endpoints_take_twelve_calls_and_what_is_cut_is_said() -> None:
    def answer(request: Any) -> Any:
        data = [{"timeStamp": "2026-11-20T12:00:00Z", "average": 2.0}]
        series = {"metadatavalues": [{"name": {"value": "deployment"}, "value": "a"}], "data": data}
        metric = {"id": "", "type": "", "name": {"value": request.query["metricnames"].split(",")[0]}, "unit": "Count"}
        whole = [
            {"value": [{**metric, "timeseries": [series] * (200 if id.endswith("/e0") else 1)}]}
            for id in request.body["resourceids"]
        ]
        return as_json({"values": whole})

    azure = Azure(answer)
    names = [f"e{number}" for number in range(100)]
    behind = {name: ["a", "b"] for name in names[:50]}
    hour = timedelta(hours=1)
    pages = list(read_signals(azure.connection, REF, "westeurope", names, behind, NOW - hour, NOW, MINUTE))
    assert len(azure.asked) == 3 * 2 + 3 * 2
    assert {one.query["top"] for one in azure.asked if "filter" in one.query} == {"200"}
    assert {one.endpoint for one in pages[0].records if one.signal.is_cut} == {"e0"}
    assert pages[-1].is_last


def test_a_rare_code_does_not_grow_where_points_are_longer() -> None:
    def answer(request: Any) -> Any:
        data = [{"timeStamp": f"2026-11-21T12:{minute:02}:00Z"} for minute in range(10)]
        data[7]["average"] = 1.0
        series = {"metadatavalues": [{"name": {"value": "statuscode"}, "value": "500"}], "data": data}
        metric = {"id": "", "type": "", "name": {"value": request.query["metricnames"].split(",")[0]}, "unit": "Count"}
        return as_json({"values": [{"value": [{**metric, "timeseries": [series]}]}]})

    azure, five = Azure(answer), timedelta(minutes=5)
    first = next(iter(read_signals(azure.connection, REF, "r", ["e"], {}, NOW - timedelta(hours=9), NOW, five)))
    assert azure.asked[0].query["interval"] == "PT1M"
    (signal,) = [one.signal for one in first.records]
    assert [at.minute for at in signal.times] == [0, 5]
    assert signal.values == (None, 0.2)


def test_nothing_is_asked_of_nothing_and_stop_ends_it() -> None:
    azure = Azure(lambda _: as_json({"values": [{"value": []}]}))
    assert not list(read_signals(azure.connection, REF, "r", [], {}, NOW - timedelta(hours=1), NOW, MINUTE))
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(azure.asked) > 0

    pages = list(read_signals(azure.connection, REF, "r", ["e"], {}, NOW - timedelta(hours=1), NOW, MINUTE, stop=stop))
    assert (len(azure.asked), len(pages)) == (1, 1)
    assert not pages[0].is_last


def test_a_long_window_is_asked_in_longer_points() -> None:
    assert [grain_of(timedelta(hours=hours)) / MINUTE for hours in (1, 24, 100, 700, 9_000)] == [1, 5, 15, 60, 60]
