"""The tables of Log Analytics: their columns, and which of them an endpoint's diagnostic setting fills."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.emulator.autoscale import AUTOSCALE, Scaled
from services.emulator.overlays import endpoint_at
from services.emulator.places import Place

if TYPE_CHECKING:
    from services.emulator.world import World

TRAFFIC, CONSOLE, EVENTS = (
    "AmlOnlineEndpointTrafficLog", "AmlOnlineEndpointConsoleLog", "AmlOnlineEndpointEventLog"
)  # fmt: skip
REQUESTS, ACTIVITY = "AppRequests", "AzureActivity"
SCALED, EVALUATED = "AutoscaleScaleActionsLog", "AutoscaleEvaluationsLog"

CATEGORIES = (TRAFFIC, CONSOLE, EVENTS)
"""What a diagnostic setting of an endpoint can send."""

_EVERY = {"TenantId": "string", "SourceSystem": "string", "Type": "string", "_ResourceId": "string",
          "_SubscriptionId": "string", "_BilledSize": "real", "_IsBillable": "string"}  # fmt: skip


def _columns(numbers: str, texts: str, more: dict[str, str] | None = None) -> dict[str, str]:
    return {"TimeGenerated": "datetime", **dict.fromkeys(texts.split(), "string"),
            **dict.fromkeys(numbers.split(), "int"), **(more or {}), **_EVERY}  # fmt: skip


COLUMNS: dict[str, dict[str, str]] = {
    TRAFFIC: _columns(
        "ResponseCode ModelStatusCode RequestPayloadSize ResponsePayloadSize TotalDurationMs RequestDurationMs "
        "ResponseDurationMs RequestThrottlingDelayMs ResponseThrottlingDelayMs",
        "OperationName AzureMLWorkspaceId AzureMLWorkspaceName EndpointName DeploymentName Method Path Protocol "
        "ResponseCodeReason ModelStatusReason UserAgent XRequestId XMSClientRequestId AuthType IdentityData Location",
    ),
    CONSOLE: _columns(
        "", "OperationName DeploymentName InstanceId ContainerName ContainerImageName Message"
    ),
    EVENTS: _columns("", "OperationName DeploymentName InstanceId Name Message"),
    REQUESTS: _columns(
        "ItemCount", "Id Name Url ResultCode AppRoleName AppRoleInstance ClientIP OperationId OperationName",
        {"Success": "bool", "DurationMs": "real", "Properties": "dynamic"},
    ),
    SCALED: _columns(
        "CurrentInstanceCount NewInstanceCount",
        "OperationName ResultType ResultDescription TargetResourceId ScaleDirection ScaleActionMessage "
        "ScaleActionOperationId ScaleActionOperationStatus CorrelationId",
    ),
    EVALUATED: _columns(
        "CurrentInstanceCount NewInstanceCount MinimumInstanceCount MaximumInstanceCount DefaultInstanceCount",
        "OperationName TargetResourceId EvaluationResult SelectedAutoscaleProfile Profile MetricName MetricNamespace "
        "MetricData Operator CoolDown TimeGrain TimeWindow CorrelationId",
        {"ObservedValue": "real", "Threshold": "real", "ShouldUpdateInstance": "bool",
         "SkipRuleEvaluationForCooldown": "bool"},
    ),
    ACTIVITY: _columns(
        "", "OperationName OperationNameValue ActivityStatus ActivityStatusValue ActivitySubstatusValue Caller "
        "CallerIpAddress CorrelationId CategoryValue Level ResourceGroup ResourceProviderValue EventDataId",
        {"Properties": "dynamic"},
    ),
}  # fmt: skip
"""Every table that there may be, each with the kinds of its columns as the query language names them."""

_SENT: dict[str, dict[str, tuple[str, ...]]] = {
    "ml-prod": {
        **dict.fromkeys(("fraud-score", "churn", "embed", "geo-rank", "nlu-intent"), CATEGORIES),
        "ocr-batch": (TRAFFIC, EVENTS), "price-elast": (TRAFFIC,),
    },
}  # fmt: skip
_EXPORTED = ("ml-prod",)
"""Workspaces whose subscription sends its activity log there."""


def sent_of(place: Place, endpoint: str) -> tuple[str, ...]:
    """Return the tables that the diagnostic setting of an endpoint fills; none where it has no setting."""
    return _SENT.get(place.name, {}).get(endpoint, ())


def scaled_of(place: Place, endpoint: str) -> tuple[Scaled, ...]:
    """Return the autoscale settings of an endpoint's deployments that are switched on: each of them logs."""
    return tuple(one for one in AUTOSCALE.get(place.name, ()) if one.endpoint == endpoint and one.is_on)


def tables_of(world: World, place: Place, endpoint: str) -> frozenset[str]:
    """Return the tables that hold something of an endpoint; a table that nothing was ever sent to does not exist."""
    found = set(sent_of(place, endpoint))
    known = endpoint_at(world.changes, place, endpoint, world.now())
    if known is not None and any(one.has_insights for one in known.deployments):
        found.add(REQUESTS)
    if scaled_of(place, endpoint):
        found |= {SCALED, EVALUATED}
    return frozenset(found | ({ACTIVITY} if place.name in _EXPORTED else set()))
