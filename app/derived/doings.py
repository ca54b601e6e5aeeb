"""What the activity log misses, in its form: starts and ends of runs, and registrations of models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from app.rows import Operation
from services.models import ModelVersion
from services.run import Run

RUN_HISTORY, REGISTRY = "run history", "model registry"
"""Where such an operation is known from; those of the log itself are from `app.rows.ACTIVITY_LOG`."""

_ENDS = {
    "Completed": ("Succeeded", "Run completed"),
    "Failed": ("Failed", "Run failed"),
    "Canceled": ("Canceled", "Run canceled"),
}


def of_runs(runs: Iterable[Run], since: datetime) -> Iterator[Operation]:
    """Yield the start and the end of every run that had one since a moment."""
    for run in runs:
        began = run.started
        if began is not None and began >= since:
            yield _of_run(run, "start", began, "Started", "Run started")
        if run.ended is not None and run.ended >= since and run.status in _ENDS:
            yield _of_run(run, "end", run.ended, *_ENDS[run.status])


def _of_run(run: Run, moment: str, at: datetime, status: str, title: str) -> Operation:
    has_failed = status == "Failed"
    return Operation(
        id=f"run/{run.id}/{moment}", at=at, status=status, operation=f"run/{moment}", title=title, caller=run.user,
        is_app=False if run.user and "@" in run.user else None, resource=run.id, resource_name=run.name,
        resource_type="run", description=run.error if has_failed else None, sub_status=run.error_code if has_failed
        else None, origin=RUN_HISTORY,
    )  # fmt: skip


def of_models(versions: Iterable[ModelVersion], since: datetime) -> Iterator[Operation]:
    """Yield the registration of every model version that was registered since a moment."""
    for version in versions:
        if version.created is not None and version.created >= since:
            yield Operation(
                id=f"model/{version.id}", at=version.created, status="Succeeded", operation="model/register",
                title="Model registered", caller=version.created_by, resource=version.id, resource_name=version.id,
                resource_type="model", origin=REGISTRY,
            )  # fmt: skip
