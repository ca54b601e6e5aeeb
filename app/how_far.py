"""How far a read is, and how many calls are left to go on with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from app.handed import Progress
from app.session import Session
from app.source import Source
from app.source_state import SourceState
from services.budgets import BudgetLeft


def told(state: SourceState, progress: Progress, began: datetime | None, now: datetime) -> SourceState:
    """The state of a source after one more page."""
    count = progress.seen if progress.done is None else progress.done - progress.base
    seconds = (now - began).total_seconds() if began is not None else 0.0
    return replace(
        state,
        progress=progress.seen,
        total=progress.total,
        done=progress.done,
        rate=count / seconds if seconds > 0 else None,
        note=progress.note or state.note,
    )


def with_budgets(
    states: Mapping[str, SourceState], sources: Iterable[Source], session: Session
) -> dict[str, SourceState]:
    """The states with what is left of the budget each source draws on; nothing before the first call of its kind."""
    budgets = _budgets(session)
    drawn = {source.name: source.budget for source in sources if not source.is_derived}
    return {name: replace(state, budget=budgets.get(drawn.get(name, ""))) for name, state in states.items()}


def _budgets(session: Session) -> Mapping[str, BudgetLeft]:
    """What is left of each budget, by name; of several hosts the one that is nearest to its end."""
    found: dict[str, BudgetLeft] = {}
    for left in session.connection.budgets() if session.connection is not None else ():
        known = found.get(left.name)
        if known is None or left.left / left.burst < known.left / known.burst:
            found[left.name] = left
    return found
