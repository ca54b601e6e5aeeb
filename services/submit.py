"""Submitting a job from its YAML: checked by azure-ai-ml in a process of its own, then one PUT."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from services.change import Answers, Change, Row, Verb
from services.errors import NotFound
from services.job_definition import parse_definition
from services.job_problems import Places, Problem, problems_said, read_places
from services.ml_child import DEADLINE, NotTaken, Put, planned_put
from services.planning import (
    UNSAID,
    az,
    document,
    fingerprint,
    id_of,
    names_of,
    path_of,
    write_call,
    wrong_answer,
    wrong_state,
)
from services.records import Stop, WorkspaceRef, never
from services.redact import redact
from services.resubmit import API, look_resubmit, notes_of, rows_of
from services.wire import as_dict, text_at

if TYPE_CHECKING:
    from services.connection import Connection

COMPUTES = "2023-08-01-preview"
ENVIRONMENTS = "2023-04-01-preview"
_NAMED = re.compile(r"/(computes|environments)/([^/]+)(?:/versions/([^/]+))?$", re.IGNORECASE)


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What came of checking a file: the job to submit, or what stands in the way, by line."""

    put: Put | None = None
    problems: tuple[Problem, ...] = ()


def check(
    connection: Connection, ref: WorkspaceRef, text: str, *, stop: Stop = never, deadline: float = DEADLINE
) -> Checked:
    """Return the job a YAML text asks for, or its problems. Sends nothing. Raises ServiceError.

    For workers: takes seconds. Reads what azure-ai-ml asks for, then GET …/computes/{name}, …/environments/{name}/
    versions/{version} and …/jobs/{name}.
    """
    places, problems = read_places(text)
    if problems:
        return Checked(problems=problems)
    try:
        put = planned_put(connection, ref, text, stop=stop, deadline=deadline)
    except NotTaken as said:
        return Checked(problems=problems_said(str(said), places))
    problems = _missing(connection, ref, put, places)
    return Checked(put=None if problems else put, problems=problems)


def _missing(connection: Connection, ref: WorkspaceRef, put: Put, places: Places) -> tuple[Problem, ...]:
    """Return what the job names and the workspace does not have: azure-ai-ml leaves that to the service."""
    found: list[Problem] = []
    trial = as_dict(put.properties.get("trial"))
    for path, given in (("compute", text_at(put.properties, "computeId")),
                        ("environment", text_at(put.properties, "environmentId")),
                        ("trial.environment", text_at(trial, "environmentId"))):  # fmt: skip
        if given is not None and (why := _why_missing(connection, ref, given)):
            found.append(Problem(text=why, path=path, line=places.line(path)))
    if _is_there(connection, ref, path_of("jobs", put.name), API):
        found.append(Problem(text=f"there is a job {put.name} already: give another name, or none", path="name",
                             line=places.line("name")))  # fmt: skip
    return tuple(sorted(found, key=lambda one: one.line or 0))


def _why_missing(connection: Connection, ref: WorkspaceRef, given: str) -> str:
    named = _NAMED.search(given)
    if named is None or not given.lower().startswith(ref.id.lower() + "/"):
        return ""  # of a registry, or of Azure itself: the service knows
    kind, name, version = named[1].lower(), named[2], named[3]
    if kind == "computes":
        there = _is_there(connection, ref, path_of("computes", name), COMPUTES)
        return "" if there else f"there is no compute {name} in {ref.name}"
    if version is None:
        return ""
    there = _is_there(connection, ref, path_of("environments", name, "versions", version), ENVIRONMENTS)
    return "" if there else f"there is no environment {name} of version {version} in {ref.name}"


def _is_there(connection: Connection, ref: WorkspaceRef, path: str, api: str) -> bool:
    try:
        document(connection, connection.arm(ref.id + path, api))
    except NotFound:
        return False
    return True


def answers_of(put: Put, file: str) -> dict[str, str]:
    """Return what the verb `submit` is planned with, for the target `/jobs/{name}`."""
    return {"job": msgspec.json.encode(put.properties).decode(), "api": put.api, "file": file}


def plan_submit(connection: Connection, ref: WorkspaceRef, target: str, answers: Answers) -> Change:
    """Return the change that submits a checked job. Raises ServiceError; Conflict when its name is taken.

    Reads GET …/jobs/{name}; sends PUT …/jobs/{name}, which makes one job however often it is taken.
    """
    (name,) = names_of(target, "jobs")
    try:
        job = msgspec.json.decode(answers["job"], type=dict[str, Any])
        api, file = answers["api"], answers["file"]
    except (KeyError, msgspec.MsgspecError) as error:
        raise wrong_answer("A job is submitted from its file", on=name, do=":submit FILE checks it first") from error
    if _is_there(connection, ref, path_of("jobs", name), API):
        raise wrong_state(f"There is a job {name} already", on=f"run {name}")
    made = id_of(ref, "jobs", name)
    given = parse_definition(redact(msgspec.json.encode({"id": made, "name": name, "properties": job})))
    kind = Row("kind", UNSAID, given.kind)
    return Change(
        verb="submit", workspace=ref.id, target=made, name=given.name or name, what=f"submit {file} as {name}",
        rows=(*rows_of(given, name), kind), notes=notes_of(given, "as the file has them"), undo=f"cancel {name}",
        az=az(ref, "ml job create", "--name", name, "--file", file), seen=fingerprint(None),
        call=write_call(connection, ref, "PUT", path_of("jobs", name), api, {"properties": job}), makes=made,
    )  # fmt: skip


VERBS = (Verb("submit", "Microsoft.MachineLearningServices/workspaces/jobs/write", plan_submit, look_resubmit),)
