"""Every pane there is, in the order of their digits. A new pane is one file here and one name in `PANES`."""

from __future__ import annotations

from typing import Any

from app.panes.access import ACCESS
from app.panes.activity import ACTIVITY
from app.panes.alert_rules import ALERT_RULES
from app.panes.alerts import ALERTS
from app.panes.assignments import ASSIGNMENTS
from app.panes.batch import BATCH
from app.panes.batch_jobs import BATCH_JOBS
from app.panes.budgets import BUDGETS
from app.panes.compute import COMPUTE
from app.panes.compute_use import COMPUTE_USE
from app.panes.costs import COSTS
from app.panes.deployments import DEPLOYMENTS
from app.panes.endpoints import ENDPOINTS
from app.panes.estimated import ESTIMATED
from app.panes.experiments import EXPERIMENTS
from app.panes.intents import INTENTS
from app.panes.models import MODELS, VERSIONS
from app.panes.nodes import NODES
from app.panes.other_endpoints import OTHER_ENDPOINTS
from app.panes.posture import POSTURE
from app.panes.pulse import PULSE
from app.panes.quotas import QUOTAS
from app.panes.roles import ROLES
from app.panes.runs import RUNS
from app.panes.schedules import SCHEDULES
from app.panes.sizes import SIZES
from app.panes.sync import SYNC
from app.panes.usage import USAGE
from app.panes.waste import WASTE
from app.panes.workspace_metrics import WORKSPACE_METRICS
from widgets.pane import Pane

PANES: tuple[Pane[Any], ...] = (
    PULSE, EXPERIMENTS, RUNS, MODELS, COMPUTE, ENDPOINTS, COSTS, ACTIVITY, SYNC,
    DEPLOYMENTS, BATCH, BATCH_JOBS, OTHER_ENDPOINTS, VERSIONS, NODES, QUOTAS, SIZES, COMPUTE_USE, BUDGETS, USAGE,
    INTENTS, ALERTS, ALERT_RULES, WORKSPACE_METRICS, SCHEDULES,
    ACCESS, ASSIGNMENTS, ROLES,
    POSTURE, WASTE, ESTIMATED,
)  # fmt: skip
