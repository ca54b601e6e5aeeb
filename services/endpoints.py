"""Online endpoints: where requests arrive and how they are split."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from services.parsing import id_tail, moment
from services.reading import read_item, read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.wire import Identity, SystemData, Wire, compute_name, kind_of_identity, pairs, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2022-02-01-preview"


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One online endpoint. `traffic` may be empty: then every call answers 404, which is not the same as unknown."""

    id: str
    """The name: unique in a workspace."""
    name: str
    state: str | None = None
    """provisioningState as given."""
    kind: str | None = None
    """Managed, K8S …"""
    compute: str | None = None
    auth_mode: str | None = None
    public_access: str | None = None
    scoring_uri: str | None = None
    location: str | None = None
    identity: str | None = None
    description: str | None = None
    created: datetime | None = None
    created_by: str | None = None
    modified: datetime | None = None
    traffic: dict[str, float] | None = None
    mirror: dict[str, float] | None = None
    tags: dict[str, str | None] = {}


class Properties(Wire):
    """The fields of an endpoint that are shown."""

    description: str | None = None
    provisioning_state: str | None = None
    auth_mode: str | None = None
    public_network_access: str | None = None
    scoring_uri: str | None = None
    compute: str | None = None
    traffic: dict[str, float] | None = None
    mirror_traffic: dict[str, float] | None = None


class Given(Wire):
    """One online endpoint as ARM gives it."""

    properties: Properties
    id: str | None = None
    name: str | None = None
    kind: str | None = None
    location: str | None = None
    identity: Identity | None = None
    system_data: SystemData | None = None
    tags: dict[str, Any] | None = None


_read = reader_of(Given)


def list_endpoints(connection: Connection, ref: WorkspaceRef, *, stop: Stop = never) -> Iterator[Page[Endpoint]]:
    """Yield the online endpoints of a workspace. Raises ServiceError. Reads GET …/onlineEndpoints."""
    for answer in connection.pages(connection.arm(f"{ref.id}/onlineEndpoints", API), stop=stop):
        yield read_page(answer, parse_endpoint)


def get_endpoint(connection: Connection, ref: WorkspaceRef, name: str) -> Page[Endpoint]:
    """Return one online endpoint as a page of one. Raises ServiceError, NotFound too."""
    call = connection.arm(f"{ref.id}/onlineEndpoints/{name}", API)
    return read_item(connection.read(call), parse_endpoint)


def parse_endpoint(document: bytes) -> Endpoint:
    """Return one online endpoint. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read(document)
    name = given.name or id_tail(given.id)
    if not name:
        raise ValueError("it has no name")
    known, made = given.properties, given.system_data or SystemData()
    return Endpoint(
        id=name,
        name=name,
        state=known.provisioning_state,
        kind=given.kind,
        compute=compute_name(known.compute),
        auth_mode=known.auth_mode,
        public_access=known.public_network_access,
        scoring_uri=known.scoring_uri,
        location=given.location,
        identity=kind_of_identity(given.identity),
        description=known.description or None,
        created=moment(made.created_at),
        created_by=made.created_by,
        modified=moment(made.last_modified_at),
        traffic=known.traffic,
        mirror=known.mirror_traffic,
        tags=pairs(given.tags),
    )
