"""Every source of facts: what is read from Azure, how often, after what, and into which table.

A new kind is a reader in `services/`, a table in `app.tables` and one entry here. Roll-ups are at the end of `SOURCES`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from app import (
    access_facts,
    billing_facts,
    billing_tables,
    compute_facts,
    endpoint_facts,
    endpoint_tables,
    machine_tables,
    monitor_facts,
    monitor_tables,
    posture_facts,
    rollups,
    tables,
    waste_reads,
    waste_tables,
)  # fmt: skip
from app.estimated_rows import read_estimated
from app.estimating import read_estimates, write_estimates
from app.handed import Reading
from app.history.children import read_children
from app.history.newest import read_newest
from app.history.older import read_older
from app.history.values import read_values, write_values
from app.source import Read, Source, Write
from cache.table import Table
from services.activity import list_activity
from services.budgets import COSTS, COSTS_FLOOR, GRAPH, HISTORY
from services.compute import list_compute
from services.experiments import list_experiments
from services.models import list_models, list_versions
from services.records import Page, Provenance
from services.workspaces import list_workspaces

TABLES = tables.TABLES

MINUTE, HOUR, DAY = 60.0, 3600.0, 86400.0


RIGHTS = ("permissions", "role_assignments", "role_definitions")
"""What the views about rights are made of."""


def _names(reading: Reading, table: str) -> list[str]:
    return [seen.key for seen in reading.store.records(table, reading.scope)]


def _workspaces(reading: Reading) -> Iterator[Page[Any]]:
    assert reading.connection is not None
    return list_workspaces(reading.connection, stop=reading.stop)


def _experiments(reading: Reading) -> Iterator[Page[Any]]:
    return list_experiments(*reading.azure, stop=reading.stop)


def _models(reading: Reading) -> Iterator[Page[Any]]:
    return list_models(*reading.azure, stop=reading.stop)


def _versions(reading: Reading) -> Iterator[Page[Any]]:
    models = _names(reading, "models")
    return _or_nothing(reading, models, list_versions(*reading.azure, models=models, stop=reading.stop))


def _compute(reading: Reading) -> Iterator[Page[Any]]:
    return list_compute(*reading.azure, stop=reading.stop)


def _activity(reading: Reading) -> Iterator[Page[Any]]:
    newest = next(
        (seen.record.at for seen in reading.store.records("activity", reading.scope, order="-at", limit=1)), None
    )
    week = reading.now - timedelta(days=7)
    since = week if newest is None else max(week, newest - timedelta(minutes=15))
    return list_activity(*reading.azure, since=since, stop=reading.stop)


def _health(reading: Reading) -> Iterator[Page[Any]]:
    # What judges endpoints is not needed to start.
    from app.triaging.health import read_health

    return read_health(reading)


def _or_nothing(reading: Reading, parents: list[str], pages: Iterator[Page[Any]]) -> Iterator[Page[Any]]:
    """The pages, or the complete listing of nothing when there is no parent to ask about."""
    return pages if parents else iter((Page((), (), _from_cache(reading), is_last=True),))


def _from_cache(reading: Reading) -> Provenance:
    return Provenance("the cache", None, reading.now, "inferred")


def _derived(
    name: str, title: str, table: Table, read: Read, *after: str, completes: bool = True, is_on_demand: bool = False
) -> Source:
    return Source(name, title, table, read, 15 * MINUTE, after, is_derived=True, completes=completes,
                  is_on_demand=is_on_demand)  # fmt: skip


def _patient(name: str, title: str, read: Read, *after: str, write: Write | None = None) -> Source:
    return Source(name, title, tables.RUNS, read, 2 * MINUTE, after, completes=False, is_patient=True,
                  budget=HISTORY.name, write=write)  # fmt: skip


SOURCES: tuple[Source, ...] = (
    Source("workspaces", "Workspaces", tables.WORKSPACES, _workspaces, 15 * MINUTE, is_scope_account=True),
    Source("experiments", "Experiments", tables.EXPERIMENTS, _experiments, 2 * MINUTE, budget=HISTORY.name),
    Source("runs", "Runs", tables.RUNS, read_newest, 30.0, completes=False, budget=HISTORY.name),
    Source("compute", "Compute", tables.COMPUTE, _compute, 30.0),
    Source("nodes", "Nodes", tables.NODES, compute_facts.read_nodes, 30.0, ("compute",)),
    Source("endpoints", "Endpoints", endpoint_tables.ENDPOINTS, endpoint_facts.read_endpoints, 30.0),
    Source("deployments", "Deployments", endpoint_tables.DEPLOYMENTS, endpoint_facts.read_deployments, MINUTE,
           ("endpoints",)),
    Source("autoscale", "Autoscale settings", endpoint_tables.AUTOSCALE, endpoint_facts.read_autoscale, 5 * MINUTE),
    Source("batch_endpoints", "Batch endpoints", endpoint_tables.BATCH_ENDPOINTS, endpoint_facts.read_batch_endpoints,
           5 * MINUTE),
    Source("batch_deployments", "Batch deployments", endpoint_tables.BATCH_DEPLOYMENTS,
           endpoint_facts.read_batch_deployments, 5 * MINUTE, ("batch_endpoints",)),
    Source("batch_jobs", "Batch jobs", endpoint_tables.BATCH_JOBS, endpoint_facts.read_batch_jobs, 5 * MINUTE,
           ("batch_endpoints",), budget=HISTORY.name),
    Source("other_endpoints", "Other endpoints", endpoint_tables.OTHER_ENDPOINTS, endpoint_facts.read_other_endpoints,
           15 * MINUTE),
    Source("models", "Models", tables.MODELS, _models, 5 * MINUTE),
    Source("versions", "Model versions", tables.VERSIONS, _versions, 10 * MINUTE, ("models",)),
    Source("activity", "Activity log", tables.ACTIVITY, _activity, 2 * MINUTE, completes=False),
    Source("quotas", "Quota", tables.QUOTAS, compute_facts.read_quotas, 10 * MINUTE),
    Source("costs", "Costs", tables.COSTS, billing_facts.read_costs, 4 * HOUR, completes=False, budget=COSTS.name,
           floor=COSTS_FLOOR),
    Source("budgets", "Budgets", billing_tables.BUDGETS, billing_facts.read_budgets, 4 * HOUR, floor=COSTS_FLOOR,
           is_on_demand=True),
    Source("usage", "Usage", billing_tables.USAGE, billing_facts.read_usage, 4 * HOUR, floor=COSTS_FLOOR,
           is_on_demand=True),
    Source("workspace_settings", "Settings", tables.WORKSPACE_SETTINGS, posture_facts.read_settings, 10 * MINUTE),
    Source("diagnostics", "Diagnostic settings", tables.DIAGNOSTICS, posture_facts.read_settings_of_logs, 30 * MINUTE,
           ("workspace_settings", "endpoints")),
    Source("stores", "Stores", tables.STORES, posture_facts.read_stores, 30 * MINUTE,
           ("workspace_settings", "diagnostics")),
    Source("identity_grants", "Grants of the identity", tables.IDENTITY_GRANTS, posture_facts.read_identity,
           30 * MINUTE, ("workspace_settings",)),
    Source("outbound_rules", "Outbound rules", tables.OUTBOUND_RULES, posture_facts.read_rules, 30 * MINUTE,
           ("workspace_settings",)),
    Source("policies", "Policy findings", tables.POLICIES, posture_facts.read_findings, HOUR, ("workspace_settings",)),
    Source("job_variables", "Variables of jobs", tables.JOB_VARIABLES, posture_facts.read_variables, HOUR,
           ("workspace_settings", "endpoints")),
    Source("endpoint_health", "Signals of endpoints", tables.ENDPOINT_HEALTH, _health, MINUTE,
           ("endpoints", "workspace_settings")),
    Source("alert_rules", "Alert rules", monitor_tables.ALERT_RULES, monitor_facts.read_rules, 30 * MINUTE),
    # Not for the endpoints' sake: without the rights to see rules, alerts are read all the same.
    Source("alerts", "Alerts", monitor_tables.ALERTS, monitor_facts.read_alerts, MINUTE, ("endpoints", "alert_rules")),
    Source("workspace_metrics", "Workspace metrics", monitor_tables.WORKSPACE_METRICS, monitor_facts.read_metrics,
           5 * MINUTE, is_on_demand=True),
    Source("vm_sizes", "Machine sizes", machine_tables.VM_SIZES, compute_facts.read_vm_sizes, 6 * HOUR,
           is_on_demand=True),
    Source("vm_power", "Attached machines", machine_tables.VM_POWER, compute_facts.read_power, 2 * MINUTE, ("compute",),
           is_on_demand=True),
    Source("compute_use", "Use of compute", machine_tables.COMPUTE_USE, compute_facts.read_use, 5 * MINUTE,
           is_on_demand=True),
    Source("schedules", "Schedules", monitor_tables.SCHEDULES, monitor_facts.read_schedules, 15 * MINUTE),
    _patient("history", "Run history", read_older, "runs"),
    _patient("children", "Children of runs", read_children, "history"),
    _patient("values", "Metrics of runs", read_values, "children", write=write_values),
    _derived("posture", "Posture", tables.POSTURE, posture_facts.lines, *posture_facts.MADE_OF),
    # What runs cost is kept as they are written; this works it out again once prices or computes are others.
    Source("estimates", "Estimates of runs", tables.RUNS, read_estimates, 15 * MINUTE, ("runs", "compute"),
           is_derived=True, completes=False, write=write_estimates),
    _derived("experiment_rows", "Experiment sums", tables.EXPERIMENT_ROWS, rollups.experiments,
             "experiments", "runs", "history", "children"),
    _derived("estimated_rows", "Estimated sums", tables.ESTIMATED_ROWS, read_estimated,
             "runs", "history", "children", "estimates", "compute", "deployments", is_on_demand=True),
    _derived("model_rows", "Model sums", tables.MODEL_ROWS, rollups.models, "models", "versions", "deployments"),
    _derived("endpoint_rows", "Endpoint sums", endpoint_tables.ENDPOINT_ROWS, rollups.endpoints,
             "endpoints", "deployments", "endpoint_health", "autoscale", "activity"),
    _derived("deployment_rows", "Deployment sums", endpoint_tables.DEPLOYMENT_ROWS, rollups.deployments,
             "endpoints", "deployments", "autoscale", "activity"),
    _derived("batch_rows", "Batch sums", endpoint_tables.BATCH_ROWS, endpoint_facts.batch,
             "batch_endpoints", "batch_deployments", "batch_jobs"),
    _derived("batch_job_rows", "Batch job sums", endpoint_tables.BATCH_JOB_ROWS, endpoint_facts.batch_jobs,
             "batch_deployments", "batch_jobs"),
    # Operations older than the events that are read again stay as they are.
    _derived("operations", "Operations", tables.OPERATIONS, rollups.operations,
             "activity", "runs", "history", "versions", completes=False),
    _derived("schedule_rows", "Schedule sums", monitor_tables.SCHEDULE_ROWS, monitor_facts.schedules,
             "schedules", "runs", "values"),
    _derived("compute_rows", "Compute sums", machine_tables.COMPUTE_ROWS, compute_facts.computes,
             "compute", "nodes", "vm_sizes", "vm_power", "quotas", "runs", is_on_demand=True),
    _derived("node_rows", "Node sums", machine_tables.NODE_ROWS, compute_facts.nodes, "nodes", "runs",
             is_on_demand=True),
    _derived("quota_rows", "Quota sums", machine_tables.QUOTA_ROWS, compute_facts.quotas,
             "quotas", "vm_sizes", "deployments", "compute", "runs", is_on_demand=True),
    _derived("size_rows", "Size sums", machine_tables.SIZE_ROWS, compute_facts.sizes,
             "vm_sizes", "quotas", "deployments", is_on_demand=True),
    _derived("cost_rows", "Cost sums", tables.COST_ROWS, rollups.costs, "costs"),
    _derived(
        "attention", "Attention", tables.ATTENTION, rollups.attention,
        "runs", "compute", "endpoints", "deployments", "endpoint_health", "autoscale", "quotas", "costs", "alerts",
        "alert_rules", "schedule_rows",
    ),
    Source("utilization", "Use of machines", waste_tables.UTILIZATION, waste_reads.read_used, HOUR, ("deployments",),
           is_on_demand=True),
    Source("run_use", "Use by runs", waste_tables.RUN_USE, waste_reads.read_run_use, 10 * MINUTE, ("runs",),
           is_on_demand=True),
    Source("orphans", "Left behind", waste_tables.ORPHANS, waste_reads.read_left_behind, 6 * HOUR, budget=GRAPH.name,
           is_on_demand=True),
    _derived("waste", "Waste", waste_tables.WASTE, waste_reads.waste, "runs", "compute", "endpoints", "deployments",
             "autoscale", "costs", "vm_sizes", "utilization", "run_use", "orphans", is_on_demand=True),
    Source("permissions", "Permissions", tables.PERMISSIONS, access_facts.read_permissions, 10 * MINUTE),
    Source("role_assignments", "Role assignments", tables.ROLE_ASSIGNMENTS, access_facts.read_assignments,
           10 * MINUTE),
    Source("role_definitions", "Roles", tables.ROLE_DEFINITIONS, access_facts.read_definitions, HOUR),
    _derived("access", "Access", tables.ACCESS, access_facts.access, *RIGHTS),
    _derived("assignments", "Access of others", tables.ASSIGNMENTS, access_facts.assignments, *RIGHTS[1:]),
    _derived("roles", "Roles in use", tables.ROLES, access_facts.roles, *RIGHTS[1:]),
    _derived("intents", "Intents", tables.INTENTS, rollups.intents, completes=False),
)  # fmt: skip
"""Every source, in the order to read them when all are due."""

PATIENT = frozenset(source.name for source in SOURCES if source.is_patient)
"""The sources that read the past."""

ALWAYS = tuple(source.name for source in SOURCES if not source.is_on_demand)
"""The sources that are kept fresh whatever is looked at."""
