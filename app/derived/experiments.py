"""Experiments with what their cached runs say: counted in SQL, since there may be a million runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from app.rows import ExperimentRow
from cache.quoting import equals
from services.estimates import Sum, cost_of, together
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

    def parts(self, by: str, split: str, where: str) -> dict[str, dict[str, int]]:
        """Runs by the values of a field, and those by the values of another."""
        ...

    def runs(self, where: str, order: str = "", limit: int | None = None) -> Iterator[Run]:
        """The runs themselves."""
        ...


@dataclass(slots=True)
class _Week:
    ended: int = 0
    completed: int = 0
    seconds: float | None = None
    cost: Sum = field(default_factory=Sum)


def experiment_rows(experiments: Iterable[Experiment], facts: RunFacts) -> Iterator[ExperimentRow]:
    """Yield a row for every experiment listed, and for every one that only its runs name.

    A status we do not know counts as a run and in no column.
    """
    listed = {one.name: one for one in experiments}
    statuses = {name: parts for name, parts in facts.parts("experiment", "status", TOP).items() if name}
    users = facts.parts("experiment", "user", TOP)
    weeks = _weeks(facts)
    for name in sorted(listed.keys() | statuses.keys()):
        known = Counted(statuses.get(name, {}), users.get(name, {}), weeks.get(name, _Week()))
        yield _row(name, listed.get(name), known, facts)


class Counted(NamedTuple):
    """What is counted of an experiment: its runs by status and by user, and what ended in a week."""

    statuses: dict[str, int]
    users: dict[str, int]
    week: _Week

    def buckets(self) -> dict[str, int]:
        """Its runs by the columns there are for them."""
        found = dict.fromkeys(_BUCKETS.values(), 0)
        for status, number in self.statuses.items():
            if (bucket := _BUCKETS.get(status.lower())) is not None:
                found[bucket] += number
        return found


def _weeks(facts: RunFacts) -> dict[str, _Week]:
    weeks: dict[str, _Week] = defaultdict(_Week)
    for run in facts.runs(WEEK):
        week = weeks[run.experiment or ""]
        week.ended += 1
        week.completed += _BUCKETS.get(run.status.lower()) == "completed"
        if run.duration is not None:
            week.seconds = (week.seconds or 0.0) + run.duration
        week.cost = together((week.cost, cost_of(run)))
    return weeks


def _row(name: str, listed: Experiment | None, known: Counted, facts: RunFacts) -> ExperimentRow:
    own = f"{TOP} {equals('experiment', name)}"
    counts, total, week = known.buckets(), sum(known.statuses.values()), known.week
    newest = next(facts.runs(own, "-created", 1), None) if total else None
    failed = next(facts.runs(f"{own} status=Failed", "-created", 1), None) if counts["failed"] else None
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
        cost_7d=week.cost.money,
        cost_unknown_7d=week.cost.unknown,
        hours_7d=week.seconds / 3600 if week.seconds is not None else None,
        users=tuple(sorted(user for user in known.users if user)),
        is_archived=listed.is_archived if listed else None,
        created=listed.created if listed else None,
        description=listed.description if listed else None,
        tags=listed.tags if listed else {},
    )
