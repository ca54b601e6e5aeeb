"""The trends of one experiment, asked of the cache: one walk over the index of its runs, newest first."""

from __future__ import annotations

from app.derived.trends import RunFact, Trends, start_of, trends
from app.family import wants_small
from app.rows import ExperimentRow
from app.session import Session
from app.tables import RUNS
from cache.query import Query, parse
from cache.quoting import equals

MOST_RUNS = 20_000
"""Runs, steps and trials looked at: a quarter of a second at most."""

JUDGED = 500
"""The newest runs that are asked what the experiment is judged by."""

_NEWEST = "created"


def ask_trends(session: Session, row: ExperimentRow) -> Trends:
    """How an experiment went. Reads up to 20,000 rows by an index: for a worker."""
    store, scope, now = session.store, session.scope, session.now()
    own = equals("experiment", row.name)
    where = parse(f"{own} created>={start_of(now):%Y-%m-%d}", RUNS, now=now)
    metric, goal = _judged_by(session, parse(own, RUNS, now=now))
    fields = ["created", "status", "duration", "parent", *([f"metric.{metric}"] if metric else [])]
    found = store.figures("runs", scope, fields, where, _NEWEST, MOST_RUNS)
    facts = (
        RunFact(created, status, duration, parent is not None, value[0] if value else None)
        for created, status, duration, parent, *value in found
        if created is not None
    )
    is_cut = len(found) == MOST_RUNS
    return trends(facts, now, metric, is_smaller_better=wants_small(goal, metric), is_cut=is_cut)


def _judged_by(session: Session, where: Query) -> tuple[str | None, str | None]:
    """The metric the newest sweep or AutoML run is judged by, and its goal; None while no run says."""
    fields = ("primary_metric", "goal")
    found = session.store.figures("runs", session.scope, fields, where, _NEWEST, JUDGED)
    return next(((metric, goal) for metric, goal in found if metric), (None, None))
