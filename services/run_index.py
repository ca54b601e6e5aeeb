"""Runs as the run index lists them: another shape of the same record, with metrics and over all experiments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from services.parsing import moment, seconds
from services.reading import read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.run import Run
from services.run_record import Alike, JobCost, Maker, Target, alike, queued
from services.trials import hyperparameters
from services.wire import Moment, Wire, as_dict, compute_name, pairs, reader_of

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
    job_cost: JobCost | None = None


class Properties(Alike):
    """What stays as it was when the run was made."""

    creation_context: Creation | None = None
    target_name: str | None = None
    experiment_name: str | None = None
    start_time: Moment = None
    end_time: Moment = None
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
    return _run(fixed, entity.annotations or Annotations())


def _run(fixed: Properties, noted: Annotations) -> Run:
    creation, on = fixed.creation_context or Creation(), fixed.compute or Target()
    tags = noted.tags or {}
    created, started = moment(creation.created_time), moment(fixed.start_time)
    told = alike(fixed, creation.created_by or Maker(), noted.error, fixed.user_properties or {}, tags)
    return replace(
        told,
        name=noted.display_name or told.id,
        experiment=fixed.experiment_name,
        status=noted.status or told.status,
        created=created,
        started=started,
        ended=moment(fixed.end_time),
        modified=moment(noted.modified_time),
        compute_duration=seconds(noted.compute_duration),
        charged=noted.job_cost.charged_node_utilization_seconds if noted.job_cost else None,
        queued=queued(created, started),
        compute=compute_name(fixed.target_name or on.target),
        primary_metric=noted.primary_metric_name,
        is_archived=noted.archived,
        description=noted.description or None,
        params=hyperparameters(tags) | pairs(noted.parameters),
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
