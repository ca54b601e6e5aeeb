"""What Azure Monitor measured on online endpoints and on the deployments behind them, as signals of triage.

Fifty resources a call, whatever their number: requests by deployment and status code, latencies by deployment,
connections and bytes; of deployments what their instances did and how many are in which state.

Requests a minute are an average over the minutes in which there were any: one 500 in an hour would be one a minute. So
they are asked for minute by minute and put together here, still requests a minute. Percentiles over a longer grain
become means of percentiles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from services.minutes import REQUESTS
from services.monitor_metrics import Measured, MetricsQuestion, read_measured
from services.parsing import id_part
from services.records import Page, Stop, WorkspaceRef, never
from services.triage_facts import Signal

if TYPE_CHECKING:
    from services.connection import Connection

ENDPOINTS = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints"
DEPLOYMENTS = f"{ENDPOINTS}/deployments"
TOP = 200
"""Series of one metric of one resource at most; what is beyond is said by `is_cut`."""

LATENCIES = ("RequestLatency", "RequestLatency_P50", "RequestLatency_P90", "RequestLatency_P95", "RequestLatency_P99")
COLLECTED, DROPPED = "DataCollectionEventsPerMinute", "DataCollectionErrorsPerMinute"
_OF_ENDPOINTS: tuple[tuple[tuple[str, ...], dict[str, str]], ...] = (
    ((REQUESTS,), {"deployment": "*", "statusCode": "*"}),
    ((*LATENCIES, COLLECTED, DROPPED), {"deployment": "*"}),
    (("ConnectionsActive", "NewConnectionsPerSecond", "NetworkBytes"), {}),
)
LIGHT = (REQUESTS, "RequestLatency_P95")
"""What is asked of every endpoint to tell whether all is well."""
_LIGHT: tuple[tuple[tuple[str, ...], dict[str, str]], ...] = (
    ((REQUESTS,), {"deployment": "*", "statusCode": "*"}),
    (LIGHT[1:], {"deployment": "*"}),
)
_OF_DEPLOYMENTS: tuple[tuple[tuple[str, ...], dict[str, str]], ...] = (
    (
        ("CpuUtilizationPercentage", "CpuMemoryUtilizationPercentage", "GpuUtilizationPercentage",
         "GpuMemoryUtilizationPercentage"),
        {"instanceId": "*"},
    ),
    (("DiskUtilization",), {"instanceId": "*", "disk": "*"}),
    (("DeploymentCapacity",), {"instanceId": "*", "State": "*"}),
)  # fmt: skip
_SPARSE = (REQUESTS, "DeploymentCapacity")
MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
BY_MINUTE = timedelta(days=8)
"""Up to which length these are asked for minute by minute; beyond it what is rare looks more frequent than it is."""
_GRAINS = ((timedelta(hours=6), 1), (timedelta(hours=30), 5), (timedelta(days=5), 15), (timedelta(days=30), 60))


class EndpointSignal(msgspec.Struct, frozen=True, kw_only=True):
    """One signal with the endpoint it is of."""

    endpoint: str
    signal: Signal


def grain_of(length: timedelta) -> timedelta:
    """Return how long a point of a window should be: a few hundred points say all that a screen can show."""
    minutes = next((minutes for longest, minutes in _GRAINS if length <= longest), _GRAINS[-1][1])
    return timedelta(minutes=minutes)


def read_signals(
    connection: Connection,
    ref: WorkspaceRef,
    region: str,
    endpoints: Sequence[str],
    deployments: Mapping[str, Sequence[str]],
    start: datetime,
    end: datetime,
    grain: timedelta,
    *,
    is_light: bool = False,
    stop: Stop = never,
) -> Iterator[Page[EndpointSignal]]:
    """Yield the signals of endpoints and of their deployments (by endpoint), a page a call, what matters most first.

    With `is_light` only requests and their p95 are asked: what tells whether all is well.

    Times are aware UTC. An endpoint that measured nothing is not among the records. Raises ServiceError. Reads POST
    {region}.metrics.monitor.azure.com/subscriptions/{s}/metrics:getBatch.
    """
    questions = _questions(ref, region, endpoints, deployments, start, end, grain, is_light=is_light)
    for number, question in enumerate(questions, 1):
        for page in read_measured(connection, question, stop=stop):
            is_last = page.is_last and number == len(questions)
            found = signals_of(page.records)
            if question.grain < grain:
                found = (_coarser(one, grain) for one in found)
            yield Page(tuple(found), (), page.provenance, is_last=is_last)
        if stop():
            return


def _questions(
    ref: WorkspaceRef, region: str, endpoints: Sequence[str], deployments: Mapping[str, Sequence[str]],
    start: datetime, end: datetime, grain: timedelta, *, is_light: bool,
) -> list[MetricsQuestion]:  # fmt: skip
    above = [f"{ref.id}/onlineEndpoints/{name}" for name in endpoints]
    below = [
        f"{ref.id}/onlineEndpoints/{name}/deployments/{one}" for name in endpoints for one in deployments.get(name, ())
    ]
    asked = _LIGHT if is_light else _OF_ENDPOINTS
    return [
        MetricsQuestion(
            resources=tuple(ids), region=region, namespace=namespace, names=names, start=start, end=end,
            grain=MINUTE if names[0] in _SPARSE and end - start <= BY_MINUTE else grain, dimensions=dimensions, top=TOP,
        )
        for ids, namespace, each in ((above, ENDPOINTS, asked), (below, DEPLOYMENTS, _OF_DEPLOYMENTS))
        for names, dimensions in each
        if ids
    ]  # fmt: skip


def signals_of(measured: Iterable[Measured]) -> Iterator[EndpointSignal]:
    """Yield signals of what was measured; machines are counted by their state."""
    states: dict[tuple[str, str], list[Measured]] = defaultdict(list)
    for one in measured:
        if one.name == "DeploymentCapacity":
            states[one.resource, one.dimensions.get("state", "")].append(one)
        else:
            yield _signal(one)
    for each in states.values():
        yield _together(each)


def _signal(one: Measured) -> EndpointSignal:
    given = one.dimensions
    part = " ".join(given[name] for name in ("instanceid", "disk", "state") if given.get(name))
    return EndpointSignal(
        endpoint=id_part(one.resource, "onlineEndpoints") or "",
        signal=Signal(
            name=one.name, deployment=id_part(one.resource, "deployments") or given.get("deployment", ""),
            code=given.get("statuscode", ""), part=part, unit=one.unit, times=one.times, values=one.values,
            is_cut=one.is_cut,
        ),
    )  # fmt: skip


def _coarser(one: EndpointSignal, grain: timedelta) -> EndpointSignal:
    """Return requests a minute over longer points: all requests of a point through all its minutes."""
    signal = one.signal
    points: dict[datetime, list[float | None]] = {}
    for at, value in zip(signal.times, signal.values, strict=True):
        points.setdefault(at - (at - _EPOCH) % grain, []).append(value)
    values = (
        sum(known) / len(each) if (known := [v for v in each if v is not None]) else None for each in points.values()
    )
    return msgspec.structs.replace(
        one, signal=msgspec.structs.replace(signal, times=tuple(points), values=tuple(values))
    )


def _together(instances: Sequence[Measured]) -> EndpointSignal:
    """Return the machines of one deployment that are in one state: each instance counts itself."""
    sums: dict[datetime, float | None] = {}
    for one in instances:
        for at, value in zip(one.times, one.values, strict=True):
            before = sums.get(at)
            sums[at] = value if before is None else before + (value or 0.0)
    first, times = instances[0], tuple(sorted(sums))
    counted = msgspec.structs.replace(
        first, dimensions={"state": first.dimensions.get("state", "")}, times=times,
        values=tuple(sums[at] for at in times), is_cut=any(one.is_cut for one in instances),
    )  # fmt: skip
    return _signal(counted)
