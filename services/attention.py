"""What needs attention: pure reasoning over records already read, no I/O.

Each rule looks at one kind of record and says what is wrong, since when and why it thinks so. Unknown is not wrong:
a rule that lacks a number stays silent.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median

import msgspec

from services.compute_record import Compute
from services.costs import CostLine
from services.deployments import Deployment
from services.endpoints import Endpoint
from services.quotas import Quota
from services.runs import Run

CRITICAL, WARNING, NOTE = "critical", "warning", "note"
_WEIGHT = {CRITICAL: 300, WARNING: 200, NOTE: 100}

RECENT = timedelta(hours=24)
LONG_QUEUE = timedelta(minutes=30)
LONG_UP = timedelta(hours=12)
OLD = timedelta(days=7)
"""A compute that failed longer ago than this is left to rot, not an alarm."""


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that needs a look. `pane` and `query` lead to it; `rank` orders the list, largest first."""

    id: str
    severity: str
    rank: float
    what: str
    why: str | None = None
    owner: str | None = None
    since: datetime | None = None
    pane: str
    query: str
    endpoint: str | None = None
    """The endpoint whose triage says more."""
    workspace: str | None = None
    """Whose it is, when that is not the workspace that is looked at."""
    workspace_id: str | None = None
    """That workspace's ARM id."""
    as_of: datetime | None = None
    """When that workspace was last looked through."""
    state: str = "open"
    """open, seen, snoozed: `services.putting_away`."""
    was: str | None = None
    """The severity it had when it was put away: it is worse now, and back."""
    put_at: datetime | None = None
    """When it was put away."""
    until: datetime | None = None
    """When it comes back; None for what is seen, and for what is snoozed until it changes."""
    reason: str | None = None
    """Why it was put away, where somebody said so."""


def noted(
    severity: str, pane: str, key: str, what: str, why: str | None, since: datetime | None,
    *, query: str, owner: str | None = None, weight: float = 0.0, endpoint: str | None = None,
) -> Attention:  # fmt: skip
    """Return one thing that needs a look. `weight`, below 100, orders those of one severity.

    `key` names the thing within its pane, and stays what it is however its sentence changes.
    """
    return Attention(
        id=f"{pane}/{key}", severity=severity, rank=_WEIGHT[severity] + min(weight, 99.0),
        what=what, why=why, owner=owner, since=since, pane=pane, query=query, endpoint=endpoint,
    )  # fmt: skip


def of_runs(runs: Iterable[Run], now: datetime) -> Iterator[Attention]:
    """Failures of the last day by experiment, runs without a heartbeat, and runs that wait too long."""
    failed: dict[str, list[Run]] = defaultdict(list)
    for run in runs:
        if run.parent is not None:
            continue
        if run.status == "Failed" and run.ended is not None and now - run.ended < RECENT:
            failed[run.experiment or "no experiment"].append(run)
        elif run.status == "NotResponding":
            yield noted(WARNING, "runs", run.id, f"run {run.name} sends no heartbeat", run.compute, run.started,
                         query=f'id="{run.id}"', owner=run.user, weight=50)  # fmt: skip
        elif run.status == "Queued" and run.created is not None and now - run.created > LONG_QUEUE:
            on = f"for {run.compute}" if run.compute else None
            yield noted(NOTE, "runs", run.id, f"run {run.name} waits", on, run.created,
                         query=f'id="{run.id}"', owner=run.user)  # fmt: skip
    for experiment, ended in failed.items():
        newest = max(ended, key=lambda run: run.ended or now)
        many = f"{len(ended)} runs of {experiment} failed" if len(ended) > 1 else f"run {newest.name} failed"
        yield noted(WARNING, "runs", f"{experiment}/failed", many, newest.error, newest.ended, owner=newest.user,
                     query=f'experiment="{experiment}" status=Failed', weight=10.0 * len(ended))  # fmt: skip


