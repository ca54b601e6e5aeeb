"""Microsoft's own clients accept the emulator: the acceptance of its shapes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from services.emulator.places import Place
from services.emulator.serve import serving
from services.emulator.transport import FakeCredential, in_process, over_loopback
from services.emulator.world import World

# azure-ai-ml 1.35 builds its schemas the way marshmallow 3 still allows.
pytestmark = pytest.mark.filterwarnings("ignore::marshmallow.warnings.Marshmallow4Warning")

NOW = datetime(2026, 11, 21, 14, 1, 7, 123456, tzinfo=UTC)
WORLD = World(runs=1_000, clock=lambda: NOW)
PROD, _, LOCKED, _, _, _, PRIVATE = WORLD.places


def ml_client(place: Place = PROD, transport: Any = None) -> Any:
    from azure.ai.ml import MLClient

    return MLClient(
        FakeCredential(), place.subscription, place.group, place.name, transport=transport or in_process(WORLD),
        enable_telemetry=False, show_progress=False,
    )  # fmt: skip


@pytest.fixture(params=["in process", "over loopback"])
def ml(request: pytest.FixtureRequest) -> Iterator[Any]:
    if request.param == "in process":
        yield ml_client()
    else:
        with serving(WORLD) as url:
            yield ml_client(transport=over_loopback(url))


def test_jobs_are_listed_over_pages_and_read_by_name(ml: Any) -> None:
    jobs = list(islice(ml.jobs.list(), 200))
    assert len({job.name for job in jobs}) == 200
    assert {"Command", "SweepJob", "ClassificationJob", "PipelineJob"} <= {type(job).__name__ for job in jobs}
    for kind in {type(job): job for job in jobs}.values():
        again = ml.jobs.get(kind.name)
        assert (again.display_name, again.status, again.experiment_name) == (
            kind.display_name,
            kind.status,
            kind.experiment_name,
        )
        assert again.creation_context.created_at <= NOW


def test_the_children_of_a_sweep_are_listed() -> None:
    ml = ml_client()
    sweep = next(job for job in ml.jobs.list() if type(job).__name__ == "SweepJob")
    children = list(ml.jobs.list(parent_job_name=sweep.name))
    assert children
    assert all(child.name.startswith(sweep.name + "_") for child in children)


def test_models_are_listed_over_pages_with_their_versions(ml: Any) -> None:
    assert len(list(ml.models.list())) > 40
    versions = list(ml.models.list(name="fraud-score"))
    assert {version.type for version in versions} == {"mlflow_model"}
    newest = ml.models.get("fraud-score", label="latest")
    assert newest.version == versions[0].version
    assert ml.models.get("fraud-score", versions[3].version).job_name == versions[3].job_name


def test_computes_are_listed_and_read_and_nodes_follow_their_link(ml: Any) -> None:
    kinds = {one.name: one.type for one in ml.compute.list()}
    assert (kinds["gpu-a100"], kinds["ci-ana"], kinds["aks-shared"]) == ("amlcompute", "computeinstance", "kubernetes")
    cluster = ml.compute.get("gpu-a100")
    assert (cluster.min_instances, cluster.max_instances, cluster.tier) == (8, 8, "dedicated")
    assert len(list(ml.compute.list_nodes("gpu-a100"))) == 8
    assert list(ml.compute.list_usage())
    assert list(ml.compute.list_sizes())


def test_endpoints_and_deployments_are_listed_and_read(ml: Any) -> None:
    endpoints = {one.name: one for one in ml.online_endpoints.list()}
    assert endpoints["fraud-score"].traffic == ml.online_endpoints.get("fraud-score").traffic
    assert endpoints["fraud-old"].traffic == {}
    names = {one.name: one.instance_count for one in ml.online_deployments.list("fraud-score")}
    assert names == {"blue": 6, "green": 2}
    assert ml.online_deployments.get("blue", "fraud-score").instance_type == "Standard_F4s_v2"
    assert "Instance status" in ml.online_deployments.get_logs("blue", "fraud-score", lines=10)


def test_workspaces_are_listed_and_read(ml: Any) -> None:
    assert [one.name for one in ml.workspaces.list()] == ["ml-prod", "ml-staging", "ml-locked"]
    own = ml.workspaces.get("ml-prod")
    assert (own.location, own.discovery_url) == ("westeurope", "https://westeurope.api.azureml.ms/discovery")


@pytest.mark.parametrize(("place", "said"), [(LOCKED, "AuthorizationFailed"), (PRIVATE, "private link")])
def test_a_closed_workspace_is_the_error_the_client_knows(place: Place, said: str) -> None:
    from azure.core.exceptions import HttpResponseError

    with pytest.raises(HttpResponseError, match=said) as caught:
        list(ml_client(place).compute.list())
    assert caught.value.status_code == 403


def test_the_logs_client_reads_a_table_and_names_a_missing_one() -> None:
    from azure.core.exceptions import HttpResponseError
    from azure.monitor.query import LogsQueryClient, LogsQueryStatus

    logs = LogsQueryClient(FakeCredential(), transport=in_process(WORLD))
    endpoint = f"{PROD.id}/onlineEndpoints/price-elast"
    found: Any = logs.query_resource(endpoint, "AmlOnlineEndpointTrafficLog | take 5", timespan=timedelta(hours=1))
    assert found.status == LogsQueryStatus.SUCCESS
    assert len(found.tables[0].rows) == 5
    assert {row["EndpointName"] for row in found.tables[0].rows} == {"price-elast"}
    with pytest.raises(HttpResponseError, match="SEM0100"):
        logs.query_resource(endpoint, "AmlOnlineEndpointEventLog | take 5", timespan=timedelta(hours=1))


class Stage:
    """A world that Microsoft's client may change; waiting for an operation moves it, at once."""

    def __init__(self) -> None:
        self.at = NOW
        self.world = World(runs=400, clock=lambda: self.at)
        transport = in_process(self.world)
        transport.sleep = self.forward
        self.ml = ml_client(transport=transport)

    def forward(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def test_the_client_cancels_a_job() -> None:
    stage = Stage()
    job = next(one for one in stage.ml.jobs.list() if one.status == "Running")
    stage.ml.jobs.begin_cancel(job.name).result(60)
    assert stage.ml.jobs.get(job.name).status == "Canceled"


def test_the_client_archives_and_restores_a_job() -> None:
    stage = Stage()
    job = next(one for one in stage.ml.jobs.list() if one.status == "Completed" and one.type == "command")
    stage.ml.jobs.archive(job.name)
    assert job.name not in [one.name for one in islice(stage.ml.jobs.list(), 100)]
    stage.ml.jobs.restore(job.name)
    assert not stage.world.changes.made[-1].body["hidden"]


def test_the_client_starts_and_stops_an_instance() -> None:
    stage = Stage()
    stage.ml.compute.begin_stop("ci-ana").result(60)
    assert stage.ml.compute.get("ci-ana").state == "Stopped"
    stage.ml.compute.begin_start("ci-ana").result(60)
    assert stage.ml.compute.get("ci-ana").state == "Running"
    stage.ml.compute.begin_restart("ci-ana").result(60)
    own = stage.world.changes.made[-1]
    assert (own.action.rpartition("/computes/")[2], own.caller) == ("restart/action", "person01@example.com")


def test_the_client_shifts_traffic() -> None:
    stage = Stage()
    endpoint = stage.ml.online_endpoints.get("fraud-score")
    endpoint.traffic = {"blue": 40, "green": 60}
    done = stage.ml.online_endpoints.begin_create_or_update(endpoint).result(60)
    assert done.traffic == {"blue": 40, "green": 60}
    assert stage.ml.online_endpoints.get("fraud-score").traffic == {"blue": 40, "green": 60}


def test_the_client_that_forgets_the_traffic_takes_the_endpoint_off_line() -> None:
    from azure.ai.ml.entities import ManagedOnlineEndpoint

    stage = Stage()
    bare = ManagedOnlineEndpoint(name="fraud-score", auth_mode="aad_token")
    stage.ml.online_endpoints.begin_create_or_update(bare).result(60)
    assert not any(stage.ml.online_endpoints.get("fraud-score").traffic.values())


def test_the_client_resyncs_the_keys() -> None:
    stage = Stage()
    stage.ml.workspaces.begin_sync_keys("ml-prod").result(60)
    assert stage.world.changes.made[0].action.endswith("/resyncKeys/action")
