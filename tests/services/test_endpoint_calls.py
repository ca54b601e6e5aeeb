"""A test call is sent once, behind the lock, to Azure's own hosts; what it cannot call it explains."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from services.answer_difference import compare_answers
from services.calls import Call
from services.clouds import CHINA, PUBLIC
from services.connection import Connection
from services.emulator.asking import ask
from services.emulator.transport import FakeCredential, in_process
from services.emulator.world import World
from services.endpoint_calls import (
    LARGEST,
    Outcome,
    checked_payload,
    make_calls,
    meaning_of,
    plan_call,
    why_not_called,
)
from services.endpoint_keys import Secret
from services.endpoints import Endpoint
from services.errors import ForeignHost, ReadOnly, Refused, ServiceError
from services.records import WorkspaceRef
from services.scoring import Scored, score
from tests.services.answering import Asked, Azure, Given, as_json
from tests.services.emulated import NOON, Emulated

REF = WorkspaceRef("sub", "group", "ml")
URI = "https://churn.westeurope.inference.ml.azure.com/score"
PAYLOAD = b'{"input_data": {"data": [[1, 2.50], [3, 4]]}}'


def endpoint_with_keys(asked: Asked) -> Given:
    """What ARM says of churn."""
    if asked.path.endswith("/listKeys"):
        return as_json({"primaryKey": "k" * 32, "secondaryKey": "s" * 32})
    return as_json({"name": "churn", "properties": {"authMode": "Key", "scoringUri": URI}})


def answering(status: int, headers: dict[str, str] | None = None, body: bytes = b"{}") -> Azure:
    """An endpoint with keys that answers so."""

    def answer(asked: Asked) -> Given:
        if not asked.host.endswith("inference.ml.azure.com"):
            return endpoint_with_keys(asked)
        return Given(body, status, headers or {})

    return Azure(answer, unlocked=REF.id)


def called(azure: Azure, *deployments: str) -> tuple[Outcome, ...]:
    return make_calls(azure.connection, REF, plan_call(azure.connection, REF, "churn", deployments), PAYLOAD)


def reached(azure: Azure) -> list[Asked]:
    return [one for one in azure.asked if one.host.endswith("inference.ml.azure.com")]


@pytest.mark.parametrize("status", [200, 302, 401, 408, 424, 429, 500, 503])
def test_whatever_comes_back_is_an_answer_and_nothing_is_sent_twice(status: int) -> None:
    azure = answering(status, {"location": "https://evil.example/score", "retry-after": "1", "x-ms-request-id": "r1"})
    (outcome,) = called(azure)
    assert outcome.scored is not None
    assert (outcome.scored.status, outcome.scored.request_id, outcome.is_good) == (status, "r1", status == 200)
    assert len(reached(azure)) == 1
    assert all(one.host != "evil.example" for one in azure.asked)
    if status == 302:
        assert "redirects to evil.example" in meaning_of(outcome.scored)


def test_a_key_goes_to_no_foreign_host_and_nowhere_while_writing_is_locked() -> None:
    azure = answering(200)
    for url in ("https://churn.inference.ml.azure.com.evil.example/score", "http://churn.x.inference.ml.azure.com/score",
                "https://inference.ml.azure.com/score", "https://management.azure.com/score"):  # fmt: skip
        with pytest.raises(ForeignHost):
            score(azure.connection, REF, Call(url=url, method="POST", body={}, audience="score"), Secret("k"))
    other = WorkspaceRef("sub", "group", "other")
    call = Call(url=URI, method="POST", body={}, audience="score")
    with pytest.raises(ReadOnly, match="writing is locked"):
        score(azure.connection, other, call, Secret("k"))
    azure.connection.lock.close()
    with pytest.raises(ReadOnly):
        score(azure.connection, REF, call, Secret("k"))
    assert azure.asked == []
    with pytest.raises(ServiceError):
        azure.connection.write(call)
    target = plan_call(azure.connection, REF, "churn")
    with pytest.raises(ReadOnly):
        make_calls(azure.connection, REF, target, PAYLOAD)
    assert not any(one.path.endswith("/listKeys") for one in azure.asked)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scoring_uri": "http://20.1.2.3/api/v1/endpoint/churn/score", "kind": "K8S"}, "over plain http"),
        ({"scoring_uri": "https://scoring.contoso.example/score", "kind": "K8S"}, "its cluster's own"),
        ({"scoring_uri": "https://u@x.westeurope.inference.ml.azure.com/score"}, "names a user"),
        ({"scoring_uri": None}, "no address to call yet"),
        ({"auth_mode": "Magic"}, "is not known: Magic"),
        ({"scoring_uri": "https://x.chinaeast2.inference.ml.azure.cn/score"}, "not Azure's"),
    ],
)  # fmt: skip
def test_an_endpoint_that_is_not_called_says_why(change: dict[str, Any], words: str) -> None:
    endpoint = Endpoint(id="churn", name="churn", auth_mode="Key", scoring_uri=URI, kind="Managed")
    assert why_not_called(PUBLIC, endpoint) is None
    assert words in (why_not_called(PUBLIC, msgspec.structs.replace(endpoint, **change)) or "")
    if "chinaeast2" in str(change):
        assert why_not_called(CHINA, msgspec.structs.replace(endpoint, **change)) is None


def test_what_is_no_payload_is_not_sent() -> None:
    for wrong, words in (
        (b"{", "no JSON"),
        (b" " * (LARGEST + 1), "larger than 1,024 KB"),
        (b"[" * 90, "nested deeper"),
    ):
        with pytest.raises(Refused, match=words):
            checked_payload(wrong)
    azure = answering(200)
    for name in ("blue\r\nX: y", "", "a" * 80):
        with pytest.raises(Refused, match="no name of a deployment"):
            plan_call(azure.connection, REF, "churn", [name])
    assert azure.asked == []


def test_a_payload_arrives_as_it_was_written_and_no_error_holds_the_key() -> None:
    number = 123456789012345678901234567890
    broken: list[object] = []

    def answer(asked: Asked) -> Given:
        if not asked.host.endswith("inference.ml.azure.com"):
            return endpoint_with_keys(asked)
        broken.append(asked.body)
        raise OSError("broke with Authorization: Bearer " + "k" * 32)

    azure = Azure(answer, unlocked=REF.id)
    target = plan_call(azure.connection, REF, "churn")
    (outcome,) = make_calls(azure.connection, REF, target, f'{{"id": {number}}}'.encode())
    assert broken == [{"id": number}]
    assert "Whether the model ran is not known" in outcome.problem
    assert "kkk" not in outcome.problem


@pytest.mark.parametrize("name", ["churn", "embed", "fraud-score"])
def test_each_way_of_authentication_is_answered_and_counted_in_the_traffic(name: str) -> None:
    azure = Emulated(runs=20)
    target = plan_call(azure.connection, azure.ref, name)
    (outcome,) = make_calls(azure.connection, azure.ref, target, PAYLOAD)
    scored = outcome.scored
    assert scored is not None
    assert scored.status == 200, scored.body
    assert scored.answered_by in ("blue", "green")
    assert scored.first_byte is not None
    assert len(json.loads(scored.body)["predictions"]) == 2
    (counted,) = azure.world.changes.called
    assert (counted.endpoint, counted.id, counted.code) == (name, scored.request_id, 200)
    host = f"{name}.{azure.place.region}.inference.ml.azure.com"
    assert azure.connection.calls.by_host[host] == 1


def test_the_emulator_turns_away_a_wrong_key_and_a_token_for_something_else() -> None:
    azure = Emulated(runs=20)
    for name, code in (("churn", "key_auth_access_denied"), ("embed", "token_auth_access_denied"),
                       ("fraud-score", "aad_auth_invalid_token"), ("nothing", "NotFound")):  # fmt: skip
        url = f"https://{name}.{azure.place.region}.inference.ml.azure.com/score"
        refused = ask(azure.world, "POST", url, body={})
        assert (refused.status, refused.json()["error"]["code"]) == (404 if name == "nothing" else 401, code)
    assert azure.world.changes.called == []


def test_a_call_meets_the_trouble_of_the_scenario_and_another_deployment_does_not() -> None:
    azure = Emulated(runs=20)
    world = World(runs=20, clock=lambda: NOON, scenario="bad-deployment")
    connection = Connection(FakeCredential(clock=lambda: NOON), transport=in_process(world), now=lambda: NOON,
                            lock=azure.lock)  # fmt: skip
    target = plan_call(connection, azure.ref, "fraud-score", ["green", "blue"])
    seen: dict[str, list[Scored]] = {"green": [], "blue": []}
    for _ in range(8):
        for outcome in make_calls(connection, azure.ref, target, PAYLOAD):
            assert outcome.scored is not None
            seen[outcome.deployment].append(outcome.scored)
    assert {one.status for one in seen["blue"]} == {200}
    failed = [one for one in seen["green"] if one.status == 424]
    assert failed
    assert failed[0].model_status == 500
    assert "model" in meaning_of(failed[0])
    unknown = plan_call(connection, azure.ref, "fraud-score", ["violet"])
    (missing,) = make_calls(connection, azure.ref, unknown, PAYLOAD)
    assert missing.scored is not None
    assert (missing.scored.status, b"violet" in missing.scored.body) == (404, True)
    closed = plan_call(connection, azure.ref, "nlu-intent")
    (refused,) = make_calls(connection, azure.ref, closed, PAYLOAD)
    assert refused.scored is not None
    assert (refused.scored.status, "closed to the public network" in meaning_of(refused.scored)) == (403, True)


def test_answers_are_compared_field_by_field() -> None:
    found = compare_answers([b'{"p": [{"s": 0.5}, {"s": 1}], "m": "a"}', b'{"p": [{"s": 0.5}], "m": "b", "x": {}}'])
    assert [(one.path, one.values, one.differs) for one in found.fields] == [
        ("p[0].s", ("0.5", "0.5"), False), ("p[1].s", ("1", None), True), ("m", ('"a"', '"b"'), True),
        ("x", (None, "{}"), True),
    ]  # fmt: skip
    assert found.differing == 3
    assert compare_answers([b"not JSON", b"not JSON"]).differing == 0
    assert compare_answers([b"[" * 100_000, b"1"]).differing == 1
