"""Which files a run has at a moment, and what they hold: logs, and what it leaves in ./outputs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from services.emulator.blob_bodies import Blob, Body, Pieces, Whole
from services.emulator.log_texts import (
    Said,
    Writer,
    build_log,
    debug_line,
    failing_process,
    old_log,
    system_log,
    text_until,
    user_log,
)  # fmt: skip
from services.emulator.output_files import outputs_of
from services.emulator.places import Place
from services.emulator.plans import Plan
from services.emulator.run_facts import compute_of, is_orchestrator, nodes_of
from services.emulator.runbook import RunBook
from services.emulator.ticks import SECOND

DEBUG_LINES, DEBUG_WIDTH = 400_000, 96
_SYSTEM = {"cs_capability": "cs-capability", "data_capability": "data-capability",
           "hosttools_capability": "hosttools-capability", "lifecycler": "execution-wrapper"}  # fmt: skip

Lines = Callable[[Writer], Iterator[Said]]


def processes_of(plan: Plan) -> int:
    """Return how many processes write a log of their own: one a GPU of each node."""
    return nodes_of(plan) * (2 if compute_of(plan) == "gpu-a100" else 1)


def logs_of(book: RunBook, plan: Plan, now: int) -> dict[str, Callable[[], Blob]]:
    """Return the logs a run has by now, by name, each to be made when it is read."""
    run_id, found = book.run_id(plan), dict[str, Callable[[], Blob]]()
    writer = Writer(plan, run_id, 0, processes_of(plan))
    if plan.accepted > now:
        return found
    if is_orchestrator(plan) or plan.kind in ("flow", "step"):
        found["logs/azureml/executionlogs.txt"] = _text(old_log, writer, now)
        for name in ("stderrlogs", "stdoutlogs"):
            found[f"logs/azureml/{name}.txt"] = lambda: Blob(body=Whole(b""), changed=plan.accepted, is_append=True)
    if plan.failure == "image_build" or plan.dice.happens(3, 0.1):
        found["azureml-logs/20_image_build_log.txt"] = _text(build_log, writer, now)
    if is_orchestrator(plan) or plan.kind == "flow":
        return found
    if plan.ready <= now:
        for folder, name in _SYSTEM.items():
            found[f"system_logs/{folder}/{name}.log"] = _text(lambda one, name=name: system_log(one, name), writer, now)
    if plan.has_started(now):
        found.update(_user_logs(writer, now))
    return found


def _user_logs(writer: Writer, now: int) -> dict[str, Callable[[], Blob]]:
    if writer.processes == 1:
        return {"user_logs/std_log.txt": _text(user_log, writer, now)}
    each = {
        f"user_logs/std_log_process_{number}.txt": _text(user_log, writer._replace(process=number), now)
        for number in range(writer.processes)
    }
    if writer.plan.ledger.name == "llm-sft":
        each["user_logs/nccl_debug.log"] = lambda: _debug_log(writer, now)
    return each


def _text(lines: Lines, writer: Writer, now: int) -> Callable[[], Blob]:
    changed = min(now, writer.plan.ended)
    return lambda: Blob(body=Whole(text_until(lines(writer), now)), changed=changed, is_append=True, kind="text/plain")


def _debug_log(writer: Writer, now: int) -> Blob:
    started = writer.plan.started
    count = min(DEBUG_LINES, (min(now, writer.plan.ended) - started) * 50 // SECOND)
    body = Pieces(count, DEBUG_WIDTH, lambda number: debug_line(writer.run_id, started, number))
    return Blob(body=body, changed=min(now, writer.plan.ended), is_append=True)


def outputs(place: Place, book: RunBook, plan: Plan, now: int) -> dict[str, Callable[[], Body]]:
    """Return what a run left in ./outputs by now, by path."""
    return outputs_of(plan, book.run_id(plan), now)


def paths_of(place: Place, book: RunBook, plan: Plan, now: int) -> list[str]:
    """Return the paths of everything a run left, logs too, in the order run history lists them."""
    return sorted({*logs_of(book, plan, now), *outputs(place, book, plan, now)})


def blob_of(place: Place, book: RunBook, plan: Plan, path: str, now: int) -> Blob | None:
    """Return one file of a run; None when it has no such file by now."""
    if found := logs_of(book, plan, now).get(path):
        return found()
    made = outputs(place, book, plan, now).get(path)
    return Blob(body=made(), changed=min(now, plan.ended)) if made else None


__all__ = ["blob_of", "failing_process", "logs_of", "outputs", "paths_of", "processes_of"]
