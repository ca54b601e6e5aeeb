"""Experiments with what their cached runs say: counted in SQL, since there may be a million runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from app.rows import ExperimentRow
from services.experiments import Experiment
from services.run import Run

TOP = "parent:none"
"""Steps and trials are their parents' business: a sweep of a hundred trials is one run."""
WEEK = f"{TOP} ended<7d"

_BUCKETS = {
    "notstarted": "queued",
    "queued": "queued",
    "scheduled": "queued",
    "starting": "queued",
    "provisioning": "queued",
    "preparing": "queued",
    "running": "running",
    "finalizing": "running",
    "notresponding": "running",
    "cancelrequested": "running",
    "completed": "completed",
    "finished": "completed",
    "failed": "failed",
    "canceled": "canceled",
    "cancelled": "canceled",
}


class RunFacts(Protocol):
    """Questions about the cached runs; `where` is filter text."""

    def counts(self, by: str, where: str) -> dict[str, int]:
        """Runs by the values of a field."""
        ...

    def runs(self, where: str, order: str = "", limit: int | None = None) -> Iterator[Run]:
        """The runs themselves."""
        ...


@dataclass(slots=True)
class _Week:
    ended: int = 0
    completed: int = 0
    seconds: float | None = None


def experiment_rows(experiments: Iterable[Experiment], facts: RunFacts) -> Iterator[ExperimentRow]:
    """Yield a row for every experiment listed, and for every one that only its runs name.

    A status we do not know counts as a run and in no column.
    """
    listed = {one.name: one for one in experiments}
    buckets = _count_by_status(facts)
    totals = {name: number for name, number in facts.counts("experiment", TOP).items() if name}
    weeks = _weeks(facts)
    for name in sorted(listed.keys() | totals.keys()):
        counts = {bucket: found.get(name, 0) for bucket, found in buckets.items()}
        yield _row(name, listed.get(name), totals.get(name, 0), counts, weeks.get(name, _Week()), facts)


def _count_by_status(facts: RunFacts) -> dict[str, dict[str, int]]:
    buckets: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for status in facts.counts("status", TOP):
        bucket = _BUCKETS.get(status.lower())
        if bucket is not None:
            for name, number in facts.counts("experiment", f"{TOP} {equals('status', status)}").items():
                buckets[bucket][name] += number
    return buckets


def _weeks(facts: RunFacts) -> dict[str, _Week]:
    weeks: dict[str, _Week] = defaultdict(_Week)
    for run in facts.runs(WEEK):
        week = weeks[run.experiment or ""]
        week.ended += 1
        week.completed += _BUCKETS.get(run.status.lower()) == "completed"
        if run.duration is not None:
            week.seconds = (week.seconds or 0.0) + run.duration
    return weeks


def _row(
    name: str, listed: Experiment | None, total: int, counts: dict[str, int], week: _Week, facts: RunFacts
) -> ExperimentRow:
    own = f"{TOP} {equals('experiment', name)}"
    newest = next(facts.runs(own, "-created", 1), None) if total else None
    failed = next(facts.runs(f"{own} status=Failed", "-created", 1), None) if counts.get("failed") else None
    return ExperimentRow(
        id=name,
        name=name,
        runs=total,
        **counts,
        last_run=newest.created if newest else None,
        last_failure=failed.created if failed else None,
        last_error=failed.error if failed else None,
        success_7d=week.completed / week.ended if week.ended else None,
        ended_7d=week.ended,
        hours_7d=week.seconds / 3600 if week.seconds is not None else None,
        users=tuple(sorted(user for user in facts.counts("user", own) if user)) if total else (),
        is_archived=listed.is_archived if listed else None,
        created=listed.created if listed else None,
        description=listed.description if listed else None,
        tags=listed.tags if listed else {},
    )


def equals(field: str, value: str) -> str:
    """The clause that keeps rows whose field is exactly this text."""
    quoted = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{field}="{quoted}"'
