"""Writes on jobs: PUT submits one, and the world runs it. Its name is who it is, so the same PUT twice is one job."""

from __future__ import annotations

import re

from services.emulator.answers import Json, Refusal, Response
from services.emulator.callers import caller_of
from services.emulator.fleet import ATTACHED, CLUSTERS, INSTANCES
from services.emulator.given import KINDS, Given
from services.emulator.given_parts import as_object, part_of
from services.emulator.job_documents import job_document
from services.emulator.route_environments import is_version
from services.emulator.routing import Ask, Route, Write
from services.emulator.writing import done, refusal

DEFAULT = "Default"
"""The experiment of a job that names none."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,254}")
_ENVIRONMENT = re.compile(r"(/subscriptions/.+?)/environments/([^/]+)/versions/([^/]+)", re.IGNORECASE)
_MINE = ("jobType", "computeId", "command", "environmentId", "codeId", "experimentName")
"""What cannot be changed once a job is there."""


def put_job(ask: Ask) -> Response:
    """Answer 201 and the job, which starts to live; 200 for one that is there already and is asked for as it is."""
    name, body = ask.parts["job"], ask.request.json()
    job = as_object(body.get("properties"))
    if (plan := ask.book.find(name, ask.now)) is not None:
        there = job_document(ask.place, ask.book, plan, ask.now)
        _check_same(ask, name, there["properties"], job)
        return done(ask, there, body)
    _check(ask, name, job)
    caller, given = caller_of(ask.request), ask.world.changes.given(ask.place.name)
    experiment = _experiment(ask, str(job.get("experimentName") or DEFAULT))
    ask.world.changes.submit(ask.place.name, Given(
        name=name, experiment=experiment, number=len(given), at=ask.now, person=(caller.id, caller.title), job=job,
        part=part_of(name, KINDS[str(job.get("jobType")).lower()], job),
    ))  # fmt: skip
    plan = ask.book.find(name, ask.now)
    assert plan is not None
    return done(ask, job_document(ask.place, ask.book, plan, ask.now), body, status=201)


def _experiment(ask: Ask, name: str) -> str:
    ledger = ask.book.ledger(name)
    return ledger.name if ledger is not None else name


def _check_same(ask: Ask, name: str, there: Json, job: Json) -> None:
    """Raise the Refusal of a PUT that would make another job of one that is there."""
    other = [key for key in _MINE if _told(job.get(key)) is not None and _told(job[key]) != _told(there.get(key))]
    if other:
        message = (
            f"A job with this name already exists: {name}. If you are trying to submit a new job, use a different "
            f"name. If you are trying to update an existing job, the existing job's {other[0]} cannot be changed."
        )
        raise refusal(ask, 400, message, "BadArgument", "ArgumentInvalid", "ImmutableProperty")


def _told(value: object) -> str | None:
    return None if value is None else str(value).lower()


def _check(ask: Ask, name: str, job: Json) -> None:
    kind = str(job.get("jobType")).lower()
    if not _NAME.fullmatch(name):
        raise _wrong(ask, f"The job name {name!r} is invalid: letters, digits, - and _, at most 255.")
    if kind not in KINDS:
        raise _wrong(ask, f"The job type {job.get('jobType')!r} is not supported by the emulator.")
    if kind == "command" and not (job.get("command") and job.get("environmentId")):
        raise _wrong(ask, "A command job needs a command and an environmentId.")
    environment = _ENVIRONMENT.fullmatch(str(job.get("environmentId") or ""))
    if (
        environment
        and environment[1].lower() == ask.place.id.lower()
        and not is_version(environment[2], environment[3])
    ):
        message = f"Environment {environment[2]} of version {environment[3]} was not found in {ask.place.name}."
        raise _wrong(ask, message, "EnvironmentNotFound")
    compute = str(job["computeId"]).rpartition("/")[2] if job.get("computeId") else None
    if compute is not None and compute not in _computes(ask.place.name):
        raise _wrong(ask, f"Compute {compute} in workspace {ask.place.name} not found.", "ComputeNotFound")


def _computes(place: str) -> set[str]:
    return {one.name for known in (CLUSTERS, INSTANCES, ATTACHED) for one in known.get(place, ())}


def _wrong(ask: Ask, message: str, *codes: str) -> Refusal:
    return refusal(ask, 400, message, "BadArgument", "ArgumentInvalid", *codes)


ROUTES = (
    Route("PUT", "arm", "{ws}/jobs/{job}", put_job, write=Write("jobs/write", "Create or Update Job")),
)  # fmt: skip
