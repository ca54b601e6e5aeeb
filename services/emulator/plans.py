"""What becomes of a run: every moment of its life, known from the start. The clock only reveals it.

queued → preparing → starting → running → finalizing → ended is read off these moments by `Plan.status`.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from msgspec.structs import replace

from services.emulator.dice import Dice
from services.emulator.given import FIRST, Given
from services.emulator.ledger import LOST_FOR, Ledger, Seat
from services.emulator.scripts import Range
from services.emulator.ticks import MINUTE, SECOND

NEVER = 1 << 62

REUSES = 0.4
"""How often the first step of a pipeline finds that an earlier one did the same."""
BEFORE_START = frozenset({"quota", "image_build"})
"""Failures of runs that never got to run."""


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
    is_reused: bool = False
    """Whether this step of a pipeline took the outputs of an earlier one instead of running."""
    given: Given | None = None
    """What somebody submitted; None for a run of the world's own."""
    is_cut_short: bool = False
    """Whether somebody canceled it: then it starts no more children."""

    @property
    def is_unborn(self) -> bool:
        """Whether its parent was canceled before it would have been started: there is no such run."""
        return self.parent is not None and self.parent.is_cut_short and self.created >= self.parent.ended

    @property
    def kind(self) -> str:
        """command, sweep, trial, pipeline, step, automl, automl_child or flow."""
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


def make_given(ledger: Ledger, given: Given, seed: object, edit: Edit = unedited) -> Plan:
    """Return the life of a submitted run. It has no children, and belongs to no round of the script."""
    seat = Seat(given.part, 0, 0, -1, 0, 0, 1, 0)
    return edit(_root(Plan(
        ledger=ledger, index=FIRST + given.number, seat=seat, dice=given.dice(seed), created=given.at,
        accepted=given.accepted, given=given,
    )))  # fmt: skip


def make_plan(ledger: Ledger, index: int, edit: Edit = unedited) -> Plan:
    """Return the life of run `index`. A child's depends on its parent's, which is made, and edited, with it."""
    dice = ledger.dice(index)
    seat = ledger.seat(index)
    created = ledger.created(index, dice)
    accepted = created + int(dice.between(1, 2, 7) * SECOND)
    draft = Plan(ledger=ledger, index=index, seat=seat, dice=dice, created=created, accepted=accepted)
    above = ledger.parent(index)
    if above is None:
        return edit(_root(draft))
    draft = replace(draft, parent=make_plan(ledger, above, edit))
    return edit(_step(draft) if draft.kind == "step" else _trial(draft))


def _minutes(dice: Dice, throw: int, given: Range) -> int:
    return int(dice.between(throw, *given) * MINUTE)


def _canceling(dice: Dice) -> int:
    """Return how long a run is being canceled."""
    return int(dice.between(10, 60, 290) * SECOND)


def _opened(draft: Plan) -> Plan:
    """Return the plan with its queue, its preparation and its start."""
    dice = draft.dice
    ready = draft.accepted + _minutes(dice, 2, draft.seat.part.wait)
    starting = ready + int(dice.between(3, 20, 75) * SECOND)
    return replace(draft, ready=ready, starting=starting, started=starting + int(dice.between(4, 6, 18) * SECOND))


def _outcome(draft: Plan) -> str:
    part, throw = draft.seat.part, draft.dice.unit(5)
    return "Failed" if throw < part.fails else "Canceled" if throw < part.fails + part.cancels else "Completed"


def _root(draft: Plan) -> Plan:
    part, dice = draft.seat.part, draft.dice
    if part.fate == "stuck":
        ended = draft.created + _minutes(dice, 6, part.runs)
        return replace(draft, ended=ended, cancel_at=ended - _canceling(dice), outcome="Canceled")
    plan = _opened(draft)
    if part.fate == "lost":
        lost = plan.started + _minutes(dice, 6, part.runs)
        return replace(plan, lost_at=lost, ended=lost + LOST_FOR, outcome="Failed", failure=part.failures[0])
    outcome = _outcome(draft)
    failure = dice.pick(7, part.failures) if outcome == "Failed" else ""
    if failure in BEFORE_START:
        ended = plan.starting + int(dice.between(8, 30, 400) * SECOND)
        return replace(plan, starting=NEVER, started=NEVER, ended=ended, outcome=outcome, failure=failure)
    length = _minutes(dice, 6, part.runs)
    if part.child is not None:
        length = draft.ledger.round_start(draft.index) + draft.seat.tail - plan.started
    return _run_until(replace(plan, outcome=outcome, failure=failure), length)


