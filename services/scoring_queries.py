"""The queries we ask of Application Insights: single requests, and what they add up to. Asked of its own resource.

Each is of AppRequests or of `requests`, as whoever is asked calls the same table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from services.log_queries import MOST_LINES, between, endpoint_text, quoted
from services.logs import LogQuery

MOST_REQUESTS = 2_000
"""The newest requests that are read one by one; what all of them add up to is asked for beside them."""
MOST_GROUPS = 200

By = Literal["status", "caller"]
_STATUS = "iff(isempty(tostring(code)), tostring(p['StatusCode']), tostring(code))"
_AGENTS = ("UserAgent", "User-Agent", "userAgent", "user_agent", "HTTP User Agent")
_CALLER = f"coalesce({', '.join(f'tostring(p[{quoted(name)}])' for name in _AGENTS)})"
_GROUPS: dict[By, str] = {"status": _STATUS, "caller": _CALLER}


def _scoring(endpoint: str, start: datetime, end: datetime) -> str:
    """Return the rows of AppRequests or `requests`: where both names are known they are the same rows, once."""
    name = endpoint_text(endpoint)
    return (
        "union isfuzzy=true (datatable(t: datetime, id: string, name: string, url: string, code: string, ms: real,\n"
        "    role: string, instance: string, p: dynamic, n: int)[]),\n"
        " (AppRequests | project t=TimeGenerated, id=Id, name=Name, url=Url, code=ResultCode, ms=DurationMs,\n"
        "    role=AppRoleName, instance=AppRoleInstance, p=Properties, n=ItemCount),\n"
        " (requests | project t=timestamp, id=id, name=name, url=url, code=resultCode, ms=duration,\n"
        "    role=cloud_RoleName, instance=cloud_RoleInstance, p=customDimensions, n=itemCount)\n"
        f"| where {between(start, end, 't')}\n"
        f"| where url contains strcat('://', {name}, '.') or role =~ {name} or role startswith strcat({name}, '/')\n"
        f"    or tostring(p['Service Name']) =~ {name}\n"
        "| summarize arg_max(t, *) by key=iff(isempty(id), strcat(t, url, ms), id) | project-away key\n"
    )


def scoring_requests(endpoint: str, start: datetime, end: datetime) -> LogQuery:
    """Return the newest requests Application Insights holds. To follow, ask again from the time of the newest one."""
    text = f"{_scoring(endpoint, start, end)}| top {MOST_REQUESTS} by t desc"
    return LogQuery(name="scoring requests", text=text)


def scoring_groups(endpoint: str, start: datetime, end: datetime, by: By) -> LogQuery:
    """Return what all requests add up to by status or by caller: how many, failed ones, percentiles, first and last.

    A sample counts for all it stands for; percentiles are of the durations that were kept, over the whole stretch.
    """
    text = (
        f"{_scoring(endpoint, start, end)}"
        f"| extend failed=toint({_STATUS}) >= 400\n"
        "| summarize Requests=sum(n), Failed=sumif(n, failed), (p50, p95)=percentiles(ms, 50, 95),\n"
        f"    First=min(t), Last=max(t) by Group={_GROUPS[by]}\n"
        f"| top {MOST_GROUPS} by Requests desc"
    )
    return LogQuery(name=f"requests by {by}", text=text)


class _Told(NamedTuple):
    """A table of Application Insights under one of its two names: its columns, and what they say of a request."""

    table: str
    source: str
    time: str
    role: str
    operation: str
    finds: str
    """A further condition that a row is about the request."""
    text: str


_TOLD: Sequence[_Told] = (
    _Told("AppRequests", "request", "TimeGenerated", "AppRoleName", "OperationId",
          "Id == rid or tostring(Properties) has rid",
          "strcat(Name, ' ', ResultCode, ', ', DurationMs, ' ms, ', Url)"),
    _Told("requests", "request", "timestamp", "cloud_RoleName", "operation_Id",
          "id == rid or tostring(customDimensions) has rid",
          "strcat(name, ' ', resultCode, ', ', duration, ' ms, ', url)"),
    _Told("AppTraces", "trace", "TimeGenerated", "AppRoleName", "OperationId", "Message has rid", "Message"),
    _Told("traces", "trace", "timestamp", "cloud_RoleName", "operation_Id", "message has rid", "message"),
    _Told("AppExceptions", "exception", "TimeGenerated", "AppRoleName", "OperationId",
          "OuterMessage has rid", "strcat(ExceptionType, ': ', OuterMessage)"),
    _Told("exceptions", "exception", "timestamp", "cloud_RoleName", "operation_Id",
          "outerMessage has rid", "strcat(type, ': ', outerMessage)"),
)  # fmt: skip


def one_scored_request(request_id: str, start: datetime, end: datetime) -> LogQuery:
    """Return what Application Insights knows of one request: itself, its traces, its exceptions, oldest first."""
    legs = [
        f" ({one.table} | where {between(start, end, one.time)} and ({one.operation} == bare or {one.finds})\n"
        f"    | project TimeGenerated={one.time}, Src={quoted(one.source)}, DeploymentName={one.role},\n"
        f"        Text={one.text})"
        for one in _TOLD
    ]
    text = (
        f"let rid = {quoted(request_id)};\nlet bare = {quoted(request_id.replace('-', ''))};\n"
        "union isfuzzy=true"
        " (datatable(TimeGenerated: datetime, Src: string, DeploymentName: string, Text: string)[]),\n"
        + ",\n".join(legs)
        + f"\n| top {MOST_LINES} by TimeGenerated asc"
    )
    return LogQuery(name="one scored request", text=text)
