"""The tables about endpoints and what answers behind them."""

from __future__ import annotations

from app.batch_rows import BatchJobRow, BatchRow
from app.container_logs.kept import TABLE as CONTAINERS
from app.container_logs.kept import ContainerLog
from app.deployment_row import DeploymentRow
from app.rows import EndpointRow
from app.scoring.rows import ANSWERS as REQUEST_ANSWERS
from app.scoring.rows import REQUESTS
from cache.table import Table
from services.autoscale import Autoscale
from services.batch_endpoints import BatchDeployment, BatchEndpoint
from services.batch_jobs import BatchJob
from services.deployments import Deployment
from services.endpoints import Endpoint
from services.other_endpoints import OtherEndpoint

_DEPLOYMENT_NAMES = {
    "deployment": "name",
    "size": "instance_type",
    "image": "environment",
    "by": "created_by",
    "timeout": "request_timeout",
    "concurrent": "max_concurrent",
    "queue": "queue_wait",
    "insights": "has_app_insights",
    "collector": "has_data_collector",
    "scaling": "scale_type",
}

ENDPOINTS = Table(name="endpoints", record=Endpoint, is_thinned=True, aliases={"endpoint": "name"})
DEPLOYMENTS = Table(
    name="deployments",
    record=Deployment,
    is_thinned=True,
    search=("name", "endpoint", "model"),
    aliases=_DEPLOYMENT_NAMES,
)
AUTOSCALE = Table(name="autoscale", record=Autoscale, is_thinned=True, search=("name", "id"))
ENDPOINT_ROWS = Table(
    name="endpoint_rows",
    record=EndpointRow,
    is_thinned=True,
    search=("name", "models"),
    aliases={"endpoint": "name", "auth": "auth_mode", "model": "models", "public": "public_access"},
)
DEPLOYMENT_ROWS = Table(
    name="deployment_rows",
    record=DeploymentRow,
    is_thinned=True,
    search=("name", "endpoint", "model"),
    aliases={**_DEPLOYMENT_NAMES, "share": "traffic", "autoscale": "has_autoscale"},
)

BATCH_ENDPOINTS = Table(name="batch_endpoints", record=BatchEndpoint, is_thinned=True)
BATCH_DEPLOYMENTS = Table(name="batch_deployments", record=BatchDeployment, is_thinned=True)
BATCH_JOBS = Table(name="batch_jobs", record=BatchJob, is_thinned=True)
BATCH_ROWS = Table(
    name="batch_rows",
    record=BatchRow,
    is_thinned=True,
    search=("endpoint", "deployment", "model", "component"),
    aliases={"name": "endpoint", "auth": "auth_mode", "errors": "error_threshold", "default": "is_default"},
)
BATCH_JOB_ROWS = Table(
    name="batch_job_rows",
    record=BatchJobRow,
    is_thinned=True,
    indexes=("created",),
    search=("name", "endpoint"),
    aliases={"state": "status", "job": "name", "errors": "error_threshold", "by": "created_by"},
)
OTHER_ENDPOINTS = Table(
    name="other_endpoints",
    record=OtherEndpoint,
    is_thinned=True,
    search=("name", "model"),
    aliases={"endpoint": "name", "by": "created_by"},
)

CONTAINER_LOGS = Table(name=CONTAINERS, record=ContainerLog, search=("endpoint", "deployment"), has_history=False)

TABLES = (
    ENDPOINTS, DEPLOYMENTS, AUTOSCALE, ENDPOINT_ROWS, DEPLOYMENT_ROWS,
    BATCH_ENDPOINTS, BATCH_DEPLOYMENTS, BATCH_JOBS, BATCH_ROWS, BATCH_JOB_ROWS,
    OTHER_ENDPOINTS, CONTAINER_LOGS, REQUESTS, REQUEST_ANSWERS,
)  # fmt: skip
"""Every table of this room."""
