"""Runs over a fake Azure: paging, stopping, falling back, and what it costs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

import pytest

from services.errors import Forbidden, Malformed, ServiceBroken, Unreachable
from services.limits import Limits
from services.records import Page, WorkspaceRef
from services.run_index import count_runs
from services.run_metrics import read_metrics
from services.run_values import search_values
from services.runs import Run, get_details, get_runs, list_children, list_runs, standing_in
from tests.services.answering import Asked, Azure, Given, as_json

REF = WorkspaceRef("sub", "group", "ml")
FIRST = datetime(2026, 11, 20, tzinfo=UTC)


def run(number: int, **more: Any) -> dict[str, Any]:
    created = FIRST - timedelta(minutes=number)
    return {"runId": f"run-{number}", "status": "Completed", "createdUtc": created.isoformat(), **more}


class History:
    """Run history with pages of its own size, and a fault to throw."""

    def __init__(self, experiments: dict[str, int], page: int = 500) -> None:
        self.experiments = experiments
        self.page = page
        self.faults: dict[str, int] = {}

    def __call__(self, asked: Asked) -> Given:
        status = next((status for part, status in self.faults.items() if part in asked.path), 200)
        if status != 200:
            return as_json({"error": {"code": "UserError", "message": "You may not look into this."}}, status)
        if asked.path.endswith("/experiments:query"):
            return as_json({"value": [{"experimentId": f"id-{name}", "name": name} for name in self.experiments]})
        if asked.path.endswith("/runs:query"):
            return self.runs(asked)
        if asked.path.endswith("/jobs"):
            return as_json({"value": [{"name": "job-1", "properties": {"status": "Running", "jobType": "Command"}}]})
        return as_json({"location": "eastus"})

    def runs(self, asked: Asked) -> Given:
        total = self.experiments[asked.path.split("/experiments/")[1].split("/")[0]]
        start = int(asked.body.get("continuationToken", 0))
        end = min(start + self.page, total)
        token = str(end) if end < total else None
        return as_json({"value": [run(number) for number in range(start, end)], "continuationToken": token})


def everything(pages: Iterator[Page[Run]]) -> tuple[list[Run], list[bool]]:
    found = list(pages)
    return [one for page in found for one in page.records], [page.is_last for page in found]


def test_nine_thousand_runs_cost_one_token_and_no_call_of_their_own() -> None:
    azure = Azure(History({"one": 9_000}))
    runs, last = everything(list_runs(azure.connection, REF, "one"))
    assert len(runs) == 9_000
    assert azure.connection.calls.tokens == azure.credential.asked == 1
    assert azure.paths.count(f"POST /history/v1.0{REF.id}/experiments/one/runs:query") == 18
    assert len(azure.asked) == 1 + 18  # the workspace for its host, the pages
    assert last == [False] * 17 + [True]


def test_runs_are_asked_newest_first_and_carry_the_name_of_their_experiment() -> None:
    azure = Azure(History({"one": 2}))
    runs, _ = everything(list_runs(azure.connection, REF, "one"))
    assert azure.asked[-1].body == {"orderBy": "CreatedUtc desc", "top": 500}
    assert [one.experiment for one in runs] == ["one", "one"]


def test_a_listing_goes_on_where_the_token_of_a_page_says() -> None:
    azure = Azure(History({"one": 1_200}))
    first = next(list_runs(azure.connection, REF, "one"))
    assert first.token == "500"
    rest, last = everything(list_runs(azure.connection, REF, "one", token=first.token))
    assert [one.id for one in (*first.records, *rest)] == [f"run-{number}" for number in range(1_200)]
    assert last == [False, True]


def test_stop_is_asked_between_pages() -> None:
    azure = Azure(History({"one": 5_000}))
    seen: list[Page[Run]] = []
    for page in list_runs(azure.connection, REF, "one", stop=lambda: len(seen) >= 3):
        seen.append(page)
    assert len(seen) == 3
    assert not any(page.is_last for page in seen)


def standing(azure: Azure, *, may_stand_in: bool = True) -> Iterator[Page[Run]]:
    """The runs of two experiments, or the jobs that stand in for them."""
    pages = chain.from_iterable(list_runs(azure.connection, REF, name) for name in ("one", "two"))
    return standing_in(azure.connection, REF, pages, may_stand_in=may_stand_in)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_jobs_stand_in_where_run_history_refuses_and_the_route_says_so(status: int) -> None:
    history = History({"one": 3, "two": 0})
    history.faults["/runs:query"] = status
    (page,) = standing(Azure(history))
    assert [one.id for one in page.records] == ["job-1"]
    assert page.provenance.route == f"https://management.azure.com{REF.id}/jobs"
    assert not page.is_last


def out_of_reach(asked: Asked) -> Given:
    if asked.host.endswith("azureml.ms"):
        raise ConnectionRefusedError("Connection refused")
    return History({"one": 3})(asked)


def test_jobs_stand_in_where_run_history_cannot_be_reached() -> None:
    (page,) = standing(Azure(out_of_reach))
    assert [one.id for one in page.records] == ["job-1"]


def test_jobs_do_not_stand_in_for_a_moment_for_runs_somebody_has() -> None:
    with pytest.raises(Unreachable):
        next(standing(Azure(out_of_reach), may_stand_in=False))


def test_a_refusal_after_the_first_page_is_raised() -> None:
    history = History({"one": 3, "two": 3})
    history.faults["/experiments/two/"] = 403
    pages = standing(Azure(history))
    assert len(next(pages).records) == 3
    with pytest.raises(Forbidden):
        next(pages)


def test_a_broken_run_history_is_raised_and_not_papered_over() -> None:
    history = History({"one": 3})
    history.faults["/runs:query"] = 500
    with pytest.raises(ServiceBroken):
        list(standing(Azure(history, limits=Limits(retries=0))))


@pytest.mark.parametrize("names", [("successfulResults", "failedResults"), ("runs", "errors")])
def test_many_runs_are_asked_for_with_one_call_and_those_that_are_gone_are_named(names: tuple[str, str]) -> None:
    found = {f"run-{at}": {"runMetadata": run(at), "runDefinition": None} for at in range(2)}
    given = {names[0]: found, names[1]: {"run-7": {"error": {"code": "UserError", "message": "not found"}}}}
    azure = Azure(lambda asked: as_json(given if "batchrundata" in asked.path else {"location": "eastus"}))
    page, missing = get_runs(azure.connection, REF, ["run-0", "run-1", "run-7"], {"run-1": "one"})
    assert [(one.id, one.experiment) for one in page.records] == [("run-0", None), ("run-1", "one")]
    assert missing == ("run-7",)
    assert azure.asked[-1].body["requests"]["run-7"] == {"runId": "run-7", "selectRunMetadata": True}


def test_metrics_and_parameters_of_many_runs_come_with_one_call() -> None:
    logged = {"metrics": [{"key": "auc", "value": 0.9}, {"key": "loss", "value": "NaN"}],
              "params": [{"key": "lr", "value": "0.1"}]}  # fmt: skip
    pages = {
        "": {"runs": [{"info": {"run_id": "a", "status": "FINISHED", "start_time": "1763700000000"}, "data": logged}],
             "next_page_token": "t"},
        "t": {},
    }  # fmt: skip
    azure = Azure(lambda asked: as_json(
        pages[asked.body.get("page_token", "")] if asked.path.endswith("/runs/search") else {"location": "eastus"}
    ))  # fmt: skip
    first, second = search_values(azure.connection, REF, "guid")
    assert (first.token, second.token, second.is_last) == ("t", None, True)
    (values,) = first.records
    assert (values.metrics, values.params, values.has_ended) == ({"auc": 0.9}, {"lr": "0.1"}, True)
    assert azure.asked[1].body["run_view_type"] == "ALL"
    assert second.records == ()


def test_the_index_says_how_many_runs_there_are() -> None:
    azure = Azure(
        lambda asked: as_json({"totalCount": 41, "value": []} if "entities" in asked.path else {"location": "eastus"})
    )
    assert count_runs(azure.connection, REF, since=FIRST) == 41
    assert azure.asked[-1].body["filters"][1]["values"] == ["2026-11-20T00:00:00Z"]
    assert azure.asked[-1].body["pageSize"] == 1


def test_a_run_that_cannot_be_read_is_set_aside_and_its_page_goes_on() -> None:
    bad = [run(1, createdUtc="yesterday"), {"status": "Failed"}, 7, run(2, runNumber="many")]
    given = {"value": [run(0), *bad, run(3, tags=None, properties=None, compute=None, error=None, newField={"a": 1})]}
    azure = Azure(lambda asked: as_json(given) if "runs:query" in asked.path else as_json({"location": "eastus"}))
    (page,) = list_runs(azure.connection, REF, "one")
    assert [one.id for one in page.records] == ["run-0", "run-3"]
    assert [one.item for one in page.set_aside] == ["run-1", "", "", "run-2"]
    assert all(one.reason for one in page.set_aside)
    assert len(page.documents) == 2


def test_children_are_read_to_their_end() -> None:
    def answering(asked: Asked) -> Given:
        if not asked.path.endswith("/children"):
            return as_json({"location": "eastus"})
        start = int(asked.query.get("$continuationToken", 0))
        token = str(start + 50) if start < 100 else None
        return as_json({"value": [run(start + at) for at in range(50 if token else 20)], "continuationToken": token})

    azure = Azure(answering)
    runs, last = everything(list_children(azure.connection, REF, "parent", experiment="one"))
    assert len({one.id for one in runs}) == 120
    assert last == [False, False, True]
    assert {one.experiment for one in runs} == {"one"}


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"runType": "azureml.scriptrun"}, "command"),
        ({"runType": "azureml.StepRun", "runTypeV2": {"traits": ["azureml.StepRun", "scriptRun"]}}, "step"),
        ({"runType": "azureml.PipelineRun"}, "pipeline"),
        ({"runType": "hyperdrive"}, "sweep"),
        ({"runType": "azureml.scriptrun", "tags": {"hyperparameters": '{"lr": 0.1}'}}, "trial"),
        ({"runType": "automl"}, "automl"),
        ({"runType": "azureml.scriptrun", "properties": {"runTemplate": "automl_child"}}, "trial"),
        ({"runType": "azureml.promptflow.FlowRun"}, "flow"),
        ({"runType": "azureml.SparkRun"}, "spark"),
        ({"runType": "something.new"}, "something.new"),
        ({}, None),
    ],
)
def test_a_run_is_called_what_users_call_it(given: dict[str, Any], kind: str | None) -> None:
    page = get_details(Azure(lambda asked: _one(asked, run(1, **given))).connection, REF, "run-1")
    assert page.records[0].kind == kind


def _one(asked: Asked, given: dict[str, Any]) -> Given:
    return as_json(given if "/runs/" in asked.path else {"location": "eastus"})


def test_a_trial_has_its_hyperparameters_as_parameters() -> None:
    given = run(1, tags={"hyperparameters": json.dumps({"lr": 0.1, "kernel": "rbf"})}, parameters={"epochs": "3"})
    page = get_details(Azure(lambda asked: _one(asked, given)).connection, REF, "run-1")
    assert page.records[0].params == {"lr": "0.1", "kernel": "rbf", "epochs": "3"}


def test_a_start_before_the_creation_is_no_time_in_the_queue() -> None:
    given = run(1, startTimeUtc=(FIRST - timedelta(hours=1)).isoformat())
    page = get_details(Azure(lambda asked: _one(asked, given)).connection, REF, "run-1")
    assert page.records[0].queued is None


def test_a_metric_that_is_no_number_is_told_as_text() -> None:
    given = {
        "value": [
            {"name": "loss", "value": [{"step": 3, "data": {"loss": "NaN"}}]},
            {"name": "auc", "value": [{"data": {"auc": 1}}]},
            {"name": "none", "value": []},
        ]
    }
    azure = Azure(lambda asked: as_json(given if "lastvalues" in asked.path else {"location": "eastus"}))
    loss, auc, none = read_metrics(azure.connection, REF, "run-1").records
    assert (loss.value, loss.text, loss.step) == (None, "NaN", 3)
    assert (auc.value, auc.id) == (1.0, "run-1/auc")
    assert (none.value, none.text) == (None, None)


def test_an_answer_that_is_no_listing_is_malformed() -> None:
    azure = Azure(lambda asked: as_json([] if "runs:query" in asked.path else {"location": "eastus"}))
    with pytest.raises(Malformed):
        list(list_runs(azure.connection, REF, "one"))
