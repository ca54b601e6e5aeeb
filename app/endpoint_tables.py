"""The tables about endpoints and what answers behind them."""

from __future__ import annotations

from app.rows import DeploymentRow, EndpointRow
from cache.table import Table
from services.autoscale import Autoscale
from services.deployments import Deployment
from services.endpoints import Endpoint

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

TABLES = (ENDPOINTS, DEPLOYMENTS, AUTOSCALE, ENDPOINT_ROWS, DEPLOYMENT_ROWS)
"""Every table of this room."""
