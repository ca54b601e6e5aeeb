"""Traffic and scale: the whole endpoint goes back as it was read, but for one map."""

from __future__ import annotations

import shlex
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.change import Change, Inverse
from services.endpoint_verbs import put_body
from services.errors import Conflict, Refused
from services.operations import follow, operation_url, poll
from services.traffic import live, merged, said, split_of, split_text
from tests.services.emulated import Emulated

FRAUD = "/onlineEndpoints/fraud-score"
GREEN = FRAUD + "/deployments/green"


@pytest.fixture
def azure() -> Emulated:
    return Emulated()


def traffic(azure: Emulated, path: str = FRAUD) -> dict[str, int]:
    return azure.arm(path).json()["properties"]["traffic"]


def test_traffic_is_shifted_and_every_other_field_is_kept(azure: Emulated) -> None:
    before = azure.arm(FRAUD).json()
    change = azure.plan("shift-traffic", FRAUD, traffic="blue=30 green=70")
    assert [(row.label, row.now, row.after, row.share) for row in change.rows] == [
        ("blue", "90 %", "30 %", 0.3), ("green", "10 %", "70 %", 0.7),
    ]  # fmt: skip
    assert (change.typed, change.call.method) == ("fraud-score", "PUT")
    assert azure.look(change).fingerprint == change.seen
    answer = azure.send(change)
    assert answer.status == 201
    azure.forward(60)
    after = azure.arm(FRAUD).json()
    assert after["properties"]["traffic"] == {"blue": 30, "green": 70}
    assert after["systemData"]["lastModifiedAt"] > before["systemData"]["lastModifiedAt"]
    for document in (before, after):
        del document["properties"]["traffic"], document["systemData"]["lastModifiedAt"]
        del document["properties"]["properties"]["AzureAsyncOperationUri"]
    assert after == before
    assert azure.look(change).is_done


def test_a_reading_that_lags_is_moving_and_never_says_that_nothing_happened(azure: Emulated) -> None:
    change = azure.plan("shift-traffic", FRAUD, traffic="blue=30 green=70")
    azure.send(change)
    assert traffic(azure) == {"blue": 90, "green": 10}
    now = azure.look(change)
    assert (now.is_done, now.is_moving) == (False, True)
    assert now.fingerprint != change.seen
    azure.forward(2)
    assert traffic(azure) == {"blue": 30, "green": 70}
    assert not azure.look(change).is_done
    azure.forward(10)
    assert (azure.look(change).is_done, azure.look(change).is_moving) == (True, False)


def test_the_operation_is_followed_to_its_end_and_leaves_the_endpoint(azure: Emulated) -> None:
    answer = azure.send(azure.plan("shift-traffic", FRAUD, traffic="blue=30 green=70"))
    url = operation_url(azure.connection, answer)
    assert url is not None
    assert "/mfeOperationsStatus/oe:" in url
    shares = [one.percent for one in follow(azure.connection, url, clock=azure.clock)]
    assert shares[:-1] == sorted(share for share in shares if share is not None)
    result = poll(azure.connection, answer.headers["location"])
    assert (result.state, result.says) == ("succeeded", "Succeeded")


def test_undo_shifts_back_to_the_split_before(azure: Emulated) -> None:
    change = azure.done("shift-traffic", FRAUD, traffic="blue=30 green=70")
    assert change.inverse == Inverse("shift-traffic", {"traffic": "blue=90 green=10"})
    assert azure.look(change).is_done
    azure.done("shift-traffic", FRAUD, **change.inverse.answers)
    assert traffic(azure) == {"blue": 90, "green": 10}


def test_a_split_that_was_set_stays_where_the_story_would_have_moved_on(azure: Emulated) -> None:
    azure.done("shift-traffic", FRAUD, traffic="blue=30 green=70")
    for _ in range(26):
        azure.forward(1_800)
        assert traffic(azure) == {"blue": 30, "green": 70}


