"""What is odd in recorded resources, events and costs, and how it must be shown."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from app.panes.usage import USAGE
from services.deployment_settings import Probe
from services.records import Money
from tests.wire.replaying import page_of, record_of
from widgets.lines import line_text
from widgets.pane import Look


def test_node_counts_stay_unknown_while_a_cluster_is_created() -> None:
    cluster = record_of("compute/put-amlcompute-creating")
    assert (cluster.provisioning, cluster.state, cluster.nodes, cluster.idle_nodes) == ("Creating", None, None, None)
    assert (cluster.min_nodes, cluster.max_nodes, cluster.idle_timeout) == (0, 2, 100.0)


def test_a_cluster_that_failed_says_why() -> None:
    cluster = record_of("compute/get-amlcompute-failed-quota")
    assert (cluster.provisioning, cluster.nodes, cluster.error_count) == ("Failed", None, 1)
    assert cluster.error_code == "ClusterMinNodesExceedCoreQuota"
    assert cluster.error.startswith("The specified subscription has a Standard ND family vCPU quota of 0")


def test_a_cluster_that_succeeded_may_have_errors() -> None:
    cluster = record_of("compute/get-amlcompute-resizing-diskfull")
    assert (cluster.provisioning, cluster.state) == ("Succeeded", "Resizing")
    assert cluster.error.startswith("The VM disk is full.")
    assert cluster.error_code == "DiskFull"
    assert (cluster.nodes, cluster.target_nodes, cluster.running_nodes, cluster.idle_nodes) == (4, 3, 2, 1)
    assert cluster.leaving_nodes == 1


def test_an_instance_has_an_owner_an_image_and_a_last_operation() -> None:
    instance = record_of("compute/get-instance-running")
    assert (instance.kind, instance.state, instance.nodes) == ("ComputeInstance", "Running", None)
    assert instance.owner == "a5c00c33-4ba0-41e0-a6fa-417c06836048"
    assert (instance.image_version, instance.is_latest_image) == ("22.08.19", True)
    assert (instance.last_operation, instance.last_operation_trigger) == ("Create", "User")
    assert (instance.idle_shutdown, instance.error) == (None, None)


def test_attached_computes_keep_their_kind_and_what_they_are() -> None:
    machine, cluster = record_of("compute/get-vm-attached"), record_of("compute/get-kubernetes")
    assert (machine.kind, machine.vm_size, machine.is_attached) == ("VirtualMachine", "STANDARD_D1_V2", True)
    assert machine.tags == {}
    assert (cluster.kind, cluster.state) == ("Kubernetes", None)
    assert cluster.resource.endswith("managedClusters/compute123-56826-c9b00420020b2")


def test_a_node_says_which_run_is_on_it_and_survives_a_next_link_that_is_none() -> None:
    busy, idle = page_of("compute/list-nodes").records
    assert (busy.state, busy.run) == ("running", "2f378a44-38f2-443a-9f0d-9909d0b47890")
    assert (idle.state, idle.run, idle.port) == ("idle", None, 50001)


def test_quota_names_lose_double_blanks_and_keep_their_kind() -> None:
    quotas = {one.name: one for one in page_of("compute/usages").records}
    odd = quotas["Standard NCASv3_T4 Family"]
    assert (odd.title, odd.kind) == ("Standard NCASv3_T4 Family Cluster Dedicated vCPUs", "dedicated")
    assert (quotas["TotalClusters"].kind, quotas["TotalDedicatedCores"].used) == ("total", 20)
    assert len({one.id for one in quotas.values()}) == 31


def test_an_endpoint_without_traffic_is_not_one_of_unknown_traffic() -> None:
    endpoint = record_of("endpoints/online-get-key-auth")
    assert (endpoint.traffic, endpoint.auth_mode, endpoint.kind) == ({}, "Key", "Managed")


def test_a_deployment_names_its_model_and_counts_its_instances() -> None:
    old, new = record_of("endpoints/deployment-get"), record_of("endpoints/deployments-list-2024")
    assert (old.model, old.instances, old.request_timeout) == ("test-model:4", 1, 5.0)
    assert (old.has_data_collector, new.has_data_collector) == (None, False)
    assert (new.id, new.environment) == ("online-pwsh01/online-pwsh01-blue01", "openmpi4_1_0-ubuntu22_04:1")


def test_a_deployment_says_how_it_is_probed_and_what_it_allows_a_request() -> None:
    old, new = record_of("endpoints/deployment-get"), record_of("endpoints/deployments-list-2024")
    assert old.liveness == old.readiness == Probe(initial_delay=10, period=10, timeout=2, failures=30, successes=1)
    assert (new.queue_wait, new.max_concurrent, new.request_timeout) == (0.0, 1, 5.0)
    assert (old.script, new.script, new.scale_type) == (None, "score.py", "Default")
    assert (new.collected, new.requests, new.scale_target, new.error) == ((), {}, None, None)


def test_model_types_are_shown_as_they_come() -> None:
    assert record_of("assets/model-version-custom").type == "custom_model"
    staged = record_of("assets/model-version-mlflow-stage")
    assert (staged.type, staged.stage, staged.flavors) == ("mlflow_model", "Production", ("sklearn", "python_function"))
    archived = record_of("assets/model-version-archived")
    assert (archived.id, archived.is_archived) == ("model_test_938030610549:1", True)


def test_a_page_of_models_is_not_the_last_one() -> None:
    assert not page_of("assets/models-list-paged").is_last


def test_events_cut_to_three_fields_are_events() -> None:
    events = page_of("activity/list-select-3-fields").records
    assert events[0].id == "090ae0a1-0a90-4064-a3c3-73556ebd99ee"
    assert (events[0].status, events[0].level, events[0].is_app) == (None, None, False)
    assert len({one.id for one in events}) == len(events)


def test_an_event_tells_who_did_it_and_what_azure_said() -> None:
    event = record_of("activity/list-one-2023")
    assert (event.caller, event.caller_name, event.is_app) == ("person12@example.com", "Person24 Example", False)
    assert (event.method, event.ip, event.resource_group) == ("POST", "203.0.113.19", "VV")
    assert event.operation == "Microsoft.Storage/storageAccounts/regenerateKey/action"
    accepted = page_of("activity/list-21-events-policy").records[0]
    assert accepted.description == "Resource provisioning is in progress."


def test_costs_without_a_cost_column_are_unknown_not_zero() -> None:
    lines = page_of("costs/query-daily-no-cost-column").records
    assert {line.cost for line in lines} == {None}
    assert lines[0].day == datetime(2020, 5, 1, tzinfo=UTC)
    assert (lines[0].id, lines[0].is_total) == ("2020-05-01|||USD", False)


def test_costs_are_exact_and_by_group_even_the_empty_one() -> None:
    page = page_of("costs/query-daily-by-resourcegroup-nextlink")
    assert page.records[0].cost == Money(Decimal("5.08032"), "USD")
    assert not page.is_last
    assert page.provenance.basis == "billed"
    assert "" in {line.resource_group for line in page.records}
    assert len({line.id for line in page.records}) == 1000


def test_costs_by_resource_of_a_whole_period_are_totals_from_its_first_day() -> None:
    lines = page_of("costs/query-by-resourceid").records
    small = next(line for line in lines if line.cost == Money(Decimal("0.000044"), "USD"))
    assert (small.is_total, small.resource_name) == (True, "longtermretentionbackups")
    assert {line.day for line in lines} == {datetime(2026, 11, 21, tzinfo=UTC)}
    assert len({line.id for line in lines}) == len(lines)
    disk = next(line for line in lines if (line.resource_name or "").startswith("anluong-vm_disk1"))
    assert (disk.resource_type, disk.resource_group) == ("microsoft.compute/disks", "anluong-vm")


def test_a_private_workspace_says_so() -> None:
    workspace = record_of("workspaces/list-private-endpoint")
    assert (workspace.private_endpoints, workspace.public_access, workspace.kind) == (1, "Disabled", None)
    assert workspace.id == workspace.id.lower()
    assert workspace.created == datetime(2021, 11, 24, 20, 58, 47, 488354, tzinfo=UTC)


def test_workspaces_of_every_kind_keep_it() -> None:
    hub = record_of("workspaces/get-kind-hub")
    assert (hub.kind, hub.app_insights, hub.isolation, hub.has_own_key) == ("Hub", None, "Disabled", None)
    assert record_of("workspaces/get-identity-system-and-user").identity == "SystemAssigned,UserAssigned"
    approved = record_of("workspaces/get-managed-network-approved-outbound")
    assert (approved.isolation, approved.container_registry) == ("AllowOnlyApprovedOutbound", None)
    assert "FeatureStore" in {one.kind for one in page_of("workspaces/list-rg-with-featurestore").records}


def test_budgets_of_both_shapes_are_one_kind_whatever_their_id_begins_with() -> None:
    old, new, bare = (record_of(f"costs/{name}") for name in ("budget-get-2023-api", "budget-get",
                                                              "budget-put-id-no-slash"))  # fmt: skip
    assert old.id.startswith("/subscriptions/")
    assert old.scope == "/subscriptions/f2ddfccd-77af-44b8-b0cd-38500f84b95e"
    assert (old.amount, old.spent) == (Money(Decimal("800.0"), "USD"), Money(Decimal("41.71265664388876"), "USD"))
    assert [(one.percent, old.is_reached(one)) for one in old.thresholds] == [(25, False), (75, False), (100, False)]
    assert old.evaluated == datetime(2018, 11, 29, 0, 59, 11, 445757, tzinfo=UTC)
    assert (new.spent, new.share, new.forecast) == (Money(Decimal("0.0"), "USD"), 0, None)
    assert (bare.spent, bare.share, bare.amount) == (None, None, Money(Decimal("100.0"), ""))
    assert not any(one.is_filtered for one in (old, new, bare))


def test_a_forecast_may_have_several_rows_a_day_and_usage_its_meter_or_none() -> None:
    lines = page_of("costs/forecast").records
    assert [f"{line.day:%m-%d}" for line in lines] == ["03-31", "03-31", "04-01", "04-29"]
    assert len({line.id for line in lines}) == 4
    with_meter, without = (page_of(f"costs/usage-details-{name}").records for name in ("expand-meter", "legacy-2024"))
    assert (with_meter[0].quantity, with_meter[0].unit) == (24, "Hours")
    assert {line.unit for line in without} == {None}
    assert (with_meter[0].period, without[0].period) == ("20180201", "20171001")
    shown = {column.title: line_text(column.cell(without[0], Look(without[0].end))) for column in USAGE.columns}
    assert shown["meter"].startswith("Locally Redundant Storage Premium")
    assert (shown["day"], shown["quantity"], shown["unit"], shown["cost"]) == ("1 Oct", "0.03", "–", "0.62")
    assert shown["period"] == "✓ closed"


def test_recorded_sizes_and_computes_are_read_rightly() -> None:
    sizes = {one.name: one for one in page_of("compute/vmsizes").records}
    assert sizes["Standard_A1_v2"].price is None
    assert sizes["Standard_D16ads_v5"].price is None, "two Linux prices: which of them is meant is not said"
    assert str(sizes["Standard_D16as_v4"].price.amount) == "0.77"
    instance = record_of("compute/get-instance-running")
    assert instance.applications == {"Jupyter Lab": "https://test322425765248.eastus2euap.instances.azureml.ms/lab"}
    assert (instance.is_latest_image, instance.image_version, instance.schedules) == (True, "22.08.19", ())
    assert record_of("compute/get-amlcompute-user-identity").identity_ids == (
        "fl-test-msi (3adff742-0142-45a6-8142-3d94f944cafb)",
    )
    kubernetes = record_of("compute/get-kubernetes")
    assert kubernetes.facts["type defaultInstanceType"] == "1 CPU, 4Gi"
    creating = record_of("compute/put-amlcompute-creating")
    assert (creating.nodes, creating.target_nodes, creating.idle_nodes) == (None, None, None)
