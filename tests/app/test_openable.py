"""What `o` opens on an instance: https on a host of Azure's own, and nothing that a name or an address smuggles in."""

from __future__ import annotations

import pytest

from app.addresses import Addressed
from app.machine_rows import ComputeRow
from app.openable import is_of_azure, opening_choices, openings
from app.panes.compute import COMPUTE
from services.clouds import PUBLIC, US_GOV
from services.records import WorkspaceRef

WORKSPACE = WorkspaceRef("sub", "rg", "ml-prod")
LAB = "https://ci-li.westeurope.instances.azureml.ms/lab"


def an_instance(**over: object) -> Addressed:
    applications = {"Jupyter Lab": LAB, "VS Code": "vscode://somewhere", "Jupyter": None}
    known = {"id": "ci-li", "name": "ci-li", "kind": "ComputeInstance", "state": "Stopped",
             "applications": applications, **over}  # fmt: skip
    return Addressed(COMPUTE, ComputeRow(**known), WORKSPACE)  # pyright: ignore[reportArgumentType]


def test_an_instance_opens_in_the_studio_and_as_what_it_serves() -> None:
    ssh = {"ssh_user": "azureuser", "ssh_address": "203.0.113.9", "ssh_port": 50_000, "ssh_access": "Enabled"}
    studio, lab, code, shell = openings(an_instance(**ssh))
    assert studio.text.startswith("https://ml.azure.com/compute/ci-li/details?wsid=")
    assert (lab.text, lab.why_not) == (LAB, "")
    assert code.why_not
    assert (shell.text, shell.is_command) == ("ssh -p 50000 azureuser@203.0.113.9", True)
    notes = [one.note for one in opening_choices([lab, code])]
    assert notes == [
        f"{LAB}  It answers once the instance runs.",
        "vscode://somewhere  It answers once the instance runs.",
    ]
    assert [one.name for one in openings(an_instance(**{**ssh, "ssh_access": "Disabled"}))] == [
        "Studio", "Jupyter Lab", "VS Code"]  # fmt: skip


@pytest.mark.parametrize(
    "address",
    [
        "http://ci.westeurope.instances.azureml.ms/lab",
        "https://ci.westeurope.instances.azureml.ms.evil.example/lab",
        "https://evilinstances.azureml.ms/lab",
        "https://instances.azureml.ms@evil.example/.instances.azureml.ms",
        "https://u:p@ci.westeurope.instances.azureml.ms/lab",
        "https://ci.westeurope.instances.azureml.ms:8443/lab",
        "https://evil.example\\.instances.azureml.ms/lab",
        "https://ci.westeurope.instances.azureml.ms/lab\n--help",
        "https://[ci.instances.azureml.ms/lab",
        "",
    ],
)
def test_no_other_address_is_opened(address: str) -> None:
    assert not is_of_azure(address, PUBLIC)


def test_each_cloud_has_hosts_of_its_own() -> None:
    assert is_of_azure(LAB, PUBLIC)
    assert not is_of_azure(LAB, US_GOV)
