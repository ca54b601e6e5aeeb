"""The tables of what watches a workspace: alerts and the rules that raise them."""

from __future__ import annotations

from app.monitor_rows import ScheduleRow
from cache.table import Table
from services.alert_rules import AlertRule
from services.alerts import Alert
from services.schedules import Schedule
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
SCHEDULES = Table(name="schedules", record=Schedule, is_thinned=True)
SCHEDULE_ROWS = Table(
    name="schedule_rows",
    record=ScheduleRow,
    is_thinned=True,
    search=("name", "title", "endpoint", "description"),
    aliases={"schedule": "name", "on": "is_on", "status": "last_status", "ran": "last_at", "by": "created_by"},
)

TABLES = (ALERTS, ALERT_RULES, WORKSPACE_METRICS, SCHEDULES, SCHEDULE_ROWS)
"""Every table of this room."""
