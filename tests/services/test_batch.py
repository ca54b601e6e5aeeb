"""Batch endpoints, deployments and jobs: recorded shapes, the emulator's, and what a job had in place of the usual."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.derived.batch import batch_job_rows, batch_rows
from services.batch_endpoints import (
    BatchDeployment,
    BatchEndpoint,
    list_batch_deployments,
    list_batch_endpoints,
    parse_batch_deployment,
    parse_batch_endpoint,
)
from services.batch_jobs import BatchJob, list_batch_jobs
from services.connection import Connection
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.records import Provenance, WorkspaceRef
from services.runs import get_run
from tests.services.answering import Asked, Azure, Given, as_json
from tests.wire.recordings import BY_NAME
from tests.wire.replaying import page_of

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ASKED = Provenance("the cache", None, NOW)


def recorded(name: str) -> bytes:
    if name not in BY_NAME:
        pytest.skip(f"{name} is not among these recordings")
    return BY_NAME[name].raw


def test_a_recorded_batch_endpoint_has_no_default_until_somebody_names_one() -> None:
    endpoint = parse_batch_endpoint(recorded("endpoints/batch-get"))
    assert (endpoint.id, endpoint.auth_mode, endpoint.default) == ("be-e2e-7cd57f3296724e5", "AADToken", None)
    (one,) = page_of("endpoints/batch-deployments-list").records
    assert (one.endpoint, one.model) == ("batch-ept-5a38d9041ba44db", "88cf3abcb419bc852f17398005a22790:1")
    assert (one.mini_batch, one.error_threshold, one.concurrency, one.retries) == (10, -1, 2, 3)
    assert (one.retry_timeout, one.output_action, one.compute) == (30.0, "AppendRow", "batch-cluster")


def test_the_zeros_of_a_pipeline_component_are_no_settings() -> None:
    one = parse_batch_deployment(recorded("endpoints/batch-deployment-summaryonly"))
    assert (one.component, one.model) == ("azureml_anonymous:06ed7af0-accb-446e-b096-9820829a6f8c", None)
    assert (one.mini_batch, one.error_threshold, one.retries, one.output_action) == (None, None, None, None)


def test_every_job_of_the_emulator_is_a_run_that_stands_as_the_job_says() -> None:
    world = World(seed=7, runs=300, clock=lambda: NOW)
    connection, ref = Connection(FakeCredential(), transport=in_process(world)), world.workspaces["ml-prod"]
    endpoints = [one for page in list_batch_endpoints(connection, ref) for one in page.records]
    names = [one.name for one in endpoints]
    behind = [one for page in list_batch_deployments(connection, ref, names, asked=ASKED) for one in page.records]
    jobs = [one for page in list_batch_jobs(connection, ref, names, asked=ASKED) for one in page.records]
    assert {one.id for one in behind} == {"geo-tiles/tiles", "geo-tiles/refresh", "fraud-rescore/nightly"}
    assert {job.endpoint for job in jobs} == set(names)
    for job in jobs[:2]:
        (run,) = get_run(connection, ref, job.id).records
        assert (run.status, run.kind) == (job.status, "pipeline")
    assert any(job.failed_batches for job in jobs)
    rows = list(batch_rows(endpoints, behind, jobs, are_jobs_known=True))
    assert [(row.id, row.is_default) for row in rows if row.endpoint == "geo-tiles"] == [
        ("geo-tiles/tiles", True), ("geo-tiles/refresh", False)
    ]  # fmt: skip
    assert all(row.jobs for row in rows)
    assert any("instead of" in text for row in batch_job_rows(jobs, behind) for text in row.overrides)


def test_jobs_that_are_refused_for_one_endpoint_leave_those_of_the_other() -> None:
    def answering(asked: Asked) -> Given:
        if "/a/jobs" in asked.path:
            return as_json({"error": {"code": "Forbidden", "message": "Not for you."}}, 403)
        if asked.path.endswith("/jobs"):
            notes = {"Failed_Mini_Batches": 3, "x.DeploymentName": "blue", "other": None}
            return as_json({"value": [{"name": "j", "properties": {"status": "Running", "properties": notes}}]})
        if asked.path == "/discovery":
            return as_json({"api": "https://eastus.api.azureml.ms"})
        return as_json({"properties": {"discoveryUrl": "https://eastus.api.azureml.ms/discovery"}})

    azure = Azure(answering)
    pages = list(list_batch_jobs(azure.connection, WorkspaceRef("s", "g", "w"), ["a", "b"], asked=ASKED))
    assert [one.item for page in pages for one in page.set_aside] == ["a"]
    (job,) = [one for page in pages for one in page.records]
    assert (job.failed_batches, job.deployment, job.mini_batch) == (3, "blue", None)


def test_an_endpoint_without_deployments_is_a_row_and_jobs_not_read_are_unknown() -> None:
    endpoint = BatchEndpoint(id="e", name="e", state="Succeeded")
    (row,) = batch_rows([endpoint], [], [], are_jobs_known=False)
    assert (row.id, row.deployment, row.state, row.jobs) == ("e", None, "Succeeded", None)
    own = BatchDeployment(id="E/blue", endpoint="E", name="blue", instances=2, mini_batch=10)
    job = BatchJob(id="j", endpoint="e", deployment="Blue", name="j", instances=6, mini_batch=10)
    (asked,) = batch_job_rows([job], [own])
    assert asked.overrides == ("instances 6 instead of 2",)
