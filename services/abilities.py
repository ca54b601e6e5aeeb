"""What one may want to do, and the actions it takes: the rows of the first documents in their order, then today's.

The first documents (2020) name three roles and thirteen operations; the actions beside them are what the same thing
takes today. What is new since is grouped by feature, not by verb: some reads are put to Azure by POST.
"""

from __future__ import annotations

from typing import Literal

import msgspec

At = Literal["workspace", "resource group", "subscription"]

_ML = "Microsoft.MachineLearningServices"
_WS = f"{_ML}/workspaces"
_ENDPOINTS = f"{_WS}/onlineEndpoints"


class Ability(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to do. It is allowed when all `actions` are, at the scope `at` or above it."""

    title: str
    actions: tuple[str, ...]
    at: At = "workspace"
    documents: tuple[str, ...] | None = None
    """The roles the documents of 2020 let do it; None for what they do not list."""
    today: str = ""
    """How it is today, where that differs from the documents; a sentence."""


def _seed(title: str, roles: str, *actions: str, at: At = "workspace", today: str = "") -> Ability:
    return Ability(title=title, actions=actions, at=at, documents=tuple(roles.split()), today=today)


def _today(title: str, *actions: str, at: At = "workspace") -> Ability:
    return Ability(title=title, actions=actions, at=at)


_SUBMIT = (
    f"{_WS}/jobs/write", f"{_WS}/experiments/runs/submit/action", f"{_WS}/environments/write",
    f"{_WS}/environments/build/action", f"{_WS}/environments/readSecrets/action", f"{_WS}/metadata/artifacts/write",
)  # fmt: skip

DOCUMENTED: tuple[Ability, ...] = (
    _seed("Create workspace", "Owner Contributor", f"{_WS}/write", at="resource group"),
    _seed("Share workspace", "Owner", "Microsoft.Authorization/roleAssignments/write",
          today="User Access Administrator and Role Based Access Control Administrator may, too."),
    _seed("Upgrade workspace to Enterprise edition", "Owner", f"{_WS}/write",
          today="Retired: there are no editions any more. What is left is changing the workspace, which a Contributor "
          "may."),
    _seed("Create compute target", "Owner Contributor", f"{_WS}/computes/write",
          today="AzureML Compute Operator may; AzureML Data Scientist may not."),
    _seed("Attach compute target", "Owner Contributor", f"{_WS}/computes/write",
          today="AzureML Compute Operator may; AzureML Data Scientist may not."),
    _seed("Attach data stores", "Owner Contributor", f"{_WS}/datastores/write",
          today="AzureML Data Scientist may, too."),
    _seed("Run experiment", "Owner Contributor", *_SUBMIT, today="AzureML Data Scientist may, too."),
    _seed("View runs/metrics", "Owner Contributor Reader", f"{_WS}/experiments/read",
          f"{_WS}/experiments/runs/read", f"{_WS}/jobs/read"),
    _seed("Register model", "Owner Contributor", f"{_WS}/models/versions/write",
          today="AzureML Data Scientist may, too."),
    _seed("Create image", "Owner Contributor", f"{_WS}/environments/versions/write",
          f"{_WS}/environments/build/action", today="An image is built of an environment today."),
    _seed("Deploy web service", "Owner Contributor", f"{_ENDPOINTS}/write", f"{_ENDPOINTS}/deployments/write",
          today="A web service is an online endpoint with deployments today."),
    _seed("View models/images", "Owner Contributor Reader", f"{_WS}/models/read", f"{_WS}/models/versions/read",
          f"{_WS}/environments/read", f"{_WS}/environments/versions/read"),
    _seed("Call web service", "Owner Contributor Reader", f"{_ENDPOINTS}/score/action",
          today="A Reader may not: endpoints want a key or a token, and Reader gets neither."),
)  # fmt: skip
"""The rows of the first documents, in their order."""

NEWER: tuple[Ability, ...] = (
    _today("See the workspace", f"{_WS}/read"),
    _today("Read artifacts, logs and snapshots", f"{_WS}/metadata/artifacts/read", f"{_WS}/metadata/snapshots/read"),
    _today("Cancel a run", f"{_WS}/jobs/cancel/action"),
    _today("Archive, restore or tag a run", f"{_WS}/jobs/write", f"{_WS}/experiments/runs/write"),
    _today("Delete a job", f"{_WS}/jobs/delete"),
    _today("Package a model", f"{_WS}/models/package/action"),
    _today("See data, datastores and components", f"{_WS}/data/read", f"{_WS}/data/versions/read",
           f"{_WS}/datastores/read", f"{_WS}/components/read", f"{_WS}/components/versions/read"),
    _today("See compute and its nodes", f"{_WS}/computes/read", f"{_WS}/computes/listNodes/action"),
    _today("Start, stop or restart an instance", f"{_WS}/computes/start/action", f"{_WS}/computes/stop/action",
           f"{_WS}/computes/restart/action"),
    _today("Set idle shutdown and schedules", f"{_WS}/computes/updateIdleShutdownSetting/action",
           f"{_WS}/computes/updateSchedules/action"),
    _today("Resize compute", f"{_WS}/computes/write"),
    _today("Delete compute", f"{_WS}/computes/delete"),
    _today("See quota", f"{_ML}/locations/usages/read", f"{_ML}/locations/quotas/read", at="subscription"),
    _today("Change quota", f"{_ML}/locations/updateQuotas/action", at="subscription"),
    _today("See endpoints and deployments", f"{_ENDPOINTS}/read", f"{_ENDPOINTS}/deployments/read",
           f"{_ENDPOINTS}/deployments/skus/read"),
    _today("Read container logs", f"{_ENDPOINTS}/deployments/getLogs/action"),
    _today("Shift endpoint traffic", f"{_ENDPOINTS}/write"),
    _today("Scale a deployment", f"{_ENDPOINTS}/deployments/write"),
    _today("Delete a deployment", f"{_ENDPOINTS}/deployments/delete"),
    _today("Read endpoint keys", f"{_ENDPOINTS}/listKeys/action"),
    _today("Get an endpoint token", f"{_ENDPOINTS}/token/action"),
    _today("Regenerate endpoint keys", f"{_ENDPOINTS}/regenerateKeys/action"),
    _today("See batch endpoints and their jobs", f"{_WS}/batchEndpoints/read", f"{_WS}/batchEndpoints/jobs/read"),
    _today("Read batch endpoint keys", f"{_WS}/batchEndpoints/listKeys/action"),
    _today("See schedules and monitors", f"{_WS}/schedules/read"),
    _today("Change schedules and monitors", f"{_WS}/schedules/write"),
    _today("Run a schedule now", f"{_WS}/schedules/trigger/action"),
    _today("Diagnose the workspace", f"{_WS}/diagnose/read"),
    _today("Resync storage keys", f"{_WS}/resyncKeys/action"),
    _today("See labelling projects", f"{_WS}/labeling/projects/read", f"{_WS}/labeling/projects/summary/read"),
    _today("See outbound dependencies", f"{_WS}/outboundNetworkDependenciesEndpoints/read"),
    _today("See Azure Monitor metrics", "Microsoft.Insights/metrics/read", "Microsoft.Insights/metricDefinitions/read"),
    _today("See the activity log", "Microsoft.Insights/eventtypes/values/read", at="subscription"),
    _today("Query logs", "Microsoft.Insights/logs/read"),
    _today("See alerts and their rules", "Microsoft.AlertsManagement/alerts/read",
           "Microsoft.Insights/metricAlerts/read", "Microsoft.Insights/scheduledQueryRules/read", at="resource group"),
    _today("Acknowledge or close alerts", "Microsoft.AlertsManagement/alerts/changestate/action"),
    _today("See autoscale settings", "Microsoft.Insights/autoscaleSettings/read", at="resource group"),
    _today("Change autoscale settings", "Microsoft.Insights/autoscaleSettings/write", at="resource group"),
    _today("See costs", "Microsoft.CostManagement/query/action", at="resource group"),
    _today("See budgets", "Microsoft.Consumption/budgets/read", at="resource group"),
    _today("See who has access", "Microsoft.Authorization/roleAssignments/read",
           "Microsoft.Authorization/roleDefinitions/read", "Microsoft.Authorization/permissions/read"),
)  # fmt: skip
"""What the first documents do not list."""

ABILITIES = (*DOCUMENTED, *NEWER)