def of_compute(
    computes: Iterable[Compute], now: datetime, owners: Mapping[str, str | None] | None = None
) -> Iterator[Attention]:
    """Failed computes, errors behind a state that says Succeeded, idle nodes, instances nobody will stop.

    `owners` names whose a compute is, by its name; Azure has object ids alone.
    """
    for compute in computes:
        query = f'name="{compute.name}"'
        if compute.provisioning == "Failed":
            is_old = compute.modified is not None and now - compute.modified > OLD
            severity = NOTE if is_old else WARNING
            yield noted(severity, "compute", compute.name, f"{compute.name} failed", compute.error, compute.modified,
                         query=query, weight=60)  # fmt: skip
        elif compute.error:
            yield noted(WARNING, "compute", compute.name, f"{compute.name} reports an error", compute.error,
                         compute.changed, query=query, weight=40)  # fmt: skip
        if compute.nodes and compute.idle_nodes and _is_held(compute, now):
            held = f"the minimum is {compute.min_nodes}" if compute.min_nodes else None
            what = f"{compute.name}: {compute.idle_nodes} of {compute.nodes} nodes idle"
            yield noted(WARNING, "compute", f"{compute.name}/idle", what, held, compute.changed,
                         query=query, weight=5.0 * compute.idle_nodes)  # fmt: skip
        if _burns(compute, now):
            what = f"{compute.name} runs without idle shutdown"
            owner = (owners or {}).get(compute.name) or compute.assigned_to or compute.owner
            yield noted(WARNING, "compute", f"{compute.name}/up", what, None, compute.changed,
                         query=query, owner=owner, weight=20)  # fmt: skip


def _is_held(compute: Compute, now: datetime) -> bool:
    """Idle nodes of a cluster that is about to give them back need nobody's attention."""
    if compute.min_nodes or compute.changed is None or compute.idle_timeout is None:
        return True
    return (now - compute.changed).total_seconds() > compute.idle_timeout


def _burns(compute: Compute, now: datetime) -> bool:
    return (
        compute.kind == "ComputeInstance"
        and compute.state == "Running"
        and compute.idle_shutdown is None
        and compute.changed is not None
        and now - compute.changed > LONG_UP
    )


def of_endpoints(
    endpoints: Iterable[Endpoint], deployments: Iterable[Deployment], now: datetime
) -> Iterator[Attention]:
    """Failed endpoints and deployments, and endpoints that have deployments but send them nothing."""
    behind: dict[str, list[Deployment]] = defaultdict(list)
    for deployment in deployments:
        behind[deployment.endpoint.lower()].append(deployment)
    for endpoint in endpoints:
        query = f'name="{endpoint.name}"'
        own = behind[endpoint.name.lower()]
        live = {name.lower() for name, share in (endpoint.traffic or {}).items() if share}
        if endpoint.state == "Failed":
            yield noted(CRITICAL, "endpoints", endpoint.name, f"endpoint {endpoint.name} failed", None,
                         endpoint.modified, query=query, weight=80, endpoint=endpoint.name)  # fmt: skip
        elif endpoint.traffic is not None and not live and own:
            yield noted(CRITICAL, "endpoints", f"{endpoint.name}/traffic",
                         f"endpoint {endpoint.name} answers 404 to every call", "no deployment has traffic",
                         endpoint.modified, query=query, weight=90, endpoint=endpoint.name)  # fmt: skip
        for deployment in own:
            if deployment.state == "Failed":
                has_traffic = deployment.name.lower() in live
                why = "it should get traffic" if has_traffic else "it has no traffic, but may hold machines"
                yield noted(CRITICAL if has_traffic else WARNING, "deployments", deployment.id,
                             f"deployment {endpoint.name}/{deployment.name} failed", why, deployment.modified,
                             query=f'endpoint="{endpoint.name}"', owner=deployment.created_by, weight=70,
                             endpoint=endpoint.name)  # fmt: skip


def of_quotas(quotas: Iterable[Quota]) -> Iterator[Attention]:
    """Counters at nine tenths of their limit or beyond."""
    for quota in quotas:
        if quota.used and quota.limit and quota.limit > 0 and quota.used / quota.limit >= 0.9:
            title = quota.title or quota.name
            severity = WARNING if quota.used >= quota.limit else NOTE
            yield noted(severity, "quotas", quota.id, f"quota {title} is {quota.used} of {quota.limit}",
                         quota.location, None, query=f'name="{quota.name}"')  # fmt: skip


def of_costs(lines: Iterable[CostLine], now: datetime) -> Iterator[Attention]:
    """The last complete day, when it cost half as much again as the usual day of the fortnight before.

    The newest 48 hours are left out: Azure is still filling them in.
    """
    days: dict[str, dict[datetime, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for line in lines:
        if line.cost is not None and now - line.day >= timedelta(hours=72):
            days[line.cost.currency][line.day] += line.cost.amount
    for currency, totals in days.items():
        ordered = sorted(totals)
        if len(ordered) < 8:
            continue
        last = ordered[-1]
        usual = median(totals[day] for day in ordered[-15:-1])
        if usual > 0 and totals[last] > usual * Decimal("1.5"):
            rise = int((totals[last] / usual - 1) * 100)
            why = f"{totals[last]:,.2f} {currency} against a usual {usual:,.2f} {currency}"
            yield noted(WARNING, "costs", currency, f"cost of {last:%d %b} is up {rise} %", why, last,
                         query="", weight=30)  # fmt: skip
