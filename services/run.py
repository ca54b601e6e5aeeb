"""A run: the record that run history, the run index and ARM jobs are all read into."""

from __future__ import annotations

from datetime import datetime

import msgspec

from services.records import Money

ENDED_RUNS = ("Completed", "Failed", "Canceled", "Cancelled", "Finished")
"""Statuses a run does not leave."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run of run history (or one ARM job, where run history refuses). `None` means the service did not say."""

    id: str
    name: str
    """The display name; the id when there is none."""
    experiment: str | None = None
    experiment_id: str | None = None
    kind: str | None = None
    """command, sweep, trial, pipeline, step, pipeline-step, sweep-step, automl, flow, spark …: what a user calls it;
    else the raw run type."""
    status: str
    """As the service spells it: Completed, NotResponding …; unknown values stay as they are."""
    parent: str | None = None
    root: str | None = None
    number: int | None = None
    created: datetime | None = None
    started: datetime | None = None
    ended: datetime | None = None
    modified: datetime | None = None
    duration: float | None = None
    """Seconds, as run history gives it; None while it has not ended or was not said."""
    compute_duration: float | None = None
    """Seconds on compute: computeDuration once ended, currentComputeTime while running."""
    queued: float | None = None
    """Seconds between created and started; None until it started."""
    compute: str | None = None
    compute_type: str | None = None
    vm_size: str | None = None
    nodes: int | None = None
    gpus: int | None = None
    priority: str | None = None
    region: str | None = None
    """Where it ran, as run history says it: mostly not at all."""
    charged: float | None = None
    """Seconds of nodes that the service says it charged: chargedNodeUtilizationSeconds."""
    cost: Money | None = None
    """An estimate by list prices, worked out here (`services.estimates`); of a parent the sum of what ran below it."""
    cost_unknown: int | None = None
    """Of how many runs below a parent the cost is not known; None for a run that holds its own machines."""
    user: str | None = None
    user_id: str | None = None
    primary_metric: str | None = None
    goal: str | None = None
    """`maximize` or `minimize`: how the primary metric of a sweep or of AutoML is judged."""
    reused_from: str | None = None
    """The run whose outputs this step of a pipeline took instead of running."""
    is_archived: bool | None = None
    error: str | None = None
    """The innermost sentence of the error; also on completed runs whose children failed."""
    error_code: str | None = None
    error_component: str | None = None
    warnings: int | None = None
    attempt: int | None = None
    """Which attempt this is, from 1; None where nobody counts them."""
    command: str | None = None
    environment: str | None = None
    snapshot: str | None = None
    git_repo: str | None = None
    git_branch: str | None = None
    git_commit: str | None = None
    is_git_dirty: bool | None = None
    schedule: str | None = None
    description: str | None = None
    tags: dict[str, str | None] = {}
    params: dict[str, str | None] = {}
    metrics: dict[str, float] = {}
    """Last values by name, where the answer held them; empty means not read, not none."""
    metrics_at: datetime | None = None
    """When the last values and the parameters were read in full, after it had ended; None: they may be more."""
    children_at: datetime | None = None
    """When its children were listed to their end, after it had ended; None: there may be more."""


_AZURES_OWN = ("_aml_", "_azureml", "azureml.", "mlflow.")


def is_azures_own(name: str) -> bool:
    """Return whether a tag, a parameter or a metric of this name is one Azure keeps for itself."""
    return name.startswith(_AZURES_OWN)
