"""Metrics and parameters: the metric store of run history, and MLflow's REST in front of the same runs."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from services.emulator.answers import Json
from services.emulator.dice import guid
from services.emulator.histories import Entry, Logs, history, last_entry, metrics_of
from services.emulator.ledger import Ledger
from services.emulator.plans import Plan
from services.emulator.route_experiments import all_experiments
from services.emulator.route_history import find_run
from services.emulator.routing import Ask, Route
from services.emulator.run_documents import experiment_id
from services.emulator.run_facts import display_name, parameters, person_of
from services.emulator.run_marks import tags_of
from services.emulator.run_query import Query, find_runs, parse_query
from services.emulator.ticks import parse_stamp, stamp_ms

_CHILDREN = re.compile(r"\s*tags\.[`\"]?mlflow\.parentRunId[`\"]?\s*=\s*'([^']+)'\s*")
FULL_A_PAGE, HISTORY_A_PAGE = 1_000, 2_500
SAMPLE = 100
"""How many points of a curve `sample` gives."""

_STATES = {
    "Completed": "FINISHED",
    "Failed": "FAILED",
    "Canceled": "KILLED",
    "NotStarted": "SCHEDULED",
    "Queued": "SCHEDULED",
}


def _number(value: float) -> float | str:
    """Return a number for JSON, which has neither NaN nor infinity: the service writes them as text."""
    return value if math.isfinite(value) else "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _metrics(ask: Ask, plan: Plan) -> tuple[Logs, ...]:
    return metrics_of(plan, ask.book.run_id(plan))


def last_values(ask: Ask) -> Json:
    """Answer the last value of every metric of a run."""
    plan = find_run(ask)
    return {"value": [_metric(logs, [last]) for logs, last in _last(ask, plan)]}


def _last(ask: Ask, plan: Plan) -> list[tuple[Logs, Entry]]:
    found = ((logs, last_entry(plan, logs, ask.now)) for logs in _metrics(ask, plan))
    return [(logs, last) for logs, last in found if last is not None]


def _metric(logs: Logs, entries: Iterable[Entry]) -> Json:
    values = [
        {"metricId": guid("metric", logs.key, logs.name, one.step, one.time), "createdUtc": stamp_ms(one.at),
         "step": one.step, "data": {logs.name: _number(one.value)}}
        for one in entries
    ]  # fmt: skip
    return {
        "dataContainerId": f"dcid.{logs.key}", "name": logs.name, "columns": {logs.name: "Double"},
        "properties": {"uxMetricType": "azureml.v1.scalar", "dataLocation": None}, "namespace": None,
        "standardSchemaId": None,
        "value": values,
    }  # fmt: skip


def list_metrics(ask: Ask) -> Json:
    """Answer which metrics a run has logged."""
    plan = find_run(ask)
    found = [{**_metric(logs, ()), "value": None} for logs, _last_one in _last(ask, plan)]
    return {"value": found, "continuationToken": None, "nextLink": None}


def full_metric(ask: Ask) -> Json:
    """Answer the points of one metric that were logged between two times, a page of them."""
    plan, logs = _asked_metric(ask)
    asked = ask.request.json()
    since, until = (parse_stamp(str(asked.get(name) or "")) for name in ("startTime", "endTime"))
    entries = (one for one in history(plan, logs, ask.now, since or 0) if until is None or one.at <= until)
    page, token = _page(ask, entries, asked.get("continuationToken"), FULL_A_PAGE)
    return {**_metric(logs, page), "continuationToken": token, "nextLink": None}


def _page(ask: Ask, entries: Iterable[Entry], token: object, most: int) -> tuple[list[Entry], str | None]:
    """Return the page a token asks for, and the token of the next. Raises Refusal for a token of another listing."""
    if token is not None and not str(token).isdigit():
        raise ask.wrong("The continuation token is not one of this metric.")
    start = int(str(token or 0))
    page = list(islice(entries, start, start + most + 1))
    return page[:most], str(start + most) if len(page) > most else None


def sampled_metric(ask: Ask) -> Json:
    """Answer a metric thinned to a hundred points."""
    plan, logs = _asked_metric(ask)
    entries = list(history(plan, logs, ask.now))
    thin = entries[:: max(1, -(-len(entries) // SAMPLE))]
    return {**_metric(logs, thin), "derivedLabelValues": None, "isPartialResult": False,
            "numValuesLogged": len(entries),
            "continuationToken": None, "nextLink": None}  # fmt: skip


def _asked_metric(ask: Ask) -> tuple[Plan, Logs]:
    plan, name = find_run(ask), str(ask.request.json().get("metricName"))
    for logs in _metrics(ask, plan):
        if logs.name == name:
            return plan, logs
    raise ask.missing(f"Metric {name} was not found for run {ask.parts['run']}.", "MetricNotFound")


def search_experiments(ask: Ask) -> Json:
    """Answer MLflow's experiments."""
    return {"experiments": [
        {"experiment_id": one["experimentId"], "name": one["name"], "artifact_location": "", "tags": [],
         "lifecycle_stage": "deleted" if one["archivedTime"] else "active"}
        for one in all_experiments(ask)
    ]}  # fmt: skip


