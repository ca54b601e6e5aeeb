"""Opening an incident bundle: its rows in a fresh private cache of their own, looked at offline as of its moment."""

from __future__ import annotations

import shutil
import tempfile
from collections import defaultdict
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from math import nan
from pathlib import Path

from app.asked_things import note_key
from app.bundles.form import BadBundle, KeptRow, Manifest
from app.bundles.reading import Bundle, Row, read_bundle
from app.refresh import Refresher
from app.refreshing import OnEvent
from app.session import Bundled, Session
from app.sources import SOURCES
from app.tables import TABLES
from app.triaging.judged import Judged, judged_of
from app.triaging.layout import Shown, triage_lines
from app.triaging.window import MINUTE, Window
from app.triaging.written import written
from cache.errors import CacheError
from cache.origins import Provenance
from cache.series import Series
from cache.store import Store
from services.records import WorkspaceRef
from widgets import format as fmt
from widgets.pane import Line, Look

KINDS_OF_PROBLEM = ("offline", "forbidden", "throttled", "broken", "malformed", "cache")
MOST_READINGS = 60
"""Moments rows of a table were read at that are told apart; what is older counts as of the oldest of all."""
MOST_STEPS = 500
"""Earlier states of the rows of a table that are put back; the newest of them."""
FROZEN = tuple(replace(source, is_derived=False) for source in SOURCES)
"""The sources of a bundle: nothing is read, and nothing reckoned anew from the part that was taken along."""
ODD = (ValueError, TypeError, ArithmeticError, LookupError, AttributeError, RecursionError, CacheError)
"""What judging raises on rows that contradict each other."""


@contextmanager
def opened_bundle(path: Path) -> Generator[Session]:
    """A session that shows a bundle: read-only, without any way to Azure, gone with all its files at the end.

    Raises BadBundle.
    """
    bundle = read_bundle(path)
    folder = Path(tempfile.mkdtemp(prefix="amldeck-bundle-"))  # for its owner alone
    try:
        session = session_of(bundle, folder)
        try:
            yield session
        finally:
            session.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def frozen_refresher(session: Session, on_event: OnEvent) -> Refresher:
    """The refresher of a bundle: knows how all stood, and reads nothing."""
    return Refresher(session, on_event, sources=FROZEN)


def session_of(bundle: Bundle, folder: Path) -> Session:
    """The session of a bundle whose cache lies in `folder`. Raises BadBundle for one that cannot be shown."""
    manifest = bundle.manifest
    at = manifest.at.astimezone(UTC)
    store = Store.open(folder, TABLES, now=lambda: at)
    session = Session(store, mode="offline", now=lambda: at, notes=tuple(_said(bundle)))
    session.bundle = Bundled(manifest.endpoint, at)
    session.workspace = WorkspaceRef(manifest.subscription, manifest.resource_group, manifest.workspace)
    try:
        _fill(session, bundle)
        judged = judged_of(session, manifest.endpoint)
        shown = _rehearsed(judged, Look(at)) if judged is not None else []
    except ODD as error:
        session.close()
        raise BadBundle("The bundle is damaged, or was changed: what it holds cannot be shown.") from error
    if not shown:
        session.close()
        raise BadBundle("The bundle is damaged, or was changed: it does not hold the endpoint it is of.")
    return session


def _rehearsed(judged: Judged, look: Look) -> list[Line]:
    """The lines of the triage, narrow and wide. Raises what rows that contradict each other lead to."""
    end = look.now.replace(second=0, microsecond=0) + MINUTE
    shown = Shown(Window(end - 60 * MINUTE, end), look)
    lines = [line for width in (80, 160) for line in triage_lines(judged, shown, width)]
    return lines if any(written(judged, look)) else []


def _said(bundle: Bundle) -> Iterable[str]:
    """What the user should know about this bundle, a sentence each."""
    manifest: Manifest = bundle.manifest
    by = f" by {manifest.by}" if manifest.by else ""
    old = fmt.age(manifest.at, datetime.now(UTC))
    yield f"A bundle of {manifest.endpoint}, written {manifest.at:%Y-%m-%d %H:%M} UTC{by}, {old} ago."
    if manifest.left_out:
        yield f"It has not all: {' '.join(manifest.left_out[:5])}"
    if bundle.set_aside:
        yield f"{bundle.set_aside:,} lines of it could not be read."


def _fill(session: Session, bundle: Bundle) -> None:
    """Put all of it into the session's cache. Raises CacheError."""
    store, scope, manifest = session.store, session.scope, bundle.manifest
    for table, rows in bundle.rows.items():
        _put(session, table, rows)
    for one in bundle.series:
        values = [nan if value is None else value for value in one.values]
        given = Series(name=one.name, part=one.part, unit=one.unit, times=one.times, values=values)
        store.series.put(scope, manifest.endpoint, one.kind, [given], one.fetched_at or manifest.at)
    for source in manifest.sources:
        if source.name in {one.name for one in SOURCES}:
            kind = source.problem_kind if source.problem_kind in KINDS_OF_PROBLEM else None
            store.note_source(
                scope, source.name, last_ok=source.last_ok, last_try=source.last_try, error_kind=kind,
                error_text=source.problem if kind else None,
            )  # fmt: skip
    for name in ("signals", "endpoint_logs"):
        if name in manifest.looked_up:
            store.remember(note_key(scope, name, manifest.endpoint), manifest.looked_up[name].isoformat())


def _put(session: Session, table: str, rows: list[Row]) -> None:
    """Put rows as they were read: first how they were before, then how they are."""
    store, scope = session.store, session.scope
    steps = sorted(((at, number, record) for number, row in enumerate(rows) for at, record in row.before),
                   key=lambda step: step[:2])  # fmt: skip
    for at, number, record in steps[-MOST_STEPS:]:
        store.put(table, scope, [record], provenance=_origin(rows[number].kept, at))
    groups: dict[datetime, list[Row]] = defaultdict(list)
    told_apart = set(sorted({row.kept.fetched_at for row in rows})[-MOST_READINGS:])
    oldest = min((row.kept.fetched_at for row in rows), default=None)
    for row in rows:
        kept = row.kept
        at = kept.fetched_at if kept.fetched_at in told_apart or oldest is None else oldest
        groups[at].append(row)
    for at in sorted(groups):  # one answer, one route
        origin = _origin(groups[at][0].kept, at)
        store.put(table, scope, [row.record for row in groups[at]], provenance=origin)
    gone = [row.record.id for row in rows if row.kept.is_gone]
    if gone:
        store.lose(table, scope, gone)


def _origin(kept: KeptRow, at: datetime) -> Provenance:
    return Provenance(kept.route, kept.api_version, at, kept.basis, kept.method)
