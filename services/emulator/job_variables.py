"""Environment variables of the emulated jobs: mostly harmless, and here and there a secret that does not belong there.

Every value is invented: made of hashes, good for nothing.
"""

from __future__ import annotations

from services.emulator.dice import Dice
from services.emulator.plans import Plan
from services.emulator.run_facts import nodes_of

_CARELESS = {
    "llm-sft": "HF_TOKEN",
    "embed": "HF_TOKEN",
    "geo": "DB_PASSWORD",
    "price": "FEATURE_STORE",
    "llm-eval": "AWS_SECRET_ACCESS_KEY",
}
"""Whose jobs carry which secret, one in eight of them."""


def variables_of(plan: Plan, run_id: str) -> dict[str, str]:
    """Return the environment variables of a command job."""
    dice = Dice("variables", run_id)
    found = {"OMP_NUM_THREADS": "8", "TOKENIZERS_PARALLELISM": "false"} if nodes_of(plan) > 1 else {}
    name = _CARELESS.get(plan.ledger.script.name)
    if name is not None and dice.happens(0, 0.125):
        found[name] = _secret(name, dice)
    return found


def _secret(name: str, dice: Dice) -> str:
    digits = dice.hex(64)
    if name == "HF_TOKEN":
        return f"hf_{digits[:34]}"
    if name == "FEATURE_STORE":
        return f"Endpoint=sb://features.example.com/;SharedAccessKeyName=send;SharedAccessKey={digits[:44]}"
    return digits[:40] if name == "AWS_SECRET_ACCESS_KEY" else f"Pg-{digits[:18]}"
