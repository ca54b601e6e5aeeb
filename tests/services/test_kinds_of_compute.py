"""Every kind of compute as it is: what only it has, who it is, when it starts, and what amldeck does with it."""

from __future__ import annotations

import pytest

from services.compute import list_compute
from services.compute_record import Compute
from services.compute_targets import TARGETS, is_arc, target_of
from services.errors import Forbidden
from services.quotas import list_workspace_limits
from services.records import Provenance
from services.vm_power import parse_vm_power, read_vm_power
from services.vm_sizes import list_vm_sizes
from tests.services.emulated import Emulated

azure = Emulated()


def computes(workspace: str) -> dict[str, Compute]:
    pages = list_compute(azure.connection, azure.world.workspaces[workspace])
    return {one.name: one for page in pages for one in page.records}


def test_every_attached_kind_shows_what_only_it_has_and_no_secret() -> None:
    found = computes("ml-research")
    facts = {name: one.facts for name, one in found.items()}
    prod = computes("ml-prod")
    assert prod["dsvm-label"].facts == {"address": "203.0.113.86", "SSH port": "22", "account": "azureuser"}
    assert facts["arc-onprem"]["type gpu-box"] == "8 CPU, 56Gi, 1 GPU, on pool=gpu"
    assert (facts["arc-onprem"]["namespace"], is_arc(found["arc-onprem"].resource)) == ("onprem", True)
    assert facts["synapse-etl"] == {
        "pool": "etl", "Synapse workspace": "syn-ml", "Spark": "3.4", "node size": "MemoryOptimized Medium",
        "scales": "3 to 10 nodes", "pauses": "after 15 min",
    }  # fmt: skip
    assert facts["adla-old"] == {"Data Lake store": "adlsold"}
    assert facts["hdi-spark"]["address"] == "hdi-spark-ssh.azurehdinsight.net"
    assert (facts["aks-v1"]["agents"], found["aks-v1"].vm_size) == ("3", "Standard_DS3_v2")
    assert prod["dbx-legacy"].facts == {"workspace": "https://adb-1042.4.azuredatabricks.net"}
    assert all(not one.facts for one in found.values() if not one.is_attached)


def test_every_kind_the_emulator_has_is_in_the_table_of_targets() -> None:
    kinds = {one.kind for name in ("ml-prod", "ml-research") for one in computes(name).values()}
    assert len(kinds) == 9
    assert all(target_of(kind) is not None for kind in kinds)
    assert len({one.word for one in TARGETS}) == len(TARGETS) >= 12
    assert target_of("Quantum") is None


def test_an_instance_says_when_it_starts_what_opens_on_it_and_how_old_its_image_is() -> None:
    found = computes("ml-prod")
    assert found["ci-li"].schedules == (
        "stop: cron 0 19 * * 1-5 W. Europe Standard Time", "start: every day at 07:00 W. Europe Standard Time",
    )  # fmt: skip
    assert found["ci-li"].applications["Jupyter Lab"] == "https://ci-li.westeurope.instances.azureml.ms/lab"
    assert (found["ci-old"].image_version, found["ci-old"].latest_image) == ("26.05.12", "26.10.28")
    assert found["ci-old"].is_latest_image is False


def test_identity_and_network_are_read() -> None:
    found = computes("ml-prod")
    assert found["gpu-a100"].identity == "UserAssigned"
    assert found["gpu-a100"].identity_ids[0].startswith("id-training (")
    assert found["cpu-ci"].identity == "SystemAssigned"
    assert (found["cpu-etl"].has_public_ip, found["gpu-a100"].has_public_ip) == (False, True)
    assert found["cpu-etl"].provisioning == "Succeeded"
    assert (found["cpu-etl"].error or "").startswith("The VM disk is full")


def test_an_attached_machine_says_whether_it_runs_and_one_out_of_reach_is_set_aside() -> None:
    machine = computes("ml-prod")["dsvm-label"]
    assert machine.resource is not None
    asked = Provenance("here", None, azure.at)
    machines = [("dsvm-label", machine.resource), ("gone", f"{machine.resource}-gone")]
    by_day = [one for page in read_vm_power(azure.connection, machines, asked=asked) for one in page.records]
    assert [(one.id, one.power) for one in by_day] == [("dsvm-label", "running")]
    assert parse_vm_power(b'{"statuses": [{"code": "PowerState/deallocated"}]}', name="x").power == "deallocated"
    assert parse_vm_power(b"{}", name="x").power is None
    azure.fault("/instanceView", status=403)
    with pytest.raises(Forbidden):
        list(read_vm_power(azure.connection, machines[:1], asked=asked))
    azure.world.faults.clear()


def test_limits_of_workspaces_and_sizes_of_a_region_are_read() -> None:
    pages = list_workspace_limits(azure.connection, azure.ref, location="westeurope")
    given = {one.name: one for page in pages for one in page.records if one.workspace == "ml-prod"}
    assert given["Standard DSv2 Family Cluster Dedicated vCPUs"].limit == 60
    sizes = [one for page in list_vm_sizes(azure.connection, azure.ref, location="westeurope") for one in page.records]
    a100 = next(one for one in sizes if one.name == "Standard_NC48ads_A100_v4")
    assert (a100.cores, a100.gpus, a100.family) == (48, 2, "standardNCADSA100v4Family")
    assert a100.price is not None
    h100 = next(one for one in sizes if "H100" in one.name)
    assert (h100.is_low_priority, h100.low_price) == (False, None)
