"""What is odd in recorded workspaces, as far as their safety goes."""

from __future__ import annotations

import pytest

from services.workspace_settings import WorkspaceSettings, parse_settings
from tests.wire.readers import at
from tests.wire.recordings import BY_NAME, Recording
from tests.wire.replaying import page_of

WORKSPACES = [
    pytest.param(one, id=one.name)
    for name, one in BY_NAME.items()
    if name.startswith("workspaces/get-") and at(one.body, "identity")
]
SAID = {
    "is_hbi": "properties.hbiWorkspace",
    "public_access": "properties.publicNetworkAccess",
    "storage": "properties.storageAccount",
    "registry": "properties.containerRegistry",
    "app_insights": "properties.applicationInsights",
    "isolation": "properties.managedNetwork.isolationMode",
    "principal": "identity.principalId",
}


def settings_of(name: str) -> WorkspaceSettings:
    if name not in BY_NAME:
        pytest.skip(f"{name} is not among these recordings")
    return parse_settings(BY_NAME[name].raw)


@pytest.mark.parametrize("recording", WORKSPACES)
def test_the_settings_of_every_recorded_workspace_are_those_of_its_document(recording: Recording) -> None:
    one = parse_settings(recording.raw)
    for said, path in SAID.items():
        assert getattr(one, said) == (at(recording.body, path) if at(recording.body, path) != "" else None), said
    assert one.has_own_key is None, "no recorded workspace has a key of its owner"


def test_a_workspace_may_have_both_kinds_of_identity() -> None:
    one = settings_of("workspaces/get-identity-system-and-user")
    assert one.identity == "SystemAssigned,UserAssigned"
    assert set(one.user_identities.values()) == {
        "0a390e3a-8a74-4a63-b4b1-358a6da87aac", "35341706-b4e3-4b8e-ab6f-b818a9cebaec"
    }  # fmt: skip


def test_rules_have_no_id_and_keep_their_three_kinds_of_destination() -> None:
    rules = {one.name: one.destination for one in page_of("workspaces/outbound-rules-list").records}
    assert rules["my-service"] == "DataFactory TCP 80, 8080-8089"
    assert rules["my-storage"] == "mvnetteststorage/blob"
    assert rules["pytorch"] == "*.pytorch.org"
