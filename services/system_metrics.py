"""What the nodes of a run did while it ran: CPU, GPU, memory, disk and network, by node, from Azure Monitor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from services.monitor_metrics import Measured, MetricsQuestion, read_measured
from services.records import Page, Stop, WorkspaceRef, never

if TYPE_CHECKING:
    from services.connection import Connection

NAMESPACE = "Microsoft.MachineLearningServices/workspaces"

NAMES = (
    "CpuUtilizationPercentage", "GpuUtilizationPercentage", "CpuMemoryUtilizationPercentage",
    "GpuMemoryUtilizationPercentage", "DiskUsedMegabytes", "DiskAvailMegabytes", "DiskReadMegabytes",
    "DiskWriteMegabytes", "NetworkInputMegabytes", "NetworkOutputMegabytes",
)  # fmt: skip
"""In the order they are shown. A machine without a GPU has none of one."""

KEPT_FOR = timedelta(days=93)
"""How long Azure Monitor keeps metrics."""

LONGEST = timedelta(days=30)
"""Of one question."""

_GRAINS = ((timedelta(hours=4), 1), (timedelta(hours=26), 5), (timedelta(days=5), 15), (LONGEST, 60))
"""Up to which length a point stands for how many minutes: a few hundred points say all that a screen can show."""


def question_of(ref: WorkspaceRef, region: str, run_id: str, start: datetime, end: datetime) -> MetricsQuestion:
    """Return what to ask about one run: some minutes around it, at most its last 30 days, by node."""
    end = end + timedelta(minutes=1)
    start = max(start - timedelta(minutes=1), end - LONGEST)
    minutes = next(minutes for length, minutes in _GRAINS if end - start <= length)
    return MetricsQuestion(
        resources=(ref.id,), region=region, namespace=NAMESPACE, names=NAMES, start=start, end=end,
        grain=timedelta(minutes=minutes), dimensions={"RunId": run_id, "InstanceId": "*"},
    )  # fmt: skip


def read_system_metrics(
    connection: Connection,
    ref: WorkspaceRef,
    *,
    region: str,
    run_id: str,
    start: datetime,
    end: datetime,
    stop: Stop = never,
) -> Iterator[Page[Measured]]:
    """Yield what was measured on the nodes of a run. Raises ServiceError; no records when nothing was measured."""
    return read_measured(connection, question_of(ref, region, run_id, start, end), stop=stop)
