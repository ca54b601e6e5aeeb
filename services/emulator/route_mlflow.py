"""Metrics and parameters: the metric store of run history, and MLflow's REST in front of the same runs."""

from __future__ import annotations

import json
import math
from typing import Any

from services.emulator.answers import Json
from services.emulator.curves import Curve, curves_of, logged_at, logged_steps
from services.emulator.dice import guid
from services.emulator.ledger import Ledger
from services.emulator.plans import Plan
from services.emulator.route_experiments import all_experiments
from services.emulator.route_history import find_run
from services.emulator.routing import Ask, Route
from services.emulator.run_documents import experiment_id
from services.emulator.run_facts import display_name, parameters, person_of
from services.emulator.run_marks import tags_of
from services.emulator.run_query import Query, find_runs, parse_query
from services.emulator.ticks import stamp_ms

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
    """Return a number for JSON, which has no NaN: the service writes it as text."""
    return "NaN" if math.isnan(value) else value


def _curves(ask: Ask, plan: Plan) -> tuple[Curve, ...]:
    return curves_of(plan, ask.book.run_id(plan))


def last_values(ask: Ask) -> Json:
    """Answer the last value of every metric of a run."""
    plan = find_run(ask)
    steps = logged_steps(plan, ask.now)
    return {"value": [_metric(ask, plan, curve, steps[-1:]) for curve in _curves(ask, plan) if steps]}


def _metric(ask: Ask, plan: Plan, curve: Curve, steps: range) -> Json:
    values = [
        {"metricId": guid("metric", curve.key, curve.name, step),
         "createdUtc": stamp_ms(logged_at(plan, step, ask.now)),
         "step": step, "data": {curve.name: _number(curve.value(step))}}
        for step in steps
    ]  # fmt: skip
    return {
        "dataContainerId": f"dcid.{curve.key}", "name": curve.name, "columns": {curve.name: "Double"},
        "properties": {"uxMetricType": "azureml.v1.scalar", "dataLocation": None}, "namespace": None,
        "standardSchemaId": None,
        "value": values,
    }  # fmt: skip


def list_metrics(ask: Ask) -> Json:
    """Answer which metrics a run has logged."""
    plan = find_run(ask)
    found = [_metric(ask, plan, curve, range(0)) for curve in _curves(ask, plan) if logged_steps(plan, ask.now)]
    return {"value": [{**one, "value": None} for one in found], "continuationToken": None, "nextLink": None}


def full_metric(ask: Ask) -> Json:
    """Answer every point of one metric."""
    plan, curve = _asked_metric(ask)
    return {**_metric(ask, plan, curve, logged_steps(plan, ask.now)), "continuationToken": None, "nextLink": None}


def sampled_metric(ask: Ask) -> Json:
    """Answer a metric thinned to a hundred points."""
    plan, curve = _asked_metric(ask)
    steps = logged_steps(plan, ask.now)
    thin = steps[:: max(1, -(-len(steps) // SAMPLE))]
    return {**_metric(ask, plan, curve, thin), "derivedLabelValues": None, "isPartialResult": False,
            "numValuesLogged": len(steps),
            "continuationToken": None, "nextLink": None}  # fmt: skip


def _asked_metric(ask: Ask) -> tuple[Plan, Curve]:
    plan, name = find_run(ask), str(ask.request.json().get("metricName"))
    for curve in _curves(ask, plan):
        if curve.name == name:
            return plan, curve
    raise ask.missing(f"Metric {name} was not found for run {ask.parts['run']}.", "MetricNotFound")


def search_experiments(ask: Ask) -> Json:
    """Answer MLflow's experiments."""
    return {"experiments": [
        {"experiment_id": one["experimentId"], "name": one["name"], "artifact_location": "", "tags": [],
         "lifecycle_stage": "deleted" if one["archivedTime"] else "active"}
        for one in all_experiments(ask)
    ]}  # fmt: skip


def search_runs(ask: Ask) -> Json:
    """Answer MLflow's runs of some experiments, newest first, with last metrics and parameters; no filters."""
    asked = ask.request.json()
    if asked.get("filter"):
        raise ask.wrong(f"The emulator does not read MLflow filters: {asked['filter']}")
    wanted = {str(one) for one in asked.get("experiment_ids") or ()}
    ledgers = [one for one in ask.book.ledgers if experiment_id(ask.place, one.name) in wanted or one.name in wanted]
    number, token = _page_token(ask, asked.get("page_token"))
    runs, following = _runs_from(ask, ledgers[number:], token, int(asked.get("max_results") or 1_000))
    answer: Json = {"runs": [_run(ask, plan) for plan in runs]}
    if following:
        answer["next_page_token"] = json.dumps([number + following[0], following[1]])
    return answer


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
    }
    data: Json = {"tags": [{"key": key, "value": value} for key, value in tags.items()]}
    steps = logged_steps(plan, ask.now)
    if steps:
        data["metrics"] = [_point(ask, plan, curve, steps[-1]) for curve in _curves(ask, plan)]
    if parameters(plan):
        data["params"] = [{"key": key, "value": value} for key, value in parameters(plan).items()]
    return {"info": info, "data": data, "inputs": {}}


def _point(ask: Ask, plan: Plan, curve: Curve, step: int) -> Json:
    at = logged_at(plan, step, ask.now) // 10_000
    return {"key": curve.name, "value": _number(curve.value(step)), "timestamp": str(at), "step": str(step)}


def metric_history(ask: Ask) -> Json:
    """Answer every point of a metric, as MLflow writes it."""
    asked: dict[str, Any] = ask.bare_query()
    plan = find_run(ask, str(asked.get("run_id") or asked.get("run_uuid")))
    for curve in _curves(ask, plan):
        if curve.name == asked.get("metric_key"):
            return {"metrics": [_point(ask, plan, curve, step) for step in logged_steps(plan, ask.now)]}
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
