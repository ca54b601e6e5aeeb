"""The history of a metric, through the real pipeline over the emulator: all of it, in its order, and what is new."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from math import isfinite, isinf, isnan
from typing import Any

import pytest

from services.emulator.asking import ask
from services.metric_series import MetricPoint, list_metrics, parse_mlflow_point, parse_point, read_history
from services.records import WorkspaceRef
from tests.services.answering import Azure, as_json
from tests.services.emulated import Emulated


@pytest.fixture(scope="module")
def azure() -> Emulated:
    return Emulated(runs=300)


def points(azure: Emulated, run: str, name: str, **more: Any) -> list[MetricPoint]:
    pages = list(read_history(azure.connection, azure.ref, run, name, **more))
    assert [page.is_last for page in pages] == [False] * (len(pages) - 1) + [True]
    assert not any(page.set_aside for page in pages)
    return [point for page in pages for point in page.records]


def trained(azure: Emulated, experiment: str, status: str = "Completed") -> dict[str, Any]:
    runs = azure.runs(experiment, top=200)
    return next(one for one in runs if one["status"] == status and one["parentRunId"] is None and one["parameters"])


def test_a_long_history_comes_whole_page_by_page_in_the_order_it_was_logged(azure: Emulated) -> None:
    run = trained(azure, "fraud")["runId"]
    names = [one.name for page in list_metrics(azure.connection, azure.ref, run) for one in page.records]
    assert {"loss", "val_loss", "auc", "learning_rate", "grad_norm", "epoch"} <= set(names)
    loss = points(azure, run, "loss")
    assert len(loss) > 3_000
    assert len({point.id for point in loss}) == len(loss)
    times = [point.at for point in loss if point.at is not None]
    assert times == sorted(times)
    assert loss[-1].step == 8_120
    assert len(points(azure, run, "val_loss")) < 60, "logged once an epoch"


def test_the_last_value_of_a_history_is_the_one_that_the_metric_store_calls_last(azure: Emulated) -> None:
    run = trained(azure, "fraud")["runId"]
    url = f"https://{azure.place.api_host}/metric/v2.0{azure.place.id}/runs/{run}/lastvalues"
    for metric in ask(azure.world, "POST", url, body={}).json()["value"]:
        last = points(azure, run, metric["name"])[-1]
        assert (last.id, last.step) == (metric["value"][0]["metricId"], metric["value"][0]["step"])


def test_a_run_that_goes_on_gives_only_what_is_new() -> None:
    azure = Emulated(runs=300)
    run = trained(azure, "llm-sft", "Running")["runId"]
    before = points(azure, run, "loss")
    azure.forward(600)
    after = points(azure, run, "loss")
    assert after[: len(before)] == before, "what was logged stays as it was"
    assert len(after) > len(before)
    since = before[-1].at
    assert since is not None
    new = points(azure, run, "loss", since=since)
    assert [point for point in new if point.id != before[-1].id] == after[len(before) :]


def test_some_runs_log_steps_twice_after_a_checkpoint(azure: Emulated) -> None:
    twice, runs = 0, azure.runs("fraud", top=200)
    spot = [one["runId"] for one in runs if one["target"] == "t4-spot" and one["startTimeUtc"] and one["parameters"]]
    for run in spot[:5]:
        steps = [point.step for point in points(azure, run, "loss")]
        twice += len(steps) > len(set(steps))
        assert (steps == sorted(steps)) == (len(steps) == len(set(steps)))
    assert twice > 0


def test_nan_and_infinity_are_values(azure: Emulated) -> None:
    for run in azure.runs("llm-sft", top=200):
        if run["parameters"] and run["startTimeUtc"]:
            norm = points(azure, run["runId"], "grad_norm")
            loss = points(azure, run["runId"], "loss")
            broken = [point for point in loss if isnan(point.value)]
            if broken:
                assert any(isinf(point.value) for point in norm)
                assert not isnan(loss[0].value)
                return
    raise AssertionError("no run of this world broke")


def test_where_the_metric_store_knows_nothing_mlflow_is_asked() -> None:
    def answer(asked: Any) -> Any:
        if asked.path.endswith("/full"):
            return as_json({"error": {"code": "UserError", "message": "Metric loss was not found."}}, 404)
        if asked.path.endswith("/get-history"):
            token = asked.query.get("page_token")
            value = {"key": "loss", "value": 0.5, "timestamp": "1717563256242", "step": "3"}
            return as_json({"metrics": [value], **({} if token else {"next_page_token": "2"})})
        return as_json({"location": "eastus"})

    azure = Azure(answer)
    pages = list(read_history(azure.connection, WorkspaceRef("sub", "group", "ml"), "run-1", "loss"))
    assert [len(page.records) for page in pages] == [1, 1]
    (point,) = pages[0].records
    assert (point.step, point.value) == (3, 0.5)
    assert point.at == datetime(2024, 6, 5, 4, 54, 16, 242_000, tzinfo=UTC)


def test_a_table_among_numbers_is_set_aside_and_the_numbers_stay() -> None:
    given = [0.5, [1, 2], "NaN"]
    values = [{"metricId": str(at), "step": at, "data": {"loss": one}} for at, one in enumerate(given)]
    azure = Azure(lambda asked: as_json({"value": values} if asked.path.endswith("/full") else {"location": "eastus"}))
    (page,) = read_history(azure.connection, WorkspaceRef("sub", "group", "ml"), "run-1", "loss")
    assert [point.step for point in page.records] == [0, 2]
    assert [(one.item, one.reason) for one in page.set_aside] == [("1", "it is no number but list")]


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_text_that_means_no_finite_number_is_read_as_such(text: str) -> None:
    mine = parse_point(json.dumps({"step": 1, "data": {"loss": text}}).encode(), name="loss").value
    theirs = parse_mlflow_point(json.dumps({"value": text, "step": "1"}).encode()).value
    assert str(mine) == str(theirs)
    assert not isfinite(mine)
