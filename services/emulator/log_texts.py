"""The lines runs write: stamps of several shapes, levels, progress bars, long lines, tracebacks, and worse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import NamedTuple

from services.emulator.answers import Json
from services.emulator.curves import Curve, curves_of
from services.emulator.dice import Dice, guid, noise
from services.emulator.failures import error_of
from services.emulator.places import PLACES
from services.emulator.plans import NEVER, Plan
from services.emulator.run_facts import compute_of, parameters
from services.emulator.sas import sas_url
from services.emulator.ticks import MINUTE, SECOND, day_text, stamp, stamp_ms

MOST_STEPS = 4_000
"""Lines of training a log has at most; longer runs log less often."""


class Said(NamedTuple):
    """A line and when it was written, in ticks."""

    at: int
    text: str


class Writer(NamedTuple):
    """Who writes: the run, and which of its processes."""

    plan: Plan
    run_id: str
    process: int
    processes: int


def text_until(lines: Iterator[Said], now: int) -> bytes:
    """Return what is written up to a moment."""
    kept: list[str] = []
    for line in lines:
        if line.at > now:
            break
        kept.append(line.text)
    return "".join(f"{text}\n" for text in kept).encode()


def user_log(writer: Writer) -> Iterator[Said]:
    """Yield what the script itself writes, oldest first."""
    plan = writer.plan
    yield from _beginning(writer)
    end = min(plan.finishing, plan.ended, plan.cancel_at)
    end = end - 3 * SECOND if end < NEVER else plan.started + 240 * MINUTE
    yield from _training(writer, end)
    if plan.outcome == "Failed" and plan.ended < NEVER:
        yield from _failing(writer)
    elif plan.outcome == "Completed" and plan.finishing < NEVER:
        yield Said(plan.finishing, f"{_python(plan.finishing)} INFO     train: finished, outputs in ./outputs")
        yield Said(plan.finishing, "\x1b[32mDone.\x1b[0m")


def _beginning(writer: Writer) -> Iterator[Said]:
    plan, at = writer.plan, writer.plan.started
    who = f"rank {writer.process} of {writer.processes}"
    link = sas_url_of(writer, "config/train.json")
    config = {"run": writer.run_id, "params": parameters(plan), "data": link, "callbacks": ["early_stop"] * 40}
    yield Said(at, f"{_python(at)} INFO     train: started as {who} on {compute_of(plan) or 'this machine'}")
    yield Said(at + SECOND, f"{_python(at + SECOND)} DEBUG    train: config {json.dumps(config)}")
    yield Said(at + SECOND, f"AZUREML_RUN_TOKEN=eyJhbGciOi{guid('jwt', writer.run_id).replace('-', '')}.e30.none")
    yield Said(at + 2 * SECOND, "/azureml-envs/train/lib/python3.11/site-packages/torch/cuda/__init__.py:61: "
               "FutureWarning: The pynvml package is deprecated.")  # fmt: skip
    bar = "\r".join(f"Loading: {share:3d}%|{'#' * (share // 10):<10}| {share * 12}/1200" for share in range(0, 101, 10))
    yield Said(at + 3 * SECOND, bar)
    if Dice("odd", writer.run_id).happens(1, 0.3):
        yield Said(
            at + 4 * SECOND, "loader: read shard \x1b]52;c;cm0gLXJmIC8K\x07 from \u202etxt.drah\u202c, 3 rows dropped"
        )


def sas_url_of(writer: Writer, path: str) -> str:
    """Return a link as a script would print it by mistake: its signature has to be gone before it is kept."""
    return sas_url(PLACES[0], f"ExperimentRun/dcid.{writer.run_id}/{path}", writer.plan.started)


def _training(writer: Writer, end: int) -> Iterator[Said]:
    plan = writer.plan
    steps = max(1, min(MOST_STEPS, plan.ledger.script.steps))
    curves = curves_of(plan, writer.run_id)[:2] if writer.process == 0 else ()
    first = plan.started + 6 * SECOND
    stride = max(1, (end - first) // steps)
    for step in range(1, steps + 1):
        at = first + stride * (step - 1)
        if at >= end:
            return
        yield Said(at, _step(writer, curves, step, steps, at))
        if step % 97 == 0:
            yield Said(at, f"{_python(at)} WARNING  loader: shard {step % 31} is slow, {1 + abs(noise(str(at))):.2f} s")
        if step % 500 == 0:
            yield Said(at, f"[{stamp(at, 'Z')}] checkpoint saved: outputs/checkpoints/step_{step:06}")


def _step(writer: Writer, curves: tuple[Curve, ...], step: int, steps: int, at: int) -> str:
    scale = writer.plan.ledger.script.steps / steps
    number = int(step * scale)
    values = " ".join(f"{curve.name}={curve.value(number):.4f}" for curve in curves)
    rest = values or f"samples/s={310 + 40 * noise(f'{writer.run_id}{writer.process}{step}'):.1f}"
    return f"{_python(at)} INFO     train: step {number:>6}/{writer.plan.ledger.script.steps} {rest}"


def _failing(writer: Writer) -> Iterator[Said]:
    plan = writer.plan
    at = plan.ended - 2 * SECOND
    if writer.process != failing_process(writer):
        yield Said(at, f"{_python(at)} WARNING  train: rank {failing_process(writer)} is gone, waiting")
        return
    for line in traceback_of(plan, writer.run_id).split("\n"):
        yield Said(at, line)
    yield Said(at + SECOND, f"{_python(at + SECOND)} CRITICAL train: exited with status code 1")


def failing_process(writer: Writer) -> int:
    """Return which of the processes failed: the second, where there are two."""
    return min(1, writer.processes - 1)


def traceback_of(plan: Plan, run_id: str) -> str:
    """Return the traceback a failed script ends with."""
    error = error_of(plan.failure or "killed", run_id=run_id, experiment=plan.ledger.name, compute=compute_of(plan),
                     region="westeurope", ended=plan.ended)  # fmt: skip
    given: Json = (error or {}).get("error", {})
    trace: Json = given.get("debugInfo") or {}
    if "stackTrace" in trace:
        return str(trace["stackTrace"]).rstrip("\n")
    last = next(
        (line.strip() for line in str(given.get("message", "")).split("\n") if "Error" in line), "RuntimeError: gone"
    )
    return (
        'Traceback (most recent call last):\n  File "train.py", line 214, in <module>\n    main(parse_args())\n'
        f'  File "train.py", line 188, in main\n    trainer.fit(model, loader)\n{last.removeprefix("Reason: ")}'
    )


def system_log(writer: Writer, what: str) -> Iterator[Said]:
    """Yield what Azure's own parts write while they prepare the node, run the script and tidy up."""
    plan = writer.plan
    at, number = min(plan.ready, plan.ended), 0
    end = plan.ended if plan.ended < NEVER else plan.ready + 10 * MINUTE
    while at < end and number < 60:
        level = "WARN" if number % 23 == 22 else "INFO"
        yield Said(at, f"{stamp_ms(at, 'Z')} {level} [{what}] {_CHORES[number % len(_CHORES)]} ({number})")
        at, number = at + (3 + number) * SECOND, number + 1


