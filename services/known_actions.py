"""The actions amldeck knows by name: what its features need, and what Azure's public documents list beside them.

The list is not complete and cannot be: Azure adds actions every month. It is for finding misspelt ones.
"""

from __future__ import annotations

from functools import lru_cache

from services.abilities import ABILITIES
from services.built_in_roles import ROLES
from services.permissions import matches

_WS = "Microsoft.MachineLearningServices/workspaces"

_READ_WRITE_DELETE = (
    "batchEndpoints", "batchEndpoints/deployments", "codes", "codes/versions", "components", "components/versions",
    "computes", "connections", "data", "data/versions", "datasets/registered", "datasets/unregistered", "datastores",
    "environments", "environments/versions", "experiments", "experiments/runs", "featuresets", "featurestoreEntities",
    "jobs", "labeling/projects", "models", "models/versions", "notebooks/samples", "notebooks/storage",
    "onlineEndpoints", "onlineEndpoints/deployments", "outboundRules", "pipelines", "pipelinedrafts",
    "privateEndpointConnections", "schedules", "services", "workspaceConnections",
)  # fmt: skip
_OTHERS = (
    "read", "write", "delete", "listKeys/action", "resyncKeys/action", "diagnose/read", "diagnose/action",
    "listNotebookAccessToken/read", "listStorageAccountKeys/action", "privateEndpointConnectionsApproval/action",
    "hubs/read", "hubs/write", "hubs/delete", "featurestores/read", "featurestores/write", "featurestores/delete",
    "batchEndpoints/jobs/read", "batchEndpoints/jobs/write", "batchEndpoints/jobs/delete",
    "batchEndpoints/listKeys/action", "computes/applicationaccess/action", "computes/applicationaccessuilinks/action",
    "computes/enterprisesecurity/read", "computes/listKeys/action", "computes/listNodes/action",
    "computes/restart/action", "computes/start/action", "computes/stop/action",
    "computes/updateIdleShutdownSetting/action", "computes/updateSchedules/action", "connections/listSecrets/action",
    "data/versions/read", "datastores/listSecrets/action", "endpoints/pipelines/read", "endpoints/pipelines/write",
    "environments/build/action", "environments/readSecrets/action", "eventGridFilters/read",
    "experiments/runs/submit/action", "jobs/cancel/action", "labeling/export/action", "labeling/labels/read",
    "labeling/labels/reject/action", "labeling/labels/write", "labeling/projects/summary/read",
    "metadata/artifacts/read", "metadata/artifacts/write", "metadata/artifacts/delete", "metadata/codes/read",
    "metadata/codes/write", "metadata/secrets/read", "metadata/secrets/write", "metadata/snapshots/read",
    "metadata/snapshots/write", "metadata/snapshots/delete", "metrics/resource/write", "models/package/action",
    "modules/read", "modules/write", "notebooks/vm/read", "notebooks/vm/write", "notebooks/vm/delete",
    "onlineEndpoints/deployments/getLogs/action", "onlineEndpoints/deployments/skus/read",
    "onlineEndpoints/listKeys/action", "onlineEndpoints/regenerateKeys/action", "onlineEndpoints/score/action",
    "onlineEndpoints/token/action", "outboundNetworkDependenciesEndpoints/read", "privateLinkResources/read",
    "services/aks/delete", "services/aks/write", "services/aks/listkeys/action", "services/aks/score/action",
)  # fmt: skip
_ELSEWHERE = (
    "Microsoft.MachineLearningServices/locations/computeoperationsstatus/read",
    "Microsoft.MachineLearningServices/locations/mfeOperationResults/read",
    "Microsoft.MachineLearningServices/locations/mfeOperationsStatus/read",
    "Microsoft.MachineLearningServices/locations/quotas/read",
    "Microsoft.MachineLearningServices/locations/updateQuotas/action",
    "Microsoft.MachineLearningServices/locations/usages/read",
    "Microsoft.MachineLearningServices/locations/vmsizes/read",
    "Microsoft.MachineLearningServices/operations/read",
    "Microsoft.MachineLearningServices/register/action",
    "Microsoft.MachineLearningServices/registries/read",
    "Microsoft.MachineLearningServices/registries/write",
    "Microsoft.MachineLearningServices/registries/delete",
    "Microsoft.MachineLearningServices/registries/assets/read",
    "Microsoft.MachineLearningServices/registries/assets/write",
    "Microsoft.MachineLearningServices/registries/assets/delete",
    "Microsoft.Authorization/roleAssignments/delete", "Microsoft.Authorization/roleDefinitions/write",
    "Microsoft.Authorization/roleDefinitions/delete", "Microsoft.Authorization/locks/read",
    "Microsoft.Authorization/locks/write", "Microsoft.Authorization/policyAssignments/read",
    "Microsoft.Authorization/policyAssignments/write", "Microsoft.Authorization/elevateAccess/action",
    "Microsoft.Resources/subscriptions/read", "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Resources/subscriptions/resourceGroups/write", "Microsoft.Resources/deployments/read",
    "Microsoft.Resources/deployments/write", "Microsoft.Insights/diagnosticSettings/read",
    "Microsoft.Insights/diagnosticSettings/write", "Microsoft.OperationalInsights/workspaces/read",
    "Microsoft.OperationalInsights/workspaces/query/read", "Microsoft.KeyVault/vaults/read",
    "Microsoft.KeyVault/vaults/write", "Microsoft.Storage/storageAccounts/read",
    "Microsoft.Storage/storageAccounts/listKeys/action", "Microsoft.ContainerRegistry/registries/read",
    "Microsoft.CostManagement/query/read", "Microsoft.Consumption/budgets/write",
)  # fmt: skip
DATA_ACTIONS = (
    *sorted({one for role in ROLES for grant in role.grants for one in grant.data_actions if "*" not in one}),
    "Microsoft.KeyVault/vaults/secrets/getSecret/action",
    "Microsoft.KeyVault/vaults/secrets/readMetadata/action",
)
"""Actions on data, which only a role's dataActions can give."""


@lru_cache(maxsize=1)
def known_actions() -> tuple[str, ...]:
    """Return every action that is known by name, sorted, each spelling once."""
    found = [f"{_WS}/{kind}/{verb}" for kind in _READ_WRITE_DELETE for verb in ("read", "write", "delete")]
    found += [f"{_WS}/{one}" for one in _OTHERS] + list(_ELSEWHERE)
    found += [one for ability in ABILITIES for one in ability.actions]
    found += [one for role in ROLES for grant in role.grants for one in grant.actions if "*" not in one]
    return tuple(sorted({one.lower(): one for one in found}.values()))


def is_known_provider(pattern: str) -> bool:
    """Return whether anything is known of the resource provider a pattern begins with."""
    start = pattern.lower().partition("/")[0] + "/"
    return any(one.lower().startswith(start) for one in known_actions())


def matched(pattern: str, actions: tuple[str, ...] | None = None) -> tuple[str, ...]:
    """Return the known actions a pattern names."""
    return tuple(one for one in (known_actions() if actions is None else actions) if matches(pattern, one))
