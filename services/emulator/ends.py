"""How lives end: outcomes, failures, and what becomes of a run that somebody or its parent cuts short."""

from __future__ import annotations

from msgspec.structs import replace

from services.emulator.dice import Dice
from services.emulator.plans import NEVER, Plan
from services.emulator.scripts import Range
from services.emulator.ticks import MINUTE, SECOND


def minutes(dice: Dice, throw: int, given: Range) -> int:
    """Return a length between two numbers of minutes, in ticks."""
    return int(dice.between(throw, *given) * MINUTE)


def canceling(dice: Dice) -> int:
    """Return how long a run is being canceled."""
    return int(dice.between(10, 60, 290) * SECOND)


def outcome_of(draft: Plan) -> str:
    """Return how a run will end, by the chances of its part."""
    part, throw = draft.seat.part, draft.dice.unit(5)
    return "Failed" if throw < part.fails else "Canceled" if throw < part.fails + part.cancels else "Completed"


def never_ran(draft: Plan, ended: int) -> Plan:
    """Return the life of a child that its parent never came to."""
    return replace(draft, accepted=NEVER, ended=max(draft.created, ended), outcome="Canceled")


def run_until(plan: Plan, length: int) -> Plan:
    """Return the plan with its end: shortened where it fails or somebody cancels it."""
    part, dice, step = plan.seat.part, plan.dice, -1
    if plan.outcome == "Completed":
        end = plan.started + length
        return replace(plan, finishing=end, ended=end + int(dice.between(10, 6, 40) * SECOND))
    if part.steps:
        step = part.fails_at if part.fails_at >= 0 else dice.whole(9, len(part.steps))
        share = sum(one.share for one in part.steps[:step]) + part.steps[step].share * dice.between(8, 0.4, 0.9)
    else:
        # A parent goes on until its last child was started: children always come after their parent and before its end.
        share = dice.between(8, 0.94, 1.0) if part.child else dice.between(8, 0.02, 0.97)
    end = plan.started + int(length * share)
    if plan.outcome == "Canceled":
        return replace(plan, cancel_at=end, ended=end + canceling(dice), step=step)
    return replace(plan, ended=end, step=step)


def cut(plan: Plan, parent: Plan) -> Plan:
    """Return the life of a child that its parent does not outlive."""
    if plan.ended <= parent.ended:
        return plan
    started = plan.started if plan.started < parent.ended else NEVER
    cancel_at = min(parent.cancel_at, parent.ended - SECOND)
    return replace(plan, started=started, finishing=NEVER, cancel_at=cancel_at, ended=parent.ended,
                   outcome="Canceled", failure="")  # fmt: skip
