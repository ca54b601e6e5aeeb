"""ARM jobs read into runs: what is left of a run where run history refuses, without its queue, nodes and errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.parsing import id_tail, is_guid, moment
from services.reading import read_item, read_page
from services.reasons import reason_of
from services.records import Page, Stop, WorkspaceRef, never
from services.run import Run
from services.run_kinds import job_kind
from services.run_record import is_dirty, literals, queued, snapshot
from services.trials import reused_from
from services.wire import SystemData, Wire, as_dict, asset_name, compute_name, pairs, reader_of, text_at

if TYPE_CHECKING:
    from services.connection import Connection

API = "2024-01-01-preview"


class Resources(Wire):
    """How many of which machine a job asked for."""

    instance_count: int | None = None
    instance_type: str | None = None


class JobProperties(Wire):
    """The fields of a job that a run shows. Nodes of pipelines are not read here."""

    job_type: str | None = None
    display_name: str | None = None
    description: str | None = None
    status: str | None = None
    experiment_name: str | None = None
    compute_id: str | None = None
    parent_job_name: str | None = None
    is_archived: bool | None = None
    command: str | None = None
    environment_id: str | None = None
    resources: Resources | None = None
    trial: Any = None
    objective: Any = None
    task_details: Any = None
    inputs: Any = None
    parameters: Any = None
    tags: dict[str, Any] | None = None
    properties: dict[str, Any] | None = None


class Job(Wire):
    """One ARM job."""

    properties: JobProperties
    id: str | None = None
    name: str | None = None
    system_data: SystemData | None = None


_read = reader_of(Job)


def list_jobs(connection: Connection, ref: WorkspaceRef, *, stop: Stop = never) -> Iterator[Page[Run]]:
    """Yield the jobs of a workspace as runs, archived ones too, in the order of the service; no children of sweeps.

    Raises ServiceError. Reads GET …/jobs.
    """
    call = connection.arm(f"{ref.id}/jobs", API, listViewType="All")
    for answer in connection.pages(call, stop=stop):
        yield read_page(answer, parse_job)


def get_job(connection: Connection, ref: WorkspaceRef, name: str) -> Page[Run]:
    """Return one job as a run, as a page of one. Raises ServiceError, NotFound too. Reads GET …/jobs/{name}."""
    return read_item(connection.read(connection.arm(f"{ref.id}/jobs/{name}", API)), parse_job)


def parse_job(document: bytes) -> Run:
    """Return the run of one ARM job. Raises msgspec.MsgspecError or ValueError when the document is no job."""
    job = _read(document)
    name = job.name or id_tail(job.id)
    if not name:
        raise ValueError("it has no name")
    return _run(name, job.properties, job.system_data or SystemData())


def _run(name: str, job: JobProperties, made: SystemData) -> Run:
    properties = job.properties or {}
    started, ended = moment(text_at(properties, "StartTimeUtc")), moment(text_at(properties, "EndTimeUtc"))
    created, said = moment(made.created_at), reason_of(properties.get("errors"))
    resources = job.resources or Resources()
    trial = as_dict(job.trial)
    compute = compute_name(job.compute_id)
    user_id = made.created_by if made.created_by and is_guid(made.created_by) else None
    return Run(
        id=name,
        name=job.display_name or name,
        experiment=job.experiment_name,
        kind=job_kind(job.job_type, job.command, compute),
        status=job.status or "Unknown",
        parent=job.parent_job_name,
        created=created,
        started=started,
        ended=ended,
        modified=moment(made.last_modified_at),
        duration=_between(started, ended),
        queued=queued(created, started),
        compute=compute,
        compute_type=text_at(properties, "_azureml.ComputeTargetType"),
        vm_size=resources.instance_type,
        nodes=resources.instance_count,
        user=made.created_by,
        user_id=user_id,
        primary_metric=_primary_metric(job, properties),
        goal=(text_at(as_dict(job.objective), "goal") or "").lower() or None,
        reused_from=reused_from(properties),
        is_archived=job.is_archived,
        error=said.sentence,
        error_code=said.code,
        command=job.command or text_at(trial, "command"),
        environment=asset_name(job.environment_id or text_at(trial, "environmentId")),
        snapshot=snapshot(properties),
        git_repo=text_at(properties, "mlflow.source.git.repoURL"),
        git_branch=text_at(properties, "mlflow.source.git.branch"),
        git_commit=text_at(properties, "mlflow.source.git.commit"),
        is_git_dirty=is_dirty(properties),
        description=job.description or None,
        tags=pairs(job.tags),
        params={**literals(job.inputs), **pairs(as_dict(job.parameters))},
    )


def _between(started: datetime | None, ended: datetime | None) -> float | None:
    return (ended - started).total_seconds() if started and ended and ended >= started else None


def _primary_metric(job: JobProperties, properties: Mapping[str, Any]) -> str | None:
    return (
        text_at(as_dict(job.objective), "primaryMetric")
        or text_at(as_dict(job.task_details), "primaryMetric")
        or text_at(properties, "primary_metric")
    )
