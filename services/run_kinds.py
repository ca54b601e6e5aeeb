"""What a user calls a kind of run, out of the many names the service has for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

HOLDERS = ("pipeline-step", "sweep-step")
"""Steps of a pipeline that hold one run, the pipeline or the sweep they are: nothing is said of it twice."""
PARENTS = ("pipeline", "sweep", "automl", *HOLDERS)
"""Kinds that have children of their own, and hold no machine beside theirs."""

_JOB_TYPES = {
    "command": "command", "sweep": "sweep", "pipeline": "pipeline", "automl": "automl", "spark": "spark",
    "labeling": "labeling", "finetuning": "fine-tuning", "distillation": "distillation", "base": "command",
}  # fmt: skip

_MARKS = (
    ("promptflow", "flow"),
    ("steprun", "step"),
    ("pipelinerun", "pipeline"),
    ("hyperdrive", "sweep"),
    ("sweep", "sweep"),
    ("automl", "automl"),
    ("spark", "spark"),
    ("scriptrun", "command"),
    ("commandjob", "command"),
    ("mlflow", "tracked"),
)
"""First match wins: a step of a pipeline also carries the trait scriptRun."""

_STEPS = {"subgraphcloudstep": "pipeline-step", "hyperdrivestep": "sweep-step", "automlstep": "automl"}
"""What a step of a pipeline is by its StepType. The first two only hold one run, the pipeline or the sweep itself; an
AutoML step is the parent of its trials."""

_DATA_FACTORY = ("adf", "datafactory")


def run_kind(
    run_type: str | None,
    traits: Iterable[str],
    properties: Mapping[str, Any],
    tags: Mapping[str, Any],
    compute_types: Iterable[str | None] = (),
) -> str | None:
    """Return command, step, pipeline, sweep, trial, automl, flow, spark, import or tracked; else the type as given.

    `trial` is a child of a sweep or of AutoML. `pipeline-step` and `sweep-step` are steps of a pipeline that hold a
    pipeline or a sweep, their only child. `tracked` is a run that only MLflow logging made.
    """
    if str(properties.get("runTemplate") or "").lower() == "automl_child" or _has_hyperparameters(tags):
        return "trial"
    source = properties.get("azureml.runsource")
    names = [run_type, source if isinstance(source, str) else None, properties.get("runTemplate"), *traits]
    spoken = [name.lower() for name in names if isinstance(name, str)]
    kind = next((kind for mark, kind in _MARKS if any(mark in name for name in spoken)), None)
    if kind == "step":
        return _STEPS.get(str(properties.get("StepType")).lower(), kind)
    if kind in ("command", None) and any(str(one).lower() in _DATA_FACTORY for one in compute_types if one):
        return "import"
    return kind or run_type


def _has_hyperparameters(tags: Mapping[str, Any]) -> bool:
    return "hyperparameters" in tags or "_aml_system_hyperparameters" in tags


def job_kind(job_type: str | None, command: str | None, compute: str | None) -> str | None:
    """Return the kind of an ARM job: its jobType in lower case; `import` for what Data Factory runs."""
    if (job_type or "").lower() == "command" and command == "import" and (compute or "").lower() == "datafactory":
        return "import"
    return _JOB_TYPES.get((job_type or "").lower(), job_type)