def _run_until(plan: Plan, length: int) -> Plan:
    """Return the plan with its end: shortened where it fails or somebody cancels it."""
    part, dice, step = plan.seat.part, plan.dice, -1
    if plan.outcome == "Completed":
        end = plan.started + length
        return replace(plan, finishing=end, ended=end + int(dice.between(10, 6, 40) * SECOND))
    if part.steps:
        step = dice.whole(9, len(part.steps))
        share = sum(one[2] for one in part.steps[:step]) + part.steps[step][2] * dice.between(8, 0.4, 0.9)
    else:
        # A parent goes on until its last child was started: children always come after their parent and before its end.
        share = dice.between(8, 0.94, 1.0) if part.child else dice.between(8, 0.02, 0.97)
    end = plan.started + int(length * share)
    if plan.outcome == "Canceled":
        return replace(plan, cancel_at=end, ended=end + _canceling(dice), step=step)
    return replace(plan, ended=end, step=step)


def _trial(draft: Plan) -> Plan:
    """Return the life of a child of a sweep or of AutoML: like a root's, but never longer than its parent's."""
    parent = draft.parent
    assert parent is not None
    if parent.started == NEVER or parent.ended <= draft.created:
        ended = max(draft.created, parent.ended) if parent.ended < NEVER else draft.accepted
        return replace(draft, accepted=NEVER, ended=ended, outcome="Canceled")
    outcome = "Failed" if parent.outcome == "Failed" else _outcome(draft)
    failure = draft.dice.pick(7, draft.seat.part.failures) if outcome == "Failed" else ""
    plan = _run_until(
        replace(_opened(draft), outcome=outcome, failure=failure), _minutes(draft.dice, 6, draft.seat.part.runs)
    )
    return _cut(plan, parent)


def _cut(plan: Plan, parent: Plan) -> Plan:
    """Return the life of a child that its parent does not outlive."""
    if plan.ended <= parent.ended:
        return plan
    started = plan.started if plan.started < parent.ended else NEVER
    cancel_at = min(parent.cancel_at, parent.ended - SECOND)
    return replace(plan, started=started, finishing=NEVER, cancel_at=cancel_at, ended=parent.ended,
                   outcome="Canceled", failure="")  # fmt: skip


def canceled(plan: Plan, asked: int, gone: int) -> Plan:
    """Return the plan of a run that somebody canceled at `asked` and that ends at `gone`, if it did not end before."""
    if plan.ended <= gone:
        return plan
    moments = ("accepted", "ready", "starting", "started", "lost_at")
    past = {name: at if (at := getattr(plan, name)) < gone else NEVER for name in moments}
    return replace(
        plan,
        **past,
        finishing=NEVER,
        cancel_at=asked,
        ended=gone,
        outcome="Canceled",
        failure="",
        step=-1,
        is_cut_short=True,
    )


def _step(draft: Plan) -> Plan:
    """Return the life of a pipeline's step: its share of the pipeline's, one step after the other."""
    parent = draft.parent
    assert parent is not None
    place, steps = draft.seat.child, parent.seat.part.steps
    if parent.started == NEVER or (0 <= parent.step < place):
        return replace(draft, accepted=NEVER, ended=parent.ended, outcome="Canceled")
    whole = _whole_length(parent)
    before = sum(one[2] for one in steps[:place])
    accepted = parent.started + int(whole * before)
    until = accepted + int(whole * steps[place][2])
    ready = accepted + int((until - accepted) * 0.05)
    starting = ready + int((until - accepted) * draft.dice.between(3, 0.05, 0.15))
    plan = replace(draft, accepted=accepted, ready=ready, starting=starting, started=starting + 8 * SECOND)
    if place == 0 and parent.step != 0 and draft.dice.happens(17, REUSES):
        return replace(plan, ready=accepted, starting=accepted, started=accepted + SECOND,
                       ended=accepted + SECOND + SECOND // 24, is_reused=True)  # fmt: skip
    if place == parent.step:
        return replace(plan, ended=parent.ended - SECOND, cancel_at=parent.cancel_at, outcome=parent.outcome,
                       failure=parent.failure)  # fmt: skip
    return _cut(replace(plan, finishing=until - 12 * SECOND, ended=until - SECOND), parent)


def _whole_length(parent: Plan) -> int:
    """Return how long a pipeline would take to its end."""
    return _minutes(parent.dice, 6, parent.seat.part.runs)
