"""What a job was asked to do, as ARM keeps it: enough to write it down again, or to submit it once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from services.jobs import API
from services.parsing import id_tail, seconds
from services.reading import read_item
from services.records import Page, WorkspaceRef
from services.run_record import is_dirty, snapshot
from services.wire import Wire, as_dict, compute_name, pairs, reader_of, text_at, text_of

if TYPE_CHECKING:
    from services.connection import Connection


class JobDocument(msgspec.Struct, frozen=True, kw_only=True):
    """That a job's redacted document is kept, under the job's name; the definition is read from it when wanted."""

    id: str
    kind: str


class JobInput(msgspec.Struct, frozen=True, kw_only=True):
    """One input: a literal with its value, or data with where it is."""

    name: str
    kind: str
    """literal, uri_file, uri_folder, mltable, custom_model, mlflow_model, triton_model."""
    value: str | None = None
    uri: str | None = None
    mode: str | None = None


class JobOutput(msgspec.Struct, frozen=True, kw_only=True):
    """One output; `uri` is None where the service chose the place itself."""

    name: str
    kind: str
    uri: str | None = None
    mode: str | None = None


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """What runs on a node: a command job, or the trial of a sweep."""

    command: str | None = None
    environment: str | None = None
    """The asset id as ARM gives it."""
    code: str | None = None
    variables: dict[str, str | None] = {}
    """Environment variables; what looks like a secret is `[redacted]`."""
    instances: int | None = None
    instance_type: str | None = None
    shm_size: str | None = None
    docker_args: str | None = None
    distribution: dict[str, Any] = {}
    """As ARM gives it, without what nobody set."""


class Definition(msgspec.Struct, frozen=True, kw_only=True):
    """One job's definition. `None` means that ARM did not say; blocks of one kind only are empty for the others."""

    id: str
    """The job's name."""
    workspace: str = ""
    """ARM id of the workspace."""
    kind: str
    """command, sweep, pipeline, automl, spark …: ARM's jobType in lower case."""
    name: str | None = None
    experiment: str | None = None
    description: str | None = None
    compute: str | None = None
    work: Work = Work()
    inputs: tuple[JobInput, ...] = ()
    outputs: tuple[JobOutput, ...] = ()
    tags: dict[str, str | None] = {}
    identity: str | None = None
    job_tier: str | None = None
    timeout: float | None = None
    """Seconds after which it is ended."""
    search_space: dict[str, Any] = {}
    sampling: str | None = None
    goal: str | None = None
    primary_metric: str | None = None
    early_termination: dict[str, Any] = {}
    trials: int | None = None
    concurrent_trials: int | None = None
    trial_timeout: float | None = None
    steps: dict[str, dict[str, Any]] = {}
    """The nodes of a pipeline, as ARM gives them."""
    settings: dict[str, Any] = {}
    snapshot: str | None = None
    git_commit: str | None = None
    git_repo: str | None = None
    is_git_dirty: bool | None = None


class Given(Wire):
    """One ARM job."""

    properties: dict[str, Any]
    id: str | None = None
    name: str | None = None


_read = reader_of(Given)


def get_job_document(connection: Connection, ref: WorkspaceRef, name: str) -> Page[JobDocument]:
    """Return that there is a job, with its redacted document: a page of one for `parse_definition`.

    Raises ServiceError; NotFound for a step or a trial, which are no jobs of their own. Reads GET …/jobs/{name}.
    """
    return read_item(connection.read(connection.arm(f"{ref.id}/jobs/{name}", API)), _document)


def _document(document: bytes) -> JobDocument:
    found = parse_definition(document)
    return JobDocument(id=found.id, kind=found.kind)


def parse_definition(document: bytes) -> Definition:
    """Return the definition of one redacted ARM job. Raises msgspec.MsgspecError or ValueError when it is none."""
    given = _read(document)
    name = given.name or id_tail(given.id)
    if not name:
        raise ValueError("it has no name")
    job = given.properties
    own, limits, objective = (as_dict(job.get(block)) for block in ("properties", "limits", "objective"))
    return Definition(
        id=name, workspace=(given.id or "").rpartition("/jobs/")[0],
        kind=(text_at(job, "jobType") or "unknown").lower(),
        name=text_at(job, "displayName"), experiment=text_at(job, "experimentName"),
        description=text_at(job, "description"), compute=compute_name(text_at(job, "computeId")),
        work=_work(as_dict(job.get("trial")) or job, as_dict(job.get("resources"))),
        inputs=tuple(_input(key, as_dict(one)) for key, one in as_dict(job.get("inputs")).items()),
        outputs=tuple(_output(key, as_dict(one), name) for key, one in as_dict(job.get("outputs")).items()),
        tags=pairs(as_dict(job.get("tags"))), identity=text_at(as_dict(job.get("identity")), "identityType"),
        job_tier=text_at(as_dict(job.get("queueSettings")), "jobTier"), timeout=_seconds(limits, "timeout"),
        search_space=as_dict(job.get("searchSpace")),
        sampling=text_at(as_dict(job.get("samplingAlgorithm")), "samplingAlgorithmType"),
        goal=text_at(objective, "goal"), primary_metric=text_at(objective, "primaryMetric"),
        early_termination=_set(as_dict(job.get("earlyTermination"))), trials=_count(limits, "maxTotalTrials"),
        concurrent_trials=_count(limits, "maxConcurrentTrials"), trial_timeout=_seconds(limits, "trialTimeout"),
        steps={key: as_dict(one) for key, one in as_dict(job.get("jobs")).items()},
        settings=as_dict(job.get("settings")), snapshot=snapshot(own),
        git_commit=text_at(own, "mlflow.source.git.commit"), git_repo=text_at(own, "mlflow.source.git.repoURL"),
        is_git_dirty=is_dirty(own),
    )  # fmt: skip


def _work(given: Mapping[str, Any], outer: Mapping[str, Any]) -> Work:
    resources = as_dict(given.get("resources")) or outer
    return Work(
        command=text_at(given, "command"), environment=text_at(given, "environmentId"), code=text_at(given, "codeId"),
        variables=pairs(as_dict(given.get("environmentVariables"))), instances=_count(resources, "instanceCount"),
        instance_type=text_at(resources, "instanceType"), shm_size=text_at(resources, "shmSize"),
        docker_args=text_at(resources, "dockerArgs"), distribution=_set(as_dict(given.get("distribution"))),
    )  # fmt: skip


def _input(name: str, given: Mapping[str, Any]) -> JobInput:
    kind = (text_at(given, "jobInputType") or "literal").lower()
    return JobInput(name=name, kind=kind, value=text_of(given.get("value")), uri=text_at(given, "uri"),
                    mode=text_at(given, "mode"))  # fmt: skip


def _output(name: str, given: Mapping[str, Any], job: str) -> JobOutput:
    uri = text_at(given, "uri")
    # A place of the job's own is chosen anew for each job: written down, the next one would write over the last.
    is_own = uri is not None and uri.rstrip("/").endswith(f"dcid.{job}")
    kind = (text_at(given, "jobOutputType") or "uri_folder").lower()
    return JobOutput(name=name, kind=kind, uri=None if is_own else uri, mode=text_at(given, "mode"))


def _set(given: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _count(given: Mapping[str, Any], key: str) -> int | None:
    value = given.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _seconds(given: Mapping[str, Any], key: str) -> float | None:
    return seconds(text_at(given, key))
