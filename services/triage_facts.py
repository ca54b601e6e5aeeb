"""What is known of an endpoint when it is judged: what was measured, what changed, what was logged. No I/O.

Everything but the endpoint may be missing. Missing is not zero: what was not asked or not answered is None, and
`Sources` says which of the two and why.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from services.deployments import Deployment
from services.endpoints import Endpoint
from services.records import WorkspaceRef


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of one endpoint, minute by minute, oldest first."""

    name: str
    """As Azure Monitor calls it: `RequestsPerMinute`, `RequestLatency_P95`, `CpuUtilizationPercentage` …"""
    deployment: str = ""
    """Empty: of the whole endpoint."""
    code: str = ""
    """The status code a series of requests is about; empty where it was not split."""
    part: str = ""
    """The instance, the disk or the state of machines it is about."""
    unit: str | None = None
    times: tuple[datetime, ...]
    values: tuple[float | None, ...]
    """None in a minute in which nothing was measured."""
    is_cut: bool = False
    """There may be more series than were given."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was done to the endpoint, or to something it depends on."""

    id: str
    at: datetime
    ended: datetime | None = None
    operation: str
    """As the activity log names it: `Microsoft.MachineLearningServices/workspaces/onlineEndpoints/write`."""
    title: str | None = None
    resource: str | None = None
    status: str | None = None
    who: str | None = None
    is_app: bool | None = None
    detail: str | None = None
    """What is known of it beyond its name: `blue 100 → 0, green 0 → 100`, or what Azure said of its failure."""
    origin: str = "activity log"
    """Or `amldeck` for what this tool was asked, `history` for what the cache saw change."""


class CodeCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often a deployment answered with a code, from the traffic log or the metrics."""

    deployment: str
    code: int
    model_code: int | None = None
    reason: str | None = None
    model_reason: str | None = None
    requests: int
    first: datetime | None = None
    last: datetime | None = None


class ContainerEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a container: a crash loop, a failed probe, an image that was not pulled."""

    deployment: str
    instance: str | None = None
    kind: str
    """`crash loop`, `killed by liveness`, `LivenessProbeFailed`, `ReadinessProbeFailed`, `image pull`, `oom`, else
    the event's own name."""
    count: int = 1
    first: datetime | None = None
    last: datetime | None = None
    sample: str | None = None


class LoggedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a container's log that tells of trouble."""

    deployment: str
    container: str | None = None
    line: str
    count: int = 1
    first: datetime | None = None
    last: datetime | None = None


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who calls the endpoint; with key authentication only the user agent is known."""

    auth: str | None = None
    identity: str | None = None
    agent: str | None = None
    requests: int
    errors: int
    last: datetime | None = None


class ScaleEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """What autoscale last looked at, and what it made of it."""

    at: datetime | None = None
    target: str
    metric: str
    observed: float | None = None
    operator: str | None = None
    threshold: float | None = None
    result: str | None = None
    """`NotTriggered`, `Triggered`, `Cooldown` …"""
    before: int | None = None
    after: int | None = None


class SourceOn(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a source of facts could be asked."""

    name: str
    """`metrics`, `activity`, `AmlOnlineEndpointTrafficLog` …"""
    is_on: bool | None = None
    """None: not asked yet."""
    said: str | None = None
    """Why it is off, as a sentence."""
    switch_on: str | None = None
    """The exact command that switches it on."""
    at: datetime | None = None
    """When it was read."""


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known now."""

    endpoint: Endpoint
    deployments: tuple[Deployment, ...] | None = None
    signals: tuple[Signal, ...] = ()
    last_week: tuple[Signal, ...] = ()
    """The same hours a week earlier."""
    changes: tuple[Change, ...] | None = None
    """Of the workspace's group, newest first; None while the activity log was not read."""
    codes: tuple[CodeCount, ...] | None = None
    events: tuple[ContainerEvent, ...] | None = None
    lines: tuple[LoggedLine, ...] | None = None
    callers: tuple[Caller, ...] | None = None
    evaluations: tuple[ScaleEvaluation, ...] | None = None
    """What autoscale last looked at; None where it was not asked."""
    sources: tuple[SourceOn, ...] = ()
    workspace: WorkspaceRef | None = None
    """Where it is: what commands end with."""
    now: datetime
