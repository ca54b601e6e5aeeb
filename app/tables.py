"""The tables of the cache: one for each record, with what is quick on it and what else its fields may be called."""

from __future__ import annotations

from app import billing_tables, endpoint_tables, machine_tables, monitor_tables, waste_tables
from app.access_rows import AccessRow, AssignmentRow, RoleRow
from app.estimated_table import TABLE as ESTIMATED_ROWS
from app.history.plan import TABLE as PLANS
from app.history.plan import ExperimentPlan
from app.kept_logs import KeptLog
from app.note import Note
from app.rows import LOG_ANSWERS as ANSWERS
from app.rows import CostRow, EndpointHealth, ExperimentRow, IntentRow, LogAnswer, ModelRow, Operation
from cache.table import Counted, Table
from services.activity import Event
from services.artifacts import Artifact
from services.attention import Attention
from services.compute_record import Compute
from services.costs import CostLine
from services.dependent_parsers import Dependent
from services.diagnostics import Diagnostics
from services.experiments import Experiment
from services.identity_grants import IdentityGrants
from services.job_definition import JobDocument
from services.job_variables import JobVariables
from services.models import Model, ModelVersion
from services.nodes import Node
from services.outbound_rules import OutboundRule
from services.permissions import Grant
from services.policies import PolicyFinding
from services.posture_lines import PostureLine
from services.previews import Preview
from services.prices import Price
from services.putting_away import PutAway
from services.quotas import Quota
from services.role_assignments import RoleAssignment
from services.role_definitions import RoleDefinition
from services.run import Run
from services.run_logs import RunLog
from services.workspace_settings import WorkspaceSettings
from services.workspaces import Workspace

_RUN_NAMES = {
    "dur": "duration",
    "ran": "duration",
    "exp": "experiment",
    "cluster": "compute",
    "run": "name",
    "start": "started",
    "end": "ended",
    "type": "kind",
    "size": "vm_size",
    "wait": "queued",
    "code": "error_code",
    "commit": "git_commit",
    "branch": "git_branch",
    "image": "environment",
}

WORKSPACES = Table(
    name="workspaces",
    record=Workspace,
    search=("name", "resource_group", "friendly_name"),
    aliases={"group": "resource_group", "region": "location"},
)
EXPERIMENTS = Table(name="experiments", record=Experiment, aliases={"experiment": "name"})
RUNS = Table(
    name="runs",
    record=Run,
    indexes=(
        "created", "started", "ended", "name", "status", "duration", "queued", "experiment+created",
        "status+created", "user+created", "compute+created", "parent+created", "kind+created", "metrics_at+created",
    ),
    search=("name", "id", "experiment", "user", "error", "error_code", "tags", "params"),
    has_search_index=True,
    kept=(
        "command", "environment", "params", "metrics", "metrics_at", "children_at", "region", "charged", "cost",
        "cost_unknown",
    ),
    counted=(
        *(Counted((field, "status"), ("parent",), "duration") for field in ("compute", "user", "experiment")),
        Counted(("experiment", "user"), ("parent",)),
    ),
    aliases=_RUN_NAMES,
)  # fmt: skip
RUN_HISTORY = Table(name=PLANS, record=ExperimentPlan, search=("id",), has_history=False)
MODELS = Table(name="models", record=Model, aliases={"model": "name"})
VERSIONS = Table(
    name="versions",
    record=ModelVersion,
    indexes=("created", "model+created"),
    search=("id", "description"),
    aliases={"name": "model", "by": "created_by"},
)
COMPUTE = Table(
    name="compute",
    record=Compute,
    is_thinned=True,
    search=("name", "owner", "assigned_to"),
    aliases={**machine_tables.COMPUTE_NAMES, "user": "assigned_to"},
)
NODES = Table(
    name="nodes",
    record=Node,
    is_thinned=True,
    search=("node", "compute", "run"),
    aliases={"cluster": "compute", "name": "node"},
)
QUOTAS = Table(
    name="quotas",
    record=Quota,
    is_thinned=True,
    search=("name", "title"),
    aliases={"family": "name", "region": "location"},
)
PRICES = Table(name="prices", record=Price, is_thinned=True, search=("sku",), aliases={"size": "sku", "system": "os"})
ACTIVITY = Table(name="activity", record=Event, indexes=("at",), search=("title", "operation", "resource", "caller"))
COSTS = Table(
    name="costs",
    record=CostLine,
    indexes=("day", "cost"),
    search=("resource_name", "service"),
    aliases={"amount": "cost", "name": "resource_name", "group": "resource_group", "type": "resource_type"},
)
EXPERIMENT_ROWS = Table(
    name="experiment_rows",
    record=ExperimentRow,
    is_thinned=True,
    indexes=("last_run",),
    aliases={"experiment": "name", "user": "users", "success": "success_7d", "hours": "hours_7d"},
)
MODEL_ROWS = Table(
    name="model_rows",
    record=ModelRow,
    is_thinned=True,
    indexes=("created",),
    aliases={"model": "name", "latest": "latest_version", "used": "used_by", "by": "created_by"},
)
OPERATIONS = Table(
    name="operations",
    record=Operation,
    is_thinned=True,
    indexes=("at",),
    search=("title", "operation", "resource_name", "caller", "caller_name"),
    aliases={
        "created": "at",
        "started": "at",
        "when": "at",
        "who": "caller",
        "user": "caller",
        "type": "resource_type",
        "from": "origin",
    },
)
COST_ROWS = Table(
    name="cost_rows",
    record=CostRow,
    is_thinned=True,
    indexes=("month",),
    search=("name", "service"),
    aliases={"cost": "month", "amount": "month", "kind": "type"},
)
ATTENTION = Table(
    name="attention",
    record=Attention,
    is_thinned=True,
    indexes=("rank",),
    search=("what", "why", "owner"),
    aliases={"age": "since", "user": "owner", "name": "what"},
)

