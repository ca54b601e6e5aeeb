"""Keys of endpoints: read once when asked for, silent wherever they are printed, another one after regenerating."""

from __future__ import annotations

import pickle

import msgspec
import pytest

from services.calls import Call
from services.endpoint_keys import Secret, Which, read_secret
from services.errors import Conflict, Malformed, ReadOnly, Refused, ServiceError
from services.operations import operation_url, poll
from services.records import WorkspaceRef
from tests.services.answering import Azure, as_json
from tests.services.emulated import Emulated

REF = WorkspaceRef("sub", "group", "ml")
CHURN = "/onlineEndpoints/churn"


@pytest.fixture
def azure() -> Emulated:
    return Emulated(runs=30)


def key(azure: Emulated, which: Which, endpoint: str = "churn") -> str:
    return read_secret(azure.connection, azure.ref, endpoint, which).reveal()


def test_regenerating_one_key_changes_that_one_and_is_in_the_activity_log(azure: Emulated) -> None:
    primary, secondary = key(azure, "primary"), key(azure, "secondary")
    assert primary != secondary
    change = azure.plan("regenerate-key", CHURN, key="primary")
    assert (change.typed, change.inverse, change.call.body) == ("churn", None, {"keyType": "Primary"})
    assert azure.look(change).fingerprint == change.seen
    answer = azure.send(change)
    url = operation_url(azure.connection, answer)
    assert url is not None
    assert poll(azure.connection, url).state == "running"
    azure.forward(60)
    assert poll(azure.connection, url).state == "succeeded"
    assert azure.look(change).is_done is None
    assert (key(azure, "primary") != primary, key(azure, "secondary")) == (True, secondary)
    azure.forward(90)
    seen = [event["operationName"]["value"] for event in azure.events()]
    assert any(name.endswith("onlineEndpoints/regenerateKeys/action") for name in seen)
    assert primary not in msgspec.json.encode(azure.events()).decode()


def test_a_token_says_when_it_ends_and_what_an_endpoint_has_not_is_a_sentence(azure: Emulated) -> None:
    token = read_secret(azure.connection, azure.ref, "embed", "token")
    assert token.expires is not None
    assert (token.expires - azure.at).total_seconds() == pytest.approx(12 * 3600, abs=2)
    with pytest.raises(Conflict, match="It has no primary key"):
        key(azure, "primary", "embed")
    with pytest.raises(ServiceError, match="does not use token authentication"):
        key(azure, "token")
    with pytest.raises(Conflict, match="it has no keys"):
        azure.plan("regenerate-key", "/onlineEndpoints/embed", key="primary")
    with pytest.raises(Refused, match="none of its keys"):
        azure.plan("regenerate-key", CHURN, key="third")


def test_only_a_call_that_says_so_reads_keys_and_nothing_is_read_twice() -> None:
    answers = iter([503, 200])
    azure = Azure(lambda _: as_json({"primaryKey": "k" * 32, "secondaryKey": None}, next(answers)))
    path = f"{REF.id}/onlineEndpoints/e/listKeys"
    with pytest.raises(ReadOnly):
        azure.connection.read(Call(url=f"https://management.azure.com{path}", method="POST"))
    other = f"https://management.azure.com{REF.id}/listKeys"
    with pytest.raises(ReadOnly):
        azure.connection.read(Call(url=other, method="POST", asks_secret=True))
    with pytest.raises(ServiceError):
        read_secret(azure.connection, REF, "e", "primary")
    assert azure.paths == [f"POST {path}"]
    assert read_secret(azure.connection, REF, "e", "primary").reveal() == "k" * 32


@pytest.mark.parametrize(
    "answer", [{"primaryKey": "a\x1b]52;c;x\x07"}, {"primaryKey": "x" * 20_000}, {"primaryKey": 7}]
)
def test_what_is_no_key_is_not_taken_and_not_told(answer: dict[str, object]) -> None:
    azure = Azure(lambda _: as_json(answer))
    with pytest.raises(Malformed) as told:
        read_secret(azure.connection, REF, "e", "primary")
    assert "x" * 20 not in str(told.value)
    assert told.value.__cause__ is None


def test_a_secret_says_nothing_of_itself() -> None:
    secret = Secret("k" * 32)
    assert "kkk" not in f"{secret} {secret!r}"
    with pytest.raises(TypeError):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        msgspec.json.encode(secret)
