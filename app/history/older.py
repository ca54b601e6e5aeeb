"""The older runs of each experiment, page by page back in time: what is asked for, and once a day what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from app.handed import Reading
from app.history.plan import ExperimentPlan, Listed, Walk, next_walk, with_page
from app.history.plans import count_of, mark, move, plans_of
from services.errors import Malformed, NotFound, Refused, ServiceError
from services.records import Page
from services.run import Run
from services.run_index import count_runs
from services.runs import list_runs

MOST_STILL = 5
"""Pages of an experiment in a row that may hold nothing older: the service gives empty ones now and then."""


def read_older(reading: Reading) -> Iterator[Page[Any]]:
    """Pages of older runs, always of the experiment that is read back least far; noted after each.

    Ends when every experiment is read as far back as is wanted. Raises ServiceError.
    """
    goal = reading.depth.since(reading.now)
    plans = plans_of(reading)
    found = {name: next_walk(plan, goal, reading.now, is_forced=reading.is_forced) for name, plan in plans.items()}
    walks = {name: walk for name, walk in found.items() if walk is not None}
    _say(reading, plans)
    _measure(reading, goal, is_reading=bool(walks))
    still: dict[str, int] = {}
    while walks and not reading.stop():
        name = max(walks, key=lambda name: walks[name].reached or reading.now)
        walk = walks.pop(name)
        page = _page(reading, plans[name], walk)
        if page is None:
            continue
        still[name] = 0 if _leads_back(page, walk) else still.get(name, 0) + 1
        if still[name] > MOST_STILL:
            begin_anew(reading, name)
            raise Malformed(f"{MOST_STILL} pages in a row lead no further back", on=f"runs of {name}")
        before = reading.progress.inserted
        yield msgspec.structs.replace(page, is_last=False)
        if reading.progress.done is not None:
            reading.progress.done += reading.progress.inserted - before
        plans[name] = _moved(reading, name, walk, page, goal)
        following = plans[name].walk or next_walk(plans[name], goal, reading.now)
        if following is not None and not _is_same_again(following, walk):
            walks[name] = following
        _say(reading, plans)


def _moved(reading: Reading, name: str, walk: Walk, page: Page[Run], goal: datetime | None) -> ExperimentPlan:
    """The plan after a page, as it is noted; and what the listing that ended with it did not hold is marked as gone."""
    ended: list[Listed | None] = []

    def change(plan: ExperimentPlan) -> ExperimentPlan:
        if plan.walk is not None and (plan.walk.kind, plan.walk.began) != (walk.kind, walk.began):
            return plan  # the newest runs have meanwhile begun another
        now = walk if plan.walk is None else plan.walk
        after, listed = with_page(plan, now, page, goal)
        ended.append(listed)
        return after

    moved = move(reading, name, change)
    for listed in ended:
        mark(reading, name, listed)
    return moved


def _page(reading: Reading, plan: ExperimentPlan, walk: Walk) -> Page[Run] | None:
    """The next page of a walk; None when nobody wants it any more, or the experiment went while it was read.

    Where the service does not take the token any more the listing begins anew at the next try. Raises ServiceError.
    """
    try:
        page = next(list_runs(*reading.azure, plan.id, token=walk.token, stop=reading.stop), None)
        if page is not None and page.token is not None and page.token == walk.token:
            raise Malformed("The pages lead back to an earlier one", on=f"runs of {plan.id}")
        return page
    except NotFound:
        return None
    except (Malformed, Refused):
        if walk.token is not None:
            begin_anew(reading, plan.id)
        raise


def begin_anew(reading: Reading, name: str) -> None:
    """Forget where the service said the listing of an experiment goes on."""
    move(reading, name, lambda now: msgspec.structs.replace(now, walk=None, token=None))


def _is_same_again(following: Walk, walk: Walk) -> bool:
    """Whether a walk would begin once more that has just ended with holes: its time is the next read."""
    return following.token is None and following.kind == walk.kind


def _leads_back(page: Page[Run], walk: Walk) -> bool:
    """Whether a page ends the listing, or holds an older run than all before it: else it may go on for ever."""
    oldest = min((run.created for run in page.records if run.created is not None), default=None)
    return page.token is None or (oldest is not None and (walk.reached is None or oldest < walk.reached))


def _measure(reading: Reading, goal: datetime | None, *, is_reading: bool) -> None:
    """How many of the wanted runs the cache holds; before reading also how many there are, if the service says so."""
    reading.progress.done = reading.progress.base = count_of(reading, reading.depth.where(reading.now))
    if not is_reading:
        reading.progress.total = reading.progress.done
        return
    try:
        reading.progress.total = count_runs(*reading.azure, since=goal)
    except ServiceError:
        reading.progress.total = None  # the index is a convenience: without it nobody knows how many there are


def _say(reading: Reading, plans: dict[str, ExperimentPlan]) -> None:
    """How far back it is, in words."""
    known = [plan for plan in plans.values() if not plan.is_gone]
    whole = sum(plan.is_whole for plan in known)
    backs = [plan.back_to for plan in known if plan.back_to is not None and not plan.is_whole]
    if known and whole == len(known):
        reading.progress.note = "back to the first run"
    elif backs:
        reading.progress.note = f"back to {max(backs):%-d %b %Y}, {whole} of {len(known)} experiments whole"
    else:
        reading.progress.note = ""
