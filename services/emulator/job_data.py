"""What some command jobs say beside their command: the data they read, where they write to, and when they are ended."""

from __future__ import annotations

from typing import Any

from services.emulator.dice import Dice
from services.emulator.places import Place
from services.emulator.plans import Plan
from services.emulator.run_facts import round_of

Json = dict[str, Any]

HOURS = (2, 6, 12, 24)
WITH_DATA, WITH_LIMIT, WITH_OUTPUT = 0.5, 0.4, 0.3
"""How many jobs have each."""


def limits_of(plan: Plan) -> Json | None:
    """Return the limits of a command job: most set none."""
    dice = _dice(plan)
    if not dice.happens(0, WITH_LIMIT):
        return None
    longest = plan.seat.part.runs[1] / 60
    hours = next((hours for hours in HOURS if hours > longest), 48)
    return {"jobLimitsType": "Command", "timeout": f"PT{hours}H"}


def data_inputs(place: Place, plan: Plan) -> Json:
    """Return the data asset a command job reads, by its ARM id; half of them read none."""
    if not _dice(plan).happens(1, WITH_DATA):
        return {}
    script = plan.ledger.script
    version = 1 + round_of(plan) // 30 % 40
    return {"data": {"description": None, "uri": f"{place.id}/data/{script.team}-{script.name}/versions/{version}",
                     "mode": "ReadOnlyMount", "jobInputType": "uri_folder"}}  # fmt: skip


def data_outputs(plan: Plan, run_id: str) -> Json:
    """Return where a command job writes beside its default output, on a datastore; most write nowhere else."""
    if not _dice(plan).happens(2, WITH_OUTPUT):
        return {}
    uri = f"azureml://datastores/workspaceblobstore/paths/{plan.ledger.name}/{run_id}/model"
    return {"model": {"description": None, "uri": uri, "mode": "ReadWriteMount", "jobOutputType": "uri_folder"}}


def _dice(plan: Plan) -> Dice:
    return Dice("job data", plan.ledger.name, plan.index)
