"""What differs between deployments: how they are set up, and how they did lately. Pure; unknown is no difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import fmean
from typing import Literal

import msgspec

from services.deployment_settings import Probe
from services.deployments import Deployment
from services.minutes import Counts, counts_of, lines_of, total
from services.triage_facts import Signal

FEWEST, MOST = 2, 4
HIDDEN = "[redacted]"

Section = Literal["measured", "serves", "runs on", "requests", "probes", "variables"]
TITLES: dict[Section, str] = {
    "measured": "Measured in the last hour", "serves": "What it serves", "runs on": "What it runs on",
    "requests": "Requests", "probes": "Probes", "variables": "Variables",
}  # fmt: skip


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One of the deployments, with what is known of it elsewhere."""

    deployment: Deployment
    traffic: float | None = None
    """Per cent."""
    autoscale: str | None = None
    per_hour: str | None = None
    """What it costs an hour, estimated, with its currency."""
    variables: Mapping[str, str] | None = None
    """Environment variables, redacted; None where its document is not kept. Values are compared, not told."""
    signals: tuple[Signal, ...] = ()
    """Of its endpoint, for the time that is compared."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One thing, as text for each of the deployments; None where it is not known."""

    section: Section
    name: str
    values: tuple[str | None, ...]
    differs: bool
    """Whether two known values are not the same. What is measured is never the same and never marked."""


def compare_deployments(sides: Sequence[Side]) -> tuple[Row, ...]:
    """Return all rows, by section. Raises ValueError for too few or too many deployments."""
    if not FEWEST <= len(sides) <= MOST:
        raise ValueError(f"{FEWEST} to {MOST} deployments can be compared, not {len(sides)}")
    return tuple(row for row in (*_measured(sides), *_settings(sides), *_variables(sides)) if any(row.values))


def _row(section: Section, name: str, values: Sequence[str | None], *, is_marked: bool = True) -> Row:
    known = {value for value in values if value is not None}
    return Row(section=section, name=name, values=tuple(values), differs=is_marked and len(known) > 1)


def _settings(sides: Sequence[Side]) -> Iterator[Row]:
    for section, name, of in _SETTINGS:
        yield _row(section, name, [of(side) for side in sides])


def _field(name: str) -> Callable[[Side], str | None]:
    def of(side: Side) -> str | None:
        value = getattr(side.deployment, name)
        if isinstance(value, bool):
            return "on" if value else "off"
        if isinstance(value, dict):
            return ", ".join(f"{key} {much}" for key, much in sorted(value.items())) or None  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        return None if value is None else str(value)

    return of


def _seconds(name: str) -> Callable[[Side], str | None]:
    def of(side: Side) -> str | None:
        value: float | None = getattr(side.deployment, name)
        return None if value is None else f"{value:g} s"

    return of


def _probe(name: str) -> Callable[[Side], str | None]:
    def of(side: Side) -> str | None:
        probe: Probe | None = getattr(side.deployment, name)
        if probe is None:
            return None
        parts = (("first", probe.initial_delay, " s"), ("every", probe.period, " s"), ("waits", probe.timeout, " s"),
                 ("unwell", probe.failures, ""), ("well", probe.successes, ""))  # fmt: skip
        return ", ".join(f"{word} {value:g}{unit}" for word, value, unit in parts if value is not None) or None

    return of


def _collected(one: Deployment) -> str | None:
    return ", ".join(one.collected) or (None if one.has_data_collector is None else "off")


_SETTINGS: tuple[tuple[Section, str, Callable[[Side], str | None]], ...] = (
    ("serves", "model", _field("model")),
    ("serves", "image", _field("environment")),
    ("serves", "script", _field("script")),
    ("serves", "traffic", lambda side: None if side.traffic is None else f"{side.traffic:g} %"),
    ("serves", "state", _field("state")),
    ("runs on", "size", _field("instance_type")),
    ("runs on", "instances", _field("instances")),
    ("runs on", "autoscale", lambda side: side.autoscale),
    ("runs on", "an hour, estimated", lambda side: side.per_hour),
    ("runs on", "asks for", _field("requests")),
    ("runs on", "at most", _field("limits")),
    ("runs on", "egress", _field("egress")),
    ("runs on", "kind", _field("kind")),
    ("requests", "timeout", _seconds("request_timeout")),
    ("requests", "at once", _field("max_concurrent")),
    ("requests", "queue wait", _seconds("queue_wait")),
    ("requests", "app insights", _field("has_app_insights")),
    ("requests", "collected", lambda side: _collected(side.deployment)),
    ("probes", "liveness", _probe("liveness")),
    ("probes", "readiness", _probe("readiness")),
)


def _variables(sides: Sequence[Side]) -> Iterator[Row]:
    """Yield a row for every variable: whether it is set, and whether to the same. No value is told."""
    names = sorted({name for side in sides for name in side.variables or {}})
    for name in names:
        held = [None if side.variables is None else side.variables.get(name, "") for side in sides]
        first = next((value for value in held if value), None)
        values = [_variable(value, first) for value in held]
        yield _row("variables", name, values)


def _variable(value: str | None, first: str | None) -> str | None:
    if value is None:
        return None
    if not value:
        return "not set"
    if HIDDEN in value:
        return None
    return "set" if value == first else "set to another value"


def _measured(sides: Sequence[Side]) -> Iterator[Row]:
    counts = [counts_of(side.signals, side.deployment.name) for side in sides]
    yield _row("measured", "requests", [_requests(one) for one in counts], is_marked=False)
    yield _row("measured", "requests a second", [_rate(one) for one in counts], is_marked=False)
    yield _row("measured", "errors", [_errors(one) for one in counts], is_marked=False)
    for name, metric in (("p50", "RequestLatency_P50"), ("p95", "RequestLatency_P95"), ("p99", "RequestLatency_P99")):
        values = [_values(side, metric) for side in sides]
        means = [f"{fmean(some):,.0f} ms" if some else None for some in values]
        yield _row("measured", f"{name}, mean of minutes", means, is_marked=False)
        if name == "p95":
            worst = [f"{max(some):,.0f} ms" if some else None for some in values]
            yield _row("measured", "p95, worst minute", worst, is_marked=False)
    for name, metric in (("cpu", "CpuUtilizationPercentage"), ("memory", "CpuMemoryUtilizationPercentage"),
                         ("gpu", "GpuUtilizationPercentage")):  # fmt: skip
        values = [_values(side, metric) for side in sides]
        shares = [f"{fmean(some):.0f} %, most {max(some):.0f} %" if some else None for some in values]
        yield _row("measured", f"{name} of instances", shares, is_marked=False)


def _values(side: Side, metric: str) -> list[float]:
    lines = (line for line in lines_of(side.signals, metric) if line.deployment == side.deployment.name)
    return [value for line in lines for _, value in line.points()]


def _requests(counts: Counts) -> str | None:
    sum_of = total(counts.requests)
    return None if sum_of is None else f"{sum_of * counts.minutes:,.0f}"


def _rate(counts: Counts) -> str | None:
    known = [value for value in counts.requests if value is not None]
    return f"{fmean(known) / 60:,.2f}" if known else None


def _errors(counts: Counts) -> str | None:
    requests, errors = total(counts.requests), total(counts.errors)
    return f"{100 * errors / requests:.1f} %" if requests and errors is not None else None
