"""Alerts on a workspace and below it: found page by page, said in Pulse, acknowledged, and over once it is mended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from services.alert_attention import of_alerts, of_rules
from services.alert_rules import AlertRule, list_alert_rules
from services.alerts import PROVIDER, Alert, list_alerts
from services.errors import Forbidden, Refused
from services.parsing import id_key
from services.records import WorkspaceRef
from services.verbs import VERBS
from tests.services.answering import Azure, as_json
from tests.services.emulated import Emulated

REF = WorkspaceRef("sub", "group", "ml")
FIRED = datetime(2026, 11, 21, 13, 42, tzinfo=UTC)


def listed(azure: Emulated, **more: Any) -> list[Alert]:
    return [one for page in list_alerts(azure.connection, azure.ref, **more) for one in page.records]


def rules(azure: Emulated) -> list[AlertRule]:
    return [one for page in list_alert_rules(azure.connection, azure.ref, at=azure.at) for one in page.records]


def test_an_alert_fires_minutes_after_the_onset_and_is_listed_over_as_many_pages_as_it_takes() -> None:
    azure = Emulated(runs=10, scenario="bad-deployment")
    groups = {one.id: one.notifies for one in rules(azure)}
    found = listed(azure, groups=groups, page_size=4)
    assert found == listed(azure, groups=groups)
    assert azure.connection.calls.requests > 5
    first = found[0]
    assert (first.name, first.severity, first.state, first.condition) == (
        "fraud-score-failing-requests", "Sev1", "New", "Fired")  # fmt: skip
    assert (first.target_kind, first.endpoint, first.fired) == ("endpoint", "fraud-score", FIRED)
    assert (first.notifies, first.is_open) == (("ag-ml-oncall",), True)
    assert {one.condition for one in found[2:]} == {"Resolved"}
    assert [one.fired for one in found] == sorted((one.fired for one in found if one.fired), reverse=True)
    quiet = Emulated(runs=10, scenario="quiet")
    assert [one.name for one in listed(quiet) if one.is_open] == ["unusable-nodes"]


def test_it_is_acknowledged_taken_back_and_resolved_once_the_traffic_is_back() -> None:
    azure = Emulated(runs=10, scenario="bad-deployment")
    one = next(one for one in listed(azure) if one.is_open)
    target = f"{one.below}/providers/Microsoft.AlertsManagement/alerts/{one.id}"
    change = azure.plan("alert-state", target, state="acknowledged")
    assert "az rest --method post" in change.az
    azure.send(change)
    assert azure.look(change).is_done
    seen = next(alert for alert in listed(azure) if alert.id == one.id)
    assert (seen.state, seen.changed_by) == ("Acknowledged", "person01@example.com")
    with pytest.raises(Refused, match="acknowledged already"):
        azure.plan("alert-state", target, state="acknowledged")
    assert change.inverse is not None
    azure.done(change.inverse.verb, target, **change.inverse.answers)
    assert next(alert for alert in listed(azure) if alert.id == one.id).state == "New"
    closing = azure.plan("alert-state", target, state="closed")
    assert any(note.label == "still fires" and note.is_warning for note in closing.notes)
    azure.done("shift-traffic", "/onlineEndpoints/fraud-score", traffic="blue=100 green=0")
    azure.forward(15 * 60)
    over = next(alert for alert in listed(azure) if alert.id == one.id)
    assert (over.condition, over.is_open) == ("Resolved", False)


@pytest.mark.parametrize("target", ["/onlineEndpoints/a", "/providers/Microsoft.Compute/alerts/x", f"{PROVIDER}/x", ""])
def test_what_is_no_alert_is_not_asked_for(target: str) -> None:
    azure = Azure(lambda _: as_json({}))
    with pytest.raises(Refused):
        VERBS["alert-state"].plan(azure.connection, REF, target, {"state": "closed"})
    assert azure.paths == []


def test_who_may_not_see_the_subscription_is_shown_the_group_and_else_the_reason() -> None:
    narrow = Emulated(runs=10, person=4)
    assert listed(narrow)
    asked = [one.path for one in narrow.world.log.entries() if one.path.endswith("/alerts")]
    assert [path.count("/") for path in asked] == [5, 7]
    shut = Emulated(runs=10)
    shut.fault("AlertsManagement", status=403)
    with pytest.raises(Forbidden) as told:
        listed(shut)
    assert told.value.action == "Microsoft.AlertsManagement/alerts/read"


def test_a_busy_service_is_asked_again() -> None:
    azure = Emulated(runs=10)
    azure.fault("AlertsManagement", status=429, retry_after=3, times=1)
    assert listed(azure)
    assert azure.clock.at >= 3


def test_a_kind_of_rule_that_is_refused_leaves_the_other_and_both_refused_is_said() -> None:
    azure = Emulated(runs=10)
    azure.fault("scheduledQueryRules", status=403)
    pages = list(list_alert_rules(azure.connection, azure.ref, at=azure.at))
    assert [one.item for page in pages for one in page.set_aside] == ["scheduledQueryRules"]
    assert not any(page.is_last for page in pages)
    found = {one.name: one for page in pages for one in page.records}
    assert "web-cpu" not in found
    assert (found["geo-rank-failing-requests"].is_mute, found["failed-runs"].is_mute) == (True, False)
    assert found["fraud-score-p95"].watches == "RequestLatency_P95 above 400"
    azure.fault("metricAlerts", status=403)
    with pytest.raises(Forbidden):
        rules(azure)


def test_only_what_is_ours_is_kept_in_any_case_and_odd_ones_are_set_aside() -> None:
    def alert(key: str, target: str | None, rule: str | None = None) -> dict[str, Any]:
        essentials = {"targetResource": target, "alertRule": rule, "startDateTime": "2026-11-21T13:42:00Z"}
        return {"id": f"/x/alerts/{key}" if key else None, "properties": {"essentials": essentials}}

    insights = "/subscriptions/sub/resourceGroups/group/providers/microsoft.insights/components/ai"
    portal = "https://portal.example/#Workspace/rule"
    azure = Azure(lambda _: as_json({"value": [
        alert("1", REF.id.upper() + "/ONLINEENDPOINTS/A/DEPLOYMENTS/Blue", portal), alert("2", REF.id + "-two"),
        alert("3", insights.upper()), alert("4", None), alert("", REF.id), {"id": "/x/alerts/5"},
    ]}))  # fmt: skip
    (page,) = list_alerts(azure.connection, REF, beside=[insights])
    assert [(one.id, one.target_kind, one.below is None) for one in page.records] == [
        ("1", "deployment", False), ("3", None, True)]  # fmt: skip
    assert (page.records[0].rule, page.records[0].notifies, page.records[0].endpoint) == (None, None, "A")
    assert len(page.set_aside) == 2


def test_pulse_ranks_alerts_by_their_severity_and_by_whether_somebody_has_seen_them() -> None:
    def one(severity: str | None, state: str | None = "New", condition: str | None = "Fired") -> Alert:
        return Alert(id="1", name="a", severity=severity, state=state, condition=condition, notifies=(), changed_by="x")

    def said(*alerts: Alert) -> list[str]:
        return [line.severity for line in of_alerts(alerts)]

    assert said(*(one(name) for name in ("Sev0", "Sev1", "Sev2", "Sev3", None))) == [
        "critical", "critical", "warning", "note", "note"]  # fmt: skip
    assert said(one("Sev1", "Acknowledged"), one("Sev2", "Acknowledged")) == ["warning", "note"]
    assert said(one("Sev0", "Closed"), one("Sev0", condition="Resolved")) == []
    (line,) = of_alerts([one("Sev1", "Acknowledged")])
    assert (line.why, line.owner) == ("Sev1; acknowledged by x; its rule tells nobody", "x")
    mute = [AlertRule(id=id_key(name), name=name, kind="metric", is_mute=True) for name in "edcba"]
    (line,) = of_rules(mute)
    assert (line.what, line.why) == ("5 alert rules tell nobody", "a, b, c, d and 1 more: no action group")
    assert list(of_rules([AlertRule(id="/x", name="x", kind="log", notifies=("ag",))])) == []
