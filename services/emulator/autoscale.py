"""Autoscale settings of deployments, as data: one that works, one with the slip of the documentation's own sample."""

from __future__ import annotations

import msgspec


class Scaled(msgspec.Struct, frozen=True, kw_only=True):
    """The autoscale setting of one deployment. `has_slip`: its rule to scale in says Increase."""

    endpoint: str
    deployment: str
    low: int
    high: int
    usual: int
    metric: str = "CpuUtilizationPercentage"
    above: int = 70
    below: int = 30
    is_on: bool = True
    has_slip: bool = False

    @property
    def name(self) -> str:
        """What the setting is called."""
        return f"autoscale-{self.endpoint}-{self.deployment}"


AUTOSCALE: dict[str, tuple[Scaled, ...]] = {
    "ml-prod": (
        Scaled(endpoint="geo-rank", deployment="main", low=2, high=6, usual=3),
        Scaled(endpoint="embed", deployment="blue", low=1, high=4, usual=2, metric="GpuUtilizationPercentage",
               has_slip=True),
        Scaled(endpoint="churn", deployment="blue", low=1, high=3, usual=2, is_on=False),
    ),
}  # fmt: skip
