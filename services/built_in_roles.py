"""Azure's built-in roles that matter here, the smallest first, as its public documents define them.

They are documents, not an answer of Azure: a role of the same name may have grown since. What a signed-in account
really holds comes from `services.permissions`; this table only says which role to ask for.
"""

from __future__ import annotations

from services.permissions import Grant, includes, includes_data
from services.role_definitions import RoleDefinition

_ML = "Microsoft.MachineLearningServices"
_WS = f"{_ML}/workspaces"
_IN_WORKSPACE = tuple(f"{_WS}/*/{verb}" for verb in ("read", "action", "delete", "write"))
_WORKSPACE_ITSELF = (f"{_WS}/delete", f"{_WS}/write")
_HUBS = (f"{_WS}/hubs/write", f"{_WS}/hubs/delete", f"{_WS}/featurestores/write", f"{_WS}/featurestores/delete")
_BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers"


def _role(
    name: str,
    key: str,
    *actions: str,
    without: tuple[str, ...] = (),
    data: tuple[str, ...] = (),
    about: str = "",
) -> RoleDefinition:
    grant = Grant(id="#0", actions=actions, not_actions=without, data_actions=data)
    return RoleDefinition(id=key, name=name, is_custom=False, description=about or None, grants=(grant,), scopes=("/",))


