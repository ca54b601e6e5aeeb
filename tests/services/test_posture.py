"""The posture says what the facts say: what was not seen is unknown, and nothing is good by silence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.diagnostics import Diagnostics
from services.job_variables import NEWEST, JobVariables
from services.outbound_rules import OutboundRule
from services.policies import PolicyFinding
from services.posture import posture
from services.posture_lines import Facts, Known
from tests.services.posturing import GROUP, LOGS, NOW, STORE, VAULT, WS, known, lines, settings, store


def test_nothing_is_said_without_the_settings() -> None:
    facts = {
        name: known() for name in ("dependents", "grants", "rules", "diagnostics", "findings", "variables", "endpoints")
    }
    assert not list(posture(Facts(now=NOW, settings=Known(asked="GET", problem="No."), **facts)))


def test_what_was_never_read_is_unknown_with_its_reason_and_nothing_of_it_is_good() -> None:
    refused: Any = Known(asked="GET it", problem="You may not.")
    names = ("dependents", "grants", "rules", "diagnostics", "findings", "variables", "endpoints")
    made = lines(settings(isolation="AllowOnlyApprovedOutbound"), **dict.fromkeys(names, refused))
    unknown = [line for line in made.values() if line.standing == "unknown"]
    assert {"You may not."} <= {line.detail for line in unknown}
    assert {line.fact for line in unknown} == {"–"}
    read = {"identity/kind", "network/managed"}
    good = {line.id for line in made.values() if line.standing == "ok"}
    assert good <= read, "only what the settings themselves say may be good"


def test_every_line_says_what_it_rests_on_and_why_it_matters() -> None:
    for line in lines(dependents=known(store("storage", STORE), store("key vault", VAULT))).values():
        assert line.source
        assert line.why.endswith(".")
        assert line.standing != "weak" or line.change or line.detail, line.id


@pytest.mark.parametrize(("said", "standing"), [(True, "weak"), (False, "ok"), (None, "weak")])
def test_shared_keys_are_allowed_where_nobody_forbade_them(said: bool | None, standing: str) -> None:
    made = lines(dependents=known(store("storage", STORE, allows_shared_key=said)))
    assert made["storage/allows_shared_key"].standing == standing


def test_a_setting_azure_does_not_tell_is_unknown() -> None:
    made = lines(dependents=known(store("storage", STORE)))
    assert made["storage/allows_public_blobs"].standing == "unknown"
    assert made["storage/tls"].standing == "unknown"
    assert made["storage/key age"].standing == "unknown"


@pytest.mark.parametrize(
    ("days", "allowed", "standing"), [(364, True, "note"), (366, True, "weak"), (900, False, "note")]
)
def test_an_old_key_is_weak_while_it_opens_something(days: int, allowed: bool, standing: str) -> None:
    made = NOW - timedelta(days=days)
    one = store("storage", STORE, allows_shared_key=allowed, first_key_created=made, second_key_created=NOW)
    line = lines(dependents=known(one))["storage/key age"]
    assert (line.fact, line.standing) == (f"{days} days", standing)


def test_a_store_that_is_gone_is_weak_and_one_that_hides_is_unknown() -> None:
    gone = store("storage", STORE, problem="It was not found.", is_missing=True)
    hidden = store("key vault", VAULT, problem="You may not look.")
    made = lines(dependents=known(gone, hidden))
    assert (made["storage/storage"].standing, made["storage/storage"].fact) == ("weak", "st is gone")
    assert (made["secrets/key vault"].standing, made["secrets/key vault"].detail) == ("unknown", "You may not look.")
    assert "secrets/is_soft_delete" not in made


def test_an_open_store_of_a_closed_workspace_is_weak() -> None:
    opened = known(store("storage", STORE, public_access="Enabled", default_action="Allow"))
    assert lines(settings(public_access="Disabled"), dependents=opened)["network/storage"].standing == "weak"
    assert lines(settings(public_access="Enabled"), dependents=opened)["network/storage"].standing == "note"


def test_a_private_endpoint_is_good_only_when_approved() -> None:
    made = lines(settings(private_endpoints={"a": "Approved", "b": "Pending", "c": None}))
    found = [made[f"network/endpoint/{name}"].standing for name in "abc"]
    assert found == ["ok", "weak", "unknown"]


def test_a_managed_network_that_is_not_provisioned_protects_nothing() -> None:
    made = lines(settings(isolation="AllowOnlyApprovedOutbound", network_status="Inactive"))
    assert made["network/managed"].standing == "weak"


def test_a_rule_to_anywhere_is_weak() -> None:
    rules = known(
        OutboundRule(id="a", name="a", type="FQDN", destination="*", category="UserDefined", status="Active"),
        OutboundRule(id="b", name="b", type="FQDN", destination="pypi.org", category="UserDefined", status="Active"),
        OutboundRule(id="c", name="c", type="ServiceTag", destination="AzureMonitor", category="Required"),
    )
    made = lines(settings(isolation="AllowOnlyApprovedOutbound", network_status="Active"), rules=rules)
    assert made["network/rules"].fact == "2 of your own, 1 required"
    assert made["network/rule/a"].standing == "weak"
    assert "network/rule/b" not in made


def test_an_own_key_is_told_with_its_place_and_what_it_entails_but_never_itself() -> None:
    one = settings(has_own_key=True, key_uri="https://v.vault.azure.net/keys/k/1", is_service_side=False,
                   managed_group="/subscriptions/s/resourceGroups/azureml-rg-ml", is_hbi=True)  # fmt: skip
    made = lines(one)
    assert made["encryption/cmk"].detail == "https://v.vault.azure.net/keys/k/1"
    assert "about an hour" in made["encryption/cmk"].why
    assert made["encryption/cmk side"].fact == "in group azureml-rg-ml"
    assert "less diagnostic data" in (made["encryption/hbi"].detail or "")
    assert made["encryption/temp disks"].standing == "ok"


def test_whether_logs_are_kept_is_told_for_the_workspace_and_its_endpoints() -> None:
    workspace = Diagnostics(id=WS, name="ml", settings=("to-logs",), categories=("A",), log_workspaces=(LOGS,))
    silent = Diagnostics(id=f"{WS}/onlineendpoints/a", name="a", endpoint="a", settings=())
    hidden = Diagnostics(id=f"{WS}/onlineendpoints/b", name="b", endpoint="b", problem="You may not.")
    made = lines(diagnostics=known(workspace, silent, hidden))
    assert (made["logging/workspace"].standing, made["logging/workspace"].fact) == ("ok", "on, to logs")
    assert (made["logging/endpoints"].standing, made["logging/endpoints"].detail) == ("weak", "a")
    assert made["logging/endpoints refused"].standing == "unknown"


def test_a_setting_without_a_log_keeps_none() -> None:
    made = lines(diagnostics=known(Diagnostics(id=WS, name="ml", settings=("metrics",))))
    assert (made["logging/workspace"].standing, made["logging/workspace"].fact) == ("weak", "no log is switched on")


def test_each_table_says_how_long_it_keeps_and_a_table_nobody_wrote_to_is_no_line() -> None:
    made = lines(dependents=known(
        store("log table", f"{LOGS}/tables/A", retention_days=180),
        store("log table", f"{LOGS}/tables/B", problem="Not found.", is_missing=True),
    ))  # fmt: skip
    found = {line.about: line.fact for line in made.values() if line.about.startswith("Table")}
    assert found == {"Table A": "kept 180 days"}


def test_only_findings_about_the_workspace_and_its_stores_are_listed() -> None:
    def finding(resource: str) -> PolicyFinding:
        return PolicyFinding(id=resource, resource=resource, resource_name=resource.rpartition("/")[2], policy="P")

    found = known(finding(STORE.upper()), finding(f"{WS}/computes/c"), finding(f"{GROUP}/other"), finding(f"{WS}2"))
    made = [line for line in lines(findings=found).values() if line.area == "policy"]
    assert [line.fact for line in made] == ["ST does not comply", "c does not comply"]
    (clean,) = [line for line in lines(findings=known(finding(f"{WS}2"))).values() if line.area == "policy"]
    assert (clean.standing, clean.detail) == ("ok", "1 finding about other resources of the group.")


def test_a_variable_is_told_once_with_all_who_carry_it() -> None:
    def job(name: str, days: int, **suspects: str) -> JobVariables:
        return JobVariables(id=f"jobs/{name}", kind="job", name=name, created=NOW - timedelta(days=days),
                            owner="person01@example.com", suspects=suspects)  # fmt: skip

    made = lines(variables=known(job("old", 9, HF_TOKEN="name"), job("new", 1, HF_TOKEN="name"), job("clean", 0)))
    line = made["jobs/name/HF_TOKEN"]
    assert (line.about, line.fact) == ("HF_TOKEN = ********", "in 2 jobs")
    assert line.detail == "Its name promises a secret. In new, old. By person01@example.com."
    assert made["jobs/looked"].fact == "3 jobs, 0 deployments looked at"
    assert made["jobs/looked"].standing == "note"


def test_the_bound_on_jobs_is_said() -> None:
    jobs = [JobVariables(id=f"jobs/{number}", kind="job", name=f"{number}") for number in range(NEWEST)]
    line = lines(variables=known(*jobs))["jobs/looked"]
    assert (line.fact, line.standing) == ("the newest 500 jobs, 0 deployments looked at", "ok")


def test_names_are_quoted_in_commands() -> None:
    rule = OutboundRule(id="x", name="x; rm -rf /", destination="*", category="UserDefined", status="Active")
    made = lines(settings(isolation="AllowInternetOutbound", network_status="Active"), rules=known(rule))
    assert (made["network/rule/x; rm -rf /"].change or "").endswith("--rule 'x; rm -rf /'")
