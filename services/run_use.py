"""How long runs held machines: by compute, size and how they ended. Pure, over figures the cache gives.

Parents of sweeps and pipelines are left out: their children hold the machines.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

PARENTS = frozenset({"pipeline", "sweep", "automl", "pipeline-step", "sweep-step"})
FAILED, CANCELED, WELL = "failed", "canceled", "completed"
_ENDS = {"failed": FAILED, "canceled": CANCELED, "cancelled": CANCELED, "completed": WELL, "finished": WELL}


class Figures(NamedTuple):
    """What is needed of one run that has ended."""

    experiment: str | None
    compute: str | None
    vm_size: str | None
    priority: str | None
    status: str
    error_code: str | None
    kind: str | None
    seconds: float | None
    """On compute."""
    nodes: int | None
    ended: datetime | None


class RunUse(msgspec.Struct, frozen=True, kw_only=True):
    """What runs that are alike took together."""

    id: str
    experiment: str | None = None
    compute: str | None = None
    vm_size: str | None = None
    priority: str | None = None
    outcome: str
    error_code: str | None = None
    runs: int
    timed: int
    """Of how many of them it is known how long they took."""
    node_seconds: float
    long: float | None = None
    """Seconds that nine in ten of them did not exceed."""
    oldest: datetime | None = None
    """When the first of them ended."""
    is_cut: bool = False
    """There were more runs than were looked at: older ones are missing."""


def use_of(runs: Iterable[Figures], *, is_cut: bool = False) -> Iterator[RunUse]:
    """Yield runs put together; those that hold no machine themselves, or of unknown end, are left out."""
    groups: dict[tuple[str | None, ...], list[Figures]] = defaultdict(list)
    for run in runs:
        outcome = _ENDS.get(run.status.lower())
        if outcome and run.kind not in PARENTS and run.compute:
            key = (run.experiment, run.compute, run.vm_size, run.priority, outcome, run.error_code)
            groups[key].append(run)
    for key, found in groups.items():
        yield _use(key, found, is_cut=is_cut)


def _use(key: tuple[str | None, ...], found: list[Figures], *, is_cut: bool) -> RunUse:
    times = sorted(run.seconds for run in found if run.seconds is not None)
    first = found[0]
    return RunUse(
        id="|".join(part or "" for part in key),
        experiment=first.experiment, compute=first.compute, vm_size=first.vm_size, priority=first.priority,
        outcome=key[4] or "", error_code=first.error_code, runs=len(found), timed=len(times),
        node_seconds=sum(run.seconds * (run.nodes or 1) for run in found if run.seconds is not None),
        long=times[max(0, -(-len(times) * 9 // 10) - 1)] if times else None,
        oldest=min((run.ended for run in found if run.ended is not None), default=None), is_cut=is_cut,
    )  # fmt: skip
