"""Batch endpoints, as data; their jobs are pipelines of an experiment, so that each can be looked into as a run."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from services.emulator.plans import Plan
from services.emulator.runbook import RunBook

JOBS = 12
"""Jobs of an endpoint that are still listed."""


class BatchDeployment(msgspec.Struct, frozen=True, kw_only=True):
    """One deployment; one with a `component` runs a pipeline and has no mini-batches."""

    name: str
    model: str = ""
    component: str = ""
    compute: str = "cpu-ci"
    instances: int = 2
    mini_batch: int = 10
    threshold: int = -1
    concurrency: int = 2
    action: str = "AppendRow"
    days: int = 60
    owner: int = 0


class BatchEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """One batch endpoint, and the experiment its jobs run in."""

    name: str
    experiment: str
    default: str | None = None
    deployments: tuple[BatchDeployment, ...] = ()
    days: int = 180
    owner: int = 0
    description: str | None = None


BATCH: dict[str, tuple[BatchEndpoint, ...]] = {
    "ml-prod": (
        BatchEndpoint(name="geo-tiles", experiment="geo", default="tiles", owner=5, description="Rescores every tile",
                      deployments=(
            BatchDeployment(name="tiles", model="geo-rank", mini_batch=32, threshold=50, owner=5),
            BatchDeployment(name="refresh", component="geo_refresh", owner=5, days=12))),
        BatchEndpoint(name="fraud-rescore", experiment="fraud", owner=0, days=420, deployments=(
            BatchDeployment(name="nightly", model="fraud-score", instances=4, action="SummaryOnly"),)),
    ),
}  # fmt: skip


def jobs_of(book: RunBook, endpoint: BatchEndpoint, now: int) -> Iterator[Plan]:
    """Yield the pipelines that are the jobs of an endpoint, newest first, `JOBS` at most."""
    ledger, found = book.ledger(endpoint.experiment), 0
    if ledger is None:
        return
    for index in range(ledger.newest(now), ledger.first - 1, -1):
        seat = ledger.seat(index)
        if seat.parent < 0 and seat.part.kind == "pipeline":
            plan = book.plan(ledger, index)
            if not plan.is_absent:
                yield plan
                found += 1
        if found == JOBS:
            return
