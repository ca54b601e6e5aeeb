"""What a run is called, who started it, on what and with which parameters: all from its plan."""

from __future__ import annotations

import json
import re
from contextlib import suppress

from services.emulator.dice import Dice
from services.emulator.plans import Plan
from services.emulator.samples import PEOPLE, PEOPLE_IDS, PIPELINE_APP
from services.emulator.schedules import NIGHTLY
from services.emulator.search_spaces import draw

_COUNT = re.compile(r"\{n(?::0(\d))?\}")


def round_of(plan: Plan) -> int:
    """Return which round of its experiment a run belongs to, counted from 2015; of submitted ones, which it is."""
    if plan.root.given is not None:
        return plan.root.given.number
    return plan.index // len(plan.ledger.seats)


def display_name(plan: Plan, run_id: str) -> str:
    """Return what the run is called on screen; `run_id` lends its words where the name asks for them."""
    if plan.given is not None:
        return str(plan.given.job.get("displayName") or run_id)
    if plan.parent is not None:
        if plan.kind not in ("trial", "automl_child"):
            return plan.seat.part.name
        return f"{display_name(plan.parent, run_id)}_{plan.seat.child}"
    count = round_of(plan) * plan.seat.alike + plan.seat.ordinal
    name = _COUNT.sub(lambda found: _numbered(count, found[1]), plan.seat.part.name)
    return name.replace("{word}", "-".join(run_id.split("_")[:2]))


def _numbered(count: int, width: str | None) -> str:
    digits = int(width) if width else 3
    return f"{count % 10**digits:0{width or 1}}"


def compute_of(plan: Plan) -> str | None:
    """Return the compute it was sent to; a child without one of its own runs where its parent was sent."""
    own = plan.seat.part.compute
    return own if own or plan.parent is None else compute_of(plan.parent)


def is_orchestrator(plan: Plan) -> bool:
    """Return whether it only starts others and holds no node itself."""
    return plan.kind in ("sweep", "pipeline", "automl", "pipeline_step", "sweep_step")


def nodes_of(plan: Plan) -> int:
    """Return how many nodes it asks for."""
    return plan.seat.part.nodes


def person_of(plan: Plan) -> tuple[str, str]:
    """Return the object id and the name of who started it. An application's name is its id."""
    root = plan.root
    if root.given is not None:
        return root.given.person
    if root.seat.part.is_scheduled:
        return PIPELINE_APP, PIPELINE_APP
    number = root.dice.whole(11, len(PEOPLE))
    return PEOPLE_IDS[number], PEOPLE[number]


def schedule_of(plan: Plan) -> str | None:
    """Return the schedule that started a run; None where a person did."""
    part = plan.seat.part
    return NIGHTLY if part.is_scheduled else part.monitor or None


def is_archived(plan: Plan) -> bool:
    """Return whether somebody hid it: one in a hundred roots, and who was archived since. Children follow."""
    if plan.hidden is not None or plan.given is not None:
        return bool(plan.hidden)
    return is_archived(plan.parent) if plan.parent else plan.dice.happens(12, 0.01)


def rate_of(plan: Plan) -> float:
    """Return its learning rate: the parameter that decides how well it does."""
    drawn = drawn_for(plan)
    for name in ("lr", "learning_rate"):
        with suppress(KeyError, ValueError):
            if (rate := float(drawn[name])) > 0:
                return rate
    return 10 ** plan.dice.between(13, -4.6, -1.7)


def drawn_for(plan: Plan) -> dict[str, str]:
    """Return what a submitted sweep drew for one of its trials; nothing for every other run."""
    up = plan.parent
    if plan.kind != "trial" or up is None or not up.seat.part.search:
        return {}
    return draw(up.seat.part.search, plan.dice.hex(16))


def _batch(dice: Dice) -> int:
    return dice.pick(14, (16, 32, 64, 64, 96, 128, 256))


def parameters(plan: Plan) -> dict[str, str]:
    """Return the parameters it was started with, as text; orchestrators and half of the pipeline's steps have none."""
    if plan.given is not None:
        return plan.given.literals
    if is_orchestrator(plan) or plan.kind in ("step", "flow"):
        return {}
    if drawn := drawn_for(plan):
        return drawn
    rate = {"lr": f"{rate_of(plan):.3g}", "batch_size": str(_batch(plan.dice))}
    if plan.kind == "trial":
        return {**rate, "dropout": f"{plan.dice.between(15, 0.05, 0.5):.4f}"}
    return {**rate, "epochs": str(5 + plan.dice.whole(15, 45)), "seed": str(round_of(plan) % 97),
            "optimizer": "adamw",
            "steps": str(plan.ledger.script.steps)}  # fmt: skip


def hyperparameters(plan: Plan) -> str:
    """Return what a sweep gave a trial, as the JSON text its tag holds."""
    return json.dumps({name: _number(text) for name, text in parameters(plan).items()})


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def metric_name(plan: Plan) -> str | None:
    """Return the metric a sweep or AutoML run is judged by."""
    if plan.kind not in ("sweep", "automl"):
        return None
    if plan.seat.part.metric:
        return plan.seat.part.metric
    names = plan.ledger.script.metrics
    return next((name for name in ("auc", "accuracy") if name in names), names[0])
