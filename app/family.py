"""The children of a run: read from the cache, and what can be said of them together. No screen, no Azure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from app import tables
from cache.query import parse
from cache.quoting import equals
from cache.store import Store
from services.run import ENDED_RUNS, Run
from services.run_kinds import HOLDERS, PARENTS

MOST = 2_000
"""Children that are shown; more are counted."""
DEEPEST = 12
"""Levels that are followed: no pipeline has as many."""
SLACK = timedelta(seconds=90)
"""A step that begins so soon after another ended may have waited for it."""
BOARDS = ("sweep", "automl")
"""Kinds whose children are trials."""


@dataclass(frozen=True, slots=True)
class Family:
    """A run with its children, and those of the children that were unfolded. `total` counts all direct ones.

    Of a step that holds a pipeline or a sweep the children are those of what it holds.
    """

    run: Run
    children: Mapping[str, Sequence[Run]] = field(default_factory=dict[str, Sequence[Run]])
    total: int = 0

    @property
    def own(self) -> Sequence[Run]:
        """The direct children."""
        return self.under(self.run)

    @property
    def top(self) -> Run:
        """The run whose children they are: what a step holds, where it holds one."""
        return self.held(self.run) or self.run

    def under(self, run: Run) -> Sequence[Run]:
        """The children of one run, as far as they are known."""
        return self.children.get((self.held(run) or run).id, ())

    def held(self, run: Run) -> Run | None:
        """The pipeline or the sweep that a step holds; None for what is no such step, or while it is not known."""
        inside = self.children.get(run.id, ()) if run.kind in HOLDERS else ()
        return inside[0] if len(inside) == 1 and inside[0].kind in PARENTS else None


def family_of(store: Store, scope: str, run: Run, unfolded: Sequence[str], now: datetime) -> Family:
    """The children of a run and of what is unfolded, steps in the order they began. Reads many rows: for a worker."""
    found = {key: children_of(store, scope, key, now) for key in (run.id, *unfolded)}
    known, waiting = Family(run, found), [run, *(child for runs in found.values() for child in runs)]
    while waiting:
        inside = known.held(waiting.pop())
        if inside is not None and inside.id not in found:
            found[inside.id] = children_of(store, scope, inside.id, now)
            waiting += found[inside.id]
    view = store.view("runs", scope, parse(parented(known.top.id), tables.RUNS, now=now))
    view.prepare()
    return replace(known, total=view.count() or 0)


def parented(key: str) -> str:
    """The filter that finds the children of a run."""
    return equals("parent", key)


def children_of(store: Store, scope: str, key: str, now: datetime) -> list[Run]:
    """The children of one run, in the order they began."""
    where = parse(parented(key), tables.RUNS, now=now)
    runs = [seen.record for seen in store.records("runs", scope, where, order="created", limit=MOST)]
    return sorted(runs, key=lambda run: (_began(run) or now, run.created or now, run.name))


def states_of(runs: Sequence[Run]) -> list[tuple[str, int]]:
    """How many are in each state, most first; failed ones before all."""
    counted = Counter(run.status for run in runs)
    return sorted(counted.items(), key=lambda one: (one[0] != "Failed", -one[1], one[0]))


def span_of(runs: Sequence[Run], now: datetime) -> tuple[datetime, datetime] | None:
    """From the first start to the last end, or to now while one goes on; None while none began."""
    begun = [run.started for run in runs if run.started is not None]
    ends = [end for run in runs if (end := ended(run, now)) is not None and run.started is not None]
    return (min(begun), max(ends)) if begun and ends else None


def ended(run: Run, now: datetime) -> datetime | None:
    """When it ended; now while it goes on; None when nobody says."""
    return run.ended or (None if run.status in ENDED_RUNS else now)


def critical_path(runs: Sequence[Run], now: datetime) -> frozenset[str]:
    """The steps that made the whole as long as it was: from the last one back, always to the latest that ended before.

    Run history does not say which step waits for which, so it is inferred from the times.
    """
    ran = [run for run in runs if run.started is not None and ended(run, now) is not None and not run.reused_from]
    path: set[str] = set()
    following = max(ran, key=lambda run: ended(run, now) or now, default=None)
    while following is not None and following.started is not None:
        path.add(following.id)
        until = following.started + SLACK
        before = [run for run in ran if run.id not in path and (end := ended(run, now)) is not None and end <= until]
        following = max(before, key=lambda run: ended(run, now) or now, default=None)
    return frozenset(path)


def critical_in(family: Family, now: datetime) -> frozenset[str]:
    """The critical path through all levels that are known: of a step on it, the steps in it that made it that long."""
    path: set[str] = set()
    levels = [family.own]
    for _level in range(DEEPEST):
        own = [critical_path(runs, now) for runs in levels]
        path = path.union(*own)
        on_it = (run for runs, ids in zip(levels, own, strict=True) for run in runs if run.id in ids)
        levels = [under for run in on_it if (under := family.under(run))]
    return frozenset(path)


def first_failed(family: Family) -> list[Run]:
    """The way to the first leaf that failed, from the direct child on; empty when none did."""
    way: list[Run] = []
    runs = family.own
    while len(way) < DEEPEST and (failed := next((run for run in runs if run.status == "Failed"), None)) is not None:
        way.append(failed)
        runs = family.under(failed)
    return way


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial on the board: its place, what it reached, and whether nothing is better."""

    run: Run
    value: float | None
    rank: int | None

    @property
    def is_best(self) -> bool:
        """Whether it is the first."""
        return self.rank == 1


