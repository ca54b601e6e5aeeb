"""The emulated workspaces differ in how safe they are, and every reader finds out over the real connection."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from services.built_in_roles import BY_NAME
from services.connection import Connection
from services.dependents import read_dependents
from services.diagnostics import read_diagnostics
from services.emulator.dependent_documents import id_of, principal_of
from services.emulator.postures import PRIVATE_LINK_POLICY, SHARED_KEY_POLICY
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.identity_grants import read_grants
from services.job_variables import NEWEST, list_job_variables
from services.outbound_rules import list_outbound_rules
from services.policies import list_findings
from services.records import Page
from services.workspace_settings import get_settings

ACR_PULL, CONTRIBUTOR = BY_NAME["AcrPull"].id, BY_NAME["Contributor"].id
NOW = datetime(2026, 11, 21, 14, 1, 7, tzinfo=UTC)
WORLD = World(clock=lambda: NOW)
PLACES = {place.name: place for place in WORLD.places}
REFS = WORLD.workspaces
AZURE = Connection(FakeCredential(), transport=in_process(WORLD), now=lambda: NOW)


def all_of(pages: Iterator[Page[Any]]) -> list[Any]:
    return [record for page in pages for record in page.records]


def test_a_private_workspace_is_known_by_its_own_key_hbi_and_rules() -> None:
    (one,) = get_settings(AZURE, REFS["ml-private"]).records
    assert (one.is_hbi, one.has_own_key, one.is_service_side, one.public_access) == (True, True, False, "Disabled")
    assert (one.private_endpoints, one.network_status) == ({"pe-ml-private": "Approved"}, "Active")
    rules = all_of(list_outbound_rules(AZURE, REFS["ml-private"]))
    assert {rule.type for rule in rules} == {"FQDN", "ServiceTag", "PrivateEndpoint"}
    assert {rule.category for rule in rules} == {"UserDefined", "Required"}


def test_production_may_use_shared_keys_and_lacks_what_pulls_images() -> None:
    prod = PLACES["ml-prod"]
    (store,) = all_of(read_dependents(AZURE, [("storage", id_of(prod, "storage"))], at=NOW))
    assert store.allows_shared_key is True
    assert (NOW - store.first_key_created).days == 512
    scopes = [prod.id, id_of(prod, "registry")]
    workspace, registry = all_of(read_grants(AZURE, [principal_of(prod)], scopes, at=NOW))
    assert (workspace.roles, registry.roles) == ((CONTRIBUTOR,), ())


def test_what_was_granted_to_the_group_holds_for_what_is_in_it() -> None:
    staging = PLACES["ml-staging"]
    (registry,) = all_of(read_grants(AZURE, [principal_of(staging)], [id_of(staging, "registry")], at=NOW))
    assert set(registry.roles) == {CONTRIBUTOR, ACR_PULL}


def test_the_logs_of_a_workspace_are_found_through_its_insights() -> None:
    found = all_of(read_dependents(AZURE, [("app insights", id_of(PLACES["ml-prod"], "insights"))], at=NOW))
    kept = {one.name: one.retention_days for one in found}
    assert kept["log-ml-prod"] == 90
    assert (kept["AmlOnlineEndpointTrafficLog"], kept["AmlOnlineEndpointConsoleLog"]) == (90, 180)


def test_research_lost_its_insights_and_hides_its_vault() -> None:
    place = PLACES["ml-research"]
    asked: Any = [("app insights", id_of(place, "insights")), ("key vault", id_of(place, "vault"))]
    insights, vault = all_of(read_dependents(AZURE, asked, at=NOW))
    assert (insights.is_missing, vault.is_missing) == (True, False)
    assert "Microsoft.KeyVault/vaults/read" in vault.problem


def test_production_is_diagnosed_and_so_are_those_of_its_endpoints_that_somebody_thought_of() -> None:
    workspace, *endpoints = all_of(read_diagnostics(AZURE, REFS["ml-prod"], ["churn", "fraud-old"], at=NOW))
    assert [one.settings for one in (workspace, *endpoints)] == [("to-logs",), ("to-logs",), ()]
    assert "AmlOnlineEndpointTrafficLog" in endpoints[0].categories
    assert "AmlComputeJobEvent" in workspace.categories


def test_policy_findings_come_two_a_page_with_their_titles() -> None:
    pages = list(list_findings(AZURE, REFS["ml-prod"]))
    assert [len(page.records) for page in pages] == [2, 1]
    found = [(one.resource_name, (one.definition or "").rpartition("/")[2]) for page in pages for one in page.records]
    assert found[:2] == [("stmlprod", SHARED_KEY_POLICY), ("ml-prod", PRIVATE_LINK_POLICY)]
    assert pages[0].records[0].policy == "Storage accounts should prevent shared key access"


def test_a_few_jobs_carry_secrets_in_their_variables() -> None:
    jobs = all_of(list_job_variables(AZURE, REFS["ml-prod"]))
    assert len(jobs) == NEWEST
    suspects = {name: why for job in jobs for name, why in job.suspects.items()}
    assert suspects == {"AWS_SECRET_ACCESS_KEY": "name", "HF_TOKEN": "name", "DB_PASSWORD": "name",
                        "FEATURE_STORE": "value"}  # fmt: skip
    assert 0 < sum(bool(job.suspects) for job in jobs) < NEWEST / 5