ROLES: tuple[RoleDefinition, ...] = (
    _role("AzureML Registry User", "1823dd4f-9b8c-4ab6-ab4e-7397a3684615", f"{_ML}/registries/read",
          f"{_ML}/registries/assets/*", about="Use what a registry holds"),
    _role("AcrPull", "7f951dda-4ed3-4680-a7ca-43fe172d538d", "Microsoft.ContainerRegistry/registries/pull/read",
          about="Pull images"),
    _role("Cost Management Reader", "72fafb9e-0641-4937-9268-a91bfd8191a3", "Microsoft.Consumption/*/read",
          "Microsoft.CostManagement/*/read", "Microsoft.Billing/billingPeriods/read",
          "Microsoft.Billing/billingProperty/read", "Microsoft.Resources/subscriptions/read",
          "Microsoft.Resources/subscriptions/resourceGroups/read", "Microsoft.Support/*",
          "Microsoft.Advisor/configurations/read", "Microsoft.Advisor/recommendations/read",
          "Microsoft.Management/managementGroups/read", about="See costs and budgets"),
    _role("Billing Reader", "fa23ad8b-c56e-40d8-ac0c-ce449e1d2c64", "Microsoft.Authorization/*/read",
          "Microsoft.Billing/*/read", "Microsoft.Commerce/*/read", "Microsoft.Consumption/*/read",
          "Microsoft.Management/managementGroups/read", "Microsoft.CostManagement/*/read", "Microsoft.Support/*",
          about="See bills"),
    _role("AzureML Compute Operator", "e503ece1-11d0-4e8e-8e2c-7a6c3bf38815", f"{_WS}/computes/*",
          f"{_WS}/notebooks/vm/*", about="Create, start, stop and delete compute, without seeing the workspace"),
    _role("Storage Blob Data Reader", "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", f"{_BLOBS}/read",
          "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
          data=(f"{_BLOBS}/blobs/read",), about="Read blobs"),
    _role("Storage Blob Data Contributor", "ba92f5b4-2d11-453d-a403-e96b0029c9fe", f"{_BLOBS}/delete",
          f"{_BLOBS}/read", f"{_BLOBS}/write",
          "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action",
          data=tuple(f"{_BLOBS}/blobs/{verb}" for verb in ("delete", "read", "write", "move/action", "add/action")),
          about="Read, write and delete blobs"),
    _role("Key Vault Administrator", "00482a5a-887f-4fb3-b363-3b7fe8e74483", "Microsoft.Authorization/*/read",
          "Microsoft.KeyVault/checkNameAvailability/read", "Microsoft.KeyVault/deletedVaults/read",
          "Microsoft.KeyVault/locations/*/read", "Microsoft.KeyVault/vaults/*/read",
          "Microsoft.KeyVault/operations/read", data=("Microsoft.KeyVault/vaults/*",),
          about="Everything inside a key vault"),
    _role("Reader", "acdd72a7-3385-48ef-bd42-f606fba81ae7", "*/read", about="See everything, change nothing"),
    _role("Monitoring Reader", "43d0d8ad-25c7-4714-9337-8ba259a9fe05", "*/read",
          "Microsoft.OperationalInsights/workspaces/search/action", "Microsoft.Support/*",
          about="See everything, and search logs"),
    _role("Log Analytics Reader", "73c42c96-874c-492b-b04d-ab87d138a893", "*/read",
          "Microsoft.OperationalInsights/workspaces/analytics/query/action",
          "Microsoft.OperationalInsights/workspaces/search/action", "Microsoft.Support/*",
          without=("Microsoft.OperationalInsights/workspaces/sharedKeys/read",),
          about="See everything, and query logs"),
    _role("Monitoring Contributor", "749f88d5-cbae-40b8-bcfc-e573ddc772fa", "*/read",
          "Microsoft.AlertsManagement/alerts/*", "Microsoft.AlertsManagement/alertsSummary/*",
          "Microsoft.Insights/actiongroups/*", "Microsoft.Insights/activityLogAlerts/*",
          "Microsoft.Insights/AlertRules/*", "Microsoft.Insights/components/*",
          "Microsoft.Insights/diagnosticSettings/*", "Microsoft.Insights/metricalerts/*",
          "Microsoft.Insights/metrics/*", "Microsoft.Insights/scheduledqueryrules/*",
          "Microsoft.OperationalInsights/workspaces/search/action", "Microsoft.Support/*",
          "Microsoft.AlertsManagement/smartDetectorAlertRules/*", "Microsoft.AlertsManagement/actionRules/*",
          "Microsoft.AlertsManagement/smartGroups/*", about="See everything, and change what watches it"),
    _role("AzureML Data Scientist", "f6c7c914-8db3-469d-8ca1-694a8f32e121", *_IN_WORKSPACE,
          without=(*_WORKSPACE_ITSELF, f"{_WS}/computes/*/write", f"{_WS}/computes/*/delete",
                   f"{_WS}/computes/listKeys/action", f"{_WS}/listKeys/action", *_HUBS),
          about="Everything in a workspace, except creating or deleting compute and changing the workspace itself"),
    _role("Azure AI Developer", "64702f94-c441-49e6-a78b-ef80e0188fee", *_IN_WORKSPACE, f"{_ML}/locations/*/read",
          "Microsoft.Authorization/*/read", "Microsoft.Resources/deployments/*",
          without=(*_WORKSPACE_ITSELF, f"{_WS}/listKeys/action", *_HUBS),
          about="Everything in a hub, except managing it"),
    _role("Role Based Access Control Administrator", "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
          "Microsoft.Authorization/roleAssignments/write", "Microsoft.Authorization/roleAssignments/delete", "*/read",
          "Microsoft.Support/*", about="Give and take roles"),
    _role("User Access Administrator", "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9", "*/read", "Microsoft.Authorization/*",
          "Microsoft.Support/*", about="Give and take every right"),
    _role("Azure AI Administrator", "b78c5d69-af96-48a3-bf8d-a8b4d589de94", "Microsoft.Authorization/*/read",
          "Microsoft.CognitiveServices/*", "Microsoft.ContainerRegistry/registries/*",
          "Microsoft.DocumentDb/databaseAccounts/*", "Microsoft.Features/features/read",
          "Microsoft.Features/providers/features/read", "Microsoft.Features/providers/features/register/action",
          "Microsoft.Insights/alertRules/*", "Microsoft.Insights/components/*",
          "Microsoft.Insights/diagnosticSettings/*",
          "Microsoft.Insights/generateLiveToken/read", "Microsoft.Insights/metricAlerts/*",
          "Microsoft.Insights/scheduledqueryrules/*", "Microsoft.Insights/topology/read",
          "Microsoft.Insights/transactions/read", "Microsoft.Insights/webtests/*", "Microsoft.KeyVault/*", f"{_ML}/*",
          "Microsoft.ResourceHealth/availabilityStatuses/read", "Microsoft.Resources/deployments/*",
          "Microsoft.Resources/deployments/operations/read", "Microsoft.Resources/subscriptions/operationresults/read",
          "Microsoft.Resources/subscriptions/read", "Microsoft.Resources/subscriptions/resourcegroups/deployments/*",
          "Microsoft.Resources/subscriptions/resourceGroups/read",
          "Microsoft.Resources/subscriptions/resourceGroups/write", "Microsoft.Storage/storageAccounts/*",
          "Microsoft.Support/*", "Microsoft.Search/searchServices/write", "Microsoft.Search/searchServices/read",
          "Microsoft.Search/searchServices/delete", "Microsoft.DataFactory/factories/*",
          about="Everything of Azure AI and Azure ML, and what a workspace stands on"),
    _role("Contributor", "b24988ac-6180-42a0-ab88-20f7382dd24c", "*",
          without=("Microsoft.Authorization/*/Delete", "Microsoft.Authorization/*/Write",
                   "Microsoft.Authorization/elevateAccess/Action", "Microsoft.Blueprint/blueprintAssignments/write",
                   "Microsoft.Blueprint/blueprintAssignments/delete", "Microsoft.Compute/galleries/share/action",
                   "Microsoft.Purview/consents/write", "Microsoft.Purview/consents/delete",
                   "Microsoft.Resources/deploymentStacks/manageDenySetting/action"),
          about="Change everything, except who may do what"),
    _role("Owner", "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "*", about="Everything"),
)  # fmt: skip
"""The smallest first: the first that includes an action is the one to ask for."""

BY_ID = {role.id: role for role in ROLES}
BY_NAME = {role.name: role for role in ROLES}

WIDE = ("Owner", "Contributor", "User Access Administrator", "Role Based Access Control Administrator")
"""Roles that are more than a day's work needs."""


def gives(role: RoleDefinition, action: str) -> bool:
    """Return whether a role gives an action of the control or the data plane."""
    return any(includes(grant, action) or includes_data(grant, action) for grant in role.grants)


def roles_that_grant(*actions: str) -> tuple[str, ...]:
    """Return the names of the built-in roles that give all of these actions, the smallest first."""
    return tuple(role.name for role in ROLES if actions and all(gives(role, action) for action in actions))


def role_that_grants(*actions: str) -> str | None:
    """Return the smallest built-in role that gives all of these actions; None when none of the known ones does."""
    return next(iter(roles_that_grant(*actions)), None)
