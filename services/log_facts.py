"""From the rows of logs to what a triage reads. No I/O.

A row that cannot be one is passed over; a column that is not there is None.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime

import msgspec

from services.log_cells import real_of, text_of, time_of, whole_of
from services.logs import LogTable
from services.triage_facts import Caller, CodeCount, ContainerEvent, LoggedLine, ScaleEvaluation, Signal

_RAISED = re.compile(
    r"[\w.]*(?:Error|Exception|Exit|Interrupt|Warning)\b ?:|(?:CUDA )?out of memory|Killed", re.IGNORECASE
)
"""What an exception says last: its name and its message."""


class LoggedRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one table says about one request."""

    at: datetime | None = None
    source: str
    """`traffic` or `console`."""
    deployment: str
    text: str


class ScaleAction(msgspec.Struct, frozen=True, kw_only=True):
    """What autoscale did."""

    at: datetime | None = None
    target: str
    direction: str | None = None
    before: int | None = None
    after: int | None = None
    result: str | None = None
    message: str | None = None


def codes_in(table: LogTable) -> tuple[CodeCount, ...]:
    """Return how often which code was answered, from `log_queries.codes`."""
    return tuple(
        CodeCount(
            deployment=text_of(row, "DeploymentName") or "", code=code, model_code=whole_of(row, "ModelStatusCode"),
            reason=text_of(row, "ResponseCodeReason"), model_reason=text_of(row, "ModelStatusReason"),
            requests=whole_of(row, "Requests") or 0, first=time_of(row, "First"), last=time_of(row, "Last"),
        )
        for row in table.values() if (code := whole_of(row, "ResponseCode")) is not None
    )  # fmt: skip


def events_in(table: LogTable) -> tuple[ContainerEvent, ...]:
    """Return what happened to containers, from `log_queries.container_events`."""
    return tuple(
        ContainerEvent(
            deployment=text_of(row, "DeploymentName") or "", instance=text_of(row, "InstanceId"), kind=kind,
            count=whole_of(row, "N") or 1, first=time_of(row, "First"), last=time_of(row, "Last"),
            sample=text_of(row, "Sample"),
        )
        for row in table.values() if (kind := text_of(row, "Kind"))
    )  # fmt: skip


def lines_in(table: LogTable) -> tuple[LoggedLine, ...]:
    """Return the lines that tell of trouble, from `log_queries.tracebacks`: what was raised before what says so."""
    found = (
        LoggedLine(
            deployment=text_of(row, "DeploymentName") or "", container=text_of(row, "ContainerName"), line=line,
            count=whole_of(row, "N") or 1, first=time_of(row, "First"), last=time_of(row, "Last"),
        )
        for row in table.values() if (line := text_of(row, "Line"))
    )  # fmt: skip
    return tuple(sorted(found, key=lambda one: _RAISED.match(one.line) is None))


def callers_in(table: LogTable) -> tuple[Caller, ...]:
    """Return who called, from `log_queries.callers`."""
    return tuple(
        Caller(
            auth=text_of(row, "AuthType"), identity=text_of(row, "IdentityData"), agent=text_of(row, "UserAgent"),
            requests=whole_of(row, "Requests") or 0, errors=whole_of(row, "Errors") or 0, last=time_of(row, "Last"),
        )
        for row in table.values()
    )  # fmt: skip


_MINUTES = {
    "Rpm": ("RequestsPerMinute", "Count"), "Failed": ("FailedRequests", "Count"),
    "Refused": ("RefusedRequests", "Count"), "Throttled": ("ThrottledRequests", "Count"),
    "p50": ("RequestLatency_P50", "MilliSeconds"),
    "p90": ("RequestLatency_P90", "MilliSeconds"), "p95": ("RequestLatency_P95", "MilliSeconds"),
    "p99": ("RequestLatency_P99", "MilliSeconds"), "Model95": ("ModelLatency_P95", "MilliSeconds"),
}  # fmt: skip
"""Columns of `log_queries.minutes` and the signals they are."""


def signals_in(table: LogTable) -> tuple[Signal, ...]:
    """Return signals minute by minute, of each deployment, from `log_queries.minutes` or `codes_by_minute`.

    Only minutes that have a row are among them.
    """
    found: dict[tuple[str, str, str, str], list[tuple[datetime, float | None]]] = defaultdict(list)
    for row in table.values():
        at, deployment = time_of(row, "TimeGenerated"), text_of(row, "DeploymentName") or ""
        if at is None:
            continue
        if (code := whole_of(row, "ResponseCode")) is not None:
            found["RequestsPerMinute", "Count", deployment, str(code)].append((at, real_of(row, "Requests")))
        for column, (name, unit) in _MINUTES.items():
            if column in row:
                found[name, unit, deployment, ""].append((at, real_of(row, column)))
    return tuple(
        Signal(
            name=name, deployment=deployment, code=code, unit=unit, times=tuple(at for at, _ in points),
            values=tuple(value for _, value in points), is_cut=table.is_partial,
        )
        for (name, unit, deployment, code), points in found.items()
    )  # fmt: skip


def request_in(table: LogTable) -> tuple[LoggedRow, ...]:
    """Return what is known of one request, oldest first, from `log_queries.one_request`."""
    return tuple(
        LoggedRow(
            at=time_of(row, "TimeGenerated"), source=text_of(row, "Src") or "",
            deployment=text_of(row, "DeploymentName") or "", text=text_of(row, "Text") or "",
        )
        for row in table.values()
    )  # fmt: skip


def actions_in(table: LogTable) -> tuple[ScaleAction, ...]:
    """Return what autoscale did, newest first, from `log_queries.scale_actions`."""
    return tuple(
        ScaleAction(
            at=time_of(row, "TimeGenerated"), target=target, direction=text_of(row, "ScaleDirection"),
            before=whole_of(row, "CurrentInstanceCount"), after=whole_of(row, "NewInstanceCount"),
            result=text_of(row, "ResultType"), message=text_of(row, "ScaleActionMessage"),
        )
        for row in table.values() if (target := text_of(row, "TargetResourceId"))
    )  # fmt: skip


def evaluations_in(table: LogTable) -> tuple[ScaleEvaluation, ...]:
    """Return what autoscale last looked at, from `log_queries.scale_evaluations`."""
    return tuple(
        ScaleEvaluation(
            at=time_of(row, "TimeGenerated"), target=target, metric=text_of(row, "MetricName") or "",
            observed=real_of(row, "ObservedValue"), operator=text_of(row, "Operator"),
            threshold=real_of(row, "Threshold"), result=text_of(row, "EvaluationResult"),
            before=whole_of(row, "CurrentInstanceCount"), after=whole_of(row, "NewInstanceCount"),
        )
        for row in table.values() if (target := text_of(row, "TargetResourceId"))
    )  # fmt: skip
