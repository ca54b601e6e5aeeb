"""Asking Cost Management for what a bill lacks: one thing at a time, and never what is being read or failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.billing.asked import Looked
from app.billing.known import Known
from app.billing.missing import missing

if TYPE_CHECKING:
    from app.desk import Desk


def lookups_of(desk: Desk, known: Known | None, looked: Looked) -> list[tuple[str, str]]:
    """The lookups of a bill, the most wanted first; none while the cache was not asked yet."""
    return missing(known, looked, desk.session.now()) if known is not None else []


def ask_next(desk: Desk, known: Known | None, looked: Looked) -> None:
    """Have the first thing read that is stale: each is a call, and calls are a minute apart."""
    now = desk.session.now()
    for name, key in lookups_of(desk, known, looked):
        state = desk.refresher.lookup_state(name, key)
        if state.is_reading:
            return
        if state.is_stale(now) and state.problem is None:
            desk.refresher.look_up(name, key)
            return
