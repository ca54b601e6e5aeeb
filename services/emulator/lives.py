"""What becomes of a run: its life is thrown when somebody asks for it, a child's with its parent's."""

from __future__ import annotations

from msgspec.structs import replace

from services.emulator.dice import Dice
from services.emulator.given import FIRST, Given
from services.emulator.ledger import LOST_FOR, Ledger, Seat
from services.emulator.plans import NEVER, Edit, Plan, has_bandit, unedited
from services.emulator.scripts import Range
from services.emulator.ticks import MINUTE, SECOND

REUSES = 0.4
"""How often the first step of a pipeline finds that an earlier one did the same."""
FALLS_BEHIND = 0.25
"""How many trials the policy of a sweep ends early."""
BEFORE_START = frozenset({"quota", "image_build"})
"""Failures of runs that never got to run."""


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
    length = _minutes(draft.dice, 6, draft.seat.part.runs)
    plan = replace(_opened(draft), outcome=outcome, failure=failure)
    if outcome == "Completed" and has_bandit(parent) and draft.dice.happens(11, FALLS_BEHIND):
        return _cut(_ended_early(plan, length), parent)
    return _cut(_run_until(plan, length), parent)


def _ended_early(plan: Plan, length: int) -> Plan:
    """Return the life of a trial that the policy of its sweep ends: part of the steps are made, then it is canceled."""
    end = plan.started + int(length * plan.dice.between(8, 0.15, 0.5))
    return replace(plan, outcome="Canceled", cancel_at=end, ended=end + SECOND * 20)


def _cut(plan: Plan, parent: Plan) -> Plan:
    """Return the life of a child that its parent does not outlive."""
    if plan.ended <= parent.ended:
        return plan
    started = plan.started if plan.started < parent.ended else NEVER
    cancel_at = min(parent.cancel_at, parent.ended - SECOND)
    return replace(plan, started=started, finishing=NEVER, cancel_at=cancel_at, ended=parent.ended,
                   outcome="Canceled", failure="")  # fmt: skip


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
    if place == 0 and parent.step != 0 and draft.dice.happens(9, REUSES):
        return replace(plan, ready=accepted, starting=accepted, started=accepted + SECOND,
                       ended=accepted + SECOND + SECOND // 24, is_reused=True)  # fmt: skip
    if place == parent.step:
        return replace(plan, ended=parent.ended - SECOND, cancel_at=parent.cancel_at, outcome=parent.outcome,
                       failure=parent.failure)  # fmt: skip
    return _cut(replace(plan, finishing=until - 12 * SECOND, ended=until - SECOND), parent)


def _whole_length(parent: Plan) -> int:
    """Return how long a pipeline would take to its end."""
    return _minutes(parent.dice, 6, parent.seat.part.runs)
