"""Planted secrets never survive; clean documents come back as the same bytes."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.redact import redact, scrub
from services.secret_names import is_secret_name, is_secret_variable
from tests.services.planted import CANARY, CLEAN, FIELDS, KEY, TEXTS

WIRE = Path(os.environ.get("AMLDECK_WIRE", Path(__file__).parents[3] / "shared" / "wire"))


def clean_of(document: bytes, canary: str = CANARY) -> Any:
    redacted = redact(document)
    assert canary not in redacted.decode()
    return json.loads(redacted)


@pytest.mark.parametrize("name", FIELDS)
def test_a_secret_field_is_emptied_wherever_it_stands(name: str) -> None:
    clean_of(json.dumps({name: CANARY}).encode())
    clean_of(json.dumps({"a": [{"b": {name: CANARY, "c": 1}}]}).encode())
    clean_of(json.dumps({"environmentVariables": {name: CANARY}}).encode())
    clean_of(json.dumps({"env": [{"name": name, "value": CANARY}]}).encode())
    clean_of(json.dumps({"text": json.dumps({name: CANARY})}).encode())
    clean_of(json.dumps({"text": json.dumps({"inner": json.dumps({name: CANARY})})}).encode())
    clean_of(json.dumps({name: [CANARY, CANARY]}).encode())


@pytest.mark.parametrize("text", TEXTS)
def test_a_secret_inside_a_text_is_taken_out_and_the_text_kept(text: str) -> None:
    told = text.format(CANARY)
    assert CANARY not in scrub(told)
    found = clean_of(json.dumps({"a": told, "b": [told], "ünïcode": "é"}, ensure_ascii=False).encode())
    assert found["ünïcode"] == "é"
    clean_of(json.dumps({"nested": json.dumps({"a": told})}).encode())
    clean_of(json.dumps({told: "a key"}).encode())


def test_an_account_key_is_known_by_its_form() -> None:
    assert KEY not in redact(json.dumps({"a": f"the key {KEY} leaked"}).encode()).decode()


def test_a_command_line_in_pieces_is_cleaned_too() -> None:
    found = clean_of(json.dumps({"args": ["--lr", "0.1", "--password", CANARY, "--x"]}).encode())
    assert found["args"] == ["--lr", "0.1", "--password", "[redacted]", "--x"]


def test_a_wrapped_secret_is_taken_out() -> None:
    clean_of(json.dumps({"password": {"type": "SecureString", "value": CANARY}}).encode())


def test_a_secret_number_is_taken_out_where_only_a_secret_can_be() -> None:
    assert json.loads(redact(b'{"password": 12345678, "token": 5, "max_tokens": 512}')) == {
        "password": "[redacted]",
        "token": 5,
        "max_tokens": 512,
    }


def test_escapes_do_not_hide_a_secret() -> None:
    clean_of(b'{"\\u0070assword": "' + CANARY.encode() + b'"}')
    clean_of(b'{"a": "https://x/y?\\u0073ig\\u003d' + CANARY.encode() + b'"}')
    clean_of(b'{"a": "{\\u0022password\\u0022: \\u0022' + CANARY.encode() + b'\\u0022}"}')


def test_a_field_named_twice_does_not_hide_a_secret() -> None:
    clean_of(b'{"a": "sig=' + CANARY.encode() + b'", "a": "nothing"}')
    clean_of(b'{"password": "' + CANARY.encode() + b'", "password": ""}')


@pytest.mark.parametrize("document", CLEAN)
def test_a_clean_document_comes_back_as_the_same_bytes(document: dict[str, Any]) -> None:
    for raw in (
        json.dumps(document, indent=1).encode(),
        json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(),
    ):
        assert redact(raw) is raw or redact(raw) == raw
    nested = json.dumps({"inner": json.dumps(document)}).encode()
    assert redact(nested) == nested


def test_redacting_twice_changes_nothing_more() -> None:
    for text in TEXTS:
        once = redact(json.dumps({"a": text.format(CANARY), "password": CANARY}).encode())
        assert redact(once) == once


def test_numbers_keep_their_digits_when_a_document_is_rewritten() -> None:
    raw = b'{"password":"x","a":0.1234567890123456789,"b":12345678901234567890123,"c":1.10,"d":1E+5}'
    assert b"0.1234567890123456789" in redact(raw)
    assert b"12345678901234567890123" in redact(raw)
    assert json.loads(redact(raw))["d"] == 1e5


PLAIN = st.text(alphabet="abcdefghij klmnop ABC 0123456789 äöü€ 日本 \\\"'{}[]:,./-_ \n\t", max_size=30)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PLAIN, inner, max_size=4),
    max_leaves=12,
)
SECRETS = st.sampled_from(FIELDS)
FORMS = st.sampled_from(TEXTS)


@settings(max_examples=150, deadline=None)
@given(VALUES, SECRETS, st.sampled_from(["field", "pair", "env", "nested", "list"]), PLAIN)
def test_a_canary_in_a_secret_field_never_survives(around: Any, name: str, place: str, other: str) -> None:
    planted: dict[str, Any] = {
        "field": {name: CANARY},
        "pair": {"name": name, "value": CANARY},
        "env": {"environmentVariables": {name: CANARY}},
        "nested": {"x": json.dumps({name: CANARY})},
        "list": {"x": [around, {name: CANARY}]},
    }[place]
    for ascii_only in (True, False):
        raw = json.dumps({other: around, "planted": planted, "after": around}, ensure_ascii=ascii_only).encode()
        found = clean_of(raw)
        assert found["after"] == json.loads(raw)["after"] or CANARY not in json.dumps(found)


@settings(max_examples=150, deadline=None)
@given(VALUES, FORMS, st.sampled_from(["", "see ", "x; ", "\n", '"', "(", "url: "]))
def test_a_canary_in_a_text_never_survives(around: Any, text: str, before: str) -> None:
    told = before + text.format(CANARY)
    clean_of(json.dumps({"a": around, "b": {"c": [told]}}).encode())


@settings(max_examples=150, deadline=None)
@given(VALUES)
def test_documents_without_secrets_are_not_touched(value: Any) -> None:
    raw = json.dumps(value).encode()
    assert redact(raw) == raw


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_scrubbing_never_raises_and_never_grows_much(text: str) -> None:
    assert len(scrub(text)) <= len(text) + 200


def test_recorded_answers_are_touched_only_where_they_hold_a_signature() -> None:
    if not WIRE.is_dir():
        pytest.skip(f"NO RECORDED ANSWERS at {WIRE}: set AMLDECK_WIRE to their folder")
    touched: set[str] = set()
    for path in sorted(WIRE.glob("*/*.json")):
        body = json.loads(path.read_text()).get("body")
        raw = json.dumps(body).encode()
        after = redact(raw)
        if after != raw:
            touched.add(path.stem)
            assert not re.search(rb"sig=x{6}", after)
    assert touched == {"flow-run-logcontent", "details-pipeline-completed", "details-pipeline-running"}


@pytest.mark.parametrize("length", [50_000])
def test_long_texts_do_not_take_long(length: int) -> None:
    for piece in (
        "a",
        "=",
        "-",
        "key ",
        "password",
        "token=",
        "eyJ",
        "sig=",
        "--k ",
        "https://",
        ":",
        "x.y-z_",
        "A/",
        "'",
    ):
        scrub(piece * (length // len(piece)))
        redact(json.dumps({"a": piece * (length // len(piece))}).encode())


@pytest.mark.parametrize(
    "name",
    [
        "tokens",
        "tokenizer",
        "max_tokens",
        "key",
        "keys",
        "partitionKey",
        "publicKey",
        "secretName",
        "passRate",
        "monkey",
    ],
)
def test_names_that_only_sound_like_a_secret(name: str) -> None:
    assert not is_secret_name(name)


def test_environment_variables_are_judged_more_widely() -> None:
    assert is_secret_variable("MY_KEY")
    assert is_secret_variable("LICENSE_KEY_2")
    assert is_secret_variable("my_token")
    assert not is_secret_variable("TOKENIZERS_PARALLELISM")
    assert not is_secret_variable("KEY_VAULT_URI")
    assert not is_secret_variable("PYTHONPATH")
    assert not is_secret_variable("MAX_TOKENS")
