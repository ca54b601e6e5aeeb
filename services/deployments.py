"""Deployments: what answers behind an online endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from services.deployment_settings import (
    Code,
    GivenProbe,
    Probe,
    Requests,
    Resources,
    Scale,
    collections_of,
    probe_of,
)
from services.endpoints import list_endpoints
from services.errors import ServiceError
from services.operations import poll
from services.parents import each_of, names_in
from services.parsing import id_part, id_tail, moment, seconds
from services.reading import read_item, read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import Sku, SystemData, Wire, as_dict, asset_name, pairs, reader_of, text_at

if TYPE_CHECKING:
    from services.connection import Connection

API = "2023-04-01-preview"


class Deployment(msgspec.Struct, frozen=True, kw_only=True):
    """One deployment of an online endpoint."""

    id: str
    """`endpoint/name`."""
    endpoint: str
    name: str
    state: str | None = None
    kind: str | None = None
    model: str | None = None
    """`name:version` when the id says so, else the id as given."""
    environment: str | None = None
    instance_type: str | None = None
    instances: int | None = None
    scale_type: str | None = None
    scale_min: int | None = None
    scale_max: int | None = None
    scale_target: int | None = None
    """Per cent of use at which Kubernetes adds instances; managed deployments have an autoscale setting instead."""
    scale_polling: float | None = None
    request_timeout: float | None = None
    queue_wait: float | None = None
    max_concurrent: int | None = None
    liveness: Probe | None = None
    readiness: Probe | None = None
    has_app_insights: bool | None = None
    has_data_collector: bool | None = None
    collected: tuple[str, ...] = ()
    """What is collected of its traffic: `model_inputs`, `model_outputs`, `request` …"""
    egress: str | None = None
    script: str | None = None
    requests: dict[str, str | None] = {}
    """What its container asks for on Kubernetes."""
    limits: dict[str, str | None] = {}
    error: str | None = None
    """What went wrong when Azure last worked on it, where Azure says so."""
    operation: str | None = None
    """Where Azure says how that went."""
    description: str | None = None
    created: datetime | None = None
    created_by: str | None = None
    modified: datetime | None = None
    tags: dict[str, str | None] = {}


class Properties(Wire):
    """The fields of a deployment that are shown."""

    description: str | None = None
    properties: Any = None
    provisioning_state: str | None = None
    endpoint_compute_type: str | None = None
    model: Any = None
    environment_id: str | None = None
    instance_type: str | None = None
    scale_settings: Scale | None = None
    request_settings: Requests | None = None
    liveness_probe: GivenProbe | None = None
    readiness_probe: GivenProbe | None = None
    container_resource_requirements: Resources | None = None
    code_configuration: Code | None = None
    app_insights_enabled: bool | None = None
    data_collector: Any = msgspec.UNSET
    egress_public_network_access: str | None = None


class Given(Wire):
    """One deployment as ARM gives it."""

    properties: Properties
    id: str | None = None
    name: str | None = None
    kind: str | None = None
    sku: Sku | None = None
    system_data: SystemData | None = None
    tags: dict[str, Any] | None = None


_read = reader_of(Given)


def list_deployments(
    connection: Connection,
    ref: WorkspaceRef,
    *,
    endpoints: Sequence[str] | None = None,
    known: Mapping[str, Deployment] | None = None,
    stop: Stop = never,
) -> Iterator[Page[Deployment]]:
    """Yield the deployments behind the named online endpoints, or behind all of them. Raises ServiceError.

    With `known`, the deployments as they were read before, failed ones also say what went wrong: Azure is asked once.
    Reads GET …/onlineEndpoints (when not given names), then GET …/onlineEndpoints/{name}/deployments of each, then GET
    of the last operation on a deployment that has newly failed.
    """
    if endpoints is None:
        names, asked, is_whole = names_in(list_endpoints(connection, ref, stop=stop), lambda one: one.name)
    else:
        names, asked, is_whole = list(endpoints), None, True
    for page in each_of(names, lambda name: _behind(connection, ref, name, stop), asked=asked, stop=stop):
        if known is not None:
            page = msgspec.structs.replace(
                page, records=tuple(_explained(connection, one, known, stop) for one in page.records)
            )
        yield page if is_whole else msgspec.structs.replace(page, is_last=False)


def _explained(connection: Connection, one: Deployment, known: Mapping[str, Deployment], stop: Stop) -> Deployment:
    """Return a deployment that failed with what went wrong, where its last operation still says so."""
    if (one.state or "").lower() != "failed" or not one.operation:
        return one
    before = known.get(one.id)
    if before is not None and before.error and before.operation == one.operation:
        return msgspec.structs.replace(one, error=before.error)
    try:
        progress = poll(connection, one.operation, stop=stop)
    except ServiceError:
        # The deployment itself was read; that nobody remembers why it failed is no failure of the listing.
        return one
    return msgspec.structs.replace(one, error=progress.says or None) if progress.state == "failed" else one


def _behind(connection: Connection, ref: WorkspaceRef, endpoint: str, stop: Stop) -> Iterator[Page[Deployment]]:
    call = connection.arm(f"{ref.id}/onlineEndpoints/{endpoint}/deployments", API)
    for answer in connection.pages(call, stop=stop):
        yield read_page(answer, partial(parse_deployment, endpoint=endpoint))


def get_deployment(connection: Connection, ref: WorkspaceRef, endpoint: str, name: str) -> Page[Deployment]:
    """Return one deployment as a page of one. Raises ServiceError, NotFound too."""
    call = connection.arm(f"{ref.id}/onlineEndpoints/{endpoint}/deployments/{name}", API)
    return read_item(connection.read(call), partial(parse_deployment, endpoint=endpoint))


def parse_deployment(document: bytes, *, endpoint: str | None = None) -> Deployment:
    """Return one deployment; `endpoint` is asked for when its id names none.

    Raises msgspec.MsgspecError or ValueError when the document is no deployment.
    """
    given = _read(document)
    name = given.name or id_tail(given.id)
    owner = endpoint or id_part(given.id, "onlineEndpoints")
    if not (name and owner):
        raise ValueError("it names no endpoint")
    known, made = given.properties, given.system_data or SystemData()
    return Deployment(
        id=f"{owner}/{name}",
        endpoint=owner,
        name=name,
        state=known.provisioning_state,
        kind=known.endpoint_compute_type or given.kind,
        model=_model(known.model),
        environment=asset_name(known.environment_id),
        instance_type=known.instance_type,
        instances=given.sku.capacity if given.sku else None,
        description=known.description or None,
        created=moment(made.created_at),
        created_by=made.created_by,
        modified=moment(made.last_modified_at),
        operation=text_at(as_dict(known.properties), "AzureAsyncOperationUri"),
        tags=pairs(given.tags),
        **_settings(known),
    )


def _settings(known: Properties) -> dict[str, Any]:
    """Return the fields that say how it is set up."""
    requests, scale = known.request_settings or Requests(), known.scale_settings or Scale()
    resources, collected = known.container_resource_requirements or Resources(), collections_of(known.data_collector)
    return {
        "scale_type": scale.scale_type,
        "scale_min": scale.min_instances,
        "scale_max": scale.max_instances,
        "scale_target": scale.target_utilization_percentage,
        "scale_polling": seconds(scale.polling_interval),
        "request_timeout": seconds(requests.request_timeout),
        "queue_wait": seconds(requests.max_queue_wait),
        "max_concurrent": requests.max_concurrent_requests_per_instance,
        "liveness": probe_of(known.liveness_probe),
        "readiness": probe_of(known.readiness_probe),
        "has_app_insights": known.app_insights_enabled,
        "has_data_collector": None if collected is None else bool(collected),
        "collected": collected or (),
        "egress": known.egress_public_network_access,
        "script": known.code_configuration.scoring_script if known.code_configuration else None,
        "requests": pairs(resources.container_resource_requests),
        "limits": pairs(resources.container_resource_limits),
    }


def _model(model: object) -> str | None:
    name = model if isinstance(model, str) else as_dict(model).get("assetId")
    return asset_name(name) if isinstance(name, str) else None
