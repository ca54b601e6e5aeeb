"""Learning curves that look like learning curves: fast then slow, noisy, with plateaus; some fall apart."""

from __future__ import annotations

import math

import msgspec

from services.emulator.dice import Dice, noise
from services.emulator.plans import Plan
from services.emulator.run_facts import is_orchestrator, rate_of

POINTS = 240
"""How often a run of full length logs each metric."""

_BEST_RATE = -3.3
_SHAPES = {
    "loss": (1.9, 0.34, 0.030), "val_loss": (1.95, 0.39, 0.018), "auc": (0.5, 0.87, 0.012),
    "accuracy": (0.42, 0.93, 0.014),
}  # fmt: skip
"""Where each metric starts, where it would end at best, and its noise."""


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of one run over its steps."""

    name: str
    key: str
    start: float
    end: float
    tau: float
    jitter: float
    breaks_at: float = math.inf
    """The step from which it is not a number any more."""
    drop_at: float = math.inf
    drop: float = 0.0
    """A plateau ends here: the learning rate was cut."""

    def value(self, step: int) -> float:
        """Return the metric at a step; NaN once it broke."""
        if step >= self.breaks_at:
            return math.nan
        settled = (
            self.end
            if step < self.drop_at
            else self.end - self.drop * (1 - math.exp(-(step - self.drop_at) / self.tau))
        )
        smooth = settled + (self.start - settled) * math.exp(-step / self.tau)
        if self.breaks_at - step < self.tau / 3:
            smooth *= 1 + 2 * math.exp((step - self.breaks_at) / self.tau * 6)
        amplitude = self.jitter * (0.4 + abs(smooth - self.end))
        return round(smooth + amplitude * noise(f"{self.key}{self.name}{step}"), 6)


def curves_of(plan: Plan, run_id: str) -> tuple[Curve, ...]:
    """Return the metrics a run logs; orchestrators and runs without training log none."""
    if is_orchestrator(plan) or plan.kind in ("step", "flow"):
        return ()
    aim = plan.parent.seat.part if plan.parent else plan.seat.part
    names = dict.fromkeys((*plan.ledger.script.metrics, *((aim.metric,) if aim.metric else ())))
    return tuple(_curve(name, plan, run_id, _like(name, aim.goal)) for name in names)


def _like(name: str, goal: str) -> str:
    """Return the metric that one of this name behaves like: what shall get small falls, what shall get large rises."""
    return name if name in _SHAPES else "loss" if goal == "minimize" else "auc"


def _curve(name: str, plan: Plan, run_id: str, like: str) -> Curve:
    start, best, jitter = _SHAPES[like]
    steps = plan.ledger.script.steps
    dice = Dice("curve", run_id)
    away = (math.log10(rate_of(plan)) - _BEST_RATE) ** 2
    worse = 0.05 * away + dice.between(0, 0.0, 0.05)
    is_loss = "loss" in like
    end = best + worse * 1.6 if is_loss else max(best - worse, start + 0.05)
    drop_at = steps * dice.between(1, 0.45, 0.6) if dice.happens(2, 0.4) else math.inf
    return Curve(
        name=name, key=run_id, start=start * dice.between(3, 0.92, 1.1), end=end, jitter=jitter,
        tau=steps * dice.between(4, 0.06, 0.16), breaks_at=_breaks(plan, name, steps, dice),
        drop_at=drop_at, drop=0.06 if is_loss else -0.02,
    )  # fmt: skip


def _breaks(plan: Plan, name: str, steps: int, dice: Dice) -> float:
    """Return the step at which a loss becomes NaN: always where that failed the run, sometimes while it goes on."""
    if "loss" not in name:
        return math.inf
    if plan.failure == "nan":
        return steps_done(plan, plan.ended) * 0.97
    chance = 0.3 if plan.ledger.script.name == "llm-sft" else 0.015
    return steps * dice.between(5, 0.3, 0.9) if dice.happens(6, chance) else math.inf


def steps_done(plan: Plan, now: int) -> int:
    """Return how many steps a run has made: all when it completed, in proportion to its time before."""
    if not plan.has_started(now):
        return 0
    steps = plan.ledger.script.steps
    if plan.outcome == "Completed" and plan.finishing <= now:
        return steps
    until = min(now, plan.ended, plan.lost_at, plan.cancel_at)
    return min(steps, int(steps * (until - plan.started) / _length(plan)))


def _length(plan: Plan) -> int:
    """Return how long all steps take, in ticks."""
    whole = plan.finishing - plan.started if plan.outcome == "Completed" else int(plan.seat.part.runs[1] * 600_000_000)
    return max(1, whole)


def logged_steps(plan: Plan, now: int) -> range:
    """Return the steps at which metrics were logged so far."""
    done, steps = steps_done(plan, now), plan.ledger.script.steps
    every = max(1, steps // POINTS)
    return range(0, done + 1, every) if plan.has_started(now) else range(0)


def logged_at(plan: Plan, step: int) -> int:
    """Return when a step was made, in ticks."""
    return plan.started + int(_length(plan) * step / plan.ledger.script.steps)
