"""How much machines were used: CPU, memory, GPU, requests and capacity, hour by hour, from Azure Monitor.

Deployments over a week, computes over a day, runs over six hours: four calls, whatever the number of things. Where
nothing was measured there is None, and a thing of which nothing at all was measured has no record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from services.endpoint_metrics import DEPLOYMENTS
from services.monitor_metrics import Measured, MetricsQuestion, read_measured
from services.parsing import id_part
from services.records import Page, Provenance, Stop, WorkspaceRef, never
from services.system_metrics import NAMESPACE
from services.utilization import Utilization

if TYPE_CHECKING:
    from services.connection import Connection

WEEK, DAY, QUARTER = timedelta(days=7), timedelta(days=1), timedelta(hours=6)
TOP = 200
"""Runs, and computes, that are asked about at most: those with the highest values."""


class _Asked(NamedTuple):
    """One of the three questions."""

    kind: str
    length: timedelta
    grain: timedelta
    dimension: str


_OF_DEPLOYMENTS = _Asked("deployment", WEEK, timedelta(hours=1), "")
_OF_COMPUTES = _Asked("compute", DAY, timedelta(hours=1), "ComputeName")
_OF_RUNS = _Asked("run", QUARTER, timedelta(minutes=15), "RunId")
_FIELDS = {
    "cpuutilizationpercentage": "cpu", "cpumemoryutilizationpercentage": "memory", "gpuutilizationpercentage": "gpu",
    "gpumemoryutilizationpercentage": "gpu_memory", "requestsperminute": "requests", "deploymentcapacity": "capacity",
}  # fmt: skip
_MACHINES = ("CpuUtilizationPercentage", "CpuMemoryUtilizationPercentage", "GpuUtilizationPercentage",
             "GpuMemoryUtilizationPercentage")  # fmt: skip
_HOLDING = ("RequestsPerMinute", "DeploymentCapacity")


def read_utilization(
    connection: Connection,
    ref: WorkspaceRef,
    *,
    region: str,
    deployments: Sequence[str],
    now: datetime,
    stop: Stop = never,
) -> Iterator[Page[Utilization]]:
    """Yield how much deployments (`endpoint/name`), computes and runs were used, a page a kind. Raises ServiceError.

    Reads POST {region}.metrics.monitor.azure.com/subscriptions/{s}/metrics:getBatch, three times and once more for
    every fifty deployments.
    """
    ids = tuple(f"{ref.id}/onlineEndpoints/{one.replace('/', '/deployments/', 1)}" for one in deployments)
    asked = [(_OF_DEPLOYMENTS, ids)] if ids else []
    asked += [(_OF_COMPUTES, (ref.id,)), (_OF_RUNS, (ref.id,))]
    for number, (what, resources) in enumerate(asked, 1):
        found: list[Measured] = []
        origin: Provenance | None = None
        for page in read_measured(connection, _question(what, resources, region, now), stop=stop):
            found, origin = [*found, *page.records], page.provenance
        if stop() or origin is None:
            return
        records = tuple(utilization_of(what.kind, found, what.grain, now))
        documents = tuple(msgspec.json.encode(one) for one in records)
        yield Page(records, documents, origin, is_last=number == len(asked))


def _question(what: _Asked, resources: tuple[str, ...], region: str, now: datetime) -> MetricsQuestion:
    names = (*_MACHINES, *_HOLDING) if what is _OF_DEPLOYMENTS else _MACHINES
    end = now.replace(minute=0, second=0, microsecond=0) if what.grain >= timedelta(hours=1) else now
    return MetricsQuestion(
        resources=resources, region=region, namespace=DEPLOYMENTS if what is _OF_DEPLOYMENTS else NAMESPACE,
        names=names, start=end - what.length, end=end, grain=what.grain,
        dimensions={what.dimension: "*"} if what.dimension else {}, top=TOP,
    )  # fmt: skip


def utilization_of(kind: str, measured: Iterable[Measured], grain: timedelta, now: datetime) -> Iterator[Utilization]:
    """Yield a record for each thing of which anything was measured, until `now` at most."""
    things: dict[str, list[Measured]] = defaultdict(list)
    for one in measured:
        name = _name(kind, one)
        if name and one.name.lower() in _FIELDS and any(value is not None for value in one.values):
            things[name].append(one)
    for name, found in things.items():
        times = max((one.times for one in found), key=len)
        series = {_FIELDS[one.name.lower()]: one.values for one in found if len(one.values) == len(times)}
        yield Utilization(
            id=f"{kind}/{name}".lower(), kind=kind, name=name, since=times[0], until=min(times[-1] + grain, now),
            grain=grain.total_seconds(), **series,
        )  # fmt: skip


def _name(kind: str, one: Measured) -> str:
    if kind == "deployment":
        endpoint, name = id_part(one.resource, "onlineEndpoints"), id_part(one.resource, "deployments")
        return f"{endpoint}/{name}" if endpoint and name else ""
    return one.dimensions.get("computename" if kind == "compute" else "runid", "")
