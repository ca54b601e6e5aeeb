"""The tables of what watches a workspace: alerts and the rules that raise them."""

from __future__ import annotations

from cache.table import Table
from services.alert_rules import AlertRule
from services.alerts import Alert
from services.workspace_metrics import WorkspaceMetric

ALERTS = Table(
    name="alerts",
    record=Alert,
    is_thinned=True,
    indexes=("fired",),
    search=("name", "target_name", "description"),
    aliases={"age": "fired", "since": "fired", "resource": "target_name", "kind": "target_kind", "by": "changed_by"},
)
ALERT_RULES = Table(
    name="alert_rules",
    record=AlertRule,
    is_thinned=True,
    search=("name", "targets", "watches"),
    aliases={"rule": "name", "resource": "targets", "groups": "notifies"},
)

WORKSPACE_METRICS = Table(
    name="workspace_metrics",
    record=WorkspaceMetric,
    has_history=False,
    search=("name", "metric"),
    aliases={"each": "grain"},
)

TABLES = (ALERTS, ALERT_RULES, WORKSPACE_METRICS)
"""Every table of this room."""