def old_log(writer: Writer) -> Iterator[Said]:
    """Yield the log of the old layout: what the service tells of a run it orchestrates."""
    plan = writer.plan
    moments = (
        (plan.created, f"ReuseHash: {guid('hash', writer.run_id)}"), 
        (plan.accepted, "Starting run in Execution Service"),
        (plan.ready, "Job is in progress. Execution status: Preparing."),
        (plan.started, "Job is in progress. Execution status: Running."),
        (plan.finishing, "Job is in progress. Execution status: Finalizing."),
        (plan.ended, f"Job finished, job RunId is {writer.run_id}"),
    )  # fmt: skip
    for at, text in moments:
        if at < NEVER:
            yield Said(at, f"[{_blank(at)}Z] {text}")


def build_log(writer: Writer) -> Iterator[Said]:
    """Yield the log of building the image, with its compact stamps; it ends in the error where that failed."""
    plan = writer.plan
    has_failed = plan.failure == "image_build"
    end = min(plan.starting, plan.ended) if has_failed else plan.ready
    steps = 40
    for number in range(steps):
        at = plan.accepted + (end - plan.accepted) * number // steps
        yield Said(at, f"{_compact(at)}: Step {number // 4 + 1}/10 : {_LAYERS[number % len(_LAYERS)]}")
    if has_failed:
        yield Said(
            end - SECOND,
            "ERROR: Could not find a version that satisfies the requirement torch==9.9 (from versions: 2.4, 2.5)",
        )
        yield Said(end - SECOND, "ERROR: No matching distribution found for torch==9.9")
    else:
        yield Said(end, f"{_compact(end)}: Successfully tagged {plan.ledger.script.environment}:latest")


def debug_line(run_id: str, started: int, number: int) -> bytes:
    """Return one of very many lines of equal length, made from its number alone."""
    at = started + number * SECOND // 50
    sent = number * 7919 % 1_000_000
    text = f"{_python(at)} DEBUG    nccl: rank 0 channel {number % 16:02d} send {number:09d} bytes {sent:07d} ok"
    return f"{text:<95}\n".encode()


def _python(at: int) -> str:
    """Return a time as Python's logging writes it."""
    return stamp_ms(at, "").replace("T", " ").replace(".", ",")


def _blank(at: int) -> str:
    return stamp(at // SECOND * SECOND, "").replace("T", " ")


def _compact(at: int) -> str:
    """Return a time as image builds write it: 20220519-03:11:59.750675."""
    day = day_text(at // (24 * 60 * MINUTE)).replace("-", "")
    return f"{day}-{stamp_ms(at, '').partition('T')[2]}"


_CHORES = (
    "Starting", "Mounting the workspace's blob store", "Setting up the container", "Health check passed",
    "Heartbeat", "Copied 12 files of the snapshot", "Uploading logs", "Container is running",
)  # fmt: skip
_LAYERS = (
    "FROM mcr.microsoft.com/azureml/openmpi4.1.0-ubuntu22.04", "RUN apt-get update", "COPY conda.yaml .",
    "RUN conda env create -p /azureml-envs/train -f conda.yaml", "Collecting torch", "Installing build dependencies",
)  # fmt: skip
