"""Run history's artifacts: what a run left, a hundred a page, and the signed link to each."""

from __future__ import annotations

from services.emulator.answers import Json
from services.emulator.dice import guid
from services.emulator.places import Place
from services.emulator.plans import Plan
from services.emulator.route_history import find_run
from services.emulator.routing import Ask, Route
from services.emulator.run_files import paths_of
from services.emulator.sas import sas_url
from services.emulator.ticks import stamp

ARTIFACTS_A_PAGE = 100


def list_artifacts(ask: Ask) -> Json:
    """Answer a page of what a run left; sizes are not told."""
    plan = find_run(ask)
    run_id, paths = ask.book.run_id(plan), paths_of(ask.place, ask.book, plan, ask.now)
    start = int(ask.query("continuationToken") or 0)
    page = paths[start : start + ARTIFACTS_A_PAGE]
    more = start + ARTIFACTS_A_PAGE < len(paths)
    return {
        "value": [_artifact(plan, run_id, path) for path in page],
        "continuationToken": str(start + ARTIFACTS_A_PAGE) if more else None, "nextLink": None,
    }  # fmt: skip


def content_info(ask: Ask) -> Json:
    """Answer where the content of one artifact is."""
    plan, path = find_run(ask), ask.query("path") or ""
    if path not in paths_of(ask.place, ask.book, plan, ask.now):
        raise ask.missing(f"Artifact {path} was not found in run {ask.parts['run']}.", "ArtifactNotFound")
    return _content(ask.place, ask.book.run_id(plan), path, ask.now)


def content_infos(ask: Ask) -> Json:
    """Answer where the contents of the artifacts below a path are, a hundred a page."""
    plan, below = find_run(ask), ask.query("path") or ""
    run_id = ask.book.run_id(plan)
    paths = [path for path in paths_of(ask.place, ask.book, plan, ask.now) if path.startswith(below)]
    start = int(ask.query("continuationToken") or 0)
    page = paths[start : start + ARTIFACTS_A_PAGE]
    token = str(start + ARTIFACTS_A_PAGE) if start + ARTIFACTS_A_PAGE < len(paths) else None
    return {"value": [_content(ask.place, run_id, path, ask.now) for path in page], "continuationToken": token}


def _artifact(plan: Plan, run_id: str, path: str) -> Json:
    container = f"dcid.{run_id}"
    return {
        "artifactId": f"ExperimentRun/{container}/{path}", "origin": "ExperimentRun", "container": container,
        "path": path, "etag": f'"{guid("etag", run_id, path)}"', "createdTime": stamp(plan.started), "dataPath": None,
        "tags": {},
    }  # fmt: skip


def _content(place: Place, run_id: str, path: str, now: int) -> Json:
    container = f"dcid.{run_id}"
    uri = sas_url(place, f"ExperimentRun/{container}/{path}", now)
    return {"contentUri": uri, "origin": "ExperimentRun", "container": container, "path": path, "tags": {}}


_RUNS = (
    "/history/v1.0{ws}/experiments/{experiment}/runs/{run}",
    "/history/v1.0{ws}/experimentids/{experiment}/runs/{run}",
)

ROUTES = tuple(
    route
    for run in _RUNS
    for route in (
        Route("GET", "data", f"{run}/artifacts", list_artifacts),
        Route("GET", "data", f"{run}/artifacts/contentinfo", content_info),
        Route("GET", "data", f"{run}/artifacts/prefix/contentinfo", content_infos),
    )
)
