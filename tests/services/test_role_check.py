"""A role definition is checked without Azure: every fault is named, and what the role gives."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.abilities import ABILITIES, DOCUMENTED
from services.built_in_roles import BY_NAME, role_that_grants, roles_that_grant
from services.known_actions import known_actions, matched
from services.permissions import Grant, may
from services.role_check import check_role

ML = "Microsoft.MachineLearningServices/workspaces"
SCOPE = "/subscriptions/0a4f1d2e-6b7c-4e8f-9a10-2b3c4d5e6f70/resourceGroups/group"
CUSTOM = {
    "Name": "Data Scientist",
    "IsCustom": True,
    "Description": "Can run experiments but cannot create or delete compute.",
    "Actions": ["*"],
    "NotActions": [
        f"{ML}/*/delete",
        f"{ML}/computes/*/write",
        f"{ML}/computes/*/delete",
        "Microsoft.Authorization/*/write",
    ],
    "AssignableScopes": [SCOPE],
}


def check(role: Any) -> Any:
    return check_role(json.dumps(role).encode())


def faults(**changed: Any) -> list[str]:
    role = {"roleName": "r", "actions": [f"{ML}/jobs/read"], "assignableScopes": [SCOPE], **changed}
    return [f"{fault.weight} {fault.where}: {fault.sentence}" for fault in check(role).faults]


def test_the_custom_role_of_the_documents_can_run_and_cannot_create_compute() -> None:
    checked = check(CUSTOM)
    assert (checked.name, [fault.weight for fault in checked.faults]) == ("Data Scientist", ["warning"])
    assert {"Run experiment", "Deploy web service"} <= set(checked.can)
    assert {"Create compute target", "Share workspace", "Delete a job"} <= set(checked.cannot)
    assert len(checked.can) + len(checked.cannot) == len(ABILITIES)


def test_both_forms_of_a_role_say_the_same() -> None:
    grant = {"actions": CUSTOM["Actions"], "notActions": CUSTOM["NotActions"]}
    inner = {"roleName": "Data Scientist", "permissions": [grant], "assignableScopes": [SCOPE]}
    assert check({"properties": inner}).can == check(CUSTOM).can


def test_a_role_without_faults_has_none() -> None:
    assert faults() == []
    assert faults(actions=["Microsoft.Kusto/clusters/read"]) == []


def test_a_misspelt_provider_is_named_with_the_nearest() -> None:
    said = faults(actions=["Microsoft.MachineLearningService/workspaces/read"])
    assert any(one.endswith("The nearest is Microsoft.MachineLearningServices.") for one in said)


@pytest.mark.parametrize("text", ["", "[]", '"role"', "{", "\xff", "[" * 100_000, '{"a":' * 100_000])
def test_what_is_no_role_is_one_sentence(text: str) -> None:
    checked = check_role(text.encode("latin-1"))
    assert not checked.is_role
    assert [(fault.weight, fault.sentence.startswith("This is n")) for fault in checked.faults] == [("error", True)]


def test_a_name_that_is_no_text_is_wrong() -> None:
    assert faults(roleName=5) == ["error roleName: The name has to be a text."]


@pytest.mark.parametrize(
    ("changed", "weight", "words"),
    [
        ({"notAction": []}, "error", "Did you mean notActions?"),
        ({"actions": "x"}, "error", "This has to be a list of texts."),
        ({"actions": [f"{ML}/job/cancel/action"]}, "warning", f"The nearest is {ML}/jobs/cancel/action."),
        ({"actions": ["*"]}, "warning", "this is as wide as Owner"),
        ({"actions": ["Microsoft.*/read"]}, "warning", "this is as wide as Owner"),
        ({"actions": ["Microsoft.MachineLearningServices/*"]}, "warning", "deleting workspaces too"),
        ({"actions": ["not an action"]}, "error", "this is no action"),
        ({"notActions": [f"{ML}/computes/write"]}, "warning", "nothing here gives what this takes away"),
        ({"dataActions": [f"{ML}/jobs/read"]}, "error", "this belongs into actions"),
        (
            {"actions": ["Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"]},
            "error",
            "this belongs into dataActions",
        ),
        ({"assignableScopes": ["/"]}, "error", "only built-in roles may be assigned everywhere"),
        ({"assignableScopes": ["/subscriptions/x"]}, "error", "this is no subscription"),
        ({"assignableScopes": []}, "error", "at least one scope"),
        ({"roleName": ""}, "error", "The role has no name."),
        ({"actions": []}, "error", "The role gives nothing."),
    ],
)
def test_a_fault_is_named_with_what_to_do(changed: dict[str, Any], weight: str, words: str) -> None:
    found = faults(**changed)
    assert any(one.startswith(weight) and words in one for one in found), found


@pytest.mark.parametrize(
    "document", [b"", b"nonsense", b"[]", b"\xff", b'{"permissions": [1, null]}', b'{"actions": {}}']
)
def test_what_is_no_role_is_a_fault_and_never_a_crash(document: bytes) -> None:
    assert check_role(document).faults


KEYS = st.sampled_from(["actions", "permissions", "properties", "assignableScopes", "notActions", "name"])
JSON: Any = st.recursive(
    st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner)
)


@given(JSON)
def test_any_json_is_checked(document: Any) -> None:
    checked = check(document)
    assert checked.faults or checked.name


def test_the_smallest_built_in_role_is_named() -> None:
    assert role_that_grants(f"{ML}/read") == "Reader"
    assert role_that_grants(f"{ML}/jobs/cancel/action") == "AzureML Data Scientist"
    assert role_that_grants(f"{ML}/computes/write") == "AzureML Compute Operator"
    assert role_that_grants("Microsoft.CostManagement/query/action") == "Cost Management Reader"
    assert (
        role_that_grants("Microsoft.Authorization/roleAssignments/write") == "Role Based Access Control Administrator"
    )
    assert role_that_grants() is None
    assert roles_that_grant("anything/at/all/write")[-1] == "Owner"


def test_the_rows_of_the_documents_still_hold_but_for_those_that_say_why_not() -> None:
    for ability in DOCUMENTED:
        today = {
            name
            for name in ("Owner", "Contributor", "Reader")
            if all(may(BY_NAME[name].grants, action) == "allowed" for action in ability.actions)
        }
        assert today == set(ability.documents or ()) or ability.today, ability.title


def test_the_documents_rows_are_all_there_in_their_order() -> None:
    assert [one.title for one in DOCUMENTED] == [
        "Create workspace", "Share workspace", "Upgrade workspace to Enterprise edition", "Create compute target",
        "Attach compute target", "Attach data stores", "Run experiment", "View runs/metrics", "Register model",
        "Create image", "Deploy web service", "View models/images", "Call web service",
    ]  # fmt: skip


def test_every_action_of_a_feature_is_known_and_no_action_is_known_twice() -> None:
    known = known_actions()
    assert len({one.lower() for one in known}) == len(known)
    assert all(matched(action) for ability in ABILITIES for action in ability.actions)
    assert not any("*" in one for one in known)


def test_every_pattern_of_a_built_in_role_for_azure_ml_names_something() -> None:
    for role in BY_NAME.values():
        for grant in role.grants:
            own = [one for one in (*grant.actions, *grant.not_actions) if "machinelearning" in one.lower()]
            assert all(matched(one) for one in own), role.name


def test_grants_of_a_role_are_what_permissions_would_say() -> None:
    operator = BY_NAME["AzureML Compute Operator"].grants
    assert may(operator, f"{ML}/computes/write") == "allowed"
    assert may(operator, f"{ML}/read") == "denied"
    assert may([*operator, Grant(actions=("*/read",))], f"{ML}/read") == "allowed"
