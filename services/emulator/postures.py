"""How safe each emulated workspace is, as data: its encryption, stores, grants, logs and policy findings."""

from __future__ import annotations

import msgspec

from services.emulator.places import Place

SHARED_KEY_POLICY = "8c6a50c6-9ffd-4ae7-986f-5fa6111f9a54"
PRIVATE_LINK_POLICY = "45e05259-1eb5-4f70-9574-baf73e9d219b"
DISK_POLICY = "0961003e-5a0a-4549-abde-af6a37f2724d"
POLICY_TITLES = {
    SHARED_KEY_POLICY: "Storage accounts should prevent shared key access",
    PRIVATE_LINK_POLICY: "Azure Machine Learning workspaces should use private link",
    DISK_POLICY: "Virtual machines should encrypt temp disks, caches and data flows",
}

EVERYTHING = {
    "workspace": "Contributor", "storage": "Storage Blob Data Contributor", "vault": "Key Vault Administrator",
    "registry": "AcrPull", "group": "Contributor",
}  # fmt: skip
"""What the identity of a workspace needs: place → role."""


class Posture(msgspec.Struct, frozen=True, kw_only=True):
    """The posture of one workspace. `grants` is role by place: workspace, storage, vault, registry, group."""

    is_hbi: bool = False
    has_own_key: bool = False
    datastore_auth: str | None = None
    grants: dict[str, str] = msgspec.field(default_factory=lambda: {**EVERYTHING})
    has_shared_key: bool | None = None
    """None as the service writes it where nobody ever set it: allowed."""
    key_days: int = 300
    has_public_blobs: bool = False
    tls: str = "TLS1_2"
    is_closed: bool = False
    """Its stores let nobody in from outside."""
    is_vault_rbac: bool = True
    is_purge_protected: bool | None = True
    has_admin_user: bool = False
    registry_sku: str = "Standard"
    log_days: int = 30
    has_cluster: bool = False
    is_diagnosed: bool = False
    findings: tuple[tuple[str, str], ...] = ()
    """(place or ARM id tail, policy): what Azure Policy found."""
    gone: tuple[str, ...] = ()
    """Resources that were deleted behind the workspace's back."""
    refused: tuple[str, ...] = ()
    """Resources the account may not read."""


_PRODUCTION = Posture(
    datastore_auth="identity", has_shared_key=True, key_days=512, log_days=90, is_diagnosed=True,
    grants={"workspace": "Contributor", "storage": "Storage Blob Data Contributor", "vault": "Key Vault Administrator"},
    findings=(("storage", SHARED_KEY_POLICY), ("workspace", PRIVATE_LINK_POLICY), ("jumphost", DISK_POLICY)),
)  # fmt: skip
_STAGING = Posture(
    grants={where: role for where, role in EVERYTHING.items() if where != "vault"},
    datastore_auth="accessKey", has_public_blobs=True, tls="TLS1_0", is_vault_rbac=False, is_purge_protected=None,
    has_admin_user=True, registry_sku="Basic", key_days=25,
)  # fmt: skip
_PRIVATE = Posture(
    is_hbi=True, has_own_key=True, datastore_auth="identity", has_shared_key=False, key_days=60, is_closed=True,
    registry_sku="Premium", log_days=365, has_cluster=True, is_diagnosed=True,
)  # fmt: skip
_RESEARCH = Posture(
    grants={"workspace": "Endpoint operator", "storage": "Storage Blob Data Contributor", "registry": "AcrPull"},
    gone=("insights",), refused=("vault",), key_days=801,
)  # fmt: skip

POSTURES = {"ml-prod": _PRODUCTION, "ml-staging": _STAGING, "ml-private": _PRIVATE, "ml-research": _RESEARCH}


def posture_of(place: Place) -> Posture:
    """Return how safe a workspace is; what nobody thought about is as Azure makes it."""
    return POSTURES.get(place.name, Posture())


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One outbound rule: an FQDN, a service tag with ports, or a part of a resource."""

    name: str
    type: str
    to: str
    part: str = ""
    category: str = "UserDefined"
    status: str = "Active"


OUTBOUND_RULES: dict[str, tuple[Rule, ...]] = {
    "ml-prod": (
        Rule(name="feature-store", type="PrivateEndpoint", to="stfeatures", part="dfs"),
        Rule(name="__SYS_PE_stmlprod_blob", type="PrivateEndpoint", to="stmlprod", part="blob", category="Required"),
        Rule(name="__SYS_PE_stmlprod_file", type="PrivateEndpoint", to="stmlprod", part="file", category="Required"),
    ),
    "ml-private": (
        Rule(name="pypi", type="FQDN", to="pypi.org"),
        Rule(name="pytorch", type="FQDN", to="*.pytorch.org"),
        Rule(name="anything", type="FQDN", to="*", status="Inactive"),
        Rule(name="data-factory", type="ServiceTag", to="DataFactory", part="80, 8080-8089"),
        Rule(name="patients-lake", type="PrivateEndpoint", to="stpatients", part="dfs"),
        *(
            Rule(name=f"__SYS_ST_{tag}", type="ServiceTag", to=tag, part="*", category="Required")
            for tag in ("AzureActiveDirectory", "AzureMachineLearning", "AzureMonitor", "AzureResourceManager",
                        "BatchNodeManagement", "MicrosoftContainerRegistry", "VirtualNetwork")
        ),
        Rule(name="__SYS_PE_stmlprivate_blob", type="PrivateEndpoint", to="stmlprivate", part="blob",
             category="Required"),
    ),
}  # fmt: skip
