"""The children of sweeps, pipelines and AutoML runs, each listed to its end once the parent has ended."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import msgspec

from app import tables
from app.handed import Reading
from app.history.plans import count_of
from cache.query import parse
from cache.store import Part
from services.errors import NotFound
from services.records import Page
from services.run import ENDED_RUNS, Run
from services.run_kinds import PARENTS
from services.runs import list_children

AT_ONCE = 100
HAS_ENDED = f"status={','.join(ENDED_RUNS)}"


def read_children(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of the children of every wanted parent that has ended and whose children were not listed yet.

    A pipeline in a pipeline is a parent too, once it was listed. Parents that are still at work show theirs in the
    listing of their experiment. Raises ServiceError.
    """
    if not reading.depth.has_children:
        return
    parents_of = f"kind={','.join(PARENTS)} {HAS_ENDED} {reading.depth.where(reading.now)}"
    where = f"{parents_of}children_at:none"
    progress = reading.progress
    progress.base = progress.done = count_of(reading, f"{parents_of}!children_at:none")
    progress.total = progress.done + count_of(reading, where)
    refused: set[str] = set()
    while not reading.stop():
        found = reading.store.records(
            "runs", reading.scope, parse(where, tables.RUNS, now=reading.now), "-created", AT_ONCE + len(refused)
        )
        parents = [seen.record for seen in found if seen.key not in refused]
        if not parents:
            return
        for parent in parents:
            if not (yield from _of(reading, parent)):
                refused.add(parent.id)
            if reading.stop():
                return
            progress.done += 1


def _of(reading: Reading, parent: Run) -> Generator[Page[Run], None, bool]:
    """The pages of one parent's children, and whether they came to their end.

    What is in the cache and not among them is marked as gone then.
    """
    began, has_ended, is_whole = reading.clock(), False, True
    try:
        for page in list_children(*reading.azure, parent.id, experiment=parent.experiment, stop=reading.stop):
            yield msgspec.structs.replace(page, is_last=False)
            has_ended, is_whole = page.is_last, is_whole and not page.set_aside
    except NotFound:
        reading.store.lose("runs", reading.scope, [parent.id])
        return True
    if not has_ended:
        return False
    if is_whole and reading.store.finish("runs", reading.scope, began, Part("parent", parent.id)):
        reading.progress.has_gone = True
    reading.store.fill("runs", reading.scope, {parent.id: {"children_at": reading.clock()}})
    return True
