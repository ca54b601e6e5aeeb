"""Runs that run, with what the cache knows to judge them by: how long others took, and what they logged."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from app.derived.experiments import TOP, RunFacts
from cache.quoting import equals
from services.attention_runs import Logged, Running
from services.run import Run

MOST = 200
"""Runs that are judged; the longest running ones."""
COMPARED = 50
"""Ended runs of an experiment that say what is usual, the newest."""


def running_runs(facts: RunFacts, logged: Callable[[str], Sequence[Logged]]) -> Iterator[Running]:
    """Yield the runs that run now; `logged` gives what is cached of a run's metrics."""
    usual: dict[tuple[str, str | None], tuple[float, ...]] = {}
    for run in islice(facts.runs(f"{TOP} status=Running", "started"), MOST):
        key = run.experiment or "", run.kind
        if key not in usual:
            usual[key] = tuple(_lengths(facts, run)) if run.experiment else ()
        yield Running(run=run, lengths=usual[key], metrics=logged(run.id))


def _lengths(facts: RunFacts, run: Run) -> Iterator[float]:
    """How long runs of the same experiment and kind took that ended well."""
    where = f"{TOP} {equals('experiment', run.experiment or '')} status=Completed"
    for one in facts.runs(where, "-created", COMPARED):
        if one.kind == run.kind and one.duration is not None:
            yield one.duration
