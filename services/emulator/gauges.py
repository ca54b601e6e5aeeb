"""What Azure Monitor measured on the nodes of a run: CPU, GPU, memory, disk and network, a value a minute.

A machine without a GPU measures none, a minute is missing now and then, and the newest minutes come late: nothing is
measured there, which is not zero.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from services.emulator.dice import Dice, noise
from services.emulator.fleet import cluster_of
from services.emulator.places import Place
from services.emulator.plans import Plan
from services.emulator.run_facts import compute_of, nodes_of
from services.emulator.sizes import Size, size_of
from services.emulator.ticks import MINUTE

LATE = 3 * MINUTE
"""How long a value takes to appear."""


class Gauge(NamedTuple):
    """One metric: its name in Azure Monitor, its unit, and where it moves around (shares of `scale`)."""

    name: str
    unit: str
    low: float
    high: float
    is_gpu: bool = False


GAUGES = {
    gauge.name.lower(): gauge
    for gauge in (
        Gauge("CpuUtilizationPercentage", "Count", 0.25, 0.75),
        Gauge("CpuMemoryUtilizationPercentage", "Count", 0.3, 0.6),
        Gauge("GpuUtilizationPercentage", "Count", 0.7, 0.97, is_gpu=True),
        Gauge("GpuMemoryUtilizationPercentage", "Count", 0.6, 0.9, is_gpu=True),
        Gauge("DiskUsedMegabytes", "Count", 0.2, 0.35),
        Gauge("DiskAvailMegabytes", "Count", 0.65, 0.8),
        Gauge("DiskReadMegabytes", "Count", 0.0005, 0.002),
        Gauge("DiskWriteMegabytes", "Count", 0.0001, 0.001),
        Gauge("NetworkInputMegabytes", "Count", 0.0005, 0.004),
        Gauge("NetworkOutputMegabytes", "Count", 0.0001, 0.0006),
    )
}


_WORK = ("CpuUtilizationPercentage", "GpuUtilizationPercentage")
"""What a run that hangs, and sends no heartbeat any more, does nothing of."""


class Measured(NamedTuple):
    """One node and how to ask it."""

    node: str
    compute: str
    size: Size
    plan: Plan
    run: str

    def has(self, gauge: Gauge) -> bool:
        """Return whether this machine measures it at all."""
        return not gauge.is_gpu or self.size.gpus > 0

    def value(self, gauge: Gauge, at: int, now: int) -> float | None:
        """Return what was measured in the minute that begins at `at`; None for nothing."""
        until = min(now - LATE, self.plan.ended)
        key = f"{self.run}{self.node}{gauge.name}"
        if not self.plan.started - MINUTE < at < until or noise(f"{key}{at}gap") > 0.97:
            return None
        level = _level(self.plan, gauge, at, key)
        if at >= self.plan.lost_at and gauge.name in _WORK:
            return round(0.5 + 0.3 * noise(f"{key}{at}hung"), 4)
        scale = 100.0 if gauge.name.endswith("Percentage") else float(self.size.disk_mb)
        return round(scale * (gauge.low + (gauge.high - gauge.low) * level), 4)


def _level(plan: Plan, gauge: Gauge, at: int, key: str) -> float:
    """Return how high a gauge stands between its ends: it comes and goes, and memory grows until there is none."""
    dice = Dice("gauge", key)
    minute = (at - plan.started) / MINUTE
    wave = 0.5 + 0.35 * math.sin(minute / dice.between(0, 6, 30) + dice.between(1, 0, 6)) + 0.15 * noise(f"{key}{at}")
    if "Memory" in gauge.name:
        grown = min(1.0, minute / 20)
        return grown * (1.1 if gauge.is_gpu and plan.failure == "cuda_oom" else 0.8) + 0.05 * noise(f"{key}{at}")
    if gauge.name == "DiskUsedMegabytes":
        return min(1.0, minute / 600)
    if gauge.name == "DiskAvailMegabytes":
        return 1 - min(1.0, minute / 600)
    is_idle = gauge.is_gpu and Dice("idle", plan.index).happens(0, 0.15)
    return wave * (0.02 if is_idle else 1.0)


def nodes_measured(place: Place, plan: Plan, run: str) -> tuple[Measured, ...]:
    """Return the nodes a run had; none for one that has no nodes of a cluster."""
    compute = compute_of(plan)
    cluster = cluster_of(place.name, compute)
    if cluster is None or compute is None:
        return ()
    size = size_of(cluster.size)
    return tuple(
        Measured(f"tvmps_{Dice('node', run, number).hex(32)}_d", compute, size, plan, run)
        for number in range(nodes_of(plan))
    )
