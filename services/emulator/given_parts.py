"""What a submitted job becomes: a run of its own, with the trials or the steps its definition asks for."""

from __future__ import annotations

import json
import re
from typing import Any, cast

from services.emulator.scripts import COMPONENTS, Part, Range, Step
from services.emulator.search_spaces import spread_of

Json = dict[str, Any]

MOST_TRIALS, MOST_STEPS = 40, 20
"""More than so many are asked for in vain: an emulated world does as many."""

_WAITS, _RUNS, _SWEEP_RUNS = (0.15, 0.4), (1.2, 2.5), (2.5, 4.0)
"""Minutes: somebody may be watching."""
_EACH = (0.6, 0.9)
"""Minutes a step takes, if all take as long."""
_HEAVY = 3.0
"""How much longer a step that is a pipeline or a sweep takes than another one."""
_AFTER = re.compile(r"parent\.jobs\.([^.}\s]+)\.")


def part_of(name: str, kind: str, job: Json) -> Part:
    """Return how the run of a job goes: what ends in `exit 1` fails, everything else completes."""
    if kind == "sweep":
        return _sweep(name, job, _named(job.get("computeId")), _SWEEP_RUNS)
    if kind == "pipeline":
        return _pipeline(name, job, _default(job))
    if kind == "automl":
        return _automl(name, job)
    return Part(kind=kind, name=name, compute=_named(job.get("computeId")), nodes=_nodes(job), wait=_WAITS, runs=_RUNS,
                fails=_fails(job), cancels=0.0, failures=("traceback",))  # fmt: skip


def _sweep(name: str, job: Json, compute: str | None, runs: Range) -> Part:
    """Return a sweep as ARM has it, or as a pipeline's node spells it."""
    limits, aim, trial = (as_object(job.get(key)) for key in ("limits", "objective", "trial"))
    count = _count(limits.get("maxTotalTrials") or limits.get("max_total_trials"), 10)
    each = runs[1] * 2 / (count + 1)
    one = Part(kind="trial", name="", nodes=_nodes(trial), runs=(each / 2, each), fails=_fails(trial), cancels=0.0,
               failures=("traceback",))  # fmt: skip
    return Part(
        kind="sweep", name=name, compute=compute, wait=_WAITS, runs=runs, fails=_fails(trial), cancels=0.0,
        failures=("all_trials",), children=count, child=one,
        metric=str(aim.get("primaryMetric") or aim.get("primary_metric") or ""),
        goal=str(aim.get("goal") or "maximize").lower(),
        search=spread_of(as_object(job.get("searchSpace") or job.get("search_space"))),
    )  # fmt: skip


def _pipeline(name: str, job: Json, compute: str | None) -> Part:
    nodes = _in_order(as_object(job.get("jobs")))[:MOST_STEPS]
    weights = [_HEAVY if node.get("type") in ("pipeline", "sweep") else 1.0 for _name, node in nodes]
    whole = sum(weights) or 1.0
    steps = tuple(_step(key, node, weight / whole, compute) for (key, node), weight in zip(nodes, weights, strict=True))
    broken = [at for at, (_name, node) in enumerate(nodes) if _fails(node) or _fails(as_object(node.get("trial")))]
    return Part(
        kind="pipeline", name=name, compute=compute, wait=_WAITS, runs=(_EACH[0] * whole, _EACH[1] * whole),
        fails=float(bool(broken)), fails_at=broken[0] if broken else -1, cancels=0.0, failures=("traceback",),
        steps=steps,
    )  # fmt: skip


def _automl(name: str, job: Json) -> Part:
    limits = as_object(as_object(job.get("taskDetails")).get("limitSettings"))
    count = _count(limits.get("maxTrials"), 3)
    each = _SWEEP_RUNS[1] * 2 / (count + 1)
    one = Part(kind="automl_child", name="", runs=(each / 2, each), fails=0.0, cancels=0.0)
    return Part(kind="automl", name=name, compute=_named(job.get("computeId")), wait=_WAITS, runs=_SWEEP_RUNS,
                fails=0.0, cancels=0.0, children=count, child=one)  # fmt: skip


def _count(asked: object, usual: int) -> int:
    return min(MOST_TRIALS, asked) if isinstance(asked, int) and asked > 0 else usual


def _step(name: str, node: Json, share: float, compute: str | None) -> Step:
    own = _named(node.get("computeId")) or compute
    inner = None
    if node.get("type") == "sweep":
        inner = _sweep(name, node, own, _SWEEP_RUNS)
    elif node.get("type") == "pipeline" and node.get("jobs"):
        inner = _pipeline(name, node, own)
    elif node.get("type") == "pipeline":
        # A pipeline component is named by its id alone: of those the world does not know, one step is seen.
        inner = COMPONENTS.get(name) or Part(kind="pipeline", name=name, compute=own, steps=(Step("main", own, 1.0),))
    return Step(name, own, share, inner)


def _in_order(nodes: Json) -> list[tuple[str, Json]]:
    """Return the nodes so that each stands behind those whose outputs it takes; else in the order they are given."""
    waiting = {name: as_object(node) for name, node in nodes.items()}
    found: list[tuple[str, Json]] = []
    while waiting:
        free = [name for name, node in waiting.items() if not (_before(node) & waiting.keys() - {name})]
        for name in free or list(waiting):
            found.append((name, waiting.pop(name)))
    return found


def _before(node: Json) -> set[str]:
    return set(_AFTER.findall(json.dumps(node.get("inputs") or {})))


def _default(job: Json) -> str | None:
    settings = as_object(job.get("settings"))
    return _named(job.get("computeId") or settings.get("default_compute") or settings.get("defaultCompute"))


def _named(compute: object) -> str | None:
    return str(compute).rpartition("/")[2].removeprefix("azureml:") if compute else None


def _nodes(job: Json) -> int:
    resources = as_object(job.get("resources"))
    count = resources.get("instanceCount", resources.get("instance_count"))
    return count if isinstance(count, int) and count > 0 else 1


def _fails(job: Json) -> float:
    return float(str(job.get("command") or "").rstrip().endswith("exit 1"))


def as_object(value: object) -> Json:
    """Return a JSON object, an empty one for anything else."""
    return cast(Json, value) if isinstance(value, dict) else {}
