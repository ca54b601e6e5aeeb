"""Rows no single Azure answer holds: summaries of cached records, kept as records of their own.

The refresher rewrites them when what they are made of changes; their basis is always `inferred`.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from services.deployments import Deployment
from services.records import Money


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
    models: tuple[str, ...] = ()
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


class DeploymentRow(Deployment, frozen=True, kw_only=True):
    """One deployment with its part of the traffic and its autoscale setting."""

    traffic: float | None = None
    """Per cent of the endpoint's requests; None while the endpoint was not read, or does not say."""
    mirror: float | None = None
    has_autoscale: bool | None = None
    """None while the settings were not read."""
    autoscale_name: str | None = None
    autoscale_on: bool | None = None
    autoscale_min: int | None = None
    autoscale_max: int | None = None
    autoscale_default: int | None = None
    autoscale_rules: tuple[str, ...] = ()
    autoscale_problems: tuple[str, ...] = ()


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


class SourceRow(msgspec.Struct, frozen=True, kw_only=True):
    """One source as the Sync pane shows it: when it was last read, when next, and what stands in its way."""

    id: str
    """The source's name."""
    title: str
    state: str
    """ok, reading, waiting, paused, offline, forbidden, throttled, signed out, broken, malformed, never."""
    problem: str | None = None
    """The sentence of the last failure; None once it worked again."""
    progress: int | None = None
    last_ok: datetime | None = None
    last_try: datetime | None = None
    next_try: datetime | None = None
    stale_after: float = 0.0
    """Seconds after which its rows count as late."""
    rows: int | None = None
    total: int | None = None
    """How many the service says there are, where it says so."""
    set_aside: int = 0
    calls: int = 0
    is_derived: bool = False
    done: int | None = None
    """How many of `total` the cache holds, while it is being read."""
    rate: float | None = None
    """Records a second, while it is being read."""
    left: float | None = None
    """Seconds until it is through, at that rate."""
    note: str | None = None
    """How far it is, in words."""
    budget: float | None = None
    """Calls it could make at once."""
    budget_of: float | None = None
    """Calls it could make at once after a rest."""
    budget_rate: float | None = None
    """Calls a second after that."""
    held_for: float | None = None
    """Seconds Azure asked us to stay away."""
