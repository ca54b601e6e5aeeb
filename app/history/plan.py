"""How far the history of each experiment is read, as the cache keeps it; and how a page moves that on. No I/O.

What is covered is one stretch of time without a hole, `back_to` to `newest`. A walk goes from newer to older runs: from
the newest there are down to what is covered, or on from its end. It is noted after every page, so that a process that
is killed repeats one page at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from services.records import Page
from services.run import Run

TABLE = "run_history"
"""Where the plans are kept."""
AGAIN = timedelta(days=1)
"""After so long a whole history is walked once more: what the service lists no longer is found by that alone."""


class Walk(msgspec.Struct, frozen=True):
    """A listing that is under way, newest first. `top` and `reached` are the creation of its first and last run.

    `gap` begins with the newest runs and closes on what is covered, `older` goes on from its end, `check` lists once
    more all that is wanted.
    """

    kind: Literal["gap", "older", "check"]
    began: datetime
    top: datetime | None = None
    reached: datetime | None = None
    token: str | None = None
    """Where the service says it goes on; None at its beginning."""
    has_holes: bool = False
    """Some of it could not be read: then it says of nothing that it is gone."""


class ExperimentPlan(msgspec.Struct, frozen=True, kw_only=True):
    """How far one experiment is read. Times are creation times of runs, but for `whole_at` and `values_at`."""

    id: str
    """The experiment's name."""
    newest: datetime | None = None
    back_to: datetime | None = None
    is_whole: bool = False
    """Its first run was seen."""
    token: str | None = None
    """Where the service says the runs before `back_to` begin."""
    walk: Walk | None = None
    whole_at: datetime | None = None
    """When the last walk over all that is wanted began which came to its end."""
    is_gone: bool = False
    """The service no longer lists the experiment."""
    values_token: str | None = None
    """Where the search for metrics goes on."""

    @property
    def known_from(self) -> datetime | None:
        """The newest run that nothing is missing above of, as far as was read."""
        return self.walk.top if self.walk is not None and self.walk.kind == "gap" else self.newest


class Listed(msgspec.Struct, frozen=True):
    """What a walk has listed from its first run to its last. What was made between and not seen since is gone."""

    began: datetime
    after: datetime | None
    before: datetime | None


def span(pages: Sequence[Page[Run]]) -> tuple[datetime | None, datetime | None]:
    """When the newest and the oldest run of some pages were created."""
    made = [run.created for page in pages for run in page.records if run.created is not None]
    return max(made, default=None), min(made, default=None)


def with_head(plan: ExperimentPlan, pages: Sequence[Page[Run]], began: datetime) -> ExperimentPlan:
    """The plan after the newest pages were read. Where they do not meet what is known, a walk has to close the gap."""
    top, reached = span(pages)
    last = pages[-1]
    if last.is_last:
        is_sure = not any(page.set_aside for page in pages)
        return _whole(plan, top, reached, began if is_sure else plan.whole_at)
    if top is None or reached is None:
        return plan
    if plan.newest is None:
        return msgspec.structs.replace(plan, newest=top, back_to=reached, token=last.token)
    known = plan.known_from
    if known is not None and reached <= known:
        if plan.walk is not None and plan.walk.kind == "gap":
            return msgspec.structs.replace(plan, walk=msgspec.structs.replace(plan.walk, top=top))
        return msgspec.structs.replace(plan, newest=top)
    has_holes = any(page.set_aside for page in pages)
    return msgspec.structs.replace(plan, walk=Walk("gap", began, top, reached, last.token, has_holes))


def next_walk(plan: ExperimentPlan, goal: datetime | None, now: datetime, *, is_forced: bool = False) -> Walk | None:
    """What to list next of an experiment, back to `goal` (None: to its first run); None when nothing is to be read."""
    if plan.is_gone or plan.walk is not None:
        return None if plan.is_gone else plan.walk
    is_deep = plan.is_whole or (goal is not None and plan.back_to is not None and plan.back_to <= goal)
    if not is_deep and plan.token is not None:
        return Walk("older", now, plan.back_to, plan.back_to, plan.token)
    is_old = plan.whole_at is None or not timedelta(0) <= now - plan.whole_at < AGAIN
    return Walk("check", now) if is_forced or not is_deep or is_old else None


def with_page(
    plan: ExperimentPlan, walk: Walk, page: Page[Run], goal: datetime | None
) -> tuple[ExperimentPlan, Listed | None]:
    """The plan after one more page of a walk; at its end also what it listed, unless some of it could not be read."""
    newest, oldest = span([page])
    reached = oldest or walk.reached
    has_holes = walk.has_holes or bool(page.set_aside)
    walk = msgspec.structs.replace(walk, top=walk.top or newest, reached=reached, token=page.token, has_holes=has_holes)
    bound = plan.newest if walk.kind == "gap" else goal
    plan = _covered(plan, walk)
    if reached == plan.back_to:
        plan = msgspec.structs.replace(plan, token=page.token)
    if not page.is_last and (bound is None or reached is None or reached > bound):
        return msgspec.structs.replace(plan, walk=walk), None
    is_whole = plan.is_whole or page.is_last
    is_all = walk.kind == "check" or (walk.kind == "older" and plan.whole_at is None)
    plan = msgspec.structs.replace(
        plan,
        walk=None,
        is_whole=is_whole,
        whole_at=walk.began if is_all else plan.whole_at,
    )
    before = walk.top if walk.kind == "older" else None
    return plan, None if walk.has_holes else Listed(walk.began, None if page.is_last else reached, before)


def _covered(plan: ExperimentPlan, walk: Walk) -> ExperimentPlan:
    """The plan with what a walk has covered so far, where that touches what was covered."""
    top, reached = walk.top, walk.reached
    if top is None or reached is None:
        return plan
    if plan.newest is None or plan.back_to is None:
        return msgspec.structs.replace(plan, newest=top, back_to=reached)
    if reached > plan.newest:
        return plan
    return msgspec.structs.replace(plan, newest=max(top, plan.newest), back_to=min(reached, plan.back_to))


def _whole(
    plan: ExperimentPlan, top: datetime | None, reached: datetime | None, whole_at: datetime | None
) -> ExperimentPlan:
    return msgspec.structs.replace(
        plan, newest=top, back_to=reached, is_whole=True, token=None, walk=None, whole_at=whole_at
    )