def search_runs(ask: Ask) -> Json:
    """Answer MLflow's runs of some experiments, newest first, with last metrics and parameters.

    The only filter it reads is the one for the children of a run.
    """
    asked = ask.request.json()
    if asked.get("filter"):
        return _search_children(
            ask, str(asked["filter"]), asked.get("page_token"), int(asked.get("max_results") or 1_000)
        )
    wanted = {str(one) for one in asked.get("experiment_ids") or ()}
    ledgers = [one for one in ask.book.ledgers if experiment_id(ask.place, one.name) in wanted or one.name in wanted]
    number, token = _page_token(ask, asked.get("page_token"))
    runs, following = _runs_from(ask, ledgers[number:], token, int(asked.get("max_results") or 1_000))
    answer: Json = {"runs": [_run(ask, plan) for plan in runs]}
    if following:
        answer["next_page_token"] = json.dumps([number + following[0], following[1]])
    return answer


def _search_children(ask: Ask, text: str, token: object, most: int) -> Json:
    wanted = _CHILDREN.fullmatch(text)
    if wanted is None:
        raise ask.wrong(f"The emulator does not read MLflow filters but tags.mlflow.parentRunId = '…': {text}")
    if token is not None and not str(token).isdigit():
        raise ask.wrong("The page token is not one of this search.")
    parent, start = ask.book.find(wanted[1], ask.now), int(str(token or 0))
    plans = ask.book.children(parent, ask.now) if parent is not None else []
    answer: Json = {"runs": [_run(ask, plan) for plan in plans[start : start + most]]}
    return {**answer, "next_page_token": str(start + most)} if len(plans) > start + most else answer


def _page_token(ask: Ask, token: object) -> tuple[int, str | None]:
    try:
        number, rest = json.loads(str(token)) if token else (0, None)
        return int(number), rest
    except ValueError as error:
        raise ask.wrong("The page token is not one of this search.") from error


def _runs_from(
    ask: Ask, ledgers: list[Ledger], token: str | None, most: int
) -> tuple[list[Plan], tuple[int, str | None] | None]:
    """Return at most `most` runs and where to go on: how many experiments further, and with which token."""
    runs: list[Plan] = []
    for number, ledger in enumerate(ledgers):
        while True:
            query: Query = parse_query(None, None, max(1, min(500, most - len(runs))), token)
            found = find_runs(ask.book, ledger, query, ask.now)
            runs += found.plans
            token = found.token
            if len(runs) >= most:
                is_over = token is None and number + 1 == len(ledgers)
                return runs, None if is_over else (number, token) if token else (number + 1, None)
            if token is None:
                break
    return runs, None


def get_run(ask: Ask) -> Json:
    """Answer one run as MLflow knows it."""
    asked = ask.request.json() if ask.request.method == "POST" else ask.bare_query()
    return {"run": _run(ask, find_run(ask, str(asked.get("run_id") or asked.get("run_uuid"))))}


def _run(ask: Ask, plan: Plan) -> Json:
    run_id = ask.book.run_id(plan)
    info: Json = {
        "run_uuid": run_id, "run_id": run_id, "experiment_id": experiment_id(ask.place, plan.ledger.name),
        "run_name": display_name(plan, run_id), "user_id": person_of(plan)[0], "lifecycle_stage": "active",
        "status": _STATES.get(plan.status(ask.now), "RUNNING"),
        "start_time": str((plan.started if plan.has_started(ask.now) else plan.created) // 10_000),
        "artifact_uri": f"azureml://{ask.place.api_host}/mlflow/v2.0{ask.place.id}/experiments/0/runs/{run_id}/artifacts",
    }  # fmt: skip
    if plan.has_ended(ask.now):
        info["end_time"] = str(plan.ended // 10_000)
    tags = {
        **(tags_of(ask.place, ask.book, plan, run_id) or {}),
        "mlflow.user": person_of(plan)[1],
        "mlflow.rootRunId": ask.book.run_id(plan.root),
        **({"mlflow.parentRunId": ask.book.run_id(plan.parent)} if plan.parent else {}),
    }
    data: Json = {"tags": [{"key": key, "value": value} for key, value in tags.items()]}
    if last := _last(ask, plan):
        data["metrics"] = [_point(logs, one) for logs, one in last]
    if parameters(plan):
        data["params"] = [{"key": key, "value": value} for key, value in parameters(plan).items()]
    return {"info": info, "data": data, "inputs": {}}


def _point(logs: Logs, one: Entry) -> Json:
    at = str(one.at // 10_000)
    return {"key": logs.name, "value": _number(one.value), "timestamp": at, "step": str(one.step)}


def metric_history(ask: Ask) -> Json:
    """Answer the points of a metric as MLflow writes them, a page of them."""
    asked: dict[str, Any] = ask.bare_query()
    plan = find_run(ask, str(asked.get("run_id") or asked.get("run_uuid")))
    most = min(HISTORY_A_PAGE, int(asked.get("max_results") or HISTORY_A_PAGE))
    for logs in _metrics(ask, plan):
        if logs.name == asked.get("metric_key"):
            page, token = _page(ask, history(plan, logs, ask.now), asked.get("page_token"), most)
            found: Json = {"metrics": [_point(logs, one) for one in page]}
            return {**found, "next_page_token": token} if token else found
    return {"metrics": []}


_M = "/metric/v2.0{ws}/runs/{run}"
_F = "/mlflow/v2.0{ws}/api/2.0/mlflow"

ROUTES = (
    Route("POST", "data", _M + "/lastvalues", last_values),
    Route("POST", "data", _M + "/list", list_metrics),
    Route("POST", "data", _M + "/full", full_metric),
    Route("POST", "data", _M + "/sample", sampled_metric),
    Route("GET", "data", _F + "/experiments/search", search_experiments),
    Route("POST", "data", _F + "/experiments/search", search_experiments),
    Route("POST", "data", _F + "/runs/search", search_runs),
    Route("GET", "data", _F + "/runs/get", get_run),
    Route("GET", "data", _F + "/metrics/get-history", metric_history),
)
