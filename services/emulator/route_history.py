"""Run history: the runs of an experiment, children and single runs, on {region}.api.azureml.ms."""

from __future__ import annotations

from typing import Any

from services.emulator.answers import Json
from services.emulator.plans import Plan
from services.emulator.route_experiments import get_experiment
from services.emulator.routing import Ask, Route
from services.emulator.run_definition import job_specification, run_definition
from services.emulator.run_documents import run_details, run_document
from services.emulator.run_facts import compute_of
from services.emulator.run_query import Query, find_runs, parse_query, value_of

CHILDREN_A_PAGE = 50


def discovery(ask: Ask) -> Json:
    """Answer where the services of a region are."""
    api = f"https://{ask.request.host}"
    names = ("api", "experimentation", "history", "hyperdrive", "labeling", "pipelines", "studiocoreservices")
    return {**dict.fromkeys(names, api), "catalog": "https://catalog.cortanaanalytics.com",
            "gallery": "https://gallery.cortanaintelligence.com/project", "modelmanagement": api}  # fmt: skip


def query_runs(ask: Ask) -> Json:
    """Answer runs:query: one page of an experiment's runs."""
    asked = ask.request.json() if ask.request.method == "POST" else ask.bare_query()
    name = get_experiment(ask)["name"]
    ledger = ask.book.ledger(name)
    query = _query(ask, asked)
    if ledger is None:
        return {"value": [], "continuationToken": None, "nextLink": None}
    found = find_runs(ask.book, ledger, query, ask.now)
    return {"value": _documents(ask, found.plans), "continuationToken": found.token, "nextLink": None}


def _query(ask: Ask, asked: Json) -> Query:
    top = asked.get("top")
    try:
        return parse_query(asked.get("filter"), asked.get("orderBy") or asked.get("orderby"),
                           int(top) if isinstance(top, str) and top.isdigit() else top,
                           asked.get("continuationToken"))  # fmt: skip
    except ValueError as error:
        raise ask.wrong(str(error)) from error


def _documents(ask: Ask, plans: list[Plan]) -> list[Json]:
    return [run_document(ask.place, ask.book, plan, ask.now) for plan in plans]


def find_run(ask: Ask, run_id: str | None = None) -> Plan:
    """Return the run of the path. Raises Refusal (404) when there is none."""
    name = run_id or ask.parts["run"]
    plan = ask.book.find(name, ask.now)
    if plan is None:
        raise ask.missing(f"Run {name} not found.", "RunNotFound")
    return plan


def get_run(ask: Ask) -> Json:
    """Answer one run."""
    return run_document(ask.place, ask.book, find_run(ask), ask.now)


def get_details(ask: Ask) -> Json:
    """Answer a run with its details."""
    plan = find_run(ask)
    return {**run_details(ask.place, ask.book, plan, ask.now), "runDefinition": run_definition(ask.place, plan)}


def get_children(ask: Ask) -> Json:
    """Answer a run's children, 50 a page whatever is asked, newest first."""
    plans = ask.book.children(find_run(ask), ask.now)
    start = int(ask.query("continuationToken") or 0)
    page = plans[start : start + CHILDREN_A_PAGE]
    token = str(start + CHILDREN_A_PAGE) if start + CHILDREN_A_PAGE < len(plans) else None
    answer: Json = {"value": _documents(ask, page)}
    return {**answer, "continuationToken": token} if token else answer


def get_rundata(ask: Ask) -> Json:
    """Answer a run with its definition and its job, each only when asked for."""
    return _rundata(ask, ask.request.json())


def _rundata(ask: Ask, asked: Json) -> Json:
    plan = find_run(ask, str(asked.get("runId") or "?"))
    run = run_document(ask.place, ask.book, plan, ask.now)
    return {
        "runMetadata": run if asked.get("selectRunMetadata", True) else None,
        "runDefinition": run_definition(ask.place, plan) if asked.get("selectRunDefinition") else None,
        "jobSpecification": job_specification(ask.place, plan, run) if asked.get("selectJobSpecification") else None,
        "systemSettings": None,
    }


def get_many(ask: Ask) -> Json:
    """Answer several runs by their names at once: as asked for by `requests`, or by `runIds` alone."""
    asked = ask.request.json()
    requests: Any = asked.get("requests") or {run_id: {"runId": run_id} for run_id in asked.get("runIds") or ()}
    found: Json = {}
    errors: Json = {}
    for key, one in requests.items():
        if ask.book.find(str(one.get("runId")), ask.now) is None:
            errors[key] = {
                "error": {"code": "UserError", "message": f"Run {one.get('runId')} not found.", "details": []}
            }
        else:
            found[key] = _rundata(ask, one) if "requests" in asked else _rundata(ask, one)["runMetadata"]
    if "requests" in asked:
        return {"successfulResults": found, "failedResults": errors}
    return {"runs": found, "errors": errors}


def runs_on_compute(ask: Ask) -> Json:
    """Answer the runs at work on a compute, newest first."""
    clauses = _query(ask, {"filter": ask.query("filter")}).clauses
    plans = [plan for plan in ask.book.recent(ask.now, ask.now) if compute_of(plan) == ask.parts["compute"]]
    found = [
        one for one in plans if all(clause.holds(value_of(ask.book, one, clause.field, ask.now)) for clause in clauses)
    ]
    found.sort(key=lambda plan: plan.created, reverse=True)
    return {"value": _documents(ask, found), "continuationToken": None, "nextLink": None}


_H = "/history/v1.0{ws}"

ROUTES = (
    Route("GET", "data", "/discovery", discovery, needs_token=False),
    Route("GET", "data", "/discovery/workspaces/{guid}", discovery, needs_token=False),
    Route("POST", "data", _H + "/experiments/{experiment}/runs:query", query_runs),
    Route("POST", "data", _H + "/experimentids/{experiment}/runs:query", query_runs),
    Route("GET", "data", _H + "/experiments/{experiment}/runs", query_runs),
    Route("GET", "data", _H + "/runs/{run}", get_run),
    Route("GET", "data", _H + "/runs/{run}/details", get_details),
    Route("GET", "data", _H + "/runs/{run}/children", get_children),
    Route("GET", "data", _H + "/experiments/{experiment}/runs/{run}", get_run),
    Route("GET", "data", _H + "/experiments/{experiment}/runs/{run}/details", get_details),
    Route("GET", "data", _H + "/experiments/{experiment}/runs/{run}/children", get_children),
    Route("POST", "data", _H + "/rundata", get_rundata),
    Route("POST", "data", _H + "/batchrundata", get_many),
    Route("GET", "data", _H + "/computes/{compute}/runs", runs_on_compute),
)
