"""Batch endpoints and the deployments behind them: where data is scored in bulk, as jobs of mini-batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from services.parents import each_of
from services.parsing import id_part, id_tail, moment, seconds
from services.reading import read_page
from services.records import Page, Provenance, Stop, WorkspaceRef, never
from services.wire import SystemData, Wire, as_dict, asset_name, compute_name, pairs, reader_of, text_at

if TYPE_CHECKING:
    from services.connection import Connection

API = "2023-10-01"
DEPLOYMENTS_API = "2024-01-01-preview"


class BatchEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One batch endpoint. Without a default deployment a call has to name one."""

    id: str
    """The name: unique in a workspace."""
    name: str
    state: str | None = None
    auth_mode: str | None = None
    default: str | None = None
    """Name of the deployment that gets the jobs."""
    scoring_uri: str | None = None
    location: str | None = None
    description: str | None = None
    created: datetime | None = None
    created_by: str | None = None
    modified: datetime | None = None
    tags: dict[str, str | None] = {}


class BatchDeployment(msgspec.Struct, frozen=True, kw_only=True):
    """One deployment of a batch endpoint: a model over mini-batches, or a pipeline component."""

    id: str
    """`endpoint/name`."""
    endpoint: str
    name: str
    state: str | None = None
    model: str | None = None
    component: str | None = None
    """`name:version` of the pipeline component it runs in place of a model."""
    environment: str | None = None
    compute: str | None = None
    instances: int | None = None
    mini_batch: int | None = None
    """Files in one mini-batch, or bytes of a table."""
    error_threshold: int | None = None
    """Failed inputs after which a job is given up; -1 is never."""
    concurrency: int | None = None
    """Mini-batches at once on one instance."""
    retries: int | None = None
    retry_timeout: float | None = None
    output_action: str | None = None
    output_file: str | None = None
    description: str | None = None
    created: datetime | None = None
    created_by: str | None = None
    modified: datetime | None = None
    tags: dict[str, str | None] = {}


class Defaults(Wire):
    """Which deployment gets the jobs."""

    deployment_name: str | None = None


class EndpointProperties(Wire):
    """The fields of a batch endpoint that are shown."""

    description: str | None = None
    provisioning_state: str | None = None
    auth_mode: str | None = None
    scoring_uri: str | None = None
    defaults: Defaults | None = None


class Retry(Wire):
    """How often a mini-batch is tried again."""

    max_retries: int | None = None
    timeout: str | None = None


class Resources(Wire):
    """How many machines a job gets."""

    instance_count: int | None = None


class Properties(Wire):
    """The fields of a deployment that are shown."""

    description: str | None = None
    provisioning_state: str | None = None
    properties: Any = None
    model: Any = None
    environment_id: str | None = None
    compute: str | None = None
    resources: Resources | None = None
    mini_batch_size: int | None = None
    error_threshold: int | None = None
    max_concurrency_per_instance: int | None = None
    retry_settings: Retry | None = None
    output_action: str | None = None
    output_file_name: str | None = None


class GivenEndpoint(Wire):
    """One batch endpoint as ARM gives it."""

    properties: EndpointProperties
    id: str | None = None
    name: str | None = None
    location: str | None = None
    system_data: SystemData | None = None
    tags: dict[str, Any] | None = None


class GivenDeployment(Wire):
    """One deployment as ARM gives it."""

    properties: Properties
    id: str | None = None
    name: str | None = None
    system_data: SystemData | None = None
    tags: dict[str, Any] | None = None


_read_endpoint = reader_of(GivenEndpoint)
_read_deployment = reader_of(GivenDeployment)


def list_batch_endpoints(
    connection: Connection, ref: WorkspaceRef, *, stop: Stop = never
) -> Iterator[Page[BatchEndpoint]]:
    """Yield the batch endpoints of a workspace. Raises ServiceError. Reads GET …/batchEndpoints."""
    for answer in connection.pages(connection.arm(f"{ref.id}/batchEndpoints", API), stop=stop):
        yield read_page(answer, parse_batch_endpoint)


def list_batch_deployments(
    connection: Connection, ref: WorkspaceRef, endpoints: Sequence[str], *, asked: Provenance, stop: Stop = never
) -> Iterator[Page[BatchDeployment]]:
    """Yield the deployments behind the named batch endpoints. Raises ServiceError.

    Reads GET …/batchEndpoints/{name}/deployments of each. `asked` is where the names came from.
    """

    def behind(endpoint: str) -> Iterator[Page[BatchDeployment]]:
        call = connection.arm(f"{ref.id}/batchEndpoints/{endpoint}/deployments", DEPLOYMENTS_API)
        for answer in connection.pages(call, stop=stop):
            yield read_page(answer, partial(parse_batch_deployment, endpoint=endpoint))

    return each_of(endpoints, behind, asked=asked, stop=stop)


def parse_batch_endpoint(document: bytes) -> BatchEndpoint:
    """Return one batch endpoint. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read_endpoint(document)
    name = given.name or id_tail(given.id)
    if not name:
        raise ValueError("it has no name")
    known, made = given.properties, given.system_data or SystemData()
    return BatchEndpoint(
        id=name,
        name=name,
        state=known.provisioning_state,
        auth_mode=known.auth_mode,
        default=known.defaults.deployment_name if known.defaults else None,
        scoring_uri=known.scoring_uri,
        location=given.location,
        description=known.description or None,
        created=moment(made.created_at),
        created_by=made.created_by,
        modified=moment(made.last_modified_at),
        tags=pairs(given.tags),
    )


def parse_batch_deployment(document: bytes, *, endpoint: str | None = None) -> BatchDeployment:
    """Return one deployment. A pipeline component has no mini-batches: the zeros Azure writes for them mean nothing.

    Raises msgspec.MsgspecError or ValueError when the document is no deployment.
    """
    given = _read_deployment(document)
    name, owner = given.name or id_tail(given.id), endpoint or id_part(given.id, "batchEndpoints")
    if not (name and owner):
        raise ValueError("it names no endpoint")
    known, made = given.properties, given.system_data or SystemData()
    component = text_at(as_dict(known.properties), "ComponentDeployment.ComponentId")
    model = known.model if isinstance(known.model, str) else as_dict(known.model).get("assetId")
    return BatchDeployment(
        id=f"{owner}/{name}",
        endpoint=owner,
        name=name,
        state=known.provisioning_state,
        model=asset_name(model) if isinstance(model, str) else None,
        component=asset_name(component),
        environment=asset_name(known.environment_id),
        compute=compute_name(known.compute),
        instances=known.resources.instance_count if known.resources else None,
        description=known.description or None,
        created=moment(made.created_at),
        created_by=made.created_by,
        modified=moment(made.last_modified_at),
        tags=pairs(given.tags),
        **({} if component else _batching(known)),
    )


def _batching(known: Properties) -> dict[str, Any]:
    retry = known.retry_settings or Retry()
    return {
        "mini_batch": known.mini_batch_size,
        "error_threshold": known.error_threshold,
        "concurrency": known.max_concurrency_per_instance,
        "retries": retry.max_retries,
        "retry_timeout": seconds(retry.timeout),
        "output_action": known.output_action,
        "output_file": known.output_file_name,
    }