def test_a_put_without_traffic_takes_every_deployment_off_line(azure: Emulated) -> None:
    body = azure.arm(FRAUD).json()
    del body["properties"]["traffic"]
    assert azure.arm(FRAUD, "PUT", body).status == 201
    azure.forward(60)
    assert traffic(azure) == {}


@pytest.mark.parametrize(
    ("split", "said"),
    [({"blue": 60, "green": 60}, "sum of traffic is 120"), ({"blue": 60}, "sum of traffic is 60"),
     ({"red": 100}, "deployment red does not exist"), ({"blue": -1, "green": 101}, "traffic for deployment blue"),
     ({"blue": "100"}, "traffic for deployment blue")],
)  # fmt: skip
def test_azure_refuses_a_split_that_is_wrong_and_changes_nothing(azure: Emulated, split: Any, said: str) -> None:
    body = azure.arm(FRAUD).json()
    body["properties"]["traffic"] = split
    refused = azure.arm(FRAUD, "PUT", body)
    assert (refused.status, refused.json()["error"]["code"]) == (400, "UserError")
    assert said in refused.json()["error"]["message"]
    assert azure.world.changes.made == ()
    assert traffic(azure) == {"blue": 90, "green": 10}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "No shares of traffic"), ("blue", "no share"), ("blue=ten", "no share"), ("blue=101", "no share"),
        ("blue=-1 green=101", "no share"), ("blue=50 blue=50", "no share"), ("blue=50.5 green=49.5", "no share"),
        ("red=100 blue=0 green=0", "red is no deployment"), ("blue=60 green=60", "add up to 120"),
        ("blue=60", "add up to 70, not to 100 with green=10 as it is"), ("blue=0 green=0", "be answered 404"),
        ("Blue=40 blue=60 green=0", "named twice"),
    ],
)  # fmt: skip
def test_a_split_that_is_wrong_is_refused_before_anything_is_sent(azure: Emulated, text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        azure.plan("shift-traffic", FRAUD, traffic=text)
    assert not azure.world.log.entries("PUT ")


def test_deployments_that_are_not_named_keep_their_share() -> None:
    assert merged({"a": 50, "b": 30, "c": 20}, {"a": 30, "b": 50}, ["a", "b", "c"]) == {"a": 30, "b": 50, "c": 20}


def test_the_same_split_again_and_an_endpoint_that_is_updated_are_refused(azure: Emulated) -> None:
    with pytest.raises(Conflict, match="split so already: blue 90 % and green 10 %"):
        azure.plan("shift-traffic", FRAUD, traffic="blue=90 green=10")
    with pytest.raises(Conflict, match="is Updating: wait"):
        azure.plan("shift-traffic", "/onlineEndpoints/price-elast", traffic="blue=100")
    body = azure.arm("/onlineEndpoints/price-elast").json()
    assert azure.arm("/onlineEndpoints/price-elast", "PUT", body).status == 409


def test_an_endpoint_without_traffic_is_brought_back_but_that_cannot_be_undone(azure: Emulated) -> None:
    change = azure.plan("shift-traffic", "/onlineEndpoints/fraud-old", traffic="blue=100")
    assert (change.inverse, change.undo) == (None, "")
    azure.send(change)
    azure.forward(60)
    assert traffic(azure, "/onlineEndpoints/fraud-old") == {"blue": 100}


def warnings(change: Change) -> list[str]:
    return [f"{note.label}: {note.text}" for note in change.notes if note.is_warning]


def test_the_plan_warns_of_what_cannot_carry_the_traffic(azure: Emulated) -> None:
    small = azure.plan("shift-traffic", FRAUD, traffic="blue=10 green=90")
    assert warnings(small) == ["green: 2 of 8 instances would get 90 % of the requests: scale it first"]
    broken = azure.plan("shift-traffic", "/onlineEndpoints/embed", traffic="blue=80 green=20")
    assert warnings(broken) == ["green: it is Failed and would get 20 % of the requests"]
    mirrored = azure.plan("shift-traffic", "/onlineEndpoints/geo-rank", traffic="main=90 shadow=10")
    assert any("mirrored traffic" in one for one in warnings(mirrored))
    assert msgspec.to_builtins(mirrored.call.body)["properties"]["mirrorTraffic"] == {"shadow": 20}
    assert warnings(azure.plan("shift-traffic", FRAUD, traffic="blue=100 green=0")) == []


def test_an_endpoint_that_changed_meanwhile_has_another_fingerprint(azure: Emulated) -> None:
    change = azure.plan("shift-traffic", FRAUD, traffic="blue=100 green=0")
    azure.done("shift-traffic", FRAUD, traffic="blue=50 green=50")
    assert azure.look(change).fingerprint != change.seen
    again = azure.plan("shift-traffic", FRAUD, traffic="blue=100 green=0")
    azure.done("scale", GREEN, instances="3")
    assert azure.look(again).fingerprint != again.seen


def test_a_lost_reply_is_settled_by_reading_back(azure: Emulated) -> None:
    change = azure.plan("shift-traffic", FRAUD, traffic="blue=100 green=0")
    azure.arm(FRAUD, "PUT", change.call.body)
    assert azure.look(change).is_moving
    azure.forward(30)
    assert azure.look(change).is_done
    other = azure.plan("shift-traffic", FRAUD, traffic="blue=50 green=50")
    seen = azure.look(other)
    assert (seen.is_done, seen.is_moving, seen.fingerprint) == (False, False, other.seen)


def test_fields_nobody_knows_go_back_as_they_came(azure: Emulated) -> None:
    raw = {**azure.arm(FRAUD).json(), "zones": ["1"], "etag": "x"}
    raw["properties"]["novelty"] = {"depth": [1, None]}
    body = put_body(raw, {"blue": 100})
    assert (body["zones"], body["etag"], body["properties"]["novelty"]) == (["1"], "x", {"depth": [1, None]})
    assert set(raw) - set(body) == {"id", "name", "type", "systemData"}
    assert set(raw["properties"]) - set(body["properties"]) == {"provisioningState", "scoringUri", "swaggerUri"}
    assert body["identity"] == {"type": "SystemAssigned"}
    assert body["properties"]["properties"] == raw["properties"]["properties"]


def test_the_az_command_quotes_the_split(azure: Emulated) -> None:
    words = shlex.split(azure.plan("shift-traffic", FRAUD, traffic="blue=30,green=70").az)
    assert words[:7] == ["az", "ml", "online-endpoint", "update", "--name", "fraud-score", "--traffic"]
    assert words[7] == "blue=30 green=70"


NAMES = ("blue", "green", "canary")
SHARES = st.integers(-5, 130)
SPLITS = st.dictionaries(st.sampled_from(NAMES), st.integers(0, 100), max_size=3)


@given(now=SPLITS, asked=st.dictionaries(st.sampled_from((*NAMES, "ghost")), SHARES, max_size=4), known=st.sets(
    st.sampled_from(NAMES)))  # fmt: skip
def test_no_split_that_is_accepted_leaves_anything_but_a_whole(
    now: dict[str, int], asked: dict[str, int], known: set[str]
) -> None:
    try:
        after = merged(now, split_of(split_text(asked)), sorted(known))
    except Refused:
        return
    assert sum(after.values()) == 100
    assert set(live(after)) <= known
    assert live(after)
    assert {name: after[name] for name in asked} == asked
    assert {name: share for name, share in after.items() if name not in asked} == {
        name: share for name, share in now.items() if name not in asked
    }


def test_an_empty_answer_is_told_what_is_missing() -> None:
    with pytest.raises(Refused, match="No shares of traffic were named; write blue=10 green=90"):
        split_of("  ")


@given(st.text(max_size=40))
def test_any_text_is_a_split_or_refused(text: str) -> None:
    try:
        found = split_of(text)
    except Refused:
        return
    assert found
    assert all(0 <= share <= 100 for share in found.values())
    assert split_of(split_text(found)) == found
    assert said(found)
