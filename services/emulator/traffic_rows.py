"""Rows of single requests, as the traffic log and Application Insights hold them: as many as the minutes say."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, NamedTuple

from services.emulator.demand import demand_of
from services.emulator.dependent_documents import id_of
from services.emulator.dice import Dice, as_guid, guid
from services.emulator.flows import Flow, Minute, timeout_ms
from services.emulator.instances import instance_ids
from services.emulator.log_tables import REQUESTS, TRAFFIC
from services.emulator.places import Place
from services.emulator.ticks import MINUTE, datetime_of

if TYPE_CHECKING:
    from services.emulator.world import World

Json = dict[str, Any]

_REASONS = {
    200: "via_upstream", 401: "auth_failed", 403: "public_network_access_disabled", 404: "no_deployment_with_traffic",
    408: "request_timeout", 424: "model_error", 429: "too_many_pending_requests", 499: "client_disconnected",
    500: "internal_error", 502: "bad_gateway", 503: "no_healthy_upstream",
}  # fmt: skip
_BRIEF = {401: 3, 403: 2, 404: 2, 429: 4, 500: 35, 502: 22, 503: 9}
"""How many milliseconds it takes to be turned away."""
_NORMAL = NormalDist()


class Request(NamedTuple):
    """One request, when it came and how long it took."""

    at: int
    flow: Flow
    ms: int
    id: str
    dice: Dice


def requests_of(world: World, minute: Minute) -> list[Request]:
    """Return the requests of one minute, oldest first."""
    key = f"{world.seed}/{minute.endpoint.name}/{minute.at}"
    found: list[Request] = []
    for number, flow in enumerate(minute.flows):
        times = _Times(minute, flow)
        for place in range(flow.requests):
            dice = Dice("request", key, number, place)
            at = minute.at + dice.whole(0, MINUTE // 10_000) * 10_000
            found.append(Request(at, flow, times.of(dice), flow.id or as_guid(dice.hex(32)), dice))
    found.sort(key=lambda one: one.at)
    return found


class _Times:
    """How long requests of one kind take."""

    def __init__(self, minute: Minute, flow: Flow) -> None:
        deployment = next((one for one in minute.endpoint.deployments if one.name == flow.deployment), None)
        self._code = flow.code
        self._demand = demand_of(minute.endpoint.name)
        self._slow = minute.slow(flow.deployment)
        self._most = timeout_ms(deployment) if deployment else 5000.0
        self._kept = max(0.02, 1 - self._demand.share_over(self._most, self._slow))

    def of(self, dice: Dice) -> int:
        """Return whole milliseconds, never over the timeout."""
        if self._code in _BRIEF:
            return int(_BRIEF[self._code] * dice.between(1, 0.6, 1.7)) + 1
        if self._code == 408:
            return int(self._most)
        z = _NORMAL.inv_cdf(min(0.9999, max(0.0001, dice.unit(1) * self._kept)))
        # Code that raises does so before the model is asked; a client that leaves has waited long.
        part = {424: 0.4, 499: 3.0}.get(self._code, 1.0)
        return max(1, int(min(self._demand.quantile(z, self._slow) * part, self._most)))


def common(place: Place, table: str, resource: str) -> Json:
    """Return the columns that every row of a table has."""
    return {"TenantId": guid("log workspace", place.name), "SourceSystem": "Azure", "Type": table,
            "_ResourceId": resource.lower(), "_SubscriptionId": place.subscription, "_BilledSize": 640.0,
            "_IsBillable": "True"}  # fmt: skip


def traffic_rows(world: World, place: Place, minute: Minute) -> Iterator[Json]:
    """Yield the traffic log of one minute of an endpoint."""
    endpoint, demand = minute.endpoint, demand_of(minute.endpoint.name)
    has_identity = endpoint.auth != "Key"
    same: Json = {
        **common(place, TRAFFIC, f"{place.id}/onlineEndpoints/{endpoint.name}"), "OperationName": "Score",
        "AzureMLWorkspaceId": place.guid, "AzureMLWorkspaceName": place.name, "EndpointName": endpoint.name,
        "Method": "POST", "Path": "/score", "Protocol": "HTTP/1.1", "AuthType": endpoint.auth,
        "Location": place.region, "RequestThrottlingDelayMs": 0, "ResponseThrottlingDelayMs": 0,
    }  # fmt: skip
    for one in requests_of(world, minute):
        flow, dice = one.flow, one.dice
        sending = min(one.ms, 1 + dice.whole(2, 3))
        yield {
            **same, "TimeGenerated": datetime_of(one.at), "DeploymentName": flow.deployment,
            "ResponseCode": flow.code, "ResponseCodeReason": _REASONS.get(flow.code, ""),
            "ModelStatusCode": flow.model_code,
            "ModelStatusReason": {200: "OK", 500: "Internal Server Error"}.get(flow.model_code or 0, ""),
            "RequestPayloadSize": int(demand.sent * dice.between(3, 0.7, 1.4)),
            "ResponsePayloadSize": int(demand.given * dice.between(4, 0.8, 1.3)) if flow.code == 200 else 96,
            "UserAgent": flow.client.agent[:70], "XRequestId": one.id, "XMSClientRequestId": one.id,
            "TotalDurationMs": one.ms, "RequestDurationMs": sending, "ResponseDurationMs": one.ms,
            "IdentityData": flow.client.identity if has_identity else "",
        }  # fmt: skip


def app_requests(world: World, place: Place, minute: Minute) -> Iterator[Json]:
    """Yield what Application Insights holds of one minute: requests that a container with it switched on answered."""
    endpoint = minute.endpoint
    watched = {one.name: one for one in endpoint.deployments if one.has_insights}
    url = f"https://{endpoint.name}.{place.region}.inference.ml.azure.com/score"
    same = common(place, REQUESTS, id_of(place, "insights"))
    for one in requests_of(world, minute):
        flow = one.flow
        if flow.deployment not in watched or flow.model_code is None:
            continue
        instances = instance_ids(place, endpoint.name, watched[flow.deployment])
        yield {
            **same, "TimeGenerated": datetime_of(one.at), "Id": one.id.replace("-", "")[:16], "Name": "POST /score",
            "Url": url, "Success": flow.code == 200, "ResultCode": str(flow.model_code), "DurationMs": float(one.ms),
            "AppRoleName": f"{endpoint.name}/{flow.deployment}", "ClientIP": "0.0.0.0", "ItemCount": 1,
            "AppRoleInstance": one.dice.pick(5, instances), "OperationId": one.id.replace("-", ""),
            "OperationName": "POST /score",
            "Properties": {"HTTPMethod": "POST", "UserAgent": flow.client.agent, "ComputeType": "Managed",
                           "RequestUrl": url, "StatusCode": str(flow.model_code), "RequestId": one.id,
                           "Duration": str(one.ms), "Workspace Name": place.name, "Service Name": endpoint.name},
        }  # fmt: skip
