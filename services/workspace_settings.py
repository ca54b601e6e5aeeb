"""A workspace's own settings: who it acts as, what it hangs on, how it is encrypted and who can reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from services.parsing import id_part, id_tail
from services.reading import read_item
from services.records import Page, WorkspaceRef
from services.wire import Identity as Kind
from services.wire import Reference, Wire, as_dict, kind_of_identity, reader_of, text_at

if TYPE_CHECKING:
    from services.connection import Connection

API = "2024-10-01-preview"


class WorkspaceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one workspace that decide how safe it is. `None` means Azure did not say."""

    id: str
    """The ARM id in lower case."""
    name: str
    location: str | None = None
    kind: str | None = None
    identity: str | None = None
    """SystemAssigned, UserAssigned or both."""
    principal: str | None = None
    """The object id of its own identity."""
    user_identities: dict[str, str | None] = {}
    """Assigned identities: ARM id → object id."""
    primary_identity: str | None = None
    storage: str | None = None
    key_vault: str | None = None
    registry: str | None = None
    app_insights: str | None = None
    is_hbi: bool | None = None
    has_own_key: bool | None = None
    key_vault_of_key: str | None = None
    key_uri: str | None = None
    """Where the key is kept and what it is called; never the key."""
    is_service_side: bool | None = None
    """Whether data encrypted with the own key stays in Microsoft's subscription."""
    managed_group: str | None = None
    cosmos: str | None = None
    search: str | None = None
    public_access: str | None = None
    allows_public_behind_vnet: bool | None = None
    allowed_ips: tuple[str, ...] | None = None
    private_endpoints: dict[str, str | None] | None = None
    """Name → Approved, Pending, Rejected, Disconnected."""
    private_links: int | None = None
    isolation: str | None = None
    network_status: str | None = None
    is_v1_legacy: bool | None = None
    datastore_auth: str | None = None
    """How the built-in datastores are reached: accessKey, identity or userDelegationSAS."""
    allows_role_assignment: bool | None = None
    is_soft_delete: bool | None = None
    is_data_isolated: bool | None = None
    image_build_compute: str | None = None


class Identity(Kind):
    """The managed identities of a workspace."""

    principal_id: str | None = None
    user_assigned_identities: dict[str, Any] | None = None


class KeyOf(Wire):
    """Which key encrypts the workspace."""

    key_vault_arm_id: str | None = None
    key_identifier: str | None = None


class Encryption(Wire):
    """Present when a workspace is encrypted with a key of its owner."""

    status: str | None = None
    key_vault_properties: KeyOf | None = None
    cosmos_db_resource_id: str | None = None
    search_account_resource_id: str | None = None


class LinkState(Wire):
    """Whether a private endpoint was approved."""

    status: str | None = None


class LinkProperties(Wire):
    """The fields of a private endpoint connection that are shown."""

    private_endpoint: Reference | None = None
    private_link_service_connection_state: LinkState | None = None


class Link(Wire):
    """One private endpoint connection."""

    id: str | None = None
    properties: LinkProperties | None = None


class Status(Wire):
    """Whether the managed network is up."""

    status: str | None = None


class Network(Wire):
    """The managed network of a workspace."""

    isolation_mode: str | None = None
    status: Status | None = None


class Properties(Wire):
    """The fields of a workspace that are read here."""

    storage_account: str | None = None
    key_vault: str | None = None
    application_insights: str | None = None
    container_registry: str | None = None
    hbi_workspace: bool | None = None
    encryption: Encryption | None = None
    enable_service_side_encryption: bool | None = msgspec.field(name="enableServiceSideCMKEncryption", default=None)
    service_provisioned_resource_group: str | None = None
    public_network_access: str | None = None
    allow_public_access_when_behind_vnet: bool | None = None
    ip_allowlist: list[str] | None = None
    private_endpoint_connections: list[Link] | None = None
    private_link_count: int | None = None
    managed_network: Network | None = None
    v1_legacy_mode: bool | None = msgspec.field(name="v1LegacyMode", default=None)
    system_datastores_auth_mode: str | None = None
    allow_role_assignment_on_rg: bool | None = msgspec.field(name="allowRoleAssignmentOnRG", default=None)
    soft_delete_enabled: bool | None = None
    enable_data_isolation: bool | None = None
    image_build_compute: str | None = None
    primary_user_assigned_identity: str | None = None


class Given(Wire):
    """One workspace as ARM gives it."""

    properties: Properties
    id: str
    name: str | None = None
    location: str | None = None
    kind: str | None = None
    identity: Identity | None = None


_read = reader_of(Given)


def get_settings(connection: Connection, ref: WorkspaceRef) -> Page[WorkspaceSettings]:
    """Return the settings of a workspace as a page of one. Raises ServiceError, NotFound too. Reads GET {workspace}."""
    return read_item(connection.read(connection.arm(ref.id, API)), parse_settings)


def parse_settings(document: bytes) -> WorkspaceSettings:
    """Return the settings in a workspace's document. Raises msgspec.MsgspecError or ValueError when it is none."""
    given = _read(document)
    name = given.name or id_part(given.id, "workspaces")
    if not name:
        raise ValueError("its id names no workspace")
    known, key = given.properties, given.properties.encryption or Encryption()
    network, identity = known.managed_network or Network(), given.identity or Identity()
    key_of = key.key_vault_properties or KeyOf()
    return WorkspaceSettings(
        id=given.id.lower(),
        name=name,
        location=given.location,
        kind=given.kind,
        identity=kind_of_identity(identity),
        principal=identity.principal_id or None,
        user_identities=_assigned(identity),
        primary_identity=known.primary_user_assigned_identity or None,
        storage=known.storage_account or None,
        key_vault=known.key_vault or None,
        registry=known.container_registry or None,
        app_insights=known.application_insights or None,
        is_hbi=known.hbi_workspace,
        has_own_key=key.status.lower() == "enabled" if key.status else None,
        key_vault_of_key=key_of.key_vault_arm_id or None,
        key_uri=key_of.key_identifier or None,
        is_service_side=known.enable_service_side_encryption,
        managed_group=known.service_provisioned_resource_group or None,
        cosmos=key.cosmos_db_resource_id or None,
        search=key.search_account_resource_id or None,
        public_access=known.public_network_access,
        allows_public_behind_vnet=known.allow_public_access_when_behind_vnet,
        allowed_ips=None if known.ip_allowlist is None else tuple(known.ip_allowlist),
        private_endpoints=_links(known.private_endpoint_connections),
        private_links=known.private_link_count,
        isolation=network.isolation_mode,
        network_status=network.status.status if network.status else None,
        is_v1_legacy=known.v1_legacy_mode,
        datastore_auth=known.system_datastores_auth_mode or None,
        allows_role_assignment=known.allow_role_assignment_on_rg,
        is_soft_delete=known.soft_delete_enabled,
        is_data_isolated=known.enable_data_isolation,
        image_build_compute=known.image_build_compute or None,
    )


def _assigned(identity: Identity) -> dict[str, str | None]:
    found = identity.user_assigned_identities or {}
    return {name: text_at(as_dict(given), "principalId") for name, given in found.items()}


def _links(links: list[Link] | None) -> dict[str, str | None] | None:
    if links is None:
        return None
    found: dict[str, str | None] = {}
    for at, link in enumerate(links):
        known = link.properties or LinkProperties()
        endpoint = known.private_endpoint.id if known.private_endpoint else None
        state = known.private_link_service_connection_state or LinkState()
        found[id_tail(endpoint or link.id) or f"connection {at + 1}"] = state.status
    return found
