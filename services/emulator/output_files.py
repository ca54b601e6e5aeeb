"""What runs leave in ./outputs: metrics, tables, pictures, checkpoints and models too big to hold."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Callable
from hashlib import blake2b

from services.emulator.blob_bodies import Body, Pieces, Whole
from services.emulator.curves import curves_of
from services.emulator.dice import Dice, noise
from services.emulator.plans import NEVER, Plan
from services.emulator.run_facts import is_orchestrator, parameters
from services.emulator.ticks import MINUTE

PIECE = 4096
ROWS = 2_000
HOSTILE = ("outputs/../../evil\x1b[2J.txt", "outputs/reports/CON.txt")
"""Names some runs give their files: out of the folder, of a device, and with a control sequence in them."""

Make = Callable[[], Body]


def outputs_of(plan: Plan, run_id: str, now: int) -> dict[str, Make]:
    """Return the files in ./outputs by path: checkpoints while the run goes on, the rest when it is finished."""
    if is_orchestrator(plan) or plan.kind == "flow" or not plan.has_started(now):
        return {}
    found = _checkpoints(plan, run_id, now)
    if plan.outcome != "Completed" or plan.finishing > now:
        return found
    dice = Dice("outputs", run_id)
    found |= {
        "outputs/metrics.json": lambda: Whole(_metrics(plan, run_id)),
        "outputs/history.jsonl": lambda: Whole(_history(plan, run_id)),
        "outputs/predictions.csv": lambda: Whole(_predictions(run_id)),
        "outputs/confusion_matrix.png": lambda: Whole(picture(run_id)),
        "outputs/model/MLmodel": lambda: Whole(
            f"artifact_path: model\nrun_id: {run_id}\nflavors:\n  pytorch:\n".encode()
        ),
        "outputs/model/conda.yaml": lambda: Whole(b"name: train\ndependencies:\n  - python=3.11\n  - pip\n"),
        "outputs/model/model.safetensors": lambda: weights(run_id, 8_000 + dice.whole(2, 70_000)),
        "outputs/empty.txt": lambda: Whole(b""),
    }
    if dice.happens(3, 0.25):
        found |= {path: lambda: Whole(b"Nothing good.\n") for path in HOSTILE}
    return found


def _checkpoints(plan: Plan, run_id: str, now: int) -> dict[str, Make]:
    end = min(now, plan.ended)
    every = 15 * MINUTE
    count = min(40, (end - plan.started) // every) if end < NEVER else 0
    return {
        f"outputs/checkpoints/step_{number * 500:06}/{name}": lambda number=number, size=size: weights(
            f"{run_id}{number}", size
        )
        for number in range(1, int(count) + 1)
        for name, size in (("weights.pt", 4_000), ("optimizer.pt", 8_000), ("state.bin", 1))
    }


def weights(key: str, pieces: int) -> Body:
    """Return what looks like weights: bytes without a pattern, of any length, made where they are read."""
    return Pieces(pieces, PIECE, lambda number: blake2b(f"{key}/{number}".encode()).digest() * (PIECE // 64))


def _metrics(plan: Plan, run_id: str) -> bytes:
    last = plan.ledger.script.steps
    values = {curve.name: curve.value(last) for curve in curves_of(plan, run_id)}
    return json.dumps({"run": run_id, "params": parameters(plan), "metrics": values}, indent=2).encode()


def _history(plan: Plan, run_id: str) -> bytes:
    curves, steps = curves_of(plan, run_id), plan.ledger.script.steps
    rows = (
        {"step": step, **{curve.name: curve.value(step) for curve in curves}}
        for step in range(0, steps, max(1, steps // 200))
    )
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _predictions(run_id: str) -> bytes:
    rows = ["id,score,label,note"]
    for number in range(ROWS):
        score = abs(noise(f"{run_id}{number}"))
        note = (
            '"=HYPERLINK(""https://example.com"")"'
            if number == 7
            else "a \x1b[31mred\x1b[0m one"
            if number == 3
            else ""
        )
        rows.append(f"{number:06},{score:.4f},{int(score > 0.7)},{note}")
    return ("\n".join(rows) + "\n").encode()


def picture(key: str, width: int = 96, height: int = 96) -> bytes:
    """Return a PNG: a confusion matrix, brighter on its diagonal."""
    rows = b"".join(b"\0" + b"".join(_pixel(key, x // 12, y // 12) for x in range(width)) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _pixel(key: str, x: int, y: int) -> bytes:
    strength = 0.85 if x == y else 0.2 * abs(noise(f"{key}{x}{y}"))
    return bytes((int(40 + 60 * strength), int(60 + 150 * strength), int(90 + 150 * strength)))


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
