"""Rows about batch endpoints that no single answer of Azure holds."""

from __future__ import annotations

from datetime import datetime

import msgspec


class BatchRow(msgspec.Struct, frozen=True, kw_only=True):
    """One deployment of a batch endpoint with what its endpoint and its jobs say; or an endpoint that has none."""

    id: str
    """`endpoint/deployment`; `endpoint` alone where nothing stands behind it."""
    endpoint: str
    deployment: str | None = None
    state: str | None = None
    """Of the deployment; of the endpoint where there is none."""
    is_default: bool | None = None
    """Whether it gets the jobs that name no deployment."""
    auth_mode: str | None = None
    scoring_uri: str | None = None
    location: str | None = None
    model: str | None = None
    component: str | None = None
    environment: str | None = None
    compute: str | None = None
    instances: int | None = None
    mini_batch: int | None = None
    error_threshold: int | None = None
    concurrency: int | None = None
    retries: int | None = None
    retry_timeout: float | None = None
    output_action: str | None = None
    output_file: str | None = None
    jobs: int | None = None
    """Jobs of the whole endpoint that are listed; None while they were not read."""
    failed_jobs: int | None = None
    last_job: datetime | None = None
    last_status: str | None = None
    created: datetime | None = None
    created_by: str | None = None
    modified: datetime | None = None
    description: str | None = None
    tags: dict[str, str | None] = {}


class BatchJobRow(msgspec.Struct, frozen=True, kw_only=True):
    """One job of a batch endpoint, with what it was given in place of its deployment's own."""

    id: str
    """That of its run."""
    endpoint: str
    deployment: str | None = None
    name: str
    status: str | None = None
    compute: str | None = None
    instances: int | None = None
    mini_batch: int | None = None
    error_threshold: int | None = None
    concurrency: int | None = None
    failed_batches: int | None = None
    output_file: str | None = None
    overrides: tuple[str, ...] = ()
    """`instances 6 instead of 2`."""
    created: datetime | None = None
    created_by: str | None = None
    modified: datetime | None = None
