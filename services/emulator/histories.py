"""What a run has logged, value by value: most metrics at every few steps, some at the end of an epoch, some once.

A run that came back from a checkpoint logs some steps twice. When a value was logged is fixed: asked later, it is the
same, so that whoever asks for what is new gets that and no more.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple, Protocol

import msgspec

from services.emulator.curves import Curve, curves_of, logged_at, steps_done
from services.emulator.dice import Dice, noise
from services.emulator.plans import Plan
from services.emulator.run_facts import compute_of, parameters, rate_of

DENSE = 4_000
"""How often a run of full length logs what it logs within an epoch, at most."""

BY_EPOCH = frozenset({"val_loss", "auc", "accuracy"})
LONG = 5_000
"""Steps from which a script also logs how its training goes."""
USUAL_EPOCHS = 20


class Entry(NamedTuple):
    """One logged value: its step, when it was logged in ticks, and which time that step was logged."""

    step: int
    at: int
    time: int
    value: float


class Logs(Protocol):
    """Something a run logs."""

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    @property
    def key(self) -> str:
        """Whose it is: the name of the run."""
        ...

    def value(self, step: int) -> float:
        """Return its value at a step."""
        ...


class Extra(msgspec.Struct, frozen=True, kw_only=True):
    """How training goes: learning_rate, grad_norm, epoch, or the result that is logged once at the end."""

    name: str
    key: str
    steps: int
    epochs: int
    rate: float = 0.0
    breaks_at: float = math.inf
    result: float = 0.0

    def value(self, step: int) -> float:
        """Return its value at a step: the rate warms up and decays, the norm explodes before the loss breaks."""
        share = step / self.steps
        if self.name == "learning_rate":
            return self.rate * min(share / 0.05, 0.5 + 0.5 * math.cos(math.pi * min(1.0, share)))
        if self.name == "epoch":
            return round(share * self.epochs, 4)
        if self.name != "grad_norm":
            return self.result
        if step >= self.breaks_at:
            return math.inf
        near = max(0.0, 1 - (self.breaks_at - step) / (self.steps * 0.15))
        return round(math.exp(0.5 * noise(f"{self.key}norm{step}") + 6 * near), 6)


def metrics_of(plan: Plan, run_id: str) -> tuple[Logs, ...]:
    """Return everything a run logs."""
    curves = curves_of(plan, run_id)
    steps, epochs = plan.ledger.script.steps, epochs_of(plan)
    if not curves:
        return ()
    breaks = min(curve.breaks_at for curve in curves)
    extras = [
        Extra(name=name, key=run_id, steps=steps, epochs=epochs, rate=rate_of(plan), breaks_at=breaks)
        for name in ("learning_rate", "grad_norm", "epoch")
        if steps >= LONG
    ]
    tested = [
        Extra(name=f"test_{one.name}", key=run_id, steps=steps, epochs=epochs, result=round(one.value(steps) - 0.01, 6))
        for one in curves
        if one.name in ("auc", "accuracy") and plan.kind == "command"
    ]
    return (*curves, *extras, *tested)


def epochs_of(plan: Plan) -> int:
    """Return how many epochs a run of full length has."""
    return int(parameters(plan).get("epochs") or USUAL_EPOCHS)


def history(plan: Plan, logs: Logs, now: int, since: int = 0) -> Iterator[Entry]:
    """Yield the values of a metric in the order they were logged, those logged at `since` (ticks) or later."""
    if not plan.has_started(now):
        return
    done, again, back = steps_done(plan, now), *_checkpoint(plan, logs)
    for step in _steps(plan, logs, done):
        if again <= step:
            yield from _replayed(plan, logs, again - back, again, since)
            again = 1 << 62
        if (at := logged_at(plan, step)) >= since:
            yield Entry(step, at, 1, logs.value(step))


def last_entry(plan: Plan, logs: Logs, now: int) -> Entry | None:
    """Return the newest value of a metric, None when there is none yet."""
    if not plan.has_started(now):
        return None
    step = next(iter(reversed(_steps(plan, logs, steps_done(plan, now)))), None)
    return None if step is None else Entry(step, logged_at(plan, step), 1, logs.value(step))


def _steps(plan: Plan, logs: Logs, done: int) -> range:
    steps = plan.ledger.script.steps
    if logs.name.startswith("test_"):
        return range(steps, done + 1)
    every = max(1, steps // epochs_of(plan) if logs.name in BY_EPOCH else steps // DENSE)
    return range(0, done + 1, every)


def _checkpoint(plan: Plan, logs: Logs) -> tuple[int, int]:
    """Return at which step a run went on from a checkpoint, and how many steps back that was; never for most."""
    dice = Dice("checkpoint", logs.key)
    if not dice.happens(0, 0.5 if compute_of(plan) == "t4-spot" else 0.1) or logs.name.startswith("test_"):
        return 1 << 62, 0
    steps = plan.ledger.script.steps
    return int(steps * dice.between(1, 0.3, 0.7)), max(1, steps // 50)


def _replayed(plan: Plan, logs: Logs, low: int, high: int, since: int) -> Iterator[Entry]:
    """Yield the steps that are made again, all in the moment before the run goes on."""
    before = _steps(plan, logs, high - 1)
    start, end = logged_at(plan, before[-1]), logged_at(plan, high)
    for step in before:
        if step >= low:
            then = start + (end - start) * (step - low) // (high - low)
            if then >= since:
                wobble = 1 + 0.01 * noise(f"{logs.key}{logs.name}{step}again")
                yield Entry(step, then, 2, round(logs.value(step) * wobble, 6))


__all__ = ["Curve", "Entry", "Logs", "epochs_of", "history", "last_entry", "metrics_of"]
