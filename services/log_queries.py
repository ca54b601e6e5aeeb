"""The queries we ask of the logs of an endpoint. Names and ids go in as values only: checked, or quoted as texts.

Each is asked of a resource: the endpoint's own id, unless it says otherwise.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from services.logs import LogQuery

TRAFFIC, CONSOLE, EVENTS = (
    "AmlOnlineEndpointTrafficLog", "AmlOnlineEndpointConsoleLog", "AmlOnlineEndpointEventLog"
)  # fmt: skip
TABLES = (TRAFFIC, CONSOLE, EVENTS)
"""What a diagnostic setting of an endpoint can send."""
MOST_LINES = 200
LONGEST_LINE = 400

_ENDPOINT = re.compile(r"[A-Za-z][A-Za-z0-9-]{2,31}")
_FAILED = "ResponseCode >= 500 or ResponseCode in (408, 424, 429)"
_REFUSED = "ResponseCode in (400, 401, 403, 404, 499)"
_TROUBLE = (
    "Traceback", "Error", "Exception", "Killed", "MemoryError", "CUDA out of memory", "Worker timeout",
    "WORKER TIMEOUT", "No space left", "ModuleNotFoundError",
)  # fmt: skip


_PULLING = ("ImagePull", "ErrImagePull", "ImagePullBackOff", "manifest unknown", "pull access denied", "unauthorized",
            "pulling image")  # fmt: skip
_RAISED = r"(^|[\s.])[A-Za-z_]+(Error|Exception)(:|\s*$)"
"""What a traceback ends with; `has` finds whole words only, and `KeyError` is one."""
_CLOCK = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[0-9:., TZ+-]*"
_GUID = "[0-9a-fA-F]{8}(-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12}"
_MEMORY = ("OOMKilled", "exit code 137", "out of memory")


def quoted(text: str) -> str:
    """Return any text as a literal of the query language: it can be nothing but a value."""
    return '"' + "".join(_escaped(letter) for letter in text) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return "\\" + letter
    if letter.isascii() and letter.isprintable():
        return letter
    units = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def _texts(words: tuple[str, ...]) -> str:
    return ", ".join(quoted(word) for word in words)


def moment_text(at: datetime) -> str:
    """Return an aware time as a literal of the query language."""
    return f"datetime({at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z)"


def endpoint_text(name: str) -> str:
    """Return the name of an endpoint as a literal. Raises ValueError for what cannot be one."""
    if _ENDPOINT.fullmatch(name) is None:
        raise ValueError(f"{name[:40]!r} cannot be the name of an endpoint")
    return quoted(name)


def between(start: datetime, end: datetime, column: str = "TimeGenerated") -> str:
    """Return the condition that a row is of a stretch of time."""
    return f"{column} between ({moment_text(start)} .. {moment_text(end)})"


def _tail(endpoint: str) -> str:
    """Return the condition that a row is of the endpoint; `has` would let `churn` in with `churn-2`."""
    return f"_ResourceId endswith strcat('/onlineendpoints/', {endpoint_text(endpoint)})"


def _traffic(endpoint: str, start: datetime, end: datetime) -> str:
    return f"{TRAFFIC}\n| where {between(start, end)} and EndpointName =~ {endpoint_text(endpoint)}\n"


def _whole_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def sources(endpoint: str, start: datetime, end: datetime) -> LogQuery:
    """Return which tables have rows of the endpoint: how many, and the last. A table that is not there is not named."""
    nothing = "(datatable(TimeGenerated: datetime, _ResourceId: string)[])"
    text = (
        f"union isfuzzy=true withsource=Source {nothing}, {', '.join(TABLES)}\n"
        f"| where {between(start, end)} and {_tail(endpoint)}\n"
        "| summarize Rows=count(), Last=max(TimeGenerated) by Source"
    )
    return LogQuery(name="sources", text=text)


def codes(endpoint: str, start: datetime, end: datetime) -> LogQuery:
    """Return how often each deployment answered with each code, with the reasons and what the model said."""
    text = (
        f"{_traffic(endpoint, start, end)}"
        "| summarize Requests=count(), First=min(TimeGenerated), Last=max(TimeGenerated)\n"
        "    by DeploymentName, ResponseCode, ResponseCodeReason, ModelStatusCode, ModelStatusReason\n"
        "| as T\n| extend Share=100.0 * Requests / toscalar(T | summarize sum(Requests))\n| order by Requests desc"
    )
    return LogQuery(name="codes", text=text)


def minutes(endpoint: str, start: datetime, end: datetime) -> LogQuery:
    """Return rate, failures and latency of each deployment, minute by minute. Percentiles are of the requests.

    The first minute is whole.
    """
    text = (
        f"{_traffic(endpoint, _whole_minute(start), end)}"
        f"| summarize Rpm=count(), Failed=countif({_FAILED}), Refused=countif({_REFUSED}),\n"
        "    (p50, p90, p95, p99)=percentiles(TotalDurationMs, 50, 90, 95, 99),\n"
        "    Model95=percentile(ResponseDurationMs - RequestDurationMs, 95),\n"
        "    Throttled=countif(RequestThrottlingDelayMs + ResponseThrottlingDelayMs > 0)\n"
        "    by bin(TimeGenerated, 1m), DeploymentName\n| order by TimeGenerated asc"
    )
    return LogQuery(name="minutes", text=text)


def codes_by_minute(endpoint: str, start: datetime, end: datetime) -> LogQuery:
    """Return how many requests of each deployment were answered with each code, by minute; the first is whole."""
    text = (
        f"{_traffic(endpoint, _whole_minute(start), end)}"
        "| summarize Requests=count() by bin(TimeGenerated, 1m), DeploymentName, ResponseCode\n"
        "| order by TimeGenerated asc"
    )
    return LogQuery(name="codes by minute", text=text)


def callers(endpoint: str, start: datetime, end: datetime) -> LogQuery:
    """Return who called: how often, with how many errors, and when last."""
    text = (
        f"{_traffic(endpoint, start, end)}"
        "| summarize Requests=count(), Errors=countif(ResponseCode >= 400),\n"
        "    MB=sum(RequestPayloadSize + ResponsePayloadSize) / 1e6, Last=max(TimeGenerated)\n"
        "    by AuthType, IdentityData, UserAgent\n| order by Requests desc"
    )
    return LogQuery(name="callers", text=text)


def container_events(endpoint: str, start: datetime, end: datetime) -> LogQuery:
    """Return what happened to the containers: crash loops, probes, images, memory."""
    text = (
        f"{EVENTS}\n| where {between(start, end)} and {_tail(endpoint)}\n"
        "| extend Kind=case(Name endswith 'ProbeFailed', Name,\n"
        f"    Message has_any ({_texts(_PULLING)}), 'image pull',\n"
        f"    Message has_any ({_texts(_MEMORY)}), 'oom',\n"
        "    Name == 'BackOff', 'crash loop',\n"
        "    Name == 'Killing' and Message has 'liveness', 'killed by liveness', Name)\n"
        "| summarize N=count(), First=min(TimeGenerated), Last=max(TimeGenerated), Sample=take_any(Message)\n"
        "    by DeploymentName, InstanceId, Kind\n| order by Last desc"
    )
    return LogQuery(name="container events", text=text)


def tracebacks(endpoint: str, start: datetime, end: datetime) -> LogQuery:
    """Return the lines of the containers that tell of trouble, the most frequent first.

    Lines that differ only in the time they begin with, or in an id, are one.
    """
    line = f"replace_regex(trim_start({quoted(_CLOCK)}, Message), {quoted(_GUID)}, '…')"
    text = (
        f"{CONSOLE}\n| where {between(start, end)} and {_tail(endpoint)}\n"
        f"| where Message has_any ({_texts(_TROUBLE)}) or Message matches regex {quoted(_RAISED)}\n"
        "| summarize N=count(), First=min(TimeGenerated), Last=max(TimeGenerated)\n"
        f"    by DeploymentName, ContainerName, Line=substring({line}, 0, {LONGEST_LINE})\n"
        f"| top {MOST_LINES} by N desc"
    )
    return LogQuery(name="tracebacks", text=text)


def one_request(request_id: str, start: datetime, end: datetime) -> LogQuery:
    """Return what the tables know of one request. Console lines are among it where the code logs its id."""
    within = between(start, end)
    text = (
        f"let rid = {quoted(request_id)};\n"
        "union isfuzzy=true"
        " (datatable(TimeGenerated: datetime, Src: string, DeploymentName: string, Text: string)[]),\n"
        f" ({TRAFFIC} | where {within} and (XRequestId == rid or XMSClientRequestId == rid)\n"
        "    | extend Src='traffic', Text=strcat(Method, ' ', Path, ' ', ResponseCode, ' ', ResponseCodeReason,\n"
        "        ', model ', ModelStatusCode, ' ', ModelStatusReason, ', ', TotalDurationMs, ' ms, ', UserAgent)),\n"
        f" ({CONSOLE} | where {within} and Message has rid | extend Src='console', Text=Message)\n"
        f"| project TimeGenerated, Src, DeploymentName, Text | top {MOST_LINES} by TimeGenerated asc"
    )
    return LogQuery(name="one request", text=text)


def scale_actions(endpoint: str, start: datetime, end: datetime) -> LogQuery:
    """Return what autoscale did. Asked of the autoscale setting, or of the resource group it is in."""
    text = (
        f"AutoscaleScaleActionsLog\n| where {between(start, end)} and {_scaled(endpoint)}\n"
        "| project TimeGenerated, TargetResourceId, ScaleDirection, CurrentInstanceCount, NewInstanceCount,\n"
        "    ResultType, ScaleActionMessage\n| order by TimeGenerated desc"
    )
    return LogQuery(name="scale actions", text=text)


def scale_evaluations(endpoint: str, start: datetime, end: datetime) -> LogQuery:
    """Return what autoscale last looked at, for each target and metric. Asked like the actions."""
    text = (
        f"AutoscaleEvaluationsLog\n| where {between(start, end)} and {_scaled(endpoint)}\n"
        "| summarize arg_max(TimeGenerated, ObservedValue, Threshold, Operator, EvaluationResult, CoolDown,\n"
        "    CurrentInstanceCount, NewInstanceCount), Evaluations=count() by TargetResourceId, MetricName\n"
        "| order by TargetResourceId asc, MetricName asc"
    )
    return LogQuery(name="scale evaluations", text=text)


def _scaled(endpoint: str) -> str:
    return f"TargetResourceId contains strcat('/onlineendpoints/', {endpoint_text(endpoint)}, '/')"
