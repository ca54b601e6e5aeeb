"""Workspaces: what exists, where it stands and what it hangs on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from services.errors import Forbidden
from services.parents import each_of
from services.parsing import id_part, moment
from services.reading import read_item, read_page
from services.records import Page, Stop, WorkspaceRef, never
from services.subscriptions import Subscription, list_subscriptions
from services.wire import Identity, Moment, Sku, SystemData, Wire, kind_of_identity, pairs, reader_of

if TYPE_CHECKING:
    from services.connection import Connection

API = "2024-10-01-preview"


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """One workspace as ARM lists it. `None` means Azure did not say."""

    id: str
    """The ARM id in lower case."""
    name: str
    subscription: str
    resource_group: str
    location: str | None = None
    kind: str | None = None
    sku: str | None = None
    state: str | None = None
    friendly_name: str | None = None
    description: str | None = None
    workspace_id: str | None = None
    discovery_url: str | None = None
    mlflow_uri: str | None = None
    storage: str | None = None
    key_vault: str | None = None
    app_insights: str | None = None
    container_registry: str | None = None
    public_access: str | None = None
    isolation: str | None = None
    is_hbi: bool | None = None
    has_own_key: bool | None = None
    private_endpoints: int | None = None
    identity: str | None = None
    created: datetime | None = None
    created_by: str | None = None
    tags: dict[str, str | None] = {}


def badges_of(one: Workspace) -> tuple[str, ...]:
    """Return what is unusual about how a workspace is sealed: HBI (high business impact), CMK (a key of its owner)."""
    return (*(("HBI",) if one.is_hbi else ()), *(("CMK",) if one.has_own_key else ()))


class Network(Wire):
    """The managed network of a workspace."""

    isolation_mode: str | None = None


class Encryption(Wire):
    """Present when a workspace is encrypted with a key of its owner."""

    status: str | None = None


class Properties(Wire):
    """The fields of a workspace that are shown."""

    friendly_name: str | None = None
    description: str | None = None
    provisioning_state: str | None = None
    workspace_id: str | None = None
    discovery_url: str | None = None
    ml_flow_tracking_uri: str | None = None
    storage_account: str | None = None
    key_vault: str | None = None
    application_insights: str | None = None
    container_registry: str | None = None
    public_network_access: str | None = None
    managed_network: Network | None = None
    hbi_workspace: bool | None = None
    encryption: Encryption | None = None
    private_endpoint_connections: list[Any] | None = None
    private_link_count: int | None = None
    creation_time: Moment = None


class Given(Wire):
    """One workspace as ARM gives it."""

    properties: Properties
    id: str
    name: str | None = None
    location: str | None = None
    kind: str | None = None
    sku: Sku | None = None
    identity: Identity | None = None
    system_data: SystemData | None = None
    tags: dict[str, Any] | None = None


_read = reader_of(Given)


def get_workspace(connection: Connection, ref: WorkspaceRef) -> Page[Workspace]:
    """Return one workspace as a page of one. Raises ServiceError, NotFound too. Reads GET {workspace}."""
    return read_item(connection.read(connection.arm(ref.id, API)), parse_workspace)


def list_workspaces(
    connection: Connection, subscription: str | None = None, *, stop: Stop = never
) -> Iterator[Page[Workspace]]:
    """Yield the workspaces of one subscription, or of every subscription of the account, one after the other.

    A subscription that refuses is set aside with its reason, and the listing is then not complete. Raises ServiceError.
    Reads GET /subscriptions, then GET …/workspaces of each.
    """
    if subscription is not None:
        yield from _in_subscription(connection, subscription, stop)
        return
    chosen: list[Subscription] = []
    asked = None
    for page in list_subscriptions(connection, stop=stop):
        chosen += page.records
        asked = page.provenance
    yield from each_of(
        chosen,
        lambda one: _in_subscription(connection, one.id, stop),
        asked=asked,
        stop=stop,
        named=lambda one: one.name,
        aside=(Forbidden,),
    )


def _in_subscription(connection: Connection, subscription: str, stop: Stop) -> Iterator[Page[Workspace]]:
    path = f"/subscriptions/{subscription}/providers/Microsoft.MachineLearningServices/workspaces"
    for answer in connection.pages(connection.arm(path, API), stop=stop):
        yield read_page(answer, parse_workspace)


def parse_workspace(document: bytes) -> Workspace:
    """Return one workspace. Raises msgspec.MsgspecError or ValueError when the document is none."""
    given = _read(document)
    subscription, group = id_part(given.id, "subscriptions"), id_part(given.id, "resourceGroups")
    name = given.name or id_part(given.id, "workspaces")
    if not (subscription and group and name):
        raise ValueError("its id names no workspace")
    known, made = given.properties, given.system_data or SystemData()
    return Workspace(
        id=given.id.lower(),
        name=name,
        subscription=subscription,
        resource_group=group,
        location=given.location,
        kind=given.kind,
        sku=given.sku.name if given.sku else None,
        state=known.provisioning_state,
        friendly_name=known.friendly_name or None,
        description=known.description or None,
        workspace_id=known.workspace_id,
        discovery_url=known.discovery_url,
        mlflow_uri=known.ml_flow_tracking_uri,
        storage=known.storage_account or None,
        key_vault=known.key_vault or None,
        app_insights=known.application_insights or None,
        container_registry=known.container_registry or None,
        public_access=known.public_network_access,
        isolation=known.managed_network.isolation_mode if known.managed_network else None,
        is_hbi=known.hbi_workspace,
        has_own_key=_has_own_key(known.encryption),
        private_endpoints=_private_endpoints(known),
        identity=kind_of_identity(given.identity),
        created=moment(made.created_at or known.creation_time),
        created_by=made.created_by,
        tags=pairs(given.tags),
    )


def _has_own_key(encryption: Encryption | None) -> bool | None:
    return None if encryption is None or encryption.status is None else encryption.status.lower() == "enabled"


def _private_endpoints(known: Properties) -> int | None:
    connected = known.private_endpoint_connections
    return known.private_link_count if connected is None else len(connected)
