"""Workspaces, compute, models, endpoints, activity and costs over a fake Azure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from services.activity import list_activity
from services.compute import get_compute, list_compute
from services.deployments import list_deployments
from services.endpoints import list_endpoints
from services.errors import NotFound
from services.models import list_versions
from services.nodes import list_nodes
from services.quotas import list_quotas
from services.records import Page, WorkspaceRef
from services.ssh import ssh_command
from services.workspaces import list_workspaces
from tests.services.answering import Asked, Azure, Given, as_json

REF = WorkspaceRef("sub", "group", "ml")
SINCE = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)


def listed(*items: Any, **more: Any) -> Azure:
    """An Azure that answers everything with one list."""
    return Azure(lambda _: as_json({"value": list(items), **more}))


def only(pages: Iterator[Page[Any]]) -> Any:
    """The one record of the one page."""
    (page,) = pages
    assert page.set_aside == ()
    (record,) = page.records
    return record


def workspace(subscription: str, **properties: Any) -> dict[str, Any]:
    id_ = (
        f"/subscriptions/{subscription}/resourcegroups/Group/providers/microsoft.machinelearningservices/workspaces/ML"
    )
    return {"id": id_, "properties": properties}


def test_workspaces_of_all_subscriptions_are_read_and_one_that_refuses_is_set_aside() -> None:
    names = {"a": "Alpha", "b": "Beta", "c": "Gamma"}

    def answering(asked: Asked) -> Given:
        if asked.path == "/subscriptions":
            return as_json({"value": [{"subscriptionId": key, "displayName": name} for key, name in names.items()]})
        key = asked.path.split("/")[2]
        if key == "b":
            return as_json({"error": {"code": "AuthorizationFailed", "message": "Not for you."}}, 403)
        return as_json({"value": [workspace(key)]})

    pages = list(list_workspaces(Azure(answering).connection))
    assert [one.subscription for page in pages for one in page.records] == ["a", "c"]
    (aside,) = [one for page in pages for one in page.set_aside]
    assert (aside.item, aside.reason.startswith("Not for you")) == ("Beta", True)
    assert not any(page.is_last for page in pages)


def test_the_workspaces_of_one_subscription_need_one_call() -> None:
    azure = listed(workspace("s", encryption={"status": "Enabled"}, privateLinkCount=2))
    one = only(list_workspaces(azure.connection, "s"))
    assert (one.name, one.resource_group, one.has_own_key, one.private_endpoints) == ("ML", "Group", True, 2)
    assert len(azure.asked) == 1


def test_a_workspace_whose_id_names_none_is_set_aside() -> None:
    (page,) = list_workspaces(listed({"id": "/subscriptions/s", "properties": {}}).connection, "s")
    assert [one.reason for one in page.set_aside] == ["its id names no workspace"]


def test_a_deleted_compute_is_not_found_even_when_the_answer_is_empty() -> None:
    with pytest.raises(NotFound):
        get_compute(Azure(lambda _: Given(b"", 404)).connection, REF, "gone")


def test_computes_of_unknown_kinds_and_without_blocks_are_shown() -> None:
    odd = {
        "id": "/x/providers/Microsoft.BatchAI/clusters/new-cluster",
        "tags": None,
        "properties": {"properties": None},
    }
    compute = only(list_compute(listed(odd).connection, REF))
    assert (compute.name, compute.kind, compute.nodes, compute.tags) == ("new-cluster", "unknown", None, {})
    new = {
        "name": "q",
        "properties": {"computeType": "Quantum", "provisioningState": "Dreaming", "properties": {"x": 1}},
    }
    compute = only(list_compute(listed(new).connection, REF))
    assert (compute.kind, compute.provisioning) == ("Quantum", "Dreaming")


def test_an_instance_that_shuts_down_and_is_assigned_says_so() -> None:
    given = {
        "name": "ci",
        "properties": {
            "computeType": "ComputeInstance",
            "properties": {
                "state": "Stopped",
                "idleTimeBeforeShutdown": "PT30M",
                "createdBy": {"userName": "Ada", "userId": "guid"},
                "personalComputeInstanceSettings": {"assignedUser": {"objectId": "other"}},
            },
        },
    }
    compute = only(list_compute(listed(given).connection, REF))
    assert (compute.state, compute.idle_shutdown) == ("Stopped", 1800.0)
    assert (compute.owner, compute.assigned_to) == ("Ada", "other")


@pytest.mark.parametrize(
    ("user", "address", "port", "command"),
    [
        ("azureuser", "203.0.113.9", 50_001, "ssh -p 50001 azureuser@203.0.113.9"),
        ("azureuser", "10.0.0.4", None, "ssh azureuser@10.0.0.4"),
        ("azureuser", "2001:db8::1", 22, "ssh azureuser@2001:db8::1"),
        ("-oProxyCommand=sh", "203.0.113.9", 22, None),
        ("a b", "203.0.113.9", 22, None),
        ("azureuser", "-oProxyCommand=sh", 22, None),
        ("azureuser", "host;rm -rf", 22, None),
        (None, "203.0.113.9", 22, None),
        ("azureuser", None, 22, None),
    ],
)
def test_the_command_for_ssh_is_given_only_where_nothing_in_it_can_be_something_else(
    user: str | None, address: str | None, port: int | None, command: str | None
) -> None:
    assert ssh_command(user, address, port) == command


@pytest.mark.parametrize(("access", "found"), [("Enabled", ("203.0.113.70", 4000)), ("Disabled", (None, None))])
def test_an_instance_has_an_address_for_ssh_only_when_it_is_open(access: str, found: tuple[object, object]) -> None:
    own = {"connectivityEndpoints": {"publicIpAddress": "203.0.113.70"},
           "sshSettings": {"sshPublicAccess": access, "adminUserName": "azureuser", "sshPort": 4000}}  # fmt: skip
    given = {"name": "ci", "properties": {"computeType": "ComputeInstance", "properties": own}}
    compute = only(list_compute(listed(given).connection, REF))
    assert (compute.ssh_user, compute.ssh_address, compute.ssh_port) == ("azureuser", *found)


def test_nodes_are_asked_by_post_and_belong_to_their_cluster() -> None:
    azure = Azure(lambda _: as_json({"nodes": [{"nodeId": "n1"}]}))
    node = only(list_nodes(azure.connection, REF, "gpu"))
    assert (node.id, azure.paths) == ("gpu/n1", [f"POST {REF.id}/computes/gpu/listNodes"])


def test_versions_of_all_models_are_read_model_by_model() -> None:
    def answering(asked: Asked) -> Given:
        if asked.path.endswith("/models"):
            return as_json({"value": [{"name": name, "properties": {}} for name in ("a", "b")]})
        model = asked.path.split("/models/")[1].split("/")[0]
        uri = "azureml://subscriptions/s/workspaces/w/jobs/clever_run/outputs/model/paths/x" if model == "a" else None
        version = {"id": f"{REF.id}/models/{model}/versions/1", "name": "1", "properties": {"modelUri": uri}}
        return as_json({"value": [version]})

    azure = Azure(answering)
    pages = list(list_versions(azure.connection, REF))
    assert [(one.id, one.run) for page in pages for one in page.records] == [("a:1", "clever_run"), ("b:1", None)]
    assert [page.is_last for page in pages] == [False, True]
    assert {one.query.get("listViewType") for one in azure.asked} == {"All"}


def test_deployments_of_an_endpoint_that_is_gone_are_none() -> None:
    def answering(asked: Asked) -> Given:
        if asked.path.endswith("/onlineEndpoints"):
            return as_json({"value": [{"name": name, "properties": {}} for name in ("kept", "gone")]})
        if "/gone/" in asked.path:
            return Given(b"", 404)
        return as_json({"value": [{"name": "blue", "sku": {"capacity": 3}, "properties": {"model": "azureml:m:2"}}]})

    pages = list(list_deployments(Azure(answering).connection, REF))
    assert [(one.id, one.instances, one.model) for page in pages for one in page.records] == [("kept/blue", 3, "m:2")]
    assert [page.is_last for page in pages] == [False, True]


def test_traffic_is_a_map_or_unknown() -> None:
    known = {"name": "e", "properties": {"traffic": {"blue": 90, "green": 10.5}}}
    assert only(list_endpoints(listed(known).connection, REF)).traffic == {"blue": 90.0, "green": 10.5}
    assert only(list_endpoints(listed({"name": "e", "properties": {"traffic": None}}).connection, REF)).traffic is None


@pytest.mark.parametrize(
    ("type_name", "name", "kind"),
    [
        ("Microsoft.MachineLearningServices/vmFamily/lowPriorityCores/usages", "standardDFamily", "low-priority"),
        ("Microsoft.MachineLearningServices/vmFamily/dedicatedCores/usages", "standardDFamily", "dedicated"),
        ("Microsoft.MachineLearningServices/totalLowPriorityCores/usages", "TotalLowPriorityCores", "total"),
        ("", "TotalClusters", "total"),
        ("Microsoft.MachineLearningServices/onlineEndpoints/usages", "Endpoints", "onlineEndpoints"),
    ],
)
def test_a_quota_is_dedicated_low_priority_or_total(type_name: str, name: str, kind: str) -> None:
    given = {"name": {"value": name}, "type": type_name, "currentValue": 1.0, "limit": "6"}
    quota = only(list_quotas(listed(given).connection, REF, location="westeurope"))
    assert (quota.kind, quota.id, quota.used, quota.limit) == (kind, f"westeurope/{kind}/{name}", 1, 6)


def test_activity_is_asked_for_the_resource_group_and_the_time() -> None:
    azure = listed()
    (page,) = list_activity(azure.connection, REF, since=SINCE, until=SINCE.replace(day=2))
    assert page.is_last
    assert azure.asked[0].query["$filter"] == (
        "eventTimestamp ge '2026-11-01T08:30:00Z' and eventTimestamp le '2026-11-02T08:30:00Z'"
        " and resourceGroupName eq 'group'"
    )


def test_events_without_a_time_or_an_id_are_set_aside() -> None:
    good = {"eventDataId": "b", "eventTimestamp": "2026-11-01T00:00:00.1Z"}
    azure = listed({"eventDataId": "a"}, {"eventTimestamp": "2026-11-01T00:00:00Z"}, good)
    (page,) = list_activity(azure.connection, REF, since=SINCE)
    assert [one.id for one in page.records] == ["b"]
    assert [one.reason for one in page.set_aside] == ["it has no eventTimestamp", "it has no eventDataId"]


@pytest.mark.parametrize(
    ("caller", "claims", "is_app"),
    [
        ("ada@example.com", None, False),
        ("5d0b1b2e-0000-4000-8000-000000000000", {"idtyp": "app", "appid": "x"}, True),
        ("5d0b1b2e-0000-4000-8000-000000000000", {"appid": "x"}, True),
        ("5d0b1b2e-0000-4000-8000-000000000000", {"appid": "x", "name": "Ada"}, False),
        ("Microsoft.Advisor", None, None),
    ],
)
def test_an_event_says_whether_an_application_did_it(caller: str, claims: Any, is_app: bool | None) -> None:
    given = {"eventDataId": "a", "eventTimestamp": "2026-11-01T00:00:00Z", "caller": caller, "claims": claims}
    assert only(list_activity(listed(given).connection, REF, since=SINCE)).is_app is is_app


def test_a_failed_event_tells_the_sentence_inside_its_status_message() -> None:
    message = '{"error":{"code":"Conflict","message":"The cluster is busy.","details":[]}}'
    given = {"eventDataId": "a", "eventTimestamp": "2026-11-01T00:00:00Z", "properties": {"statusMessage": message}}
    assert only(list_activity(listed(given).connection, REF, since=SINCE)).description == "The cluster is busy."


def deployment(**properties: Any) -> dict[str, Any]:
    return {"name": "blue", "properties": properties, "sku": {"capacity": 2}}


def test_a_deployment_on_kubernetes_says_how_it_grows_and_what_its_container_may_take() -> None:
    grows = {"scaleType": "TargetUtilization", "pollingInterval": "PT1S", "targetUtilizationPercentage": 70,
             "minInstances": 1, "maxInstances": 3}  # fmt: skip
    needs = {"containerResourceRequests": {"cpu": "1", "memory": "2Gi"}, "containerResourceLimits": {"cpu": 2}}
    collector = {"collections": {"model_inputs": {"dataCollectionMode": "Enabled"},
                                 "model_outputs": {"dataCollectionMode": "Disabled"}}}  # fmt: skip
    azure = listed(
        deployment(
            endpointComputeType="Kubernetes", scaleSettings=grows, containerResourceRequirements=needs,
            dataCollector=collector, livenessProbe={"period": "PT30S"},
        )
    )  # fmt: skip
    one = only(list_deployments(azure.connection, REF, endpoints=["e"]))
    assert (one.kind, one.scale_min, one.scale_max, one.scale_target, one.scale_polling) == ("Kubernetes", 1, 3, 70, 1)
    assert (one.requests, one.limits) == ({"cpu": "1", "memory": "2Gi"}, {"cpu": "2"})
    assert (one.has_data_collector, one.collected) == (True, ("model_inputs",))
    assert (one.liveness.period, one.liveness.failures, one.readiness) == (30.0, None, None)


def test_a_failed_deployment_says_why_and_azure_is_asked_for_that_once() -> None:
    where = "https://management.azure.com/subscriptions/sub/providers/x/locations/y/mfeOperationsStatus/od:1"

    def answering(asked: Asked) -> Given:
        if "mfeOperationsStatus" in asked.path:
            return as_json({"status": "Failed", "error": {"code": "OutOfQuota", "message": "Not enough quota."}})
        failed = deployment(provisioningState="Failed", properties={"AzureAsyncOperationUri": where})
        return as_json({"value": [failed]})

    azure = Azure(answering)
    one = only(list_deployments(azure.connection, REF, endpoints=["e"], known={}))
    assert one.error == "Not enough quota."
    again = only(list_deployments(azure.connection, REF, endpoints=["e"], known={one.id: one}))
    assert again == one
    assert sum("mfeOperationsStatus" in asked.path for asked in azure.asked) == 1
