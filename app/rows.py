"""Rows no single Azure answer holds: summaries of cached records, kept as records of their own.

The refresher rewrites them when what they are made of changes; their basis is always `inferred`.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from services.records import Money

LOG_ANSWERS = "log_answers"
"""The table of what Log Analytics said."""

ACTIVITY_LOG = "activity log"
"""The origin of an operation that Azure itself noted."""


class ExperimentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One experiment with what its cached runs say; steps and trials are not counted, their parents are."""

    id: str
    """The experiment's name."""
    name: str
    runs: int = 0
    running: int = 0
    queued: int = 0
    """Not started, queued, preparing: everything between asked for and running."""
    completed: int = 0
    failed: int = 0
    canceled: int = 0
    last_run: datetime | None = None
    last_failure: datetime | None = None
    last_error: str | None = None
    success_7d: float | None = None
    """Completed of all that ended in the last seven days, 0 to 1; None when none ended."""
    ended_7d: int = 0
    hours_7d: float | None = None
    """Run hours of the last seven days."""
    cost_7d: Money | None = None
    """What the runs that ended in the last seven days cost, estimated."""
    cost_unknown_7d: int = 0
    """Of how many of them, or of the runs below them, that is not known: then it is at least so much."""
    users: tuple[str, ...] = ()
    is_archived: bool | None = None
    created: datetime | None = None
    description: str | None = None
    tags: dict[str, str | None] = {}


class ModelRow(msgspec.Struct, frozen=True, kw_only=True):
    """One registered name with its newest version and who uses it."""

    id: str
    name: str
    latest_version: str | None = None
    versions: int | None = None
    type: str | None = None
    stage: str | None = None
    run: str | None = None
    created: datetime | None = None
    created_by: str | None = None
    modified: datetime | None = None
    used_by: tuple[str, ...] = ()
    """`endpoint/deployment` of every deployment that serves any version of it."""
    description: str | None = None
    is_archived: bool | None = None
    tags: dict[str, str | None] = {}


class EndpointRow(msgspec.Struct, frozen=True, kw_only=True):
    """One online endpoint with the sum of its deployments."""

    id: str
    name: str
    state: str | None = None
    worst: str | None = None
    """The worst provisioning state among its deployments: Failed, then moving ones, then Succeeded."""
    kind: str | None = None
    compute: str | None = None
    auth_mode: str | None = None
    public_access: str | None = None
    scoring_uri: str | None = None
    location: str | None = None
    identity: str | None = None
    deployments: int | None = None
    instances: int | None = None
    per_hour: Money | None = None
    """What its deployments cost an hour, estimated; None while one of them is unknown."""
    priced: tuple[str, ...] = ()
    """A text a deployment: how that came about, or why there is no price."""
    models: tuple[str, ...] = ()
    health: str | None = None
    """How it answers now, as `services.verdict` names it; None while nothing was measured."""
    is_unhealthy: bool | None = None
    failed: float | None = None
    """The share of the requests of the last minutes that failed, from 0 to 1."""
    p95: float | None = None
    """Seconds."""
    rate: float | None = None
    """Requests a second."""
    traffic: dict[str, float] | None = None
    mirror: dict[str, float] | None = None
    autoscale: tuple[str, ...] = ()
    """`blue 2 to 10` of every deployment that is scaled by rules."""
    autoscale_problems: tuple[str, ...] = ()
    keys_changed: datetime | None = None
    """When one of its keys was last made anew, as far as the activity log was read."""
    created: datetime | None = None
    created_by: str | None = None
    modified: datetime | None = None
    description: str | None = None
    tags: dict[str, str | None] = {}


class EndpointHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How one endpoint stands, by its requests and latencies. Shares from 0 to 1, seconds, requests a second."""

    id: str
    """The endpoint's name."""
    state: str
    """As `services.verdict` names it."""
    is_unhealthy: bool = False
    since: datetime | None = None
    failed: float | None = None
    usual_failed: float | None = None
    p95: float | None = None
    usual_p95: float | None = None
    rate: float | None = None
    as_of: datetime | None = None
    """The newest minute that was measured."""


class LogAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one query of an endpoint gave, as it is kept."""

    id: str
    """`endpoint/query`."""
    endpoint: str
    query: str
    body: str
    """The facts as JSON, a list of the query's own records; null where the table is not there."""
    said: str | None = None
    """What the service said beside them: a part is missing, or the whole table."""
    is_partial: bool = False
    at: datetime
    since: datetime
    """From when on rows were asked for."""


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One operation of the activity log: its events of one correlation and one name, joined."""

    id: str
    """`correlation/operation`."""
    at: datetime
    """When it was first seen."""
    ended: datetime | None = None
    status: str | None = None
    sub_status: str | None = None
    operation: str | None = None
    title: str | None = None
    caller: str | None = None
    caller_name: str | None = None
    is_app: bool | None = None
    resource: str | None = None
    resource_name: str | None = None
    resource_type: str | None = None
    resource_group: str | None = None
    level: str | None = None
    method: str | None = None
    ip: str | None = None
    description: str | None = None
    correlation: str | None = None
    events: int = 1
    origin: str = ACTIVITY_LOG
    """Where it is known from: the activity log, or what that misses (`app.derived.doings`)."""


class CostRow(msgspec.Struct, frozen=True, kw_only=True):
    """One resource and service, in one currency: what it was billed. Days Azure is still filling in are in `month`."""

    id: str
    """`resource|service|currency`."""
    resource: str | None = None
    name: str | None = None
    type: str | None = None
    group: str | None = None
    service: str | None = None
    month: Money | None = None
    """This calendar month so far (UTC)."""
    week: Money | None = None
    """The seven newest complete days."""
    week_before: Money | None = None
    """The seven days before those."""
    day: Money | None = None
    """The newest complete day: one that ended at least 48 hours ago."""
    last_day: datetime | None = None
    days: tuple[str, ...] = ()
    """Amounts of the 30 newest days, oldest first, as exact text; `` for a day without a line."""


class IntentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was asked of Azure: who, what, when, and how it ended."""

    id: str
    at: datetime
    outcome: str
    """sending, running, done, failed, refused, unknown, undone."""
    since: datetime
    """When the outcome was noted."""
    verb: str
    name: str
    """What people call the thing it was done to."""
    what: str
    said: str | None = None
    who: str | None = None
    target: str | None = None
    """ARM id."""
    workspace: str | None = None
    can_undo: bool = False
    changes: tuple[str, ...] = ()
    """`blue 90 % → 10 %`, a text for each thing that changes."""
    command: str | None = None
    """The `az` command that does the same."""
    operation: str | None = None
