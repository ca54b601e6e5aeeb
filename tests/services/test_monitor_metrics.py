"""Azure Monitor through its own SDK, over our pipeline and the emulator."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.errors import Malformed, ServiceError
from services.monitor_metrics import Measured, MetricsQuestion, read_measured
from services.parsing import moment
from services.system_metrics import NAMES, question_of, read_system_metrics
from tests.services.answering import Azure, as_json
from tests.services.emulated import Emulated

START = datetime(2026, 11, 20, 12, tzinfo=UTC)
WS = "/subscriptions/sub/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/ml"


@pytest.fixture(scope="module")
def azure() -> Emulated:
    return Emulated(runs=300)


def system(azure: Emulated, run: dict[str, Any]) -> list[Measured]:
    start, end = moment(run["startTimeUtc"]), moment(run["endTimeUtc"]) or azure.now()
    assert start is not None
    pages = read_system_metrics(
        azure.connection, azure.ref, region="westeurope", run_id=run["runId"], start=start, end=end
    )
    return [one for page in pages for one in page.records]


def run_on(azure: Emulated, experiment: str, compute: str, nodes: int) -> dict[str, Any]:
    return next(
        one for one in azure.runs(experiment, top=200)
        if one["target"] == compute and one["startTimeUtc"] and one["parameters"]
        and one["computeRequest"]["nodeCount"] == nodes
    )  # fmt: skip


def test_every_node_of_a_run_is_a_series_of_its_own_and_what_was_not_measured_is_none(azure: Emulated) -> None:
    found = system(azure, run_on(azure, "fraud", "t4-spot", 2))
    assert {one.name for one in found} == set(NAMES)
    cpu = [one for one in found if one.name == "CpuUtilizationPercentage"]
    assert len({one.dimensions["instanceid"] for one in cpu}) == 2
    for one in found:
        assert len(one.times) == len(one.values)
        assert list(one.times) == sorted(one.times)
        assert not one.is_cut
    values = [value for one in cpu for value in one.values]
    assert None in values
    assert 0 not in values
    assert all(0 < value < 100 for value in values if value is not None)


def test_a_machine_without_a_gpu_measures_none(azure: Emulated) -> None:
    names = {one.name for one in system(azure, run_on(azure, "churn", "cpu-ci", 1))}
    assert "CpuUtilizationPercentage" in names
    assert not any(name.startswith("Gpu") for name in names)


def test_the_newest_minutes_of_a_run_that_goes_on_are_not_there_yet(azure: Emulated) -> None:
    run = next(one for one in azure.runs("llm-sft", top=200) if one["status"] == "Running" and one["parameters"])
    cpu = next(one for one in system(azure, run) if one.name == "CpuUtilizationPercentage")
    assert cpu.values[-1] is None


def test_hundreds_of_resources_are_asked_fifty_and_twenty_metrics_at_a_time() -> None:
    asked: list[tuple[str, dict[str, str], int]] = []

    def answer(request: Any) -> Any:
        ids = request.body["resourceids"]
        asked.append((request.path, request.query, len(ids)))
        return as_json({"values": [{"starttime": "", "endtime": "", "value": []} for _ in ids]})

    question = MetricsQuestion(
        resources=tuple(WS.replace("/sub/", f"/sub{number % 2}/") + str(number) for number in range(120)),
        region="westeurope", namespace="Microsoft.Web/sites", names=tuple(f"M{number}" for number in range(25)),
        start=START, end=START + timedelta(hours=1), aggregations=("average", "maximum"),
        dimensions={"Name": "it's *", "Node": "*"}, top=7,
    )  # fmt: skip
    pages = list(read_measured(Azure(answer).connection, question))
    assert [count for _, _, count in asked] == [50, 50, 10, 10] * 2
    assert {path for path, _, _ in asked} == {f"/subscriptions/sub{one}/metrics:getBatch" for one in (0, 1)}
    assert [len(query["metricnames"].split(",")) for _, query, _ in asked] == [20, 5] * 4
    query = asked[0][1]
    assert query["filter"] == "Name eq 'it''s *' and Node eq '*'"
    assert (query["top"], query["aggregation"], query["interval"]) == ("7", "average,maximum", "PT1M")
    assert [page.is_last for page in pages] == [False] * 7 + [True]


def test_a_point_has_each_aggregation_that_was_asked_for_and_a_full_list_says_that_it_may_be_cut() -> None:
    data = [{"timeStamp": "2026-11-20T12:01:00Z"}, {"timeStamp": "2026-11-20T12:00:00Z", "average": 2.0, "maximum": 9}]
    series = {"metadatavalues": [{"name": {"value": "Node"}, "value": "n1"}], "data": data}
    metric = {"id": "", "type": "", "name": {"value": "Cpu"}, "unit": "Percent", "timeseries": [series]}
    question = MetricsQuestion(
        resources=(WS,), region="westeurope", namespace="n", names=("Cpu",), start=START,
        end=START + timedelta(hours=1), aggregations=("average", "maximum"), dimensions={"Node": "*"}, top=1,
    )  # fmt: skip
    (page,) = read_measured(Azure(lambda _: as_json({"values": [{"value": [metric]}]})).connection, question)
    assert [(one.aggregation, one.values) for one in page.records] == [
        ("average", (2.0, None)), ("maximum", (9.0, None))
    ]  # fmt: skip
    assert page.records[0].is_cut
    assert page.records[0].dimensions == {"node": "n1"}
    assert page.provenance.route.endswith("/metrics:getBatch")
    assert page.provenance.api_version == "2024-02-01"


@pytest.mark.parametrize("answer", [{}, {"values": [{"value": [{"name": None}]}]}, {"values": [{"value": None}]}])
def test_an_answer_of_another_form_is_said_to_be_unreadable(answer: dict[str, Any]) -> None:
    question = question_of(Emulated(runs=1).ref, "westeurope", "r", START, START + timedelta(hours=1))
    with pytest.raises(Malformed, match="Azure Monitor"):
        list(read_measured(Azure(lambda _: as_json(answer)).connection, question))


def test_a_refusal_is_a_sentence_and_no_exception_of_the_sdk() -> None:
    refused = as_json({"error": {"code": "AuthorizationFailed", "message": "The client has no metrics/read."}}, 403)
    question = question_of(Emulated(runs=1).ref, "westeurope", "r", START, START + timedelta(hours=1))
    with pytest.raises(ServiceError, match="metrics/read"):
        list(read_measured(Azure(lambda _: refused).connection, question))


@pytest.mark.parametrize(("hours", "minutes"), [(1, 1), (20, 5), (100, 15), (2000, 60)])
def test_a_long_run_is_asked_with_a_coarser_grain_and_never_for_more_than_a_month(hours: int, minutes: int) -> None:
    question = question_of(Emulated(runs=1).ref, "westeurope", "r", START, START + timedelta(hours=hours))
    assert question.grain == timedelta(minutes=minutes)
    assert question.end - question.start <= timedelta(days=30)
    assert question.dimensions == {"RunId": "r", "InstanceId": "*"}
