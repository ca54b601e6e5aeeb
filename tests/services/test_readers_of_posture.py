"""What a workspace's safety is read from: settings, stores, grants, logs, policies, and variables without values."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from services.dependents import LOG_TABLES, read_dependents
from services.diagnostics import read_diagnostics
from services.errors import Forbidden, ServiceBroken
from services.identity_grants import read_grants
from services.job_variables import NEWEST, list_job_variables
from services.outbound_rules import list_outbound_rules
from services.policies import list_findings
from services.records import Page, WorkspaceRef
from services.workspace_settings import get_settings
from tests.services.answering import Asked, Azure, Given, as_json
from tests.services.planted import CANARY

REF = WorkspaceRef("sub", "group", "ml")
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
STORE = "/subscriptions/sub/resourceGroups/group/providers/Microsoft.Storage/storageAccounts/st"
LOGS = "/subscriptions/sub/resourceGroups/group/providers/Microsoft.OperationalInsights/workspaces/logs"
INSIGHTS = "/subscriptions/sub/resourceGroups/group/providers/Microsoft.insights/components/ai"
DENIED = as_json({"error": {"code": "AuthorizationFailed", "message": "You may not do that there."}}, 403)


def records(pages: Iterator[Page[Any]]) -> list[Any]:
    """All records of a listing that came to its end."""
    found = list(pages)
    assert [page.is_last for page in found] == [False] * (len(found) - 1) + [True]
    return [record for page in found for record in page.records]


def settings(**properties: Any) -> Any:
    azure = Azure(lambda _: as_json({"id": REF.id, "properties": properties}))
    (record,) = get_settings(azure.connection, REF).records
    return record


def test_a_workspace_with_its_own_key_says_where_the_key_is() -> None:
    vault = {"keyVaultArmId": "/v", "keyIdentifier": "https://v.vault.azure.net/keys/k/1"}
    one = settings(
        hbiWorkspace=True,
        encryption={"status": "Enabled", "keyVaultProperties": vault},
        enableServiceSideCMKEncryption=False,
        serviceProvisionedResourceGroup="azureml-rg",
    )
    assert (one.is_hbi, one.has_own_key, one.key_uri) == (True, True, "https://v.vault.azure.net/keys/k/1")
    assert (one.is_service_side, one.managed_group) == (False, "azureml-rg")


def test_settings_azure_leaves_out_are_unknown() -> None:
    one = settings(encryption=None, managedNetwork=None, privateEndpointConnections=None)
    assert (one.is_hbi, one.has_own_key, one.isolation, one.private_endpoints, one.allowed_ips) == (None,) * 5


def test_private_endpoints_are_named_with_their_state() -> None:
    state = {"status": "Pending"}
    link = {"properties": {"privateEndpoint": {"id": "/x/pe-1"}, "privateLinkServiceConnectionState": state}}
    assert settings(privateEndpointConnections=[link]).private_endpoints == {"pe-1": "Pending"}


def test_a_store_that_refuses_and_one_that_is_gone_leave_the_others() -> None:
    def answering(asked: Asked) -> Given:
        if asked.path.endswith("/a"):
            return DENIED
        if asked.path.endswith("/b"):
            return Given(b"", 404)
        return as_json({"name": "st", "properties": {"allowSharedKeyAccess": False, "keyCreationTime": {"key1": None}}})

    stores = [("storage", f"/s/{name}") for name in ("a", "b", "c")]
    refused, gone, read = records(read_dependents(Azure(answering).connection, stores, at=AT))  # pyright: ignore[reportArgumentType]
    assert "You may not do that there" in refused.problem
    assert (refused.is_missing, gone.is_missing) == (False, True)
    assert (read.problem, read.allows_shared_key, read.first_key_created) == (None, False, None)


def test_an_error_of_the_service_is_not_taken_for_a_refusal() -> None:
    azure = Azure(lambda _: Given(b"", 500))
    with pytest.raises(ServiceBroken):
        list(read_dependents(azure.connection, [("storage", STORE)], at=AT))


def test_the_log_workspace_behind_insights_is_read_once_with_its_tables() -> None:
    def answering(asked: Asked) -> Given:
        known = {"WorkspaceResourceId": LOGS} if asked.path == INSIGHTS else {"retentionInDays": 30}
        return as_json({"properties": known})

    azure = Azure(answering)
    found = records(read_dependents(azure.connection, [("app insights", INSIGHTS)], [LOGS.upper()], at=AT))
    assert [one.kind for one in found] == ["app insights", "log workspace", *["log table"] * len(LOG_TABLES)]
    assert {one.retention_days for one in found[1:]} == {30}


@pytest.mark.parametrize(("answer", "is_whole"), [(DENIED, False), (Given(b"", 404), True)])
def test_refused_insights_may_name_a_log_workspace_so_the_listing_is_not_whole(answer: Given, is_whole: bool) -> None:
    pages = list(read_dependents(Azure(lambda _: answer).connection, [("app insights", INSIGHTS)], at=AT))
    assert [page.is_last for page in pages] == [is_whole]


def test_diagnostic_settings_are_added_up_and_none_differs_from_refused() -> None:
    logs = [{"category": "A", "enabled": True}, {"category": "B", "enabled": False}, {"categoryGroup": "audit",
            "enabled": True}]  # fmt: skip

    def answering(asked: Asked) -> Given:
        if "/none/" in asked.path:
            return as_json({"value": []})
        if "/refused/" in asked.path:
            return DENIED
        return as_json({"value": [{"name": "to-logs", "properties": {"workspaceId": LOGS, "logs": logs}}]})

    workspace, none, refused = records(read_diagnostics(Azure(answering).connection, REF, ["none", "refused"], at=AT))
    assert (workspace.categories, workspace.log_workspaces, workspace.endpoint) == (("A", "audit"), (LOGS,), None)
    assert (none.settings, none.problem, none.endpoint) == ((), None, "none")
    assert (refused.settings, bool(refused.problem)) == (None, True)


def test_findings_come_over_pages_with_titles_where_those_may_be_read() -> None:
    def answering(asked: Asked) -> Given:
        if asked.path == "/definitions/open":
            return as_json({"properties": {"displayName": "Keep it private"}})
        if asked.path == "/definitions/shut":
            return DENIED
        is_second = "$skiptoken" in asked.query
        item = {"resourceId": STORE, "policyDefinitionId": "/definitions/shut" if is_second else "/definitions/open",
                "policyDefinitionName": "guid"}  # fmt: skip
        link = None if is_second else f"https://management.azure.com{asked.path}?$skiptoken=2"
        return as_json({"value": [item], "@odata.nextLink": link})

    azure = Azure(answering)
    assert [one.policy for one in records(list_findings(azure.connection, REF))] == ["Keep it private", "guid"]
    assert [one.method for one in azure.asked] == ["POST", "GET", "POST", "GET"]


def test_only_grants_at_a_scope_or_above_it_count_there() -> None:
    def grant(role: str, scope: str) -> Any:
        properties = {"roleDefinitionId": f"/roles/{role}", "principalId": "p", "scope": scope}
        return {"name": role, "properties": properties}

    scopes = {
        "above": "/subscriptions/sub",
        "here": STORE,
        "below": f"{STORE}/blobServices/x",
        "beside": f"{STORE}x",
        "management": "/providers/Microsoft.Management/managementGroups/m",
    }
    found = [grant(role, scope) for role, scope in scopes.items()]
    azure = Azure(lambda _: as_json({"value": found}))
    (one,) = records(read_grants(azure.connection, ["p"], [STORE], at=AT))
    assert one.roles == ("above", "here", "management")
    assert azure.asked[0].query["$filter"] == "principalId eq 'p'"


def test_refused_grants_are_unknown_and_not_none() -> None:
    (one,) = records(read_grants(Azure(lambda _: DENIED).connection, ["p"], [STORE], at=AT))
    assert (one.roles, bool(one.problem)) == (None, True)


def test_rules_are_read_in_both_spellings_of_their_destination() -> None:
    def rule(name: str, destination: Any) -> Any:
        return {"name": name, "id": None, "properties": {"destination": destination}}

    items = [
        rule("fqdn", "*.pytorch.org"),
        rule("tag", {"serviceTag": "DataFactory", "protocol": "TCP", "portRanges": "80"}),
        rule("link", {"serviceResourceId": STORE, "subresourceTarget": "blob"}),
    ]
    found = records(list_outbound_rules(Azure(lambda _: as_json({"value": items})).connection, REF))
    assert [one.destination for one in found] == ["*.pytorch.org", "DataFactory TCP 80", "st/blob"]


def test_an_identity_without_the_right_to_rules_is_an_error_of_the_listing() -> None:
    with pytest.raises(Forbidden):
        list(list_outbound_rules(Azure(lambda _: DENIED).connection, REF))


VARIABLES = {
    "HF_TOKEN": f"hf_{CANARY}",
    "DB_PASSWORD": CANARY,
    "TELEMETRY": f"Endpoint=sb://x/;SharedAccessKey={CANARY}",
    "DOWNLOAD": f"https://a.blob.core.windows.net/c?sv=1&sig={CANARY}",
    "EPOCHS": "30",
    "NO_TOKEN": "",
    "SECRET_NAME": "the-name-of-one",
    "TEACHER_TOKEN": None,
}


def test_a_variable_is_named_with_the_suspicion_and_its_value_stays_behind() -> None:
    job = {"name": "j1", "properties": {"environmentVariables": VARIABLES, "command": f"run --password {CANARY}"}}
    azure = Azure(lambda _: as_json({"value": [job]}))
    (page,) = list_job_variables(azure.connection, REF)
    (one,) = page.records
    assert one.suspects == {"HF_TOKEN": "name", "DB_PASSWORD": "name", "TELEMETRY": "value", "DOWNLOAD": "value",
                            "the command line": "value"}  # fmt: skip
    assert one.variables == len(VARIABLES)
    kept = msgspec.json.encode(one) + b"".join(page.documents)
    assert CANARY.encode() not in kept
    assert b"the-name-of-one" not in kept


def test_variables_of_sweeps_and_of_steps_are_looked_at_too() -> None:
    inner = {"environmentVariables": {"API_KEY": CANARY}}
    step = {"environment_variables": {"STEP_SECRET": CANARY}}
    job = {"name": "j", "properties": {"trial": inner, "jobs": {"one": step, "two": None}}}
    (page,) = list_job_variables(Azure(lambda _: as_json({"value": [job]})).connection, REF)
    assert set(page.records[0].suspects) == {"API_KEY", "STEP_SECRET"}


def test_jobs_are_read_newest_first_up_to_a_bound() -> None:
    jobs = [{"name": f"j{number}", "properties": {}} for number in range(100)]
    link = "https://management.azure.com/more?page="

    def answering(asked: Asked) -> Given:
        return as_json({"value": jobs, "nextLink": f"{link}{int(asked.query.get('page', '0')) + 1}"})

    azure = Azure(answering)
    assert len(records(list_job_variables(azure.connection, REF))) == NEWEST == 100 * len(azure.asked)


def test_deployments_are_read_before_the_jobs() -> None:
    def answering(asked: Asked) -> Given:
        name = "blue" if "/deployments" in asked.path else "j"
        return as_json({"value": [{"name": name, "properties": {"environmentVariables": {"API_KEY": CANARY}}}]})

    found = records(list_job_variables(Azure(answering).connection, REF, endpoints=["score"]))
    assert [(one.id, one.kind) for one in found] == [("onlineEndpoints/score/deployments/blue", "deployment"),
                                                     ("jobs/j", "job")]  # fmt: skip
