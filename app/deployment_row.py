"""The row of a deployment: what it is, with what its endpoint and Azure Monitor know of it."""

from __future__ import annotations

from datetime import datetime

from services.deployments import Deployment
from services.records import Money


class DeploymentRow(Deployment, frozen=True, kw_only=True):
    """One deployment with its part of the traffic, its price an hour and its autoscale setting."""

    traffic: float | None = None
    """Per cent of the endpoint's requests; None while the endpoint was not read, or does not say."""
    mirror: float | None = None
    per_hour: Money | None = None
    """What its instances cost an hour, estimated; None while that is unknown."""
    priced: str | None = None
    """How that came about, or why there is no price."""
    has_autoscale: bool | None = None
    """None while the settings were not read."""
    autoscale_name: str | None = None
    autoscale_on: bool | None = None
    autoscale_min: int | None = None
    autoscale_max: int | None = None
    autoscale_default: int | None = None
    autoscale_rules: tuple[str, ...] = ()
    autoscale_problems: tuple[str, ...] = ()
    last_scaled: datetime | None = None
    """When autoscale last gave or took instances, as far as the activity log was read."""
    last_scale: str | None = None
    """`2 to 3`, and that it failed where it did."""
