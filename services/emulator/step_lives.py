"""The lives of what is in a pipeline: its steps one after the other, and the pipeline or the sweep inside of a step.

A step that is a pipeline of its own is a StepRun with one child, the pipeline run that holds the inner steps; a step
that is a sweep has the sweep as its one child in the same way.
"""

from __future__ import annotations

from msgspec.structs import replace

from services.emulator.ends import cut, minutes, never_ran, outcome_of
from services.emulator.plans import NEVER, Plan, has_bandit
from services.emulator.ticks import SECOND

REUSES = 0.4
"""How often the first step of a pipeline finds that an earlier one did the same."""
FALLS_BEHIND = 0.25
"""How many trials the policy of a sweep ends early."""
_MARGIN = 6 * SECOND
"""How much shorter than its step that is what is inside of it."""


def step_life(draft: Plan) -> Plan:
    """Return the life of a pipeline's step: its share of the pipeline's, after the steps before it."""
    parent = draft.parent
    assert parent is not None
    place, steps = draft.seat.child, parent.seat.part.steps
    if parent.started == NEVER or (0 <= parent.step < place):
        return never_ran(draft, parent.ended)
    whole = _whole_length(parent)
    accepted = parent.started + int(whole * sum(one.share for one in steps[:place]))
    until = accepted + int(whole * steps[place].share)
    plan = _prepared(replace(draft, accepted=accepted), until)
    if place == 0 and parent.step != 0 and parent.root.given is None and draft.dice.happens(9, REUSES):
        return replace(plan, ready=accepted, starting=accepted, started=accepted + SECOND,
                       ended=accepted + SECOND + SECOND // 24, is_reused=True)  # fmt: skip
    if place == parent.step:
        return _broken(plan, parent)
    return cut(replace(plan, finishing=until - 12 * SECOND, ended=until - SECOND), parent)


def _prepared(draft: Plan, until: int) -> Plan:
    """Return the plan with its start; a step that only starts others takes no time to prepare."""
    if draft.seat.part.inner is not None:
        return replace(draft, ready=draft.accepted, starting=draft.accepted, started=draft.accepted + SECOND)
    ready = draft.accepted + int((until - draft.accepted) * 0.05)
    starting = ready + int((until - draft.accepted) * draft.dice.between(3, 0.05, 0.15))
    return replace(draft, ready=ready, starting=starting, started=starting + 8 * SECOND)


def _broken(plan: Plan, parent: Plan) -> Plan:
    """Return the life of the step at which its pipeline ended: it began, and ended just before that."""
    ended = parent.ended - SECOND
    accepted, ready, starting, started = (
        min(at, ended - SECOND) for at in (plan.accepted, plan.ready, plan.starting, plan.started)
    )
    return replace(plan, accepted=accepted, ready=ready, starting=starting, started=started, ended=ended,
                   cancel_at=parent.cancel_at, outcome=parent.outcome, failure=parent.failure)  # fmt: skip


def inside_life(draft: Plan) -> Plan:
    """Return the life of the pipeline or sweep inside of a step: the step's own, a moment later and shorter."""
    parent = draft.parent
    assert parent is not None
    begun, ended = parent.started, parent.ended - SECOND
    if begun == NEVER or begun + SECOND >= ended:
        return never_ran(draft, parent.ended)
    finishing = parent.finishing - SECOND if parent.finishing < NEVER else NEVER
    plan = replace(
        draft, accepted=begun, ready=begun, starting=begun, started=begun + SECOND, finishing=finishing, ended=ended,
        cancel_at=parent.cancel_at, outcome=parent.outcome, failure=parent.failure,
    )  # fmt: skip
    return plan if plan.outcome == "Completed" else replace(plan, step=_at_work(plan))


def _at_work(plan: Plan) -> int:
    """Return which of its steps was at work when a pipeline ended; -1 for a sweep."""
    gone, steps = (plan.ended - plan.started) / max(1, _whole_length(plan)), plan.seat.part.steps
    for place, one in enumerate(steps):
        gone -= one.share
        if gone <= 0:
            return place
    return len(steps) - 1


def trial_life(draft: Plan) -> Plan:
    """Return the life of a trial of a sweep that has so much time and no more: two trials at a time."""
    parent = draft.parent
    assert parent is not None
    part, dice = parent.seat.part, draft.dice
    each = _whole_length(parent) // (part.children + 1)
    accepted = max(draft.created, parent.started + each * draft.seat.child) if parent.started < NEVER else NEVER
    if accepted >= parent.ended:
        return never_ran(draft, parent.ended)
    outcome = "Failed" if parent.outcome == "Failed" else outcome_of(draft)
    if outcome == "Completed" and has_bandit(parent) and dice.happens(11, FALLS_BEHIND):
        outcome = "Canceled"
    ready, starting, started = (accepted + each * share // 20 for share in (1, 2, 3))
    plan = replace(draft, accepted=accepted, ready=ready, starting=starting, started=started, outcome=outcome,
                   failure=dice.pick(7, draft.seat.part.failures) if outcome == "Failed" else "")  # fmt: skip
    until = accepted + each * 2
    if outcome == "Completed":
        return cut(replace(plan, finishing=until - each // 10, ended=until), parent)
    ended = started + int((until - started) * dice.between(8, 0.3, 0.9))
    return cut(replace(plan, ended=ended, cancel_at=ended - each // 20 if outcome == "Canceled" else NEVER), parent)


def _whole_length(plan: Plan) -> int:
    """Return how long a parent would take to its end."""
    up = plan.parent
    if up is None:
        return minutes(plan.dice, 6, plan.seat.part.runs)
    if plan.seat.part.inner is not None:
        return int(_whole_length(up) * up.seat.part.steps[plan.seat.child].share)
    return _whole_length(up) - _MARGIN
