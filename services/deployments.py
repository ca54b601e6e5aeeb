"""Deployments: what answers behind an online endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from services.endpoints import list_endpoints
from services.parents import each_of, names_in
from services.parsing import id_part, id_tail, moment, seconds
from services.reading import read_item, read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import Sku, SystemData, Wire, as_dict, asset_name, pairs, reader_of

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
    request_timeout: float | None = None
    max_concurrent: int | None = None
    has_app_insights: bool | None = None
    has_data_collector: bool | None = None
    egress: str | None = None
    description: str | None = None
    created: datetime | None = None
    created_by: str | None = None
    modified: datetime | None = None
    tags: dict[str, str | None] = {}


class Scale(Wire):
    """How a deployment grows."""

    scale_type: str | None = None


class Requests(Wire):
    """What a deployment allows a request."""

    request_timeout: str | None = None
    max_concurrent_requests_per_instance: int | None = None


class Properties(Wire):
    """The fields of a deployment that are shown."""

    description: str | None = None
    provisioning_state: str | None = None
    endpoint_compute_type: str | None = None
    model: Any = None
    environment_id: str | None = None
    instance_type: str | None = None
    scale_settings: Scale | None = None
    request_settings: Requests | None = None
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
    connection: Connection, ref: WorkspaceRef, *, endpoints: Sequence[str] | None = None, stop: Stop = never
) -> Iterator[Page[Deployment]]:
    """Yield the deployments behind the named online endpoints, or behind all of them. Raises ServiceError.

    Reads GET …/onlineEndpoints (when not given names), then GET …/onlineEndpoints/{name}/deployments of each.
    """
    if endpoints is None:
        names, asked, is_whole = names_in(list_endpoints(connection, ref, stop=stop), lambda one: one.name)
    else:
        names, asked, is_whole = list(endpoints), None, True
    for page in each_of(names, lambda name: _behind(connection, ref, name, stop), asked=asked, stop=stop):
        yield page if is_whole else msgspec.structs.replace(page, is_last=False)


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
    requests = known.request_settings or Requests()
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
        scale_type=known.scale_settings.scale_type if known.scale_settings else None,
        request_timeout=seconds(requests.request_timeout),
        max_concurrent=requests.max_concurrent_requests_per_instance,
        has_app_insights=known.app_insights_enabled,
        has_data_collector=None if known.data_collector is msgspec.UNSET else known.data_collector is not None,
        egress=known.egress_public_network_access,
        description=known.description or None,
        created=moment(made.created_at),
        created_by=made.created_by,
        modified=moment(made.last_modified_at),
        tags=pairs(given.tags),
    )


def _model(model: object) -> str | None:
    name = model if isinstance(model, str) else as_dict(model).get("assetId")
    return asset_name(name) if isinstance(name, str) else None
