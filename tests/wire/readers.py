"""Which reader a recorded answer belongs to: by method and path, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.activity import list_activity
from services.batch_endpoints import list_batch_deployments
from services.compute import get_compute, list_compute
from services.connection import Connection
from services.cost_budgets import get_budget
from services.cost_dimensions import list_dimensions
from services.cost_forecast import list_forecast
from services.costs import list_costs
from services.deployments import get_deployment, list_deployments
from services.endpoints import get_endpoint, list_endpoints
from services.experiments import list_experiments
from services.jobs import get_job, list_jobs
from services.logs import LogQuery, read_logs
from services.models import get_model, get_version, list_models, list_versions
from services.nodes import list_nodes
from services.outbound_rules import list_outbound_rules
from services.permissions import list_permissions
from services.quotas import list_quotas
from services.records import Page, Provenance, WorkspaceRef
from services.role_assignments import list_role_assignments
from services.role_definitions import get_role_definition, list_role_definitions
from services.run_index import list_indexed_runs
from services.run_metrics import read_metrics
from services.runs import get_definition, get_details, get_run, list_children, list_runs
from services.schedules import get_schedule, list_schedules
from services.subscriptions import list_subscriptions
from services.usage_details import get_billing_period, list_usage
from services.vm_sizes import list_vm_sizes
from services.workspaces import get_workspace, list_workspaces
from tests.services.answering import NOW

Names = Mapping[str, str]
Read = Callable[[Connection, WorkspaceRef, Names], "Page[Any] | Iterator[Page[Any]]"]


@dataclass(frozen=True)
class Reader:
    """A reader and the answers it reads: their methods and paths, and where in them the items are."""

    name: str
    methods: str
    path: str
    read: Read
    items: str = ""
    """A dotted path; empty for an answer that is one resource."""
    is_alias: bool = False
    """The reader asks another path for the same answer."""

    @property
    def verbatim(self) -> Mapping[str, str]:
        """What must be shown as Azure wrote it: field of the record → dotted path in the item."""
        return VERBATIM.get(self.name, {})


_SUB = r"/subscriptions/(?P<s>[^/]+)"
_ML = r"/providers/Microsoft\.MachineLearningServices"
_WS = rf"{_SUB}/resourceGroups/(?P<g>[^/]+){_ML}/workspaces/(?P<w>[^/]+)"
_HISTORY = rf"/history/v1\.0{_WS}(?:/(?:experiments|experimentids)/(?P<e>[^/]+))?"
_N = "(?P<n>[^/]+)"
_ONE = "GET PUT PATCH"
_EVENTS = r"/providers/Microsoft\.Insights/eventtypes/management/values"

READERS = (
    Reader("subscriptions", "GET", "/subscriptions", lambda c, ref, n: list_subscriptions(c), "value"),
    Reader("workspaces", "GET", rf"{_SUB}{_ML}/workspaces", lambda c, ref, n: list_workspaces(c, n["s"]), "value"),
    Reader(
        "workspaces", "GET", rf"{_SUB}/resourceGroups/[^/]+{_ML}/workspaces",
        lambda c, ref, n: list_workspaces(c, n["s"]), "value", is_alias=True,
    ),
    Reader("workspace", _ONE, _WS, lambda c, ref, n: get_workspace(c, ref)),
    Reader("jobs", "GET", rf"{_WS}/jobs", lambda c, ref, n: list_jobs(c, ref), "value"),
    Reader("job", _ONE, rf"{_WS}/jobs/{_N}", lambda c, ref, n: get_job(c, ref, n["n"])),
    Reader(
        "experiments", "POST", rf"/history/v1\.0{_WS}/experiments:query",
        lambda c, ref, n: list_experiments(c, ref), "value",
    ),
    Reader(
        "runs", "POST", rf"{_HISTORY}/runs:query",
        lambda c, ref, n: list_runs(c, ref, n.get("e", "name")), "value", is_alias=True,
    ),
    Reader(
        "children", "GET", rf"{_HISTORY}/runs/{_N}/children",
        lambda c, ref, n: list_children(c, ref, n["n"]), "value", is_alias=True,
    ),
    Reader(
        "details", "GET", rf"{_HISTORY}/runs/{_N}/details",
        lambda c, ref, n: get_details(c, ref, n["n"]), is_alias=True,
    ),
    Reader("run", _ONE, rf"{_HISTORY}/runs/{_N}", lambda c, ref, n: get_run(c, ref, n["n"]), is_alias=True),
    Reader("rundata", "POST", rf"{_HISTORY}/rundata", lambda c, ref, n: get_definition(c, ref, "name"), is_alias=True),
    Reader("run index", "POST", rf"/index/v1\.0{_WS}/entities", lambda c, ref, n: list_indexed_runs(c, ref), "value"),
    Reader(
        "metrics", "POST", rf"/metric/v2\.0{_WS}/runs/{_N}/lastvalues",
        lambda c, ref, n: read_metrics(c, ref, n["n"]), "value",
    ),
    Reader("compute", "GET", rf"{_WS}/computes", lambda c, ref, n: list_compute(c, ref), "value"),
    Reader("one compute", _ONE, rf"{_WS}/computes/{_N}", lambda c, ref, n: get_compute(c, ref, n["n"])),
    Reader("nodes", "POST", rf"{_WS}/computes/{_N}/listNodes", lambda c, ref, n: list_nodes(c, ref, n["n"]), "nodes"),
    Reader(
        "sizes", "GET", rf"{_SUB}{_ML}/locations/{_N}/vmSizes",
        lambda c, ref, n: list_vm_sizes(c, ref, location=n["n"]), "value",
    ),
    Reader(
        "quotas", "GET", rf"{_SUB}{_ML}/locations/{_N}/usages",
        lambda c, ref, n: list_quotas(c, ref, location=n["n"]), "value",
    ),
    Reader("endpoints", "GET", rf"{_WS}/onlineEndpoints", lambda c, ref, n: list_endpoints(c, ref), "value"),
    Reader("endpoint", _ONE, rf"{_WS}/onlineEndpoints/{_N}", lambda c, ref, n: get_endpoint(c, ref, n["n"])),
    Reader(
        "deployments", "GET", rf"{_WS}/onlineEndpoints/{_N}/deployments",
        lambda c, ref, n: list_deployments(c, ref, endpoints=[n["n"]]), "value",
    ),
    Reader(
        "deployment", _ONE, rf"{_WS}/onlineEndpoints/(?P<e>[^/]+)/deployments/{_N}",
        lambda c, ref, n: get_deployment(c, ref, n["e"], n["n"]),
    ),
    Reader(
        "batch deployments", "GET", rf"{_WS}/batchEndpoints/{_N}/deployments",
        lambda c, ref, n: list_batch_deployments(c, ref, [n["n"]], asked=Provenance("names", None, NOW)), "value",
    ),
    Reader("schedules", "GET", rf"{_WS}/schedules", lambda c, ref, n: list_schedules(c, ref), "value"),
    Reader("schedule", "GET", rf"{_WS}/schedules/{_N}", lambda c, ref, n: get_schedule(c, ref, n["n"])),
    Reader("models", "GET", rf"{_WS}/models", lambda c, ref, n: list_models(c, ref), "value"),
    Reader("model", _ONE, rf"{_WS}/models/{_N}", lambda c, ref, n: get_model(c, ref, n["n"])),
    Reader(
        "versions", "GET", rf"{_WS}/models/{_N}/versions",
        lambda c, ref, n: list_versions(c, ref, models=[n["n"]]), "value",
    ),
    Reader(
        "version", _ONE, rf"{_WS}/models/(?P<e>[^/]+)/versions/{_N}",
        lambda c, ref, n: get_version(c, ref, n["e"], n["n"]),
    ),
    Reader("outbound rules", "GET", rf"{_WS}/outboundRules", lambda c, ref, n: list_outbound_rules(c, ref), "value"),
    Reader("activity", "GET", rf"{_SUB}{_EVENTS}", lambda c, ref, n: list_activity(c, ref, since=NOW), "value"),
    Reader(
        "permissions", "GET", rf"(?P<n>{_SUB}(?:/.+)?)/providers/Microsoft\.Authorization/permissions",
        lambda c, ref, n: list_permissions(c, n["n"]), "value", is_alias=True,
    ),
    Reader(
        "assignments", "GET", rf"(?P<n>{_SUB}(?:/.+)?)/providers/Microsoft\.Authorization/roleAssignments",
        lambda c, ref, n: list_role_assignments(c, n["n"]), "value",
    ),
    Reader(
        "roles", "GET", rf"(?P<n>(?:{_SUB}(?:/.+)?)?)/providers/Microsoft\.Authorization/roleDefinitions",
        lambda c, ref, n: list_role_definitions(c, n.get("n", "")), "value", is_alias=True,
    ),
    Reader(
        "role", "GET", rf"(?P<n>{_SUB}(?:/.+)?)/providers/Microsoft\.Authorization/roleDefinitions/(?P<e>[^/]+)",
        lambda c, ref, n: get_role_definition(c, n["n"], n["e"]),
    ),
    Reader(
        "costs", "POST", r"(?:/.+)?/providers/Microsoft\.CostManagement/query",
        lambda c, ref, n: list_costs(c, ref, start=NOW, end=NOW), "properties.rows", is_alias=True,
    ),
    Reader(
        "forecast", "POST", r"(?:/.+)?/providers/Microsoft\.CostManagement/forecast",
        lambda c, ref, n: list_forecast(c, ref, kind="ActualCost", start=NOW, end=NOW), "properties.rows",
        is_alias=True,
    ),
    Reader(
        "dimensions", "GET", r"(?:/.+)?/providers/Microsoft\.CostManagement/dimensions",
        lambda c, ref, n: list_dimensions(c, ref), "value", is_alias=True,
    ),
    Reader(
        "budget", _ONE, rf"(?P<e>{_SUB}(?:/.+)?)/providers/Microsoft\.Consumption/budgets/{_N}",
        lambda c, ref, n: get_budget(c, n["e"], n["n"]),
    ),
    Reader(
        "usage", "GET", r"(?P<e>/.+)/providers/Microsoft\.Consumption/usageDetails",
        lambda c, ref, n: list_usage(c, n["e"]), "value",
    ),
    Reader(
        "billing period", "GET", rf"{_SUB}/providers/Microsoft\.Billing/billingPeriods/{_N}",
        lambda c, ref, n: get_billing_period(c, n["s"], n["n"]),
    ),
    Reader("logs", "POST", rf"/v1/(?P<e>workspaces|apps)/{_N}/query", lambda c, ref, n: _logs(c, n)),
)  # fmt: skip


def _logs(connection: Connection, names: Names) -> Page[Any]:
    """A query of a Log Analytics workspace, which is asked under its own name as a resource is under its id."""
    resource = f"/{names['e']}/{names['n']}"
    return read_logs(connection, resource, LogQuery(name="any", text="T"), NOW, NOW)


_RUN = {"status": "status", "id": "runId", "parent": "parentRunId", "number": "runNumber"}
_JOB = {"status": "properties.status", "id": "name", "experiment": "properties.experimentName"}
_COMPUTE = {
    "provisioning": "properties.provisioningState",
    "kind": "properties.computeType",
    "target_nodes": "properties.properties.targetNodeCount",
    "running_nodes": "properties.properties.nodeStateCounts.runningNodeCount",
    "resource": "properties.resourceId",
}
_ENDPOINT = {"state": "properties.provisioningState", "auth_mode": "properties.authMode", "id": "name"}
_DEPLOYMENT = {"state": "properties.provisioningState", "name": "name", "instances": "sku.capacity"}
_VERSION = {"version": "name", "type": "properties.modelType", "is_archived": "properties.isArchived"}
_WORKSPACE = {
    "state": "properties.provisioningState",
    "kind": "kind",
    "public_access": "properties.publicNetworkAccess",
    "location": "location",
}
VERBATIM: Mapping[str, Mapping[str, str]] = {
    "subscriptions": {"name": "displayName", "state": "state"},
    "workspaces": _WORKSPACE,
    "workspace": _WORKSPACE,
    "jobs": _JOB,
    "job": _JOB,
    "experiments": {"name": "name"},
    "runs": _RUN,
    "children": _RUN,
    "details": _RUN,
    "run": _RUN,
    "rundata": {name: f"runMetadata.{path}" for name, path in _RUN.items()},
    "run index": {"status": "annotations.status", "id": "properties.runId", "experiment": "properties.experimentName"},
    "metrics": {"name": "name"},
    "compute": _COMPUTE,
    "one compute": _COMPUTE,
    "nodes": {"node": "nodeId", "state": "nodeState", "run": "runId"},
    "quotas": {"used": "currentValue", "limit": "limit", "unit": "unit"},
    "sizes": {"name": "name", "family": "family", "cores": "vCPUs", "gpus": "gpus", "memory_gb": "memoryGB"},
    "endpoints": _ENDPOINT,
    "endpoint": _ENDPOINT,
    "deployments": _DEPLOYMENT,
    "deployment": _DEPLOYMENT,
    "batch deployments": {"state": "properties.provisioningState", "mini_batch": "properties.miniBatchSize"},
    "models": {"name": "name", "latest_version": "properties.latestVersion"},
    "model": {"name": "name", "latest_version": "properties.latestVersion"},
    "versions": _VERSION,
    "version": _VERSION,
    "dimensions": {"id": "properties.category", "total": "properties.total", "about": "properties.description"},
    "budget": {"name": "name", "grain": "properties.timeGrain", "category": "properties.category"},
    "usage": {
        "product": "properties.product",
        "quantity": "properties.usageQuantity",
        "unit": "properties.meterDetails.unit",
        "is_estimated": "properties.isEstimated",
    },
    "billing period": {"name": "name"},
    "assignments": {"scope": "properties.scope", "principal_kind": "properties.principalType"},
    "role": {"name": "properties.roleName"},
    "outbound rules": {"type": "properties.type", "category": "properties.category", "status": "properties.status"},
    "activity": {"status": "status.value", "operation": "operationName.value", "caller": "caller"},
}


def reader_of(method: str, path: str) -> tuple[Reader, Names] | None:
    """The reader an answer belongs to with the names in its path, or None for kinds that have none yet."""
    for reader in READERS:
        found = re.fullmatch(reader.path, path.rstrip("/"), re.IGNORECASE)
        if found and method in reader.methods.split():
            return reader, {name: value for name, value in found.groupdict().items() if value}
    return None


def ref_in(names: Names) -> WorkspaceRef:
    """The workspace a path is in; stand-ins for what it does not name."""
    return WorkspaceRef(names.get("s", "sub"), names.get("g", "group"), names.get("w", "workspace"))


def at(item: Any, path: str) -> Any:
    """What stands at a dotted path, or None."""
    for name in path.split(".") if path else ():
        item = item.get(name) if isinstance(item, dict) else None
    return item
