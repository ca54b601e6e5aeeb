"""Batch endpoints with their deployments and jobs, and jobs with what differs from their deployment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from app.batch_rows import BatchJobRow, BatchRow
from services.batch_endpoints import BatchDeployment, BatchEndpoint
from services.batch_jobs import BatchJob

_ASKED = (("instances", "instances"), ("mini_batch", "mini-batch"), ("error_threshold", "errors allowed"),
          ("concurrency", "at once"), ("output_file", "output"))  # fmt: skip
_OWN = ("endpoint", "name", "description", "tags", "created", "created_by", "modified", "state")


def batch_rows(
    endpoints: Iterable[BatchEndpoint],
    deployments: Iterable[BatchDeployment],
    jobs: Iterable[BatchJob],
    *,
    are_jobs_known: bool,
) -> Iterator[BatchRow]:
    """Yield a row a deployment, and one for every endpoint without any."""
    behind: dict[str, list[BatchDeployment]] = defaultdict(list)
    for one in deployments:
        behind[one.endpoint.lower()].append(one)
    asked: dict[str, list[BatchJob]] = defaultdict(list)
    for job in jobs:
        asked[job.endpoint.lower()].append(job)
    for endpoint in endpoints:
        key = endpoint.name.lower()
        sums = _sums(asked[key]) if are_jobs_known or asked[key] else {}
        for one in behind[key] or (None,):
            yield _row(endpoint, one, sums)


def _row(endpoint: BatchEndpoint, one: BatchDeployment | None, sums: dict[str, Any]) -> BatchRow:
    shared: dict[str, Any] = {name: getattr(endpoint, name) for name in ("auth_mode", "scoring_uri", "location")}
    if one is None:
        own = {name: getattr(endpoint, name) for name in _OWN[2:]}
        return BatchRow(id=endpoint.id, endpoint=endpoint.name, **shared, **own, **sums)
    own = {name: value for name, value in msgspec.structs.asdict(one).items() if name not in ("id", "endpoint", "name")}
    is_default = (endpoint.default or "").lower() == one.name.lower()
    return BatchRow(
        id=one.id, endpoint=endpoint.name, deployment=one.name, is_default=is_default, **shared, **own, **sums
    )


def _sums(jobs: list[BatchJob]) -> dict[str, Any]:
    """Return how many jobs there are and how the last one stands."""
    newest = max((job for job in jobs if job.created), key=lambda job: job.created or 0, default=None)
    return {
        "jobs": len(jobs),
        "failed_jobs": sum(job.status == "Failed" for job in jobs),
        "last_job": newest.created if newest else None,
        "last_status": newest.status if newest else None,
    }


def batch_job_rows(jobs: Iterable[BatchJob], deployments: Iterable[BatchDeployment]) -> Iterator[BatchJobRow]:
    """Yield a row a job. What it was given is compared with its deployment, where both are known."""
    known = {one.id.lower(): one for one in deployments}
    for job in jobs:
        own = known.get(f"{job.endpoint}/{job.deployment}".lower())
        yield BatchJobRow(**msgspec.structs.asdict(job), overrides=_overrides(job, own))


def _overrides(job: BatchJob, own: BatchDeployment | None) -> tuple[str, ...]:
    pairs = ((word, getattr(job, name), getattr(own, name)) for name, word in _ASKED) if own is not None else ()
    return tuple(
        f"{word} {given} instead of {usual}"
        for word, given, usual in pairs
        if given is not None and usual is not None and given != usual
    )
