"""Scaling a deployment: done, refused, out of quota, and back."""

from __future__ import annotations

import pytest

from services.change import Change, Inverse
from services.errors import Conflict, NotFound, Refused
from services.operations import follow, operation_url
from tests.services.emulated import Emulated

FRAUD = "/onlineEndpoints/fraud-score"
GREEN = FRAUD + "/deployments/green"


@pytest.fixture
def azure() -> Emulated:
    return Emulated()


def warnings(change: Change) -> list[str]:
    return [f"{note.label}: {note.text}" for note in change.notes if note.is_warning]


def test_a_deployment_gets_more_instances_and_its_old_number_back(azure: Emulated) -> None:
    change = azure.plan("scale", GREEN, instances="4")
    assert (change.typed, change.name) == ("", "fraud-score/green")
    assert [(row.now, row.after) for row in change.rows] == [("2", "4")]
    answer = azure.send(change)
    assert answer.status == 202
    assert azure.arm(GREEN).json()["properties"]["provisioningState"] == "Updating"
    assert (azure.look(change).is_done, azure.look(change).is_moving) == (False, True)
    url = operation_url(azure.connection, answer)
    assert url is not None
    going = list(follow(azure.connection, url, clock=azure.clock))
    assert ({one.says for one in going[:-1]}, going[-1].state) == ({"Updating"}, "succeeded")
    assert azure.arm(GREEN).json()["sku"]["capacity"] == 4
    assert azure.look(change).is_done
    assert change.inverse == Inverse("scale", {"instances": "2"})
    back = azure.done("scale", GREEN, instances="2")
    assert azure.look(back).is_done
    assert azure.arm(GREEN).json()["sku"]["capacity"] == 2


def test_fewer_instances_want_the_name_and_say_what_each_of_the_rest_gets(azure: Emulated) -> None:
    change = azure.plan("scale", FRAUD + "/deployments/blue", instances="3")
    assert change.typed == "fraud-score"
    assert warnings(change) == ["load: it has 90 % of the traffic; each instance left gets 100 % more requests"]


def test_more_than_the_quota_fails_later_and_keeps_the_old_number(azure: Emulated) -> None:
    change = azure.plan("scale", GREEN, instances="30")
    answer = azure.send(change)
    url = operation_url(azure.connection, answer)
    assert url is not None
    ended = list(follow(azure.connection, url, clock=azure.clock))[-1]
    assert ended.state == "failed"
    assert ended.says.startswith("Not enough quota available for Standard_F4s_v2")
    assert azure.arm(GREEN).json()["sku"]["capacity"] == 2
    seen = azure.look(change)
    assert (seen.is_done, seen.is_moving) == (False, False)
    azure.forward(120)
    states = [one["status"]["value"] for one in azure.events() if one["resourceId"].endswith(GREEN)]
    assert states == ["Failed", "Accepted", "Started"]


@pytest.mark.parametrize("text", ["", "0", "-1", "51", "two", "2.5", "9" * 30, "\u0664"])
def test_a_number_that_is_none_is_refused(azure: Emulated, text: str) -> None:
    with pytest.raises(Refused, match="1 to 50"):
        azure.plan("scale", GREEN, instances=text)


def test_azure_refuses_more_than_it_has_and_a_deployment_that_is_updated(azure: Emulated) -> None:
    assert azure.arm(GREEN, "PATCH", {"sku": {"capacity": 51}}).status == 400
    assert azure.arm(GREEN, "PATCH", {}).status == 400
    busy = "/onlineEndpoints/price-elast/deployments/blue"
    assert azure.arm(busy, "PATCH", {"sku": {"capacity": 2}}).status == 409
    with pytest.raises(Conflict, match="is Updating"):
        azure.plan("scale", busy, instances="2")
    with pytest.raises(NotFound):
        azure.plan("scale", FRAUD + "/deployments/red", instances="2")
    with pytest.raises(Conflict, match="has 2 instances already"):
        azure.plan("scale", GREEN, instances="2")
