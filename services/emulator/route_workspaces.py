"""ARM: subscriptions and workspaces."""

from __future__ import annotations

from services.emulator.access import sees
from services.emulator.answers import Json, Refusal, gateway_error
from services.emulator.callers import caller_of
from services.emulator.dice import guid
from services.emulator.places import Place
from services.emulator.postures import posture_of
from services.emulator.routing import Ask, Route
from services.emulator.samples import TENANT


def known_subscription(ask: Ask) -> str:
    """Return the subscription of the path in its own spelling. Raises Refusal (404) for an unknown one."""
    asked = ask.parts["subscription"]
    for subscription, _ in ask.world.subscriptions:
        if subscription.lower() == asked.lower():
            return subscription
    raise Refusal(gateway_error(404, "SubscriptionNotFound", f"The subscription '{asked}' could not be found."))


def list_subscriptions(ask: Ask) -> Json:
    """Answer the subscriptions of the account."""
    caller = caller_of(ask.request)
    known = [(one, title) for one, title in ask.world.subscriptions if sees(caller, f"/subscriptions/{one}")]
    found = [_subscription(one, title) for one, title in known]
    return {"value": found, "count": {"type": "Total", "value": len(found)}}


def get_subscription(ask: Ask) -> Json:
    """Answer one subscription."""
    own = known_subscription(ask)
    return next(_subscription(one, title) for one, title in ask.world.subscriptions if one == own)


def _subscription(subscription: str, title: str) -> Json:
    return {
        "id": f"/subscriptions/{subscription}", "authorizationSource": "RoleBased", "managedByTenants": [],
        "tags": {},
        "subscriptionId": subscription, "tenantId": TENANT, "displayName": title, "state": "Enabled",
        "subscriptionPolicies": {"locationPlacementId": "Internal_2014-09-01", "quotaId": "Internal_2014-09-01",
                                 "spendingLimit": "Off"},
    }  # fmt: skip


def list_workspaces(ask: Ask) -> Json:
    """Answer the workspaces of a subscription or of one of its resource groups, also those that let nobody in."""
    known_subscription(ask)
    group = ask.parts.get("group", "").lower()
    mine = [one for one in ask.world.places if one.subscription.lower() == ask.parts["subscription"].lower()]
    if group and group not in {one.group.lower() for one in mine}:
        message = f"Resource group '{ask.parts['group']}' could not be found."
        raise Refusal(gateway_error(404, "ResourceGroupNotFound", message))
    caller = caller_of(ask.request)
    seen = [one for one in mine if group in ("", one.group.lower()) and sees(caller, one.id)]
    return {"value": [workspace_document(one) for one in seen]}


def get_workspace(ask: Ask) -> Json:
    """Answer one workspace."""
    return workspace_document(ask.place)


def workspace_document(place: Place) -> Json:
    """Return a workspace as ARM writes it."""
    document: Json = {
        "id": place.id, "name": place.name, "type": "Microsoft.MachineLearningServices/workspaces",
        "location": place.region,
        "tags": place.tags, "etag": None, "properties": _properties(place),
        "identity": {"type": "SystemAssigned", "principalId": guid("principal", place.name), "tenantId": TENANT},
        "kind": place.kind, "sku": {"name": "Basic", "tier": "Basic"},
        "systemData": {"createdAt": place.born, "createdBy": place.creator, "createdByType": "User",
                       "lastModifiedAt": place.born,
                       "lastModifiedBy": place.creator, "lastModifiedByType": "User"},
    }  # fmt: skip
    return document


def _properties(place: Place) -> Json:
    near = f"/subscriptions/{place.subscription}/resourceGroups/{place.group}/providers"
    short = "".join(letter for letter in place.name if letter.isalnum())
    vault = "Microsoft.KeyVault" if place.kind == "Hub" else "Microsoft.Keyvault"
    insights = f"{near}/Microsoft.insights/components/ai-{place.name}" if place.kind == "Default" else None
    return {
        "friendlyName": place.friendly, "description": place.description,
        "storageAccount": f"{near}/Microsoft.Storage/storageAccounts/st{short}",
        "keyVault": f"{near}/{vault}/vaults/kv-{place.name}", "applicationInsights": insights,
        "hbiWorkspace": posture_of(place).is_hbi,
        "tenantId": TENANT, "imageBuildCompute": None, "provisioningState": "Succeeded", **_network(place, near),
        "allowRoleAssignmentOnRG": True, "v1LegacyMode": False, "softDeleteEnabled": False, "creationTime": place.born,
        "storageHnsEnabled": False, "workspaceId": place.guid, "linkedModelInventoryArmId": None,
        "mlFlowTrackingUri": f"azureml://{place.api_host}/mlflow/v1.0{place.id}", "serverlessComputeSettings": None,
        "EnableSoftwareBillOfMaterials": False, "sdkTelemetryAppInsightsKey": None, "sasGetterUri": "",
        "enableDataIsolation": place.kind != "Default", **_of_kind(place, near, short), **_posture(place, near),
    }  # fmt: skip