INTENTS = Table(
    name="intents",
    record=IntentRow,
    indexes=("at",),
    search=("what", "name", "who", "said"),
    aliases={"created": "at", "when": "at", "user": "who", "state": "outcome", "status": "outcome", "age": "at"},
)

PERMISSIONS = Table(name="permissions", record=Grant, is_thinned=True, search=("scope",))
ROLE_ASSIGNMENTS = Table(name="role_assignments", record=RoleAssignment, search=("principal", "scope"))
ROLE_DEFINITIONS = Table(name="role_definitions", record=RoleDefinition, search=("name",))
ACCESS = Table(
    name="access",
    record=AccessRow,
    is_thinned=True,
    indexes=("number",),
    search=("id", "actions", "role"),
    aliases={"operation": "id", "may": "me"},
)
ASSIGNMENTS = Table(
    name="assignments",
    record=AssignmentRow,
    is_thinned=True,
    indexes=("since",),
    search=("who", "role", "scope_name", "principal"),
    aliases={"name": "who", "level": "scope_kind"},
)
ROLES = Table(
    name="roles", record=RoleRow, is_thinned=True, search=("name", "description"), aliases={"custom": "is_custom"}
)
WORKSPACE_SETTINGS = Table(name="workspace_settings", record=WorkspaceSettings, is_thinned=True)
STORES = Table(name="stores", record=Dependent, is_thinned=True)
IDENTITY_GRANTS = Table(name="identity_grants", record=IdentityGrants, is_thinned=True)
OUTBOUND_RULES = Table(name="outbound_rules", record=OutboundRule, is_thinned=True)
DIAGNOSTICS = Table(name="diagnostics", record=Diagnostics, is_thinned=True)
POLICIES = Table(name="policies", record=PolicyFinding, is_thinned=True)
JOB_VARIABLES = Table(name="job_variables", record=JobVariables, is_thinned=True)
DEFINITIONS = Table(name="definitions", record=JobDocument)
POSTURE = Table(
    name="posture",
    record=PostureLine,
    is_thinned=True,
    indexes=("rank",),
    search=("about", "fact", "detail"),
    aliases={"name": "about", "state": "standing", "age": "seen", "command": "change"},
)

ENDPOINT_HEALTH = Table(name="endpoint_health", record=EndpointHealth, is_thinned=True)
LOG_ANSWERS = Table(name=ANSWERS, record=LogAnswer, search=("endpoint", "query"), has_history=False)
NOTES = Table(name="notes", record=Note, indexes=("at",), search=("text", "by"), has_history=False)
PUT_AWAY = Table(name="put_away", record=PutAway, search=("what", "reason"), has_history=False)
RUN_LOGS = Table(name="run_logs", record=RunLog, is_thinned=True, indexes=("run+rank",), search=("name",))
KEPT_LOGS = Table(name="kept_logs", record=KeptLog, is_thinned=True, indexes=("run",))
ARTIFACTS = Table(name="artifacts", record=Artifact, is_thinned=True, indexes=("run+path",), search=("path",))
PREVIEWS = Table(name="previews", record=Preview, is_thinned=True, indexes=("run",), search=("path",))

TABLES: tuple[Table, ...] = (
    WORKSPACES, EXPERIMENTS, RUNS, RUN_HISTORY, MODELS, VERSIONS, COMPUTE, NODES, QUOTAS, PRICES, ACTIVITY, COSTS,
    *endpoint_tables.TABLES, *monitor_tables.TABLES, *machine_tables.TABLES, *billing_tables.TABLES,
    *waste_tables.TABLES,
    WORKSPACE_SETTINGS, STORES, IDENTITY_GRANTS, OUTBOUND_RULES, DIAGNOSTICS, POLICIES, JOB_VARIABLES, POSTURE,
    ESTIMATED_ROWS, EXPERIMENT_ROWS, MODEL_ROWS, OPERATIONS, COST_ROWS, ATTENTION, INTENTS,
    PERMISSIONS, ROLE_ASSIGNMENTS, ROLE_DEFINITIONS, ACCESS, ASSIGNMENTS, ROLES,
    RUN_LOGS, KEPT_LOGS, ARTIFACTS, PREVIEWS, DEFINITIONS, LOG_ANSWERS, ENDPOINT_HEALTH, NOTES, PUT_AWAY,
)  # fmt: skip
"""Every table the store is opened with."""
