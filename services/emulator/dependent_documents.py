"""The resources a workspace hangs on, as their own providers write them."""

from __future__ import annotations

from typing import Any

from services.emulator.dice import guid
from services.emulator.places import Place
from services.emulator.postures import Posture, posture_of
from services.emulator.samples import TENANT
from services.emulator.ticks import DAY, stamp

Json = dict[str, Any]

KINDS = {
    "storage": "Microsoft.Storage/storageAccounts", "vault": "Microsoft.KeyVault/vaults",
    "registry": "Microsoft.ContainerRegistry/registries", "insights": "Microsoft.insights/components",
    "logs": "Microsoft.OperationalInsights/workspaces",
}  # fmt: skip


def near(place: Place) -> str:
    """Return the providers of the workspace's resource group, as the beginning of ids."""
    return f"/subscriptions/{place.subscription}/resourceGroups/{place.group}/providers"


def names_of(place: Place) -> dict[str, str]:
    """Return the names of the resources a workspace hangs on, by what they are."""
    short = "".join(letter for letter in place.name if letter.isalnum())
    named = {"storage": f"st{short}", "vault": f"kv-{place.name}", "logs": f"log-{place.name}"}
    if place.kind == "Default":
        named["insights"] = f"ai-{place.name}"
        if place.access != "private":
            named["registry"] = f"cr{short}"
    return named


def id_of(place: Place, what: str) -> str:
    """Return the ARM id of one of them."""
    return f"{near(place)}/{KINDS[what]}/{names_of(place)[what]}"


def principal_of(place: Place) -> str:
    """Return the object id of a workspace's own identity."""
    return guid("principal", place.name)


def dependent_document(place: Place, what: str, now: int) -> Json:
    """Return one of the resources a workspace hangs on."""
    posture = posture_of(place)
    make = {"storage": _storage, "vault": _vault, "registry": _registry, "insights": _insights, "logs": _logs}[what]
    head = {"id": id_of(place, what), "name": names_of(place)[what], "type": KINDS[what], "location": place.region}
    return {**head, "tags": {}, **make(place, posture, now)}


def _access(posture: Posture) -> str:
    return "Disabled" if posture.is_closed else "Enabled"


def _rules(posture: Posture) -> Json:
    action = "Deny" if posture.is_closed else "Allow"
    return {"bypass": "AzureServices", "virtualNetworkRules": [], "ipRules": [], "defaultAction": action}


def _links(posture: Posture, place: Place, what: str) -> list[Json]:
    if not posture.is_closed:
        return []
    own = f"{id_of(place, what)}/privateEndpointConnections/pe-{what}"
    state = {"status": "Approved", "description": "Auto-Approved", "actionRequired": "None"}
    return [{"id": own, "name": f"pe-{what}", "properties": {"provisioningState": "Succeeded",
             "privateLinkServiceConnectionState": state}}]  # fmt: skip


