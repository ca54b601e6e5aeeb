"""What has to be asked of Cost Management for a bill, when it may be, and why there is nothing yet. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.billing.asked import Looked, lookup_of, title_of
from app.billing.bill import midnight
from app.billing.known import Known
from app.source_state import SourceState, rests
from services.budgets import COSTS_FLOOR
from widgets import format as fmt
from widgets.safe import Safe, plain, safe

MADE_OF = ("costs", "budgets")
"""The sources of a bill."""
ESTIMATED = "estimated_rows"
"""The sums of estimates beside it."""
LOOKED_UP = ("forecast", "cost_month", "cost_cut")
"""What is looked up beside them."""

CLOSED_AFTER = timedelta(hours=72)
"""How long after its end a month may still change."""


def missing(known: Known, looked: Looked, now: datetime) -> list[tuple[str, str]]:
    """The lookups a bill takes beside the daily one, the most wanted first, whether they were made or not."""
    wanted: list[tuple[str, str]] = []
    if (cut := lookup_of(looked)) is not None:
        wanted.append(("cost_cut", cut))
    wanted.append(("forecast", looked.kind))
    first = midnight(now).replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    reach = min((min(bill.totals, default=now) for bill in known.bills), default=now)
    if lookup_of(looked) is None and (reach > before or now - first < CLOSED_AFTER):
        wanted.append(("cost_month", f"{before:%Y-%m}"))
    return wanted


def pace_of(states: Sequence[SourceState], now: datetime) -> Safe:
    """What is being read, and when Cost Management may be asked next: it is asked once a minute at most."""
    parts: list[str] = []
    reading = [state.title.lower() for state in states if state.is_reading]
    if reading:
        wait = f", next call allowed in {fmt.duration(left)}" if (left := next_call(states)) >= 1 else ""
        parts.append(f"reading {', '.join(dict.fromkeys(reading))}{wait}")
    costs = next((state for state in states if state.name == "costs"), None)
    if costs is not None and costs.last_ok is not None:
        due = costs.stale_after - (now - costs.last_ok).total_seconds()
        soon = rests(costs, COSTS_FLOOR, now)
        by_key = f"next allowed in {fmt.duration(soon)}" if soon else "allowed by key now"
        parts.append(f"read {fmt.age(costs.last_ok, now)} ago, again in {fmt.duration(max(0.0, due))}, {by_key}")
    troubled = next((state for state in states if state.problem is not None and not state.is_reading), None)
    if troubled is not None and troubled.problem is not None:
        parts.append(f"{troubled.title}: {safe(troubled.problem.sentence, 160)}")
    return Safe("   ".join(parts))


def next_call(states: Sequence[SourceState]) -> float:
    """Seconds until Cost Management may be called again."""
    return max((state.budget.next_in for state in states if state.budget is not None), default=0.0)


def why_nothing(states: Sequence[SourceState], looked: Looked) -> Safe:
    """Why there is nothing to show of a cut."""
    problem = next((state.problem for state in states if state.problem is not None), None)
    if problem is not None:
        return safe(problem.sentence, 400)
    if any(state.is_reading for state in states):
        return Safe(f"The costs by {title_of(looked.cut)} are being read; Cost Management is asked once a minute.")
    if all(state.last_ok is not None for state in states) and states:
        return Safe(f"Nothing is billed by {title_of(looked.cut)}: no tag names it, or nothing was billed in 30 days.")
    return plain("Nothing of the bill was read yet.")
