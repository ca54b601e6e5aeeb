"""What becomes of a run: its life is thrown when somebody asks for it, a child's with its parent's."""

from __future__ import annotations

from msgspec.structs import replace

from services.emulator.ends import canceling, cut, minutes, outcome_of, run_until
from services.emulator.given import Given, index_of
from services.emulator.ledger import LOST_FOR, Ledger, family_of
from services.emulator.plans import NEVER, STEPS, Edit, Plan, has_bandit, unedited
from services.emulator.step_lives import FALLS_BEHIND, inside_life, step_life, trial_life
from services.emulator.ticks import SECOND

BEFORE_START = frozenset({"quota", "image_build"})
"""Failures of runs that never got to run."""


def make_given(ledger: Ledger, given: Given, seed: object, edit: Edit = unedited) -> Plan:
    """Return the life of a submitted run. It belongs to no round of the script."""
    return edit(_root(Plan(
        ledger=ledger, index=index_of(given.number), seat=family_of(given.part)[0], dice=given.dice(seed),
        created=given.at, accepted=given.accepted, given=given,
    )))  # fmt: skip


def make_given_child(ledger: Ledger, given: Given, place: int, seed: object, edit: Edit = unedited) -> Plan:
    """Return the life of a submitted run's child, which is at this place of its family."""
    seat = family_of(given.part)[place]
    parent = make_given_child(ledger, given, seat.parent, seed, edit) if seat.parent else (
        make_given(ledger, given, seed, edit)
    )  # fmt: skip
    created = given.at + seat.offset
    draft = Plan(
        ledger=ledger, index=index_of(given.number, place), seat=seat, dice=given.dice(seed, place), created=created,
        accepted=created + SECOND, parent=parent,
    )  # fmt: skip
    return edit(_born(_child(draft)))


def _born(plan: Plan) -> Plan:
    """Return the plan with its beginning: a trial is there when its turn comes, and never when that does not come."""
    if plan.kind not in ("trial", "automl_child"):
        return plan
    return replace(plan, created=max(plan.created, plan.accepted - SECOND)) if plan.accepted < NEVER else (
        replace(plan, is_deleted=True)
    )  # fmt: skip


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
    return edit(_child(draft))


def _child(draft: Plan) -> Plan:
    parent = draft.parent
    assert parent is not None
    if draft.kind in STEPS:
        return step_life(draft)
    if parent.seat.part.inner is not None:
        return inside_life(draft)
    has_slots = parent.parent is not None or parent.given is not None
    return trial_life(draft) if has_slots else _trial(draft)


def _opened(draft: Plan) -> Plan:
    """Return the plan with its queue, its preparation and its start."""
    dice = draft.dice
    ready = draft.accepted + minutes(dice, 2, draft.seat.part.wait)
    starting = ready + int(dice.between(3, 20, 75) * SECOND)
    return replace(draft, ready=ready, starting=starting, started=starting + int(dice.between(4, 6, 18) * SECOND))


def _root(draft: Plan) -> Plan:
    part, dice = draft.seat.part, draft.dice
    if part.fate == "stuck":
        ended = draft.created + minutes(dice, 6, part.runs)
        return replace(draft, ended=ended, cancel_at=ended - canceling(dice), outcome="Canceled")
    plan = _opened(draft)
    if part.fate == "lost":
        lost = plan.started + minutes(dice, 6, part.runs)
        return replace(plan, lost_at=lost, ended=lost + LOST_FOR, outcome="Failed", failure=part.failures[0])
    outcome = outcome_of(draft)
    failure = dice.pick(7, part.failures) if outcome == "Failed" else ""
    if failure in BEFORE_START:
        ended = plan.starting + int(dice.between(8, 30, 400) * SECOND)
        return replace(plan, starting=NEVER, started=NEVER, ended=ended, outcome=outcome, failure=failure)
    length = minutes(dice, 6, part.runs)
    if part.child is not None and draft.given is None:
        length = draft.ledger.round_start(draft.index) + draft.seat.tail - plan.started
    return run_until(replace(plan, outcome=outcome, failure=failure), length)


def _trial(draft: Plan) -> Plan:
    """Return the life of a child of a sweep or of AutoML: like a root's, but never longer than its parent's."""
    parent = draft.parent
    assert parent is not None
    if parent.started == NEVER or parent.ended <= draft.created:
        ended = max(draft.created, parent.ended) if parent.ended < NEVER else draft.accepted
        return replace(draft, accepted=NEVER, ended=ended, outcome="Canceled")
    outcome = "Failed" if parent.outcome == "Failed" else outcome_of(draft)
    failure = draft.dice.pick(7, draft.seat.part.failures) if outcome == "Failed" else ""
    length = minutes(draft.dice, 6, draft.seat.part.runs)
    plan = replace(_opened(draft), outcome=outcome, failure=failure)
    if outcome == "Completed" and has_bandit(parent) and draft.dice.happens(11, FALLS_BEHIND):
        return cut(_ended_early(plan, length), parent)
    return cut(run_until(plan, length), parent)


def _ended_early(plan: Plan, length: int) -> Plan:
    """Return the life of a trial that the policy of its sweep ends: part of the steps are made, then it is canceled."""
    end = plan.started + int(length * plan.dice.between(8, 0.15, 0.5))
    return replace(plan, outcome="Canceled", cancel_at=end, ended=end + SECOND * 20)
