"""One read of one source, from its first page to the last, on a worker thread: Azure in, cache out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from app.estimating import put
from app.handed import Progress, Reading
from app.history.depth import Depth
from app.session import Session
from app.source import Source
from app.source_state import SourceState
from app.turns import Job
from cache.errors import CacheError
from services.records import Page

LEASE = 90.0
"""Seconds another process keeps away from a source we read; renewed with every page."""
COMPLETE_FOR = timedelta(days=1)
"""How long after a whole listing the next ones may ask for what is new alone."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a read ended: done, stopped on request, or left to another process that reads (or just read) the same."""

    kind: Literal["done", "stopped", "leased", "adopted", "moved"]
    progress: Progress
    rows: int | None = None
    has_gone: bool = False

    @property
    def needs_rereading(self) -> bool:
        """Whether more changed than the keys that were reported."""
        return self.has_gone or self.kind == "adopted"


Report = Callable[[Progress, Sequence[str]], None]
"""Told after every page: how far it is, and the keys of the rows that changed."""


def read_once(session: Session, job: Job, report: Report) -> Outcome:
    """Read a source and write what it holds. Raises ServiceError and CacheError; what was written stays.

    Asks `job.stop` between pages and again before every write: a call that hung may come back long after.
    """
    source, progress = job.turn.source, Progress()
    account = session.account
    if not source.is_derived:
        session.connect()
        if session.account != account:
            return Outcome("moved", progress)
    if job.stop.is_set():
        return Outcome("stopped", progress)
    if not session.store.lease(job.scope, source.name, LEASE):
        return Outcome("leased", progress)
    try:
        if _is_done_elsewhere(session, job):
            return Outcome("adopted", progress)
        return _read(session, job, report, progress)
    finally:
        if not job.is_left:
            give_back(session, job)


def give_back(session: Session, job: Job) -> None:
    """Let other processes read the source; when the cache is closed or busy its lease ends by itself."""
    with suppress(CacheError):
        session.store.release(job.scope, job.turn.source.name)


def _is_done_elsewhere(session: Session, job: Job) -> bool:
    """Whether another process has read it since we last looked, late enough for what is asked."""
    kept = session.store.sources(job.scope).get(job.turn.source.name)
    if not is_as_deep(session, job.turn.source, job.scope, job.depth):
        return False
    ours: SourceState = job.turn.state
    if kept is None or kept.last_ok is None or job.turn.source.is_derived:
        return False
    if ours.last_ok is not None and kept.last_ok <= ours.last_ok:
        return False
    age = (session.now() - kept.last_ok).total_seconds()
    return kept.last_ok >= job.asked_at if job.is_forced else 0 <= age < job.turn.source.stale_after


def depth_key(source: Source, scope: str) -> str:
    """Where it is noted how far back a source was read last."""
    return f"depth/{source.name}/{scope}"


def is_as_deep(session: Session, source: Source, scope: str, depth: Depth) -> bool:
    """Whether a source that reads the past was read as far as `depth` says, and no other; true of all others."""
    return not source.is_patient or session.store.recall(depth_key(source, scope)) == repr(depth)


def _read(session: Session, job: Job, report: Report, progress: Progress) -> Outcome:
    source, store, scope = job.turn.source, session.store, job.scope
    started = session.now()
    for page in source.read(_reading(session, job, progress, started)):
        if job.stop.is_set():
            return Outcome("stopped", progress)
        keys = _write(session, job, page, progress)
        _count(progress, page, bool(keys))
        report(progress, keys)
    if job.stop.is_set():
        return Outcome("stopped", progress)
    # What could not be read is not gone: a page with items set aside completes nothing.
    is_complete = progress.is_whole and source.completes and not progress.set_aside
    gone = store.finish(source.table.name, scope, started) if is_complete else 0
    if is_complete and not source.is_derived:
        store.remember(_complete_key(job), started.isoformat())
    return Outcome("done", progress, _rows(session, job, progress), has_gone=bool(gone) or progress.has_gone)


def _reading(session: Session, job: Job, progress: Progress, started: datetime) -> Reading:
    source, connection = job.turn.source, session.connection
    return Reading(
        connection=connection.patiently() if connection is not None and source.is_patient else connection,
        workspace=job.workspace,
        store=session.store,
        scope=job.scope,
        now=started,
        stop=job.stop.is_set,
        intents=session.intents if source.name == "intents" else None,
        was_complete=_was_complete(session, job, started),
        is_forced=job.is_forced,
        depth=job.depth,
        progress=progress,
        clock=session.now,
    )


def _rows(session: Session, job: Job, progress: Progress) -> int | None:
    """How many rows a source has now; of one that says so itself, how many it has done."""
    if job.turn.source.is_patient:
        return progress.done
    rows = session.store.view(job.turn.source.table.name, job.scope)
    rows.prepare()
    return rows.count()


def _write(session: Session, job: Job, page: Page[Any], progress: Progress) -> Sequence[str]:
    """Write a page and keep the lease. Gives the keys of the rows that are new or changed."""
    source, store = job.turn.source, session.store
    if not page.records:
        return ()
    if source.write is not None:
        keys = source.write(store, job.scope, page)
    else:
        changed = put(store, source.table, job.scope, page)
        keys, progress.inserted = changed.keys, progress.inserted + len(changed.inserted)
    store.lease(job.scope, source.name, LEASE)
    return keys


def _count(progress: Progress, page: Page[Any], has_changed: bool) -> None:
    progress.seen += len(page.records)
    progress.calls += 1
    progress.set_aside += len(page.set_aside)
    progress.total = page.total if page.total is not None else progress.total
    progress.is_whole = page.is_last
    progress.has_changed = progress.has_changed or has_changed


def _complete_key(job: Job) -> str:
    return f"complete/{job.turn.source.name}/{job.scope}"


def _was_complete(session: Session, job: Job, now: datetime) -> bool:
    kept = session.store.recall(_complete_key(job))
    if kept is None:
        return False
    return timedelta(0) <= now - datetime.fromisoformat(kept) < COMPLETE_FOR
