"""A run's whole life: every moment of it, known from the start (`lives`). The clock only reveals it.

queued → preparing → starting → running → finalizing → ended is read off these moments by `Plan.status`.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from services.emulator.dice import Dice
from services.emulator.given import Given
from services.emulator.ledger import Ledger, Seat

NEVER = 1 << 62
STEPS = frozenset({"step", "pipeline_step", "sweep_step"})
"""The kinds of a pipeline's nodes: those that run something, and those that are a pipeline or a sweep of their own."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The life of one run, in ticks. Moments that never come are NEVER."""

    ledger: Ledger
    index: int
    seat: Seat
    dice: Dice
    parent: Plan | None = None
    created: int
    accepted: int
    ready: int = NEVER
    starting: int = NEVER
    started: int = NEVER
    finishing: int = NEVER
    ended: int = NEVER
    cancel_at: int = NEVER
    lost_at: int = NEVER
    outcome: str = "Completed"
    failure: str = ""
    step: int = -1
    """Which step of a pipeline failed or was at work when somebody canceled it."""
    hidden: bool | None = None
    """Whether somebody archived or restored it since; None is as it was born."""
    own_tags: dict[str, str | None] = {}
    """The tags somebody set since."""
    edited_at: int = NEVER
    is_deleted: bool = False
    is_reused: bool = False
    """Whether this step of a pipeline took the outputs of an earlier one instead of running."""
    given: Given | None = None
    """What somebody submitted; None for a run of the world's own."""
    is_cut_short: bool = False
    """Whether somebody canceled it: then it starts no more children."""

    @property
    def is_absent(self) -> bool:
        """Whether there is no such run: deleted, or its parent was canceled before it would have been started."""
        up = self.parent
        return self.is_deleted or bool(up and (up.is_deleted or (up.is_cut_short and self.created >= up.ended)))

    @property
    def kind(self) -> str:
        """command, sweep, trial, pipeline, step, pipeline_step, sweep_step, automl, automl_child or flow."""
        return self.seat.part.kind

    @property
    def root(self) -> Plan:
        """The run at the top: itself when it has no parent."""
        return self.parent.root if self.parent else self

    def has_started(self, now: int) -> bool:
        """Return whether it ran, or runs."""
        return self.started <= min(now, self.ended)

    def has_ended(self, now: int) -> bool:
        """Return whether it is over."""
        return self.ended <= now

    def status(self, now: int) -> str:
        """Return the state at a time, as the service spells it."""
        if self.ended <= now:
            return self.outcome
        if self.cancel_at <= now:
            return "CancelRequested"
        if self.lost_at <= now:
            return "NotResponding"
        if self.started <= now:
            return "Finalizing" if self.finishing <= now else "Running"
        if self.ready <= now:
            return "Starting" if self.starting <= now else "Preparing"
        return "Queued" if self.accepted <= now else "NotStarted"

    def modified(self, now: int) -> int:
        """Return when the state last changed."""
        moments = (self.accepted, self.ready, self.starting, self.started, self.finishing, self.ended,
                   self.cancel_at, self.lost_at, self.edited_at)  # fmt: skip
        return max((at for at in moments if at <= now), default=self.created)


Edit = Callable[[Plan], Plan]
"""What became of a run because somebody changed it."""


def unedited(plan: Plan) -> Plan:
    """Return the plan as it is: nobody changed anything."""
    return plan


def has_bandit(plan: Plan) -> bool:
    """Return whether a sweep ends the trials that fall behind: those of fast experiments let them all run."""
    if plan.root.given is not None:
        return plan.given is not None and bool(plan.given.job.get("earlyTermination"))
    return plan.kind == "sweep" and not plan.ledger.script.is_fast
