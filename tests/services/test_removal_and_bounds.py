"""Deleting a deployment, and changing between how many instances autoscale keeps one."""

from __future__ import annotations

from typing import Any

import pytest

from services.change import Change, Inverse
from services.emulator.asking import ask
from services.errors import Conflict, NotFound, Refused
from services.operations import follow, operation_url
from tests.services.emulated import Emulated

OCR = "/onlineEndpoints/ocr-batch"
GREEN = OCR + "/deployments/green"
MAIN = "/onlineEndpoints/geo-rank/deployments/main"


@pytest.fixture
def azure() -> Emulated:
    return Emulated()


def warnings(change: Change) -> list[str]:
    return [f"{note.label}: {note.text}" for note in change.notes if note.is_warning]


def setting(azure: Emulated, change: Change) -> Any:
    return ask(azure.world, "GET", change.call.url + "?api-version=2022-10-01").json()


def test_a_deployment_without_traffic_is_deleted_and_leaves_the_split_as_it_is(azure: Emulated) -> None:
    change = azure.plan("delete-deployment", GREEN)
    assert (change.typed, change.inverse, change.undo) == ("green", None, "")
    assert (change.rows[0].now, change.rows[0].after) == ("Succeeded", "deleted")
    assert [note.label for note in change.notes if note.is_warning] == ["way back"]
    answer = azure.send(change)
    assert azure.arm(GREEN).json()["properties"]["provisioningState"] == "Deleting"
    assert (azure.look(change).is_done, azure.look(change).is_moving) == (False, True)
    url = operation_url(azure.connection, answer)
    assert url is not None
    assert list(follow(azure.connection, url, clock=azure.clock))[-1].state == "succeeded"
    assert azure.arm(GREEN).status == 404
    assert azure.look(change).is_done
    assert azure.arm(OCR).json()["properties"]["traffic"] == {"blue": 100}


def test_what_answers_requests_or_their_copies_is_not_deleted(azure: Emulated) -> None:
    with pytest.raises(Conflict, match="blue gets 100 % of the traffic"):
        azure.plan("delete-deployment", OCR + "/deployments/blue")
    with pytest.raises(Conflict, match="shadow gets a copy of 20 % of the traffic"):
        azure.plan("delete-deployment", "/onlineEndpoints/geo-rank/deployments/shadow")
    for url in (OCR + "/deployments/blue", "/onlineEndpoints/geo-rank/deployments/shadow"):
        assert azure.arm(url, "DELETE").status == 400


def test_traffic_that_came_meanwhile_is_seen_before_anything_is_sent(azure: Emulated) -> None:
    change = azure.plan("delete-deployment", GREEN)
    azure.done("shift-traffic", OCR, traffic="blue=90 green=10")
    assert azure.look(change).fingerprint != change.seen


def test_the_bounds_of_autoscale_change_and_the_rest_of_the_setting_stays(azure: Emulated) -> None:
    url = "https://management.azure.com" + azure.place.id.partition("/providers/")[0]
    change = azure.plan("autoscale", MAIN, minimum="4", maximum="8")
    assert change.call.url.startswith(url + "/providers/Microsoft.Insights/autoscaleSettings/autoscale-geo-rank-main")
    assert [(row.label, row.now, row.after) for row in change.rows] == [
        ("minimum", "2", "4"), ("maximum", "6", "8"), ("default", "3", "4"),
    ]  # fmt: skip
    assert (change.typed, change.inverse) == ("", Inverse("autoscale", {"minimum": "2", "maximum": "6"}))
    assert "--workspace-name" not in change.az
    before = setting(azure, change)
    azure.send(change)
    after = setting(azure, change)
    capacity = after["properties"]["profiles"][0].pop("capacity")
    assert capacity == {"minimum": "4", "maximum": "8", "default": "4"}
    before["properties"]["profiles"][0].pop("capacity")
    assert after == before
    assert azure.look(change).is_done


def test_a_lower_maximum_wants_the_name_and_what_is_wrong_with_the_rules_is_said(azure: Emulated) -> None:
    change = azure.plan("autoscale", "/onlineEndpoints/embed/deployments/blue", minimum="1", maximum="3")
    assert change.typed == "embed"
    assert any("scale in says Increase" in warning for warning in warnings(change))


@pytest.mark.parametrize(
    ("low", "high", "why"),
    [("5", "2", "above the maximum"), ("x", "2", "no number"), ("1", "900", "no number"), ("", "", "no number")],
)
def test_bounds_that_make_no_sense_are_refused(azure: Emulated, low: str, high: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        azure.plan("autoscale", MAIN, minimum=low, maximum=high)


def test_without_a_setting_or_a_change_there_is_nothing_to_write(azure: Emulated) -> None:
    with pytest.raises(NotFound, match="has no autoscale setting"):
        azure.plan("autoscale", GREEN, minimum="1", maximum="2")
    with pytest.raises(Conflict, match="2 to 6 instances already"):
        azure.plan("autoscale", MAIN, minimum="2", maximum="6")
