"""The Azure clouds: which host names belong to each, and which of them a token may be sent to."""

from __future__ import annotations

from typing import Literal

import msgspec

Audience = Literal["arm", "logs", "metrics", "score", "none"]
"""Whose token a call carries. Run history takes the token of "arm", an endpoint that takes Entra tokens "score"; "none"
sends no token."""


class Cloud(msgspec.Struct, frozen=True, kw_only=True):
    """One Azure cloud. Names are bare host names; a name with a leading dot is a suffix of host names."""

    name: str
    arm: str
    logs: str
    metrics: str
    """A suffix: the batch endpoint of metrics is regional."""
    prices: str
    login: str
    run_history_suffix: str
    storage_suffix: str
    scoring_suffix: str
    """Of the addresses where managed online endpoints answer."""
    instance_suffix: str
    """Of the addresses where applications of compute instances answer."""
    studio: str
    portal: str
    scopes: dict[str, str]
    """The token scope of each audience that has one."""

    def hosts(self, audience: Audience) -> tuple[str, ...]:
        """Return the hosts (or suffixes of hosts) that calls of this audience may go to."""
        known = {
            "arm": (self.arm, "." + self.arm, self.run_history_suffix),
            "logs": (self.logs,),
            "metrics": (self.metrics,),
            "score": (self.scoring_suffix,),
            "none": (self.prices, self.run_history_suffix, self.storage_suffix),
        }
        return known[audience]


PUBLIC = Cloud(
    name="AzureCloud",
    arm="management.azure.com",
    logs="api.loganalytics.io",
    metrics=".metrics.monitor.azure.com",
    prices="prices.azure.com",
    login="login.microsoftonline.com",
    run_history_suffix=".api.azureml.ms",
    storage_suffix=".blob.core.windows.net",
    scoring_suffix=".inference.ml.azure.com",
    instance_suffix=".instances.azureml.ms",
    studio="ml.azure.com",
    portal="portal.azure.com",
    scopes={
        "arm": "https://management.azure.com/.default",
        "logs": "https://api.loganalytics.io/.default",
        "metrics": "https://metrics.monitor.azure.com/.default",
        "score": "https://ml.azure.com/.default",
    },
)

US_GOV = Cloud(
    name="AzureUSGovernment",
    arm="management.usgovcloudapi.net",
    logs="api.loganalytics.us",
    metrics=".metrics.monitor.azure.us",
    prices="prices.azure.com",
    login="login.microsoftonline.us",
    run_history_suffix=".api.ml.azure.us",
    storage_suffix=".blob.core.usgovcloudapi.net",
    scoring_suffix=".inference.ml.azure.us",
    instance_suffix=".instances.azureml.us",
    studio="ml.azure.us",
    portal="portal.azure.us",
    scopes={
        "arm": "https://management.usgovcloudapi.net/.default",
        "logs": "https://api.loganalytics.us/.default",
        "metrics": "https://metrics.monitor.azure.us/.default",
        "score": "https://ml.azure.us/.default",
    },
)

CHINA = Cloud(
    name="AzureChinaCloud",
    arm="management.chinacloudapi.cn",
    logs="api.loganalytics.azure.cn",
    metrics=".metrics.monitor.azure.cn",
    prices="prices.azure.cn",
    login="login.partner.microsoftonline.cn",
    run_history_suffix=".api.ml.azure.cn",
    storage_suffix=".blob.core.chinacloudapi.cn",
    scoring_suffix=".inference.ml.azure.cn",
    instance_suffix=".instances.azureml.cn",
    studio="studio.ml.azure.cn",
    portal="portal.azure.cn",
    scopes={
        "arm": "https://management.chinacloudapi.cn/.default",
        "logs": "https://api.loganalytics.azure.cn/.default",
        "metrics": "https://metrics.monitor.azure.cn/.default",
        "score": "https://ml.azure.cn/.default",
    },
)

CLOUDS: dict[str, Cloud] = {"public": PUBLIC, "usgov": US_GOV, "china": CHINA}
"""The clouds by the names that scopes, settings and studio addresses know them by."""

AUDIENCES: tuple[Audience, ...] = ("arm", "logs", "metrics", "score", "none")


def is_host_of(cloud: Cloud, audience: Audience, host: str) -> bool:
    """Return whether calls of `audience` may go to `host`, a bare host name in any case."""
    name = host.lower()
    return any(
        name.endswith(known) and len(name) > len(known) if known.startswith(".") else name == known
        for known in cloud.hosts(audience)
    )


def is_azure_host(cloud: Cloud, host: str) -> bool:
    """Return whether any call of this cloud may go to `host`, a bare host name in any case."""
    return any(is_host_of(cloud, audience, host) for audience in AUDIENCES)
