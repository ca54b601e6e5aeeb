"""The bill of the closed days against the estimates, from the cache. For workers: it reads every run of those days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from app import tables
from app.estimating import site_of
from cache.query import parse
from cache.store import Store
from services.compute import Compute
from services.deployments import Deployment
from services.estimates import OURS, Site
from services.hourly import of_deployment, of_machines
from services.prices import Priority
from services.reconcile import Pool, Reconciliation, Standing, Stay, closed_days, reconcile

DAYS = 7
MOST = 200_000
"""Runs that are read; what more there are is in what is unexplained."""
KEPT_FOR = 120.0
"""Seconds a cluster keeps an idle node where Azure does not say."""


def reconciled(store: Store, scope: str, workspace: str, now: datetime, days: int = DAYS) -> Reconciliation:
    """What machines were billed in the newest closed days, and what of it is explained. `workspace` is its ARM id."""
    site, closed = site_of(store, scope), closed_days(now, days)
    if len(site.book.currencies) > 1:
        return Reconciliation(why_not=f"Prices are in {' and '.join(sorted(site.book.currencies))}.")
    start, end = closed[0], closed[-1] + timedelta(days=1)
    lines = (seen.record for seen in store.records("costs", scope, parse(f"day<{days + 5}d", tables.COSTS, now=now)))
    stays = tuple(_stays(store, scope, site, start, end, now))
    standing = (*_deployments(store, scope, site), *_instances(site))
    return reconcile(
        closed, lines, workspace, stays, tuple(_pools(site)), standing, next(iter(site.book.currencies), "")
    )


def _stays(store: Store, scope: str, site: Site, start: datetime, end: datetime, now: datetime) -> Iterator[Stay]:
    """The runs that held machines of the workspace's own in a span."""
    where = f"cost_unknown:none started<{(now - start).days + 31}d !started>={end:%Y-%m-%d}"
    fields = ("compute", "started", "ended", "nodes", "cost", "reused_from", "duration")
    for row in store.figures("runs", scope, fields, parse(where, tables.RUNS, now=now), "started", MOST):
        compute, began, ended, nodes, cost, reused, duration = row
        known = site.computes.get((compute or "").lower())
        if known is None or known.kind != "AmlCompute" or reused:
            continue
        over = ended or (began + timedelta(seconds=duration) if duration is not None else now)
        if began < end and over > start:
            yield Stay(compute, began, over, nodes or 1, None if cost is None else Decimal(cost))


def _each(site: Site, one: Compute, count: int = 1) -> Decimal | None:
    priority: Priority = "low priority" if (one.priority or "").lower().startswith("low") else "dedicated"
    found = of_machines(site.book, count, one.vm_size, one.location or site.region, priority=priority).money
    return found.amount if found is not None else None


def _pools(site: Site) -> Iterator[Pool]:
    for one in site.computes.values():
        if one.kind.lower() == OURS[0] and one.provisioning != "Failed":
            kept = KEPT_FOR if one.idle_timeout is None else one.idle_timeout
            yield Pool(one.name, one.min_nodes or 0, one.max_nodes, kept, _each(site, one))


def _instances(site: Site) -> Iterator[Standing]:
    for one in site.computes.values():
        # Before its last start nobody knows for how long it was up.
        if one.kind.lower() == OURS[1] and one.state in ("Running", "JobRunning") and one.changed is not None:
            yield Standing("instances", one.name, one.changed, _each(site, one))


def _deployments(store: Store, scope: str, site: Site) -> Iterator[Standing]:
    places = {seen.record.name.lower(): seen.record.location for seen in store.records("endpoints", scope)}
    for seen in store.records("deployments", scope):
        one: Deployment = seen.record
        if (one.kind or "").lower() != "kubernetes":
            money = of_deployment(one, places.get(one.endpoint.lower()) or site.region, site.book).money
            yield Standing("endpoints", one.id, one.created, money.amount if money is not None else None)
