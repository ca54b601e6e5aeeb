"""What Azure Monitor measures on online endpoints and on their deployments, a value a minute.

A minute in which nothing was asked or nothing ran is no value, which is not zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from services.emulator.demand import demand_of
from services.emulator.endpoints import Deployment
from services.emulator.flows import Minute, timeout_ms
from services.emulator.instances import Standing, instance_ids, standings
from services.emulator.places import Place

AVERAGE = ("average",)
ALL = ("average", "minimum", "maximum")

Sample = tuple[dict[str, str], float]
"""A value with what it is about, by dimension in lower case."""


class Gauge(NamedTuple):
    """One metric: its unit, what may be asked of it, by what it splits, and how values of one minute come together."""

    name: str
    unit: str
    aggregations: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    together: Literal["sum", "mean"] = "mean"


_LATENCIES = {"RequestLatency_P50": 0.0, "RequestLatency_P90": 1.2816, "RequestLatency_P95": 1.6449,
              "RequestLatency_P99": 2.3263}  # fmt: skip
_COLLECTED = ("DataCollectionEventsPerMinute", "DataCollectionErrorsPerMinute")
_OF_INSTANCES = {"CpuUtilizationPercentage": "cpu", "CpuMemoryUtilizationPercentage": "memory",
                 "GpuUtilizationPercentage": "gpu", "GpuMemoryUtilizationPercentage": "gpu_memory"}  # fmt: skip
_BRIEF = 9.0
"""Milliseconds of requests that no container took."""

ENDPOINT_GAUGES = (
    Gauge("ConnectionsActive", "Count", AVERAGE),
    Gauge("NewConnectionsPerSecond", "CountPerSecond", AVERAGE),
    Gauge("NetworkBytes", "BytesPerSecond", AVERAGE),
    Gauge("RequestsPerMinute", "Count", AVERAGE, ("deployment", "statusCode", "statusCodeClass", "modelStatusCode"),
          "sum"),
    *(Gauge(name, "MilliSeconds", AVERAGE, ("deployment",)) for name in ("RequestLatency", *_LATENCIES)),
    Gauge(_COLLECTED[0], "Count", ALL, ("deployment", "type"), "sum"),
    Gauge(_COLLECTED[1], "Count", ALL, ("deployment", "reason", "type"), "sum"),
)  # fmt: skip
DEPLOYMENT_GAUGES = (
    *(Gauge(name, "Percent", ALL, ("instanceId",)) for name in _OF_INSTANCES),
    Gauge("GpuEnergyJoules", "Count", ALL, ("instanceId",), "sum"),
    Gauge("DiskUtilization", "Percent", ALL, ("instanceId", "disk")),
    Gauge("DeploymentCapacity", "Count", ALL, ("instanceId", "State"), "sum"),
    *(Gauge(name, "MilliSeconds", AVERAGE) for name in _LATENCIES),
    Gauge("RequestsPerMinute", "Count", AVERAGE, ("envoy_response_code",), "sum"),
    Gauge(_COLLECTED[0], "Count", ALL, ("instanceId", "type"), "sum"),
    Gauge(_COLLECTED[1], "Count", ALL, ("instanceId", "reason", "type"), "sum"),
)

_ENDPOINTS = "microsoft.machinelearningservices/workspaces/onlineendpoints"
NAMESPACES = {_ENDPOINTS: ENDPOINT_GAUGES, f"{_ENDPOINTS}/deployments": DEPLOYMENT_GAUGES}
"""The namespaces of endpoints, in lower case. Those of workspaces are in `gauges`."""


def of_endpoint(minute: Minute, name: str) -> Iterator[Sample]:
    """Yield what a metric of an endpoint was in a minute."""
    demand, asked = demand_of(minute.endpoint.name), minute.requests()
    if not asked:
        return
    match name:
        case "ConnectionsActive":
            yield {}, float(2 * len(demand.clients) + asked // 12)
        case "NewConnectionsPerSecond":
            yield {}, round(asked / 60 * 0.2, 4)
        case "NetworkBytes":
            yield {}, round((demand.sent + demand.given) * asked / 60, 1)
        case "RequestsPerMinute":
            for flow in minute.flows:
                yield {"deployment": flow.deployment, "statuscode": str(flow.code),
                       "statuscodeclass": f"{flow.code // 100}xx",
                       "modelstatuscode": str(flow.model_code or "")}, float(flow.requests)  # fmt: skip
        case "DataCollectionEventsPerMinute":
            for one in minute.endpoint.deployments:
                for kind, count in _collected(minute, one):
                    yield {"deployment": one.name, "type": kind}, float(count)
        case _ if name.startswith("RequestLatency"):
            for one in minute.endpoint.deployments:
                if minute.requests(one.name):
                    yield {"deployment": one.name}, _latency(minute, one, name)
        case _:
            return


def of_deployment(place: Place, minute: Minute, deployment: Deployment, name: str) -> Iterator[Sample]:
    """Yield what a metric of a deployment was in a minute."""
    match name:
        case "RequestsPerMinute":
            for flow in minute.flows:
                if flow.deployment == deployment.name:
                    yield {"envoy_response_code": str(flow.code)}, float(flow.requests)
            mirrored = minute.requests() * minute.endpoint.mirror.get(deployment.name, 0) // 100
            if mirrored:
                yield {"envoy_response_code": "200"}, float(mirrored)
        case "DataCollectionEventsPerMinute":
            first = instance_ids(place, minute.endpoint.name, deployment)[0]
            for kind, count in _collected(minute, deployment):
                yield {"instanceid": first, "type": kind}, float(count)
        case _ if name in _LATENCIES:
            if minute.requests(deployment.name):
                yield {}, _latency(minute, deployment, name)
        case _:
            for one in standings(place, minute, deployment):
                yield from _of_instance(one, name)


def _of_instance(one: Standing, name: str) -> Iterator[Sample]:
    where = {"instanceid": one.id}
    if name == "DeploymentCapacity":
        yield {**where, "state": one.state}, 1.0
    elif name == "DiskUtilization":
        if one.disk is not None:
            yield {**where, "disk": "root"}, one.disk
            yield {**where, "disk": "temp"}, round(one.disk / 4, 3)
    else:
        value: float | None = (
            one.joules if name == "GpuEnergyJoules" else getattr(one, _OF_INSTANCES.get(name, ""), None)
        )
        if value is not None:
            yield where, value


def _collected(minute: Minute, deployment: Deployment) -> Iterator[tuple[str, int]]:
    served = sum(one.requests for one in minute.flows if (one.deployment, one.code) == (deployment.name, 200))
    if deployment.collects and served:
        yield "model_inputs", served


def _latency(minute: Minute, deployment: Deployment, name: str) -> float:
    """Return the milliseconds of a metric; no request takes longer than it may."""
    if not any(one.deployment == deployment.name and one.code in (200, 408, 424, 499) for one in minute.flows):
        return _BRIEF
    demand, slow = demand_of(minute.endpoint.name), minute.slow(deployment.name)
    found = demand.mean(slow) if name == "RequestLatency" else demand.quantile(_LATENCIES[name], slow)
    return round(min(found, timeout_ms(deployment)), 3)
