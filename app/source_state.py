"""How a source stands: read when, read next when, and what stands in its way. Plain values that every screen tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from app.source_row import SourceRow
from services.budgets import BudgetLeft
from services.errors import (
    Forbidden,
    ForeignHost,
    Malformed,
    NotSignedIn,
    ServiceBroken,
    ServiceError,
    Throttled,
    TooLarge,
    Unreachable,
)

ProblemKind = Literal["offline", "forbidden", "throttled", "signed out", "broken", "malformed", "cache", "waiting"]
KINDS: tuple[ProblemKind, ...] = get_args(ProblemKind)

_KINDS: tuple[tuple[type[ServiceError], ProblemKind], ...] = (
    (Unreachable, "offline"),
    (Forbidden, "forbidden"),
    (Throttled, "throttled"),
    (NotSignedIn, "signed out"),
    (Malformed, "malformed"),
    (TooLarge, "malformed"),
    (ForeignHost, "malformed"),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the last try failed: a kind for glyph and word, a sentence for the reader, and since when."""

    kind: ProblemKind
    sentence: str
    since: datetime
    is_everywhere: bool = False
    """True when no source can work until someone acts: nobody is signed in."""
    action: str | None = None
    """The right that is missing, where Azure names it."""
    scope: str | None = None
    """Where it is missing."""
    because: str | None = None
    """The source whose failure keeps this one from being read."""
    is_retryable: bool = False
    """Whether it may be gone at the next try, without anybody doing anything."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source now. Times are aware UTC; `progress` counts the records of the read that is going on."""

    name: str
    title: str
    stale_after: float
    is_derived: bool = False
    is_reading: bool = False
    is_paused: bool = False
    progress: int | None = None
    total: int | None = None
    """How many the service says there are; None when it does not say."""
    last_ok: datetime | None = None
    last_try: datetime | None = None
    next_try: datetime | None = None
    """When it is read next; None when only on request."""
    problem: Problem | None = None
    rows: int | None = None
    set_aside: int = 0
    calls: int = 0
    done: int | None = None
    """How many of `total` the cache holds while it is being read, where the source knows."""
    rate: float | None = None
    """Records a second, while it is being read."""
    note: str | None = None
    """How far it is, in words."""
    budget: BudgetLeft | None = None
    """What is left of what it may ask for."""
    is_short: bool = False
    """It was read, but not as far back as is wanted now."""

    @property
    def left(self) -> float | None:
        """Seconds until it is through, as far as the rate tells; None while nobody can say."""
        if not self.is_reading or not self.rate or self.total is None or self.done is None:
            return None
        return max(0, self.total - self.done) / self.rate

    @property
    def word(self) -> str:
        """The state in one word, as `app.rows.SourceRow` lists them."""
        if self.is_reading:
            return "reading"
        if self.problem is not None:
            return self.problem.kind
        if self.is_paused:
            return "paused"
        return "never" if self.last_ok is None else "ok"

    def is_stale(self, now: datetime) -> bool:
        """Whether it was never read, not as far as is wanted, or longer ago than it stays fresh.

        A clock set back counts as stale.
        """
        if self.last_ok is None or self.is_short:
            return True
        age = (now - self.last_ok).total_seconds()
        return age >= self.stale_after or age < -60


def rests(state: SourceState, floor: float, now: datetime) -> float:
    """Seconds until it may be read again by key: so long after a good read nobody asks. 0 when it may be now."""
    if state.last_ok is None or state.is_short or state.problem is not None:
        return 0.0
    age = (now - state.last_ok).total_seconds()
    return max(0.0, floor - age) if age >= 0 else 0.0


@dataclass(frozen=True, slots=True)
class Refreshed:
    """Something about a source changed. `keys` are the rows that did; None means: read again what you show."""

    source: str
    keys: Sequence[str] | None
    state: SourceState


ACCOUNT = "account"
"""The source named by the event that says another account is signed in: every scope is another one now."""


def ignore(event: Refreshed) -> None:
    """Take an event and do nothing."""


def problem_of(error: ServiceError, now: datetime, before: Problem | None = None) -> Problem:
    """The problem an error makes; it keeps the start of an earlier one of its kind."""
    kind = _kind_of(error)
    since = before.since if before is not None and before.kind == kind else now
    is_denial = isinstance(error, Forbidden)
    return Problem(
        kind,
        str(error),
        since,
        # A 401 says that one service refuses; no status at all that there is no token for any.
        is_everywhere=kind == "signed out" and error.status is None,
        action=error.action if is_denial else None,
        scope=error.scope if is_denial else None,
        is_retryable=isinstance(error, (Unreachable, Throttled, ServiceBroken)),
    )


def _kind_of(error: ServiceError) -> ProblemKind:
    for family, kind in _KINDS:
        if isinstance(error, family):
            return kind
    return "broken"


def kind_named(name: str | None) -> ProblemKind:
    """The kind of a problem that was kept; broken when its name means nothing to us."""
    for kind in KINDS:
        if kind == name:
            return kind
    return "broken"


def source_row(state: SourceState) -> SourceRow:
    """The row of the Sync pane and of `amldeck sources`."""
    return SourceRow(
        id=state.name,
        title=state.title,
        state=state.word,
        problem=state.problem.sentence if state.problem else None,
        progress=state.progress,
        last_ok=state.last_ok,
        last_try=state.last_try,
        next_try=state.next_try,
        stale_after=state.stale_after,
        rows=state.rows,
        total=state.total,
        set_aside=state.set_aside,
        calls=state.calls,
        is_derived=state.is_derived,
        done=state.done,
        rate=state.rate,
        left=state.left,
        note=state.note,
        budget=None if state.budget is None else state.budget.left,
        budget_of=None if state.budget is None else state.budget.burst,
        budget_rate=None if state.budget is None else state.budget.rate,
        held_for=state.budget.held_for if state.budget is not None and state.budget.held_for else None,
    )