def metric_of(run: Run, trials: Sequence[Run]) -> str | None:
    """The metric trials are judged by: as the parent says, in the spelling they logged it in."""
    wanted = run.primary_metric
    logged = {name for one in trials for name in one.metrics}
    if wanted is None or wanted in logged:
        return wanted
    return next((name for name in logged if name.lower() == wanted.lower()), wanted)


def is_smaller_better(run: Run) -> bool:
    """Whether the smallest value wins: as the parent says, else by the name of the metric."""
    return wants_small(run.goal, run.primary_metric)


def wants_small(goal: str | None, metric: str | None) -> bool:
    """Whether a metric is the better the smaller it is: by the goal, else by its name."""
    if goal is not None:
        return goal == "minimize"
    name = (metric or "").lower()
    return any(word in name for word in ("loss", "error", "rmse", "mae", "perplexity"))


def board(run: Run, trials: Sequence[Run]) -> list[Trial]:
    """The trials, the best first; those without a value behind them, in the order they began."""
    metric, sign = metric_of(run, trials), 1 if is_smaller_better(run) else -1
    valued = [(one.metrics[metric], one) for one in trials if metric is not None and metric in one.metrics]
    ordered = sorted(valued, key=lambda pair: (pair[0] != pair[0], sign * pair[0]))
    ranked = [Trial(one, value, place) for place, (value, one) in enumerate(ordered, start=1)]
    has_value = {trial.run.id for trial in ranked}
    return [*ranked, *(Trial(one, None, None) for one in trials if one.id not in has_value)]


class Rise(NamedTuple):
    """A trial that ended, what it reached, and the best that was reached by then."""

    run: Run
    value: float
    best: float


def rises(run: Run, trials: Sequence[Run]) -> list[Rise]:
    """The trials that ended with a value, in the order they ended. What still runs may yet reach another one."""
    metric, better = metric_of(run, trials), min if is_smaller_better(run) else max
    known = [one for one in trials if metric is not None and metric in one.metrics and one.status in ENDED_RUNS]
    timed = sorted((one.ended, at) for at, one in enumerate(known) if one.ended is not None)
    found: list[Rise] = []
    # Those whose end nobody says stand behind the others, as they began.
    for one in (*(known[at] for _end, at in timed), *(one for one in known if one.ended is None)):
        value = one.metrics[metric or ""]
        found.append(Rise(one, value, better(found[-1].best, value) if found else value))
    return found


def differing(trials: Sequence[Run]) -> list[str]:
    """The parameters that are not the same in all trials, in the order they are first given."""
    names = list(dict.fromkeys(name for one in trials for name in one.params))
    return [name for name in names if len({one.params.get(name) for one in trials}) > 1]


def _began(run: Run) -> datetime | None:
    return run.started or run.ended or run.created
