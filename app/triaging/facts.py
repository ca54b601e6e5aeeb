"""What the cache knows of an endpoint, put together for its triage: as it is now, or as it was at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from app.endpoint_tables import DEPLOYMENTS
from app.series_kinds import SIGNALS, WEEK_BEFORE
from app.triaging.changes import changes_of
from app.triaging.logged import logged_of, within
from app.triaging.series import signals_of
from cache.query import parse
from cache.store import Store
from services.deployments import Deployment
from services.records import WorkspaceRef
from services.triage_facts import Facts, Signal, SourceOn

LOOKED_AT = timedelta(hours=3)
"""How long before the moment that is judged signals are looked at."""
CHANGED_IN = timedelta(hours=30)
"""How long before it changes are looked at."""
WEEK = timedelta(days=7)
BY_LOG = "No metrics are known: rates and latencies are those of the traffic log"


def facts_of(
    store: Store, scope: str, endpoint: str, now: datetime, *, at: datetime | None = None,
    back: timedelta = LOOKED_AT, workspace: WorkspaceRef | None = None,
) -> Facts | None:  # fmt: skip
    """Return what is known, at a moment or now; None where the endpoint was never seen (or not yet then).

    Signals are looked at so far `back`.

    Reads the cache alone. For a worker: series are unpacked. Raises CacheError.
    """
    moment = at or now
    seen = store.as_of("endpoints", scope, endpoint, at) if at is not None else store.get("endpoints", scope, endpoint)
    if seen is None or (at is None and seen.is_gone):
        return None
    states = store.sources(scope)
    has_activity = "activity" in states and states["activity"].last_ok is not None
    signals = store.series.read(scope, endpoint, SIGNALS)
    week = store.series.read(scope, endpoint, WEEK_BEFORE)
    facts = Facts(
        endpoint=seen.record,
        deployments=_deployments(store, scope, endpoint, at, moment),
        signals=tuple(signals_of(signals, moment - back, moment)),
        last_week=tuple(signals_of(week, moment - WEEK - LOOKED_AT, moment - WEEK + LOOKED_AT)),
        changes=tuple(changes_of(store, scope, endpoint, moment - CHANGED_IN, moment)) if has_activity else None,
        workspace=workspace,
        now=moment,
    )
    resource = f"{workspace.id}/onlineEndpoints/{endpoint}" if workspace is not None else None
    logged = logged_of(store, scope, endpoint, resource, facts.deployments, at)
    told: list[Signal] = [one for name in ("minutes", "split") for one in logged.pop(name, ())]
    by_log = [one for one in (within(signal, moment - back, moment) for signal in told) if one.times]
    metrics = SourceOn(name="metrics", is_on=True if signals else None, at=signals[0].fetched_at if signals else None)
    if by_log and not facts.signals:
        logged["signals"] = tuple(by_log)
        metrics = SourceOn(name="metrics", is_on=False, said=BY_LOG)
    return msgspec.structs.replace(facts, **{**logged, "sources": (metrics, *logged.get("sources", ()))})


def _deployments(
    store: Store, scope: str, endpoint: str, at: datetime | None, moment: datetime
) -> tuple[Deployment, ...] | None:
    """The deployments; None where they were never read."""
    states = store.sources(scope)
    query = parse(f'endpoint="{endpoint}"', DEPLOYMENTS, now=moment)
    found: Sequence[Deployment] = [row.record for row in store.records("deployments", scope, query)]
    if at is not None:
        then = (store.as_of("deployments", scope, one.id, at) for one in found)
        found = [row.record for row in then if row is not None]
    was_read = "deployments" in states and states["deployments"].last_ok is not None
    return tuple(found) if found or was_read else None
