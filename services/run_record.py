"""One run, and how run history's answers become it: rundata, runs:query, children, details, a single GET or PATCH."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import unquote

import msgspec
from msgspec.structs import replace

from services.parsing import moment, seconds
from services.reasons import reason_of
from services.run import Run
from services.run_kinds import run_kind
from services.trials import aim_of, hyperparameters, made_of, reused_from
from services.wire import Moment, Wire, as_dict, compute_name, pairs, reader_of, text_at

NO_SNAPSHOT = "00000000-0000-0000-0000-000000000000"
_EXPERIMENT = re.compile(r"/experiments/([^/]+)/run", re.IGNORECASE)


class Maker(Wire):
    """Who made a run. `user_name` is a GUID for applications."""

    user_object_id: str | None = None
    user_name: str | None = None
    upn: str | None = None
    user_principal_name: str | None = None


class RunType(Wire):
    """runTypeV2. The run index gives traits as an object, run history as a list."""

    traits: list[str] | dict[str, Any] | None = None
    attribution: str | None = None
    compute_type: str | None = None


class Target(Wire):
    """What a run ran on."""

    target: str | None = None
    target_type: str | None = None
    vm_size: str | None = None
    instance_type: str | None = None
    instance_count: int | None = None
    node_count: int | None = None
    gpu_count: int | None = None
    priority: str | int | None = None
    region: str | None = None


class JobCost(Wire):
    """What the service charged for a run; mostly all null."""

    charged_node_utilization_seconds: float | None = None


class Alike(Wire):
    """What run history and the run index write alike."""

    run_id: str | None = None
    run_number: int | None = None
    root_run_id: str | None = None
    parent_run_id: str | None = None
    experiment_id: str | None = None
    run_type: str | None = None
    run_type_v2: RunType | None = msgspec.field(default=None, name="runTypeV2")
    duration: str | None = None
    compute: Target | None = None
    compute_request: Target | None = None
    job_cost: JobCost | None = None


class RunMetadata(Alike):
    """The fields of a run that are shown. `run_metadata` is set when the answer wraps the run, as rundata does."""

    run_metadata: RunMetadata | None = None
    run_definition: msgspec.Raw = msgspec.Raw(b"null")
    job_specification: msgspec.Raw = msgspec.Raw(b"null")
    display_name: str | None = None
    description: str | None = None
    status: str | None = None
    created_utc: Moment = None
    created_time_utc: Moment = None
    start_time_utc: Moment = None
    end_time_utc: Moment = None
    last_modified_utc: Moment = None
    compute_duration: str | None = None
    current_compute_time: str | None = None
    created_by: Maker | None = None
    user_id: str | None = None
    target: str | None = None
    primary_metric_name: str | None = None
    current_attempt_id: int | None = None
    hidden: bool | None = None
    error: Any = None
    warnings: list[Any] | None = None
    schedule_id: str | None = None
    cancel_uri: str | None = None
    properties: dict[str, Any] | None = None
    parameters: dict[str, Any] | None = None
    tags: dict[str, Any] | None = None


_read = reader_of(RunMetadata)


def parse_run(document: bytes, experiment: str | None = None) -> Run:
    """Return the run of any run history answer; `experiment` is its name, which the answers seldom hold.

    Raises msgspec.MsgspecError or ValueError when the document is no run.
    """
    given = _read(document)
    run = given.run_metadata or given
    if not run.run_id:
        raise ValueError("it has no runId")
    return _run(run, _block(given.run_definition), _block(given.job_specification), experiment)


def _block(raw: msgspec.Raw) -> dict[str, Any]:
    """Return a definition as it comes; it is text in some answers and of many forms, and never worth losing a run."""
    try:
        return as_dict(msgspec.json.decode(raw))
    except msgspec.MsgspecError:
        return {}


def alike(told: Alike, maker: Maker, error: object, properties: dict[str, Any], tags: dict[str, Any]) -> Run:
    """Return what is read alike out of both; name and status are still to be said."""
    said, kind = reason_of(error), told.run_type_v2 or RunType()
    on, asked = told.compute or Target(), told.compute_request or Target()
    return Run(
        id=told.run_id or "",
        name=told.run_id or "",
        experiment_id=told.experiment_id,
        kind=run_kind(told.run_type, kind.traits or (), properties, tags, (kind.compute_type, on.target_type)),
        status="Unknown",
        parent=told.parent_run_id,
        root=told.root_run_id,
        number=told.run_number,
        duration=seconds(told.duration),
        compute_type=kind.compute_type or on.target_type,
        vm_size=on.vm_size or on.instance_type,
        nodes=_first(on.instance_count, on.node_count, asked.node_count, asked.instance_count),
        gpus=_first(on.gpu_count, asked.gpu_count),
        region=on.region,
        charged=told.job_cost.charged_node_utilization_seconds if told.job_cost else None,
        user=maker.user_name or maker.upn or maker.user_principal_name,
        user_id=maker.user_object_id,
        error=said.sentence,
        error_code=said.code,
        error_component=said.component,
        snapshot=snapshot(properties),
        git_repo=text_at(properties, "mlflow.source.git.repoURL") or text_at(properties, "azureml.git.repository_uri"),
        git_branch=text_at(properties, "mlflow.source.git.branch") or text_at(properties, "azureml.git.branch"),
        git_commit=text_at(properties, "mlflow.source.git.commit") or text_at(properties, "azureml.git.commit"),
        is_git_dirty=is_dirty(properties),
        tags=pairs(tags),
    )


def _run(run: RunMetadata, definition: dict[str, Any], job: dict[str, Any], experiment: str | None) -> Run:
    on, properties, tags = run.compute or Target(), run.properties or {}, run.tags or {}
    aim = aim_of(properties, tags)
    created, started = moment(run.created_utc or run.created_time_utc), moment(run.start_time_utc)
    told = alike(run, run.created_by or Maker(), run.error, properties, tags)
    return replace(
        told,
        name=run.display_name or told.id,
        experiment=experiment or text_at(job, "experimentName") or _experiment_in(run.cancel_uri),
        status=run.status or told.status,
        created=created,
        started=started,
        ended=moment(run.end_time_utc),
        modified=moment(run.last_modified_utc),
        compute_duration=seconds(run.compute_duration or run.current_compute_time),
        queued=queued(created, started),
        compute=compute_name(run.target or on.target),
        priority=None if on.priority is None else str(on.priority),
        user_id=told.user_id or run.user_id,
        primary_metric=run.primary_metric_name or aim.metric,
        goal=aim.goal,
        reused_from=reused_from(properties),
        is_archived=run.hidden,
        warnings=None if run.warnings is None else len(run.warnings),
        attempt=run.current_attempt_id,
        command=text_at(job, "command") or text_at(definition, "command") or text_at(definition, "script"),
        environment=_environment(definition),
        schedule=run.schedule_id,
        description=run.description or None,
        params=literals(job.get("inputDataBindings")) | hyperparameters(tags) | made_of(properties)
        | pairs(run.parameters),
    )  # fmt: skip


def _first(*counts: int | None) -> int | None:
    return next((count for count in counts if count is not None), None)


def _experiment_in(uri: str | None) -> str | None:
    found = _EXPERIMENT.search(uri) if uri else None
    return unquote(found[1]) if found else None


def _environment(definition: Mapping[str, Any]) -> str | None:
    environment = as_dict(definition.get("environment"))
    name, version = text_at(environment, "name"), text_at(environment, "version")
    return f"{name}:{version}" if name and version else name


def queued(created: datetime | None, started: datetime | None) -> float | None:
    """Return the seconds between created and started; None where the clocks disagree or it has not started."""
    waited = (started - created).total_seconds() if created and started else None
    return waited if waited is not None and waited >= 0 else None


def snapshot(properties: Mapping[str, Any]) -> str | None:
    """Return the id of the code snapshot; AutoML's all-zero id is none."""
    for key in ("ContentSnapshotId", "azureml.promptflow.snapshot_id", "snapshotId"):
        if (found := text_at(properties, key)) and found != NO_SNAPSHOT:
            return found
    return None


def is_dirty(properties: Mapping[str, Any]) -> bool | None:
    """Return whether the code had changes that were not committed; the service writes "True" and "False"."""
    dirty = (text_at(properties, "azureml.git.dirty") or text_at(properties, "mlflow.source.git.dirty") or "").lower()
    return {"true": True, "false": False}.get(dirty)


def literals(inputs: object) -> dict[str, str | None]:
    """Return the literal inputs of a job by name: parameters in all but name."""
    found = {name: cast("dict[str, Any]", one) for name, one in as_dict(inputs).items() if isinstance(one, dict)}
    return pairs({name: one["value"] for name, one in found.items() if _is_literal(one) and "value" in one})


def _is_literal(one: Mapping[str, Any]) -> bool:
    # Run definitions give the type as a number; 2 is a literal.
    return str(one.get("jobInputType")).lower() in ("literal", "2")
