"""The identity of a workspace: what it needs to hold, what it holds, and who signs in how."""

from __future__ import annotations

import pytest

from services.endpoints import Endpoint
from services.identity_grants import IdentityGrants
from services.posture_identity import AI_ADMINISTRATOR, CONTRIBUTOR, OWNER, is_support_app, principals_of
from tests.services.posturing import REGISTRY, STORE, VAULT, WS, known, lines, settings, store


def holds(scope: str, *roles: str) -> IdentityGrants:
    return IdentityGrants(id=f"me|{scope}", principal="me", scope=scope, roles=roles)


@pytest.mark.parametrize("role", [OWNER, CONTRIBUTOR, AI_ADMINISTRATOR])
def test_any_role_that_is_enough_will_do(role: str) -> None:
    line = lines(grants=known(holds(REGISTRY, role)))["identity/grant/registry"]
    assert line.standing == "ok"


def test_a_missing_grant_is_named_with_the_command_that_makes_it() -> None:
    line = lines(grants=known(holds(REGISTRY, "acdd72a7-3385-48ef-bd42-f606fba81ae7")))["identity/grant/registry"]
    assert (line.standing, line.fact, line.detail) == ("weak", "AcrPull is missing", "It holds Reader.")
    assert line.change is not None
    assert line.change.startswith("az role assignment create --assignee-object-id me")
    assert line.change.endswith(f"--role AcrPull --scope {REGISTRY}")


def test_contributor_of_a_store_gives_no_data_in_it() -> None:
    assert lines(grants=known(holds(STORE, CONTRIBUTOR)))["identity/grant/storage"].standing == "weak"


def test_a_role_of_ones_own_is_neither_good_nor_bad() -> None:
    line = lines(grants=known(holds(WS, "0-custom")))["identity/grant/workspace"]
    assert (line.standing, line.detail) == (
        "unknown",
        "It holds role 0-custom. Whether that is enough is not known here.",
    )


def test_a_refused_grant_is_unknown_and_not_missing() -> None:
    refused = IdentityGrants(id=f"me|{STORE}", principal="me", scope=STORE, problem="You may not look.")
    line = lines(grants=known(refused))["identity/grant/storage"]
    assert (line.standing, line.fact, line.detail) == ("unknown", "–", "You may not look.")


def test_a_vault_with_access_policies_is_asked_for_one_and_not_for_a_role() -> None:
    vault = store("key vault", VAULT, is_rbac=False, policies={"ME": "secrets: all", "other": "secrets: get"})
    assert lines(dependents=known(vault))["identity/grant/key vault"].standing == "ok"
    empty = store("key vault", VAULT, is_rbac=False, policies={"other": "secrets: get"})
    line = lines(dependents=known(empty))["identity/grant/key vault"]
    assert line.standing == "weak"
    assert "set-policy -n kv -g g" in (line.change or "")


def test_a_workspace_acts_as_its_own_identity_before_the_primary_of_the_assigned_ones() -> None:
    assigned = {"/x/one": "1", "/x/two": "2"}
    assert principals_of(settings(user_identities=assigned)) == ("me",)
    assert principals_of(settings(principal=None, user_identities=assigned, primary_identity="/X/two")) == ("2",)
    assert principals_of(settings(principal=None, user_identities=assigned)) == ("1", "2")


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("aml-3f2a", True), ("Microsoft-AzureML-Support-App-x", True), ("person01@example.com", False), ("camels", False)],
)
def test_applications_of_azure_machine_learning_itself_are_known(name: str, is_one: bool) -> None:
    assert is_support_app(name) == is_one


def test_endpoints_that_take_keys_are_named() -> None:
    found = known(Endpoint(id="a", name="a", auth_mode="Key"), Endpoint(id="b", name="b", auth_mode="AADToken"))
    line = lines(endpoints=found)["identity/endpoints"]
    assert (line.fact, line.detail, line.standing) == ("1 of 2 endpoints by key", "a", "note")
