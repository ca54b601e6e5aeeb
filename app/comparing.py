"""Which runs are compared: those that are named or marked, or one and the last good run of its experiment.

Everything comes from the cache. Reads rows: for workers and commands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from app.tables import RUNS
from cache.query import parse
from cache.quoting import quoted
from cache.rows import Seen
from cache.store import Store
from services.run import Run

GOOD = "Completed"
ALIKE = 20
"""Runs of one name that are told apart at most."""


class Unclear(ValueError):
    """A name that means no run, or several; the text says which there are."""


def last_good(store: Store, scope: str, run: Run, now: datetime) -> Run | None:
    """The newest run before this one that completed, of its experiment and kind and nobody's child. None without one.

    For a child its parent's place in time counts: the trials of one sweep are not good runs for each other.
    """
    if run.experiment is None or run.created is None:
        return None
    kind = f" kind={quoted(run.kind)}" if run.kind and run.parent is None else ""
    before = f"{run.created.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    text = f"experiment={quoted(run.experiment)} status={GOOD}{kind} parent:none created<={before}"
    for seen in _runs(store, scope, text, now):
        # A date of the query is as exact as the second, and its texts are equal in any case.
        is_before = seen.record.created is not None and seen.record.created < run.created
        if is_before and seen.record.experiment == run.experiment and seen.record.id != run.root:
            return seen.record
    return None


def named_run(store: Store, scope: str, name: str, now: datetime) -> Run:
    """The run of this id, or the only one of this name. Raises Unclear."""
    seen = store.get("runs", scope, name)
    if seen is not None:
        return seen.record
    found = [one.record for one in _runs(store, scope, f"name={quoted(name)}", now, ALIKE)]
    if not found:
        raise Unclear(f"No run seen so far has the id or the name {name!r}")
    if len(found) > 1:
        more = "at least " if len(found) == ALIKE else ""
        raise Unclear(f"{name!r} is the name of {more}{len(found)} runs: {_listed(found)}")
    return found[0]


def runs_of(store: Store, scope: str, keys: Sequence[str]) -> tuple[Run, ...]:
    """The runs of these ids that the cache has, in this order."""
    seen = (store.get("runs", scope, key) for key in keys)
    return tuple(one.record for one in seen if one is not None)


def _runs(store: Store, scope: str, text: str, now: datetime, limit: int | None = None) -> Iterator[Seen]:
    return store.records("runs", scope, parse(text, RUNS, now=now), "-created", limit, include_gone=True)


def _listed(runs: Iterable[Run]) -> str:
    return ", ".join(run.id for run in runs)
