"""The innermost useful sentence of an error, however deep it is wrapped."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from services.calls import Answer, Call
from services.sentences import explain
from services.translating import translate

CALL = Call(url="https://management.azure.com/x")


def answer(status: int, body: object) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(call=CALL, status=status, body=raw, headers={}, fetched_at=datetime(2026, 11, 21, tzinfo=UTC))


SENTENCE = "The real reason is this."


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"code": "A", "message": SENTENCE}},
        {"Error": {"Code": "A", "Message": SENTENCE}},
        {"code": "A", "message": SENTENCE},
        {"Message": SENTENCE},
        {"error": {"code": "A", "message": "An error occurred.", "details": [{"code": "B", "message": SENTENCE}]}},
        {
            "error": {
                "code": "A",
                "message": "Outer text that is less.",
                "innererror": {"code": "B", "message": SENTENCE},
            }
        },
        {"error": {"code": "A", "message": "x y", "innerError": {"innerError": {"code": "C", "message": SENTENCE}}}},
        {"error": {"code": "A", "message": json.dumps({"error": {"code": "B", "message": SENTENCE}})}},
        {"error": {"code": "A", "message": json.dumps({"error": {"message": json.dumps({"Message": SENTENCE})}})}},
        {"error": {"code": "A", "message": 'Service said: {"error": {"message": "' + SENTENCE + '"}} (400)'}},
        {"odata.error": {"code": "A", "message": {"lang": "en", "value": SENTENCE}}},
        {"error": {"code": "A", "message": "A", "details": [None, 5, {"message": SENTENCE}]}},
        {"error": "invalid_client", "error_description": SENTENCE + " Trace ID: 1\r\nCorrelation ID: 2"},
        {"error": {"code": "A", "message": SENTENCE + "\r\nDiagnostic information: timestamp '1'"}},
        [{"error": {"code": "A", "message": SENTENCE}}],
        SENTENCE,
    ],
)
def test_the_innermost_useful_sentence_is_found(body: object) -> None:
    assert explain(json.dumps(body).encode()).sentence == SENTENCE


def test_a_semantic_error_of_log_analytics_names_the_table() -> None:
    body = {
        "error": {
            "message": "The request had some invalid properties",
            "code": "BadArgumentError",
            "innererror": {
                "code": "SemanticError",
                "message": "A semantic error occurred.",
                "innererror": {"code": "SEM0100", "message": "'where' operator: Failed to resolve table 'AmlX'"},
            },
        }
    }
    assert "AmlX" in str(translate(answer(400, body)))


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", ""),
        (b"   ", ""),
        (b"null", ""),
        (b"{}", ""),
        (b"[]", ""),
        (b'{"error": null}', ""),
        (b'{"error": {}}', ""),
        (b"plain words\nand a second line", "plain words"),
        (b"<html><head><title>502 Bad Gateway</title></head></html>", "502 Bad Gateway"),
        (
            b"<HTML><BODY><H2>Our services aren't available right now</H2></BODY></HTML>",
            "Our services aren't available right now",
        ),
        (
            b"\xef\xbb\xbf<?xml version='1.0'?><Error><Code>AuthenticationFailed</Code><Message>Server failed to "
            b"authenticate the request.\nRequestId:123\nTime:now</Message></Error>",
            "Server failed to authenticate the request.",
        ),
        (b'{"error": {"message": "cut off in the mid', "cut off in the mid"),
        (b"\xff\xfe\xfa", "\ufffd\ufffd\ufffd"),
        (b'{"error": {"message": "\\u001b]52;c;x\\u0007 and \\ud800 text"}}', "]52;c;x and text"),
    ],
)
def test_bodies_of_other_kinds_are_read_too(body: bytes, sentence: str) -> None:
    assert explain(body).sentence == sentence


@pytest.mark.parametrize(
    "body", [b"{" * 100_000, b'{"error":' * 50_000, json.dumps({"error": {"message": "x" * 100_000}}).encode()]
)
def test_monstrous_bodies_are_survived(body: bytes) -> None:
    assert len(str(translate(answer(500, body)))) < 900


def test_a_long_chain_of_inner_errors_is_survived() -> None:
    chain: dict[str, Any] = {"message": "deep"}
    for number in range(300):
        chain = {"code": str(number), "innererror": chain}
    assert str(translate(answer(400, {"error": chain}))).endswith(".")