def _posture(place: Place, near: str) -> Json:
    """Return what the service leaves out where nobody asked for it."""
    posture = posture_of(place)
    own: Json = {"systemDatastoresAuthMode": posture.datastore_auth} if posture.datastore_auth else {}
    if posture.has_own_key:
        vault = f"{near}/Microsoft.KeyVault/vaults/kv-{place.name}"
        key = {"keyVaultArmId": vault, "keyIdentifier": f"https://kv-{place.name}.vault.azure.net/keys/ml-cmk/1f2e",
               "identityClientId": None}  # fmt: skip
        own |= {"encryption": {"status": "Enabled", "keyVaultProperties": key, "identity": None},
                "enableServiceSideCMKEncryption": False,
                "serviceProvisionedResourceGroup": f"azureml-rg-{place.name}_{place.guid}"}  # fmt: skip
    return own


def _network(place: Place, near: str) -> Json:
    is_private, is_hub = place.access == "private", place.kind == "Hub"
    host = f"ml-{place.name[:12]}-{place.region}-{place.guid}.{place.region}.notebooks.azure.net"
    managed: Json = {"changeableIsolationModes": ["AllowInternetOutbound", "AllowOnlyApprovedOutbound"],
               "isolationMode": place.isolation, "enableNetworkMonitor": False, "enableFirewallLog": False}  # fmt: skip
    if (place.isolation or "Disabled") != "Disabled":
        managed["status"] = {"status": "Active", "sparkReady": False}
    own: Json = {
        "managedNetwork": managed if place.isolation else None, "privateLinkCount": int(is_private), "ipAllowlist": [],
        "publicNetworkAccess": "Disabled" if is_private else "Enabled",
        "discoveryUrl": f"https://{place.api_host}/discovery" + (f"/workspaces/{place.guid}" if is_private else ""),
        "notebookInfo": {"resourceId": None if is_hub else guid("notebook", place.name).replace("-", ""),
                         "fqdn": None if is_hub else host, "isPrivateLinkEnabled": is_private,
                         "notebookPreparationError": None},
    }  # fmt: skip
    return {**own, "privateEndpointConnections": [_private_endpoint(place, near)]} if is_private else own


def _of_kind(place: Place, near: str, short: str) -> Json:
    """Return what only some workspaces have: a private one may not even have its registry yet."""
    if place.kind == "Hub":
        return {"workspaceHubConfig": {"defaultWorkspaceResourceGroup": near.removesuffix("/providers"),
                                       "additionalWorkspaceStorageAccounts": []}}  # fmt: skip
    if place.kind == "Project":
        return {"hubResourceId": f"{near}/Microsoft.MachineLearningServices/workspaces/ai-hub"}
    if place.access == "private":
        return {}
    return {"containerRegistry": f"{near}/Microsoft.ContainerRegistry/registries/cr{short}"}


def _private_endpoint(place: Place, near: str) -> Json:
    subnet = f"{near}/Microsoft.Network/virtualNetworks/vnet-ml/subnets/workspaces"
    state = {"status": "Approved", "description": "Auto-Approved", "actionsRequired": "None"}
    return {
        "id": f"{place.id}/privateEndpointConnections/pe-{place.name}", "location": place.region,
        "properties": {"provisioningState": "Succeeded", "privateLinkServiceConnectionState": state,
                       "privateEndpoint": {"id": f"{near}/Microsoft.Network/privateEndpoints/pe-{place.name}",
                                           "subnetArmId": subnet}},
    }  # fmt: skip


_S = "/subscriptions/{subscription}"
_LIST = "/providers/Microsoft.MachineLearningServices/workspaces"

ROUTES = (
    Route("GET", "arm", "/subscriptions", list_subscriptions, is_filtered=True),
    Route("GET", "arm", _S, get_subscription),
    Route("GET", "arm", _S + _LIST, list_workspaces, is_filtered=True),
    Route("GET", "arm", _S + "/resourceGroups/{group}" + _LIST, list_workspaces, is_filtered=True),
    Route("GET", "arm", "{ws}", get_workspace, is_open=True),
)
