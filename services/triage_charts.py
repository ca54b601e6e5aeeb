"""The lines of a triage, ready to draw: what was measured, what is usual, and which minutes are not. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from statistics import median

import msgspec

from services.failure_cause import Cause
from services.minutes import Counts, Line, Values, counts_of, lines_of, newest_of, shifted, total
from services.onset import LEAST_SHARE, LEAST_SLOWER, SLOWER, TIMES_USUAL, VANISHED, WEEK
from services.stretches import Incident
from services.triage_facts import Facts
from services.verdict import p95_line, usual_p95

HOT = 90.0
_MEASURES = (
    ("ConnectionsActive", "connections", "", 1.0), ("NewConnectionsPerSecond", "new connections", "/s", 1.0),
    ("NetworkBytes", "bandwidth", "KB/s", 1 / 1024), ("CpuMemoryUtilizationPercentage", "memory", "%", 1.0),
    ("GpuUtilizationPercentage", "gpu", "%", 1.0), ("GpuMemoryUtilizationPercentage", "gpu memory", "%", 1.0),
    ("DiskUtilization", "disk", "%", 1.0),
)  # fmt: skip
"""Metrics of Azure beside those that are judged: what they are called here, the unit, and times what they are in it."""
PERCENTILES = ("P50", "P90", "P95", "P99")


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """One line over time, oldest first. `values`, `now` and `usual` are in `unit`; None was not measured."""

    name: str
    """errors, refused, p95, requests, cpu; of one deployment also p50, p90, p99."""
    label: str
    """What the values are, exactly: `p95`, or `avg of per-minute p95` where a point is longer than a minute."""
    unit: str
    deployment: str = ""
    times: tuple[datetime, ...] = ()
    values: Values = ()
    unusual: tuple[bool, ...] = ()
    """By point: whether it is out of its usual bounds since the onset."""
    now: float | None = None
    usual: float | None = None
    highest: float | None = None

    @property
    def ratio(self) -> float | None:
        """How many times the usual it is now."""
        return self.now / self.usual if self.now is not None and self.usual else None


def charts_of(facts: Facts, incident: Incident | None, cause: Cause | None) -> tuple[Chart, ...]:
    """Return errors (or refused callers), p95, requests and CPU, in the order they are shown."""
    counts, onset = counts_of(facts.signals), incident.onset if incident else None
    name = "refused" if incident is not None and incident.kind in ("refusals", "traffic") else "errors"
    week = counts_of(shifted(facts.last_week, WEEK))
    shares, before = _shares(counts, name), _shares(week, name)
    line = p95_line(facts, cause.deployment if cause else "")
    usual = _usual(before, shares, onset)
    slow = usual_p95(facts, line, incident)
    requests = Line(times=counts.times, values=tuple(None if one is None else one / 60 for one in counts.requests))
    rate = _usual(
        Line(times=week.times, values=tuple(None if one is None else one / 60 for one in week.requests)),
        requests,
        onset,
    )
    cpu = _highest(lines_of(facts.signals, "CpuUtilizationPercentage"))
    hot = _usual(_highest(lines_of(facts.last_week, "CpuUtilizationPercentage")), cpu, onset)
    many = max(100 * LEAST_SHARE, TIMES_USUAL * (usual or 0.0))
    bound = max(SLOWER * (slow or 0.0), (slow or 0.0) + LEAST_SLOWER)
    return (
        _chart(shares, name, name, "%", onset, usual, many, now=_now(counts, name)),
        _chart(line, "p95", _percentile("p95", counts), "ms", onset, slow, bound),
        _chart(requests, "requests", "requests", "/s", onset if incident and incident.kind == "silence" else None, rate,
               VANISHED * (rate or 0.0), is_below=True),
        _chart(cpu, "cpu", "cpu of the hottest instance", "%", onset, hot, HOT),
    )  # fmt: skip


def latencies_of(facts: Facts) -> tuple[Chart, ...]:
    """Return all percentiles of all deployments: each its own line, none made of others."""
    counts = counts_of(facts.signals)
    return tuple(
        _chart(line, percentile.lower(), _percentile(percentile.lower(), counts), "ms", None, None, 0.0)
        for percentile in PERCENTILES
        for line in lines_of(facts.signals, f"RequestLatency_{percentile}")
    )


def measures_of(facts: Facts) -> tuple[Chart, ...]:
    """Return the rest of what was measured: of instances the highest of all, machines by state."""
    lines = [(_highest(lines_of(facts.signals, metric)), name, unit, by) for metric, name, unit, by in _MEASURES]
    states = [(line, f"instances {state}", "", 1.0) for state, line in _by_state(facts).items()]
    return tuple(
        _chart(Line(times=line.times, values=tuple(None if one is None else one * by for one in line.values)),
               name, name, unit, None, None, 0.0)
        for line, name, unit, by in (*lines, *states) if any(line.points())
    )  # fmt: skip


def _by_state(facts: Facts) -> dict[str, Line]:
    found: dict[str, dict[datetime, float]] = defaultdict(lambda: defaultdict(float))
    for line in lines_of(facts.signals, "DeploymentCapacity"):
        for at, value in line.points():
            found[line.part.lower() or "unknown"][at] += value
    return {
        state: Line(times=tuple(sorted(each)), values=tuple(each[at] for at in sorted(each)))
        for state, each in sorted(found.items())
    }


def _chart(
    line: Line, name: str, label: str, unit: str, onset: datetime | None, usual: float | None, bound: float,
    *, now: float | None = None, is_below: bool = False,
) -> Chart:  # fmt: skip
    known = [value for _, value in line.points()]
    out = [(value or 0.0) < bound if is_below else (value or 0.0) > bound for value in line.values]
    return Chart(
        name=name, label=label, unit=unit, deployment=line.deployment, times=line.times, values=line.values,
        unusual=tuple(onset is not None and at >= onset and one for at, one in zip(line.times, out, strict=True)),
        now=now if now is not None else newest_of(line), usual=usual, highest=max(known, default=None),
    )  # fmt: skip


def _shares(counts: Counts, name: str) -> Line:
    shares = counts.shares(counts.refusals if name == "refused" else counts.errors)
    return Line(times=shares.times, values=tuple(None if one is None else 100 * one for one in shares.values))


def _now(counts: Counts, name: str) -> float | None:
    newest = counts.newest()
    part, whole = total(counts.refusals if name == "refused" else counts.errors, newest), total(counts.requests, newest)
    return 100 * part / whole if part is not None and whole else None


def _usual(week: Line, now: Line, onset: datetime | None) -> float | None:
    """Return the median of the same hours last week, else of before the onset, else of all."""
    values = [value for _, value in week.points()]
    values = values or [value for at, value in now.points() if onset is None or at < onset]
    return median(values) if values else None


def _highest(lines: Iterable[Line]) -> Line:
    found: dict[datetime, float] = defaultdict(float)
    times: set[datetime] = set()
    for line in lines:
        times |= set(line.times)
        for at, value in line.points():
            found[at] = max(found[at], value)
    ordered = tuple(sorted(times))
    return Line(times=ordered, values=tuple(found.get(at) for at in ordered))


def _percentile(name: str, counts: Counts) -> str:
    return name if counts.minutes <= 1 else f"avg of per-minute {name}"
