"""Runs as the run index lists them: another shape of the same record, with metrics and over all experiments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.parsing import moment, seconds
from services.reading import read_page
from services.reasons import reason_of
from services.records import Page, Stop, WorkspaceRef, never
from services.run import Run
from services.run_kinds import run_kind
from services.run_record import Maker, RunType, Target, hyperparameters, is_dirty, queued, snapshot
from services.wire import Moment, Wire, as_dict, compute_name, pairs, reader_of, text_at

if TYPE_CHECKING:
    from services.connection import Connection

PAGE = 100
_QUERY: dict[str, Any] = {
    "filters": [{"field": "type", "operator": "eq", "values": ["runs"]}],
    "order": [{"field": "properties/creationContext/createdTime", "direction": "Desc"}],
    "pageSize": PAGE,
    "skip": 0,
    "includeTotalResultCount": True,
}


class Creation(Wire):
    """When an entity was made, and by whom."""

    created_time: Moment = None
    created_by: Maker | None = None


class Annotations(Wire):
    """What may change after a run was made."""

    archived: bool | None = None
    tags: dict[str, Any] | None = None
    display_name: str | None = None
    description: str | None = None
    status: str | None = None
    primary_metric_name: str | None = None
    metrics: dict[str, Any] | None = None
    parameters: dict[str, Any] | None = None
    modified_time: Moment = None
    compute_duration: str | None = None
    error: Any = None


class Properties(Wire):
    """What stays as it was when the run was made."""

    creation_context: Creation | None = None
    target_name: str | None = None
    experiment_name: str | None = None
    experiment_id: str | None = None
    run_id: str | None = None
    parent_run_id: str | None = None
    root_run_id: str | None = None
    run_type: str | None = None
    run_type_v2: RunType | None = None
    run_number: int | None = None
    start_time: Moment = None
    end_time: Moment = None
    duration: str | None = None
    compute: Target | None = None
    compute_request: Target | None = None
    user_properties: dict[str, Any] | None = None


class Entity(Wire):
    """One entry of the index; only those of type `runs` are runs."""

    type: str | None = None
    annotations: Annotations | None = None
    properties: Properties | None = None


_read = reader_of(Entity)


def list_indexed_runs(connection: Connection, ref: WorkspaceRef, *, stop: Stop = never) -> Iterator[Page[Run]]:
    """Yield the runs of a workspace from the run index, all experiments mixed, newest first, with metrics.

    The index lags behind run history. Raises ServiceError. Reads POST {index}/entities.
    """
    call = connection.run_history(ref, "/entities", area="index/v1.0", method="POST", body=_QUERY)
    for answer in connection.pages(call, stop=stop):
        yield read_page(answer, parse_index_run, total="totalCount")


def count_runs(connection: Connection, ref: WorkspaceRef, *, since: datetime | None = None) -> int | None:
    """Return how many runs the index has, of all experiments, children too; None when it does not say.

    Raises ServiceError. Reads POST {index}/entities.
    """
    filters: list[dict[str, Any]] = [*_QUERY["filters"]]
    if since is not None:
        values = [f"{since:%Y-%m-%dT%H:%M:%SZ}"]
        filters.append({"field": "properties/creationContext/createdTime", "operator": "ge", "values": values})
    body = {**_QUERY, "filters": filters, "pageSize": 1}
    call = connection.run_history(ref, "/entities", area="index/v1.0", method="POST", body=body)
    return read_page(connection.read(call), parse_index_run, total="totalCount").total


def parse_index_run(document: bytes) -> Run:
    """Return the run of one index entity. Raises ValueError for entities of other types: the index holds flows too."""
    entity = _read(document)
    if (entity.type or "runs").lower() != "runs":
        raise ValueError(f"it is an index entity of type {entity.type}, not a run")
    fixed = entity.properties or Properties()
    if not fixed.run_id:
        raise ValueError("it has no runId")
    return _run(fixed.run_id, fixed, entity.annotations or Annotations())


def _run(run_id: str, fixed: Properties, noted: Annotations) -> Run:
    said = reason_of(noted.error)
    kind = fixed.run_type_v2 or RunType()
    on, asked = fixed.compute or Target(), fixed.compute_request or Target()
    creation = fixed.creation_context or Creation()
    maker = creation.created_by or Maker()
    properties, tags = fixed.user_properties or {}, noted.tags or {}
    created, started = moment(creation.created_time), moment(fixed.start_time)
    return Run(
        id=run_id,
        name=noted.display_name or run_id,
        experiment=fixed.experiment_name,
        experiment_id=fixed.experiment_id,
        kind=run_kind(fixed.run_type, kind.traits or (), properties, tags, (kind.compute_type, on.target_type)),
        status=noted.status or "Unknown",
        parent=fixed.parent_run_id,
        root=fixed.root_run_id,
        number=fixed.run_number,
        created=created,
        started=started,
        ended=moment(fixed.end_time),
        modified=moment(noted.modified_time),
        duration=seconds(fixed.duration),
        compute_duration=seconds(noted.compute_duration),
        queued=queued(created, started),
        compute=compute_name(fixed.target_name or on.target),
        compute_type=kind.compute_type or on.target_type,
        vm_size=on.vm_size or on.instance_type,
        nodes=on.instance_count if on.instance_count is not None else asked.node_count,
        gpus=on.gpu_count if on.gpu_count is not None else asked.gpu_count,
        user=maker.user_name or maker.user_principal_name or maker.upn,
        user_id=maker.user_object_id,
        primary_metric=noted.primary_metric_name,
        is_archived=noted.archived,
        error=said.sentence,
        error_code=said.code,
        error_component=said.component,
        snapshot=snapshot(properties),
        git_repo=text_at(properties, "mlflow.source.git.repoURL"),
        git_branch=text_at(properties, "mlflow.source.git.branch"),
        git_commit=text_at(properties, "mlflow.source.git.commit"),
        is_git_dirty=is_dirty(properties),
        description=noted.description or None,
        tags=pairs(tags),
        params={**hyperparameters(tags), **pairs(noted.parameters)},
        metrics=last_values(noted.metrics),
    )


def last_values(given: Mapping[str, Any] | None) -> dict[str, float]:
    """Return the numbers of an index entry's metrics by name: plain, or the last value of a summary."""
    found: dict[str, float] = {}
    for name, value in (given or {}).items():
        summary = as_dict(value)
        number = next((summary[key] for key in ("lastValue", "last", "value") if key in summary), value)
        if isinstance(number, int | float) and not isinstance(number, bool):
            found[name] = float(number)
    return found