def _storage(place: Place, posture: Posture, now: int) -> Json:
    made = stamp(now // DAY * DAY - posture.key_days * DAY, "Z")
    services = {name: {"keyType": "Account", "enabled": True, "lastEnabledTime": made} for name in ("file", "blob")}
    encryption: Json = {"services": services, "keySource": "Microsoft.Storage"}
    if posture.has_own_key:
        vault = {"keyname": "ml-cmk", "keyversion": "", "keyvaulturi": f"https://kv-{place.name}.vault.azure.net/"}
        encryption |= {"keySource": "Microsoft.Keyvault", "keyvaultproperties": vault}
    shared = {} if posture.has_shared_key is None else {"allowSharedKeyAccess": posture.has_shared_key}
    return {
        "sku": {"name": "Standard_LRS", "tier": "Standard"}, "kind": "StorageV2",
        "properties": {
            "keyCreationTime": {"key1": made, "key2": made}, **shared, "publicNetworkAccess": _access(posture),
            "allowCrossTenantReplication": False, "minimumTlsVersion": posture.tls,
            "allowBlobPublicAccess": posture.has_public_blobs, "isHnsEnabled": False, "networkAcls": _rules(posture),
            "supportsHttpsTrafficOnly": True, "encryption": encryption, "accessTier": "Hot",
            "provisioningState": "Succeeded", "creationTime": place.born, "primaryLocation": place.region,
            "statusOfPrimary": "available", "privateEndpointConnections": _links(posture, place, "storage"),
        },
    }  # fmt: skip


def _vault(place: Place, posture: Posture, now: int) -> Json:
    everything = {"keys": ["all"], "secrets": ["all"], "certificates": ["all"], "storage": []}
    own = {"tenantId": TENANT, "objectId": principal_of(place), "permissions": everything}
    purge = {} if posture.is_purge_protected is None else {"enablePurgeProtection": posture.is_purge_protected}
    return {
        "properties": {
            "sku": {"family": "A", "name": "Standard"}, "tenantId": TENANT, "networkAcls": _rules(posture),
            "accessPolicies": [] if posture.is_vault_rbac else [own], "enabledForDeployment": False,
            "enableSoftDelete": True, "softDeleteRetentionInDays": 90, **purge,
            "enableRbacAuthorization": posture.is_vault_rbac, "publicNetworkAccess": _access(posture),
            "vaultUri": f"https://kv-{place.name}.vault.azure.net/", "provisioningState": "Succeeded",
            "privateEndpointConnections": _links(posture, place, "vault"),
        },
    }  # fmt: skip


def _registry(place: Place, posture: Posture, now: int) -> Json:
    name = names_of(place)["registry"]
    return {
        "sku": {"name": posture.registry_sku, "tier": posture.registry_sku},
        "properties": {
            "loginServer": f"{name}.azurecr.io", "creationDate": place.born, "provisioningState": "Succeeded",
            "adminUserEnabled": posture.has_admin_user, "encryption": {"status": "disabled"},
            "dataEndpointEnabled": False, "privateEndpointConnections": [], "publicNetworkAccess": _access(posture),
            "networkRuleBypassOptions": "AzureServices", "zoneRedundancy": "Disabled", "anonymousPullEnabled": False,
        },
    }  # fmt: skip


def _insights(place: Place, posture: Posture, now: int) -> Json:
    return {
        "kind": "web", "etag": '"00000000-0000-0000-0000-000000000000"',
        "properties": {
            "ApplicationId": f"ai-{place.name}", "AppId": guid("insights", place.name), "Application_Type": "web",
            "Flow_Type": "Bluefield", "Request_Source": "rest", "CreationDate": place.born, "TenantId":
            place.subscription, "provisioningState": "Succeeded", "RetentionInDays": 90, "DisableLocalAuth": False,
            "WorkspaceResourceId": id_of(place, "logs"), "IngestionMode": "LogAnalytics",
            "publicNetworkAccessForIngestion": _access(posture), "publicNetworkAccessForQuery": _access(posture),
        },
    }  # fmt: skip


def _logs(place: Place, posture: Posture, now: int) -> Json:
    cluster = f"{near(place)}/Microsoft.OperationalInsights/clusters/cmk-logs"
    features: Json = {"legacy": 0, "searchVersion": 1, "enableLogAccessUsingOnlyResourcePermissions": True}
    return {
        "properties": {
            "customerId": guid("logs", place.name), "provisioningState": "Succeeded",
            "sku": {"name": "pergb2018", "lastSkuUpdate": place.born}, "retentionInDays": posture.log_days,
            "features": {**features, "clusterResourceId": cluster} if posture.has_cluster else features,
            "publicNetworkAccessForIngestion": _access(posture), "publicNetworkAccessForQuery": _access(posture),
        },
    }  # fmt: skip


def log_table_document(place: Place, table: str) -> Json:
    """Return one table: it is kept as long as its workspace says, the console log of production longer."""
    days = posture_of(place).log_days
    own = 180 if table == "AmlOnlineEndpointConsoleLog" and place.name == "ml-prod" else days
    return {
        "id": f"{id_of(place, 'logs')}/tables/{table}", "name": table,
        "properties": {"retentionInDays": own, "totalRetentionInDays": own, "archiveRetentionInDays": 0,
                       "plan": "Analytics", "provisioningState": "Succeeded",
                       "retentionInDaysAsDefault": own == days, "schema": {"name": table, "tableType": "Microsoft"}},
    }  # fmt: skip
