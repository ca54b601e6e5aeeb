"""From the documents of the resources a workspace hangs on to one record: the facts that decide how safe each is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Literal, cast

import msgspec

from services.parsing import id_tail, moment
from services.wire import Sku, Wire, as_dict, reader_of, text_at

DependentKind = Literal["storage", "key vault", "registry", "app insights", "log workspace", "log table"]


class Dependent(msgspec.Struct, frozen=True, kw_only=True):
    """One resource a workspace hangs on. `None` means Azure did not say, or that its kind has no such setting."""

    id: str
    """The ARM id in lower case, as it was asked for."""
    kind: DependentKind
    name: str
    problem: str | None = None
    """Why it could not be read; then nothing else is known."""
    is_missing: bool = False
    """Azure knows no such resource (any more)."""
    location: str | None = None
    sku: str | None = None
    public_access: str | None = None
    default_action: str | None = None
    """Allow or Deny: what its firewall does with an address no rule names."""
    private_endpoints: int | None = None
    key_source: str | None = None
    """Who holds the key of its encryption at rest: Microsoft, or a key vault."""
    key_uri: str | None = None
    first_key_created: datetime | None = None
    second_key_created: datetime | None = None
    allows_shared_key: bool | None = None
    allows_public_blobs: bool | None = None
    minimum_tls: str | None = None
    is_https_only: bool | None = None
    is_hns: bool | None = None
    is_soft_delete: bool | None = None
    is_purge_protected: bool | None = None
    is_rbac: bool | None = None
    policies: dict[str, str] | None = None
    """Access policies of a key vault: object id → what it may do with keys, secrets and certificates."""
    has_admin_user: bool | None = None
    is_anonymous: bool | None = None
    log_workspace: str | None = None
    public_ingestion: str | None = None
    public_query: str | None = None
    retention_days: int | None = None
    cluster: str | None = None
    """The dedicated cluster of a Log Analytics workspace: the only place where it can have a key of its owner."""


class Given(Wire):
    """One resource as ARM gives it."""

    properties: dict[str, Any]
    location: str | None = None
    name: str | None = None
    sku: Sku | None = None


_read = reader_of(Given)


def _base(document: bytes, resource: str, kind: DependentKind) -> tuple[Dependent, Mapping[str, Any]]:
    given = _read(document)
    found = Dependent(
        id=resource.lower(),
        kind=kind,
        name=given.name or id_tail(resource) or resource,
        location=given.location,
        sku=given.sku.name if given.sku else None,
        public_access=text_at(given.properties, "publicNetworkAccess"),
        private_endpoints=_length(given.properties.get("privateEndpointConnections")),
    )
    return found, given.properties


def parse_storage(document: bytes, *, resource: str) -> Dependent:
    """Return a storage account. Raises msgspec.MsgspecError when the document is none."""
    found, known = _base(document, resource, "storage")
    keys, encryption = as_dict(known.get("keyCreationTime")), as_dict(known.get("encryption"))
    vault = as_dict(encryption.get("keyvaultproperties") or encryption.get("keyVaultProperties"))
    return msgspec.structs.replace(
        found,
        default_action=text_at(as_dict(known.get("networkAcls")), "defaultAction"),
        key_source=text_at(encryption, "keySource"),
        key_uri=text_at(vault, "keyvaulturi") or text_at(vault, "keyVaultUri"),
        first_key_created=moment(keys.get("key1")),
        second_key_created=moment(keys.get("key2")),
        allows_shared_key=_flag(known, "allowSharedKeyAccess"),
        allows_public_blobs=_flag(known, "allowBlobPublicAccess"),
        minimum_tls=text_at(known, "minimumTlsVersion"),
        is_https_only=_flag(known, "supportsHttpsTrafficOnly"),
        is_hns=_flag(known, "isHnsEnabled"),
    )


def parse_vault(document: bytes, *, resource: str) -> Dependent:
    """Return a key vault. Raises msgspec.MsgspecError when the document is none."""
    found, known = _base(document, resource, "key vault")
    return msgspec.structs.replace(
        found,
        sku=text_at(as_dict(known.get("sku")), "name"),
        default_action=text_at(as_dict(known.get("networkAcls")), "defaultAction"),
        is_soft_delete=_flag(known, "enableSoftDelete"),
        is_purge_protected=_flag(known, "enablePurgeProtection"),
        is_rbac=_flag(known, "enableRbacAuthorization"),
        retention_days=_number(known, "softDeleteRetentionInDays"),
        policies=_policies(known.get("accessPolicies")),
    )


def parse_registry(document: bytes, *, resource: str) -> Dependent:
    """Return a container registry. Raises msgspec.MsgspecError when the document is none."""
    found, known = _base(document, resource, "registry")
    encryption = as_dict(known.get("encryption"))
    status = text_at(encryption, "status")
    source = None if status is None else "Microsoft.Keyvault" if status.lower() == "enabled" else "Microsoft"
    return msgspec.structs.replace(
        found,
        default_action=text_at(as_dict(known.get("networkRuleSet")), "defaultAction"),
        key_source=source,
        key_uri=text_at(as_dict(encryption.get("keyVaultProperties")), "keyIdentifier"),
        has_admin_user=_flag(known, "adminUserEnabled"),
        is_anonymous=_flag(known, "anonymousPullEnabled"),
    )


def parse_insights(document: bytes, *, resource: str) -> Dependent:
    """Return an Application Insights component. Raises msgspec.MsgspecError when the document is none."""
    found, known = _base(document, resource, "app insights")
    return msgspec.structs.replace(
        found,
        log_workspace=text_at(known, "WorkspaceResourceId") or text_at(known, "workspaceResourceId"),
        public_ingestion=text_at(known, "publicNetworkAccessForIngestion"),
        public_query=text_at(known, "publicNetworkAccessForQuery"),
        retention_days=_number(known, "RetentionInDays"),
    )


def parse_log_workspace(document: bytes, *, resource: str) -> Dependent:
    """Return a Log Analytics workspace. Raises msgspec.MsgspecError when the document is none."""
    found, known = _base(document, resource, "log workspace")
    return msgspec.structs.replace(
        found,
        sku=text_at(as_dict(known.get("sku")), "name"),
        public_ingestion=text_at(known, "publicNetworkAccessForIngestion"),
        public_query=text_at(known, "publicNetworkAccessForQuery"),
        retention_days=_number(known, "retentionInDays"),
        cluster=text_at(as_dict(known.get("features")), "clusterResourceId"),
    )


def parse_log_table(document: bytes, *, resource: str) -> Dependent:
    """Return one table of a Log Analytics workspace. Raises msgspec.MsgspecError when the document is none."""
    found, known = _base(document, resource, "log table")
    return msgspec.structs.replace(found, retention_days=_number(known, "retentionInDays"))


PARSERS: dict[DependentKind, Callable[..., Dependent]] = {
    "storage": parse_storage,
    "key vault": parse_vault,
    "registry": parse_registry,
    "app insights": parse_insights,
    "log workspace": parse_log_workspace,
    "log table": parse_log_table,
}


def _flag(given: Mapping[str, Any], key: str) -> bool | None:
    value = given.get(key)
    return value if isinstance(value, bool) else None


def _number(given: Mapping[str, Any], key: str) -> int | None:
    value = given.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _length(given: object) -> int | None:
    return len(items) if (items := _items(given)) is not None else None


def _items(given: object) -> list[Any] | None:
    return cast("list[Any]", given) if isinstance(given, list) else None


def _policies(given: object) -> dict[str, str] | None:
    policies = _items(given)
    if policies is None:
        return None
    found: dict[str, str] = {}
    for policy in map(as_dict, policies):
        if (who := text_at(policy, "objectId")) is not None:
            rights = as_dict(policy.get("permissions"))
            found[who] = "; ".join(
                f"{kind}: {' '.join(map(str, _items(rights[kind]) or ()))}" for kind in sorted(rights)
            )
    return found
