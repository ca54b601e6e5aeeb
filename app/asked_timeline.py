"""What happened in the last hour, asked of the cache: what was done, what runs did, what began to need attention."""

from __future__ import annotations

from datetime import datetime

from app.derived.doings import RUN_HISTORY
from app.rows import Operation
from app.session import Session
from app.tables import ATTENTION, OPERATIONS
from cache.query import parse
from services.attention import Attention
from services.putting_away import SNOOZED

MINUTES = 60
MOST = 14
"""Lines."""
_READ = 100
"""Operations that are looked at, the newest."""

Happened = tuple[Operation | Attention, ...]


def ask_timeline(session: Session) -> Happened:
    """Return what happened, newest first. Two small pages by an index or of a small table: for a worker.

    Of more than fits in, runs that start and end well are left out first.
    """
    store, scope, now = session.store, session.scope, session.now()
    done = store.records("operations", scope, parse(f"at<{MINUTES}m", OPERATIONS, now=now), "-at", _READ)
    began = store.records("attention", scope, parse(f"since<{MINUTES}m", ATTENTION, now=now), "-since", MOST)
    found: list[Operation | Attention] = [seen.record for seen in done]
    # That a run failed is said by what it did already; what is snoozed needs nobody's look.
    found += [seen.record for seen in began if seen.record.pane != "runs" and seen.record.state != SNOOZED]
    told = sorted(sorted(found, key=_at, reverse=True), key=_plainness)[:MOST]
    return tuple(sorted(told, key=_at, reverse=True))


def _at(one: Operation | Attention) -> float:
    at = moment_of(one)
    return at.timestamp() if at is not None else 0.0


def _plainness(one: Operation | Attention) -> bool:
    """Whether it is the everyday life of runs."""
    return isinstance(one, Operation) and one.origin == RUN_HISTORY and one.status != "Failed"


def moment_of(one: Operation | Attention) -> datetime | None:
    """When it happened, or began."""
    return one.at if isinstance(one, Operation) else one.since
