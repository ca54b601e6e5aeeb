"""A page is split, redacted and parsed; what cannot be read is set aside by name, and the page goes on."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.calls import Answer, Call
from services.depth import is_too_deep
from services.errors import Malformed
from services.mending import mend
from services.parsing import moment
from services.reading import read_item, read_page

FETCHED = datetime(2026, 11, 21, 12, tzinfo=UTC)
CALL = Call(url="https://management.azure.com/subscriptions/s/x", api_version="2024-04-01")


class Thing(msgspec.Struct, frozen=True):
    name: str
    created: datetime | None = None


class _Wire(msgspec.Struct):
    name: str
    created: str | None = None


def thing(document: bytes) -> Thing:
    found = msgspec.json.decode(document, type=_Wire)
    return Thing(found.name, moment(found.created))


def answer(body: object, **fields: Any) -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Answer(call=fields.pop("call", CALL), status=200, body=raw, headers={}, fetched_at=FETCHED, **fields)


def test_a_page_holds_records_documents_and_where_they_came_from() -> None:
    page = read_page(answer({"value": [{"name": "a", "x": 1}, {"name": "b"}], "totalCount": 7}), thing)
    assert page.records == (Thing("a"), Thing("b"))
    assert [json.loads(document) for document in page.documents] == [{"name": "a", "x": 1}, {"name": "b"}]
    assert page.total == 7
    assert page.is_last
    assert page.set_aside == ()
    origin = page.provenance
    assert (origin.route, origin.api_version, origin.fetched_at, origin.method, origin.basis) == (
        CALL.url,
        "2024-04-01",
        FETCHED,
        "GET",
        "measured",
    )


def test_the_query_of_a_next_link_is_no_part_of_the_origin() -> None:
    call = Call(url=CALL.url + "?api-version=2024-04-01&$skipToken=abc&sig=secret", api_version="2024-04-01")
    assert read_page(answer({"value": []}, call=call), thing).provenance.route == CALL.url


def test_an_item_that_cannot_be_read_is_set_aside_with_its_name_and_reason() -> None:
    page = read_page(
        answer({"value": [{"name": "a"}, {"name": "b", "created": "soon"}, {"id": 5}, 7, None, {"name": "c"}]}), thing
    )
    assert [record.name for record in page.records] == ["a", "c"]
    assert len(page.documents) == 2
    assert [aside.item for aside in page.set_aside] == ["b", "5", "", ""]
    assert "not a time" in page.set_aside[0].reason
    assert all(aside.reason for aside in page.set_aside)


def test_a_bug_in_a_reader_costs_an_item_and_is_named() -> None:
    def broken(document: bytes) -> Thing:
        raise ZeroDivisionError("a bug")

    page = read_page(answer({"value": [{"name": "a"}]}), broken)
    assert page.set_aside[0].reason == "ZeroDivisionError: a bug"


def test_secrets_are_gone_before_a_reader_sees_a_document() -> None:
    page = read_page(answer({"value": [{"name": "a", "primaryKey": "CANARYCANARY"}]}), thing)
    assert b"CANARY" not in page.documents[0]
    aside = read_page(answer({"value": [{"name": "sig=CANARYCANARY", "created": "sig=CANARYCANARY"}]}), thing)
    assert "CANARY" not in str(aside.set_aside)


def test_lists_have_other_names_elsewhere() -> None:
    assert len(read_page(answer({"nodes": [{"name": "a"}]}), thing, items="nodes").records) == 1
    assert (
        len(read_page(answer({"properties": {"rows": [{"name": "a"}]}}), thing, items="properties.rows").records) == 1
    )
    assert len(read_page(answer([{"name": "a"}]), thing, items="").records) == 1
    assert read_page(answer({"Items": [], "Count": 3}), thing, items="Items", total="Count").total == 3


@pytest.mark.parametrize("body", [{"value": []}, {"value": None}, b"", b"  \r\n"])
def test_nothing_is_an_empty_page(body: object) -> None:
    assert read_page(answer(body), thing).records == ()


@pytest.mark.parametrize(
    "body",
    [
        {}, {"values": []}, {"value": {}}, {"value": "x"}, {"value": 5}, [], None, 5, "x", b"{", b'{"value": [',
        b'{"value": [1,]}', b"\xff\xfe",
        b"\x00", b"not json", b"[" * 1000, b'{"value":' * 1000,
    ],
)  # fmt: skip
def test_a_frame_that_is_none_is_malformed(body: object) -> None:
    with pytest.raises(Malformed):
        read_page(answer(body), thing)


def test_a_web_page_instead_of_data_is_told_as_one() -> None:
    with pytest.raises(Malformed, match="web page"):
        read_page(answer(b"\n<!DOCTYPE html><html><title>Sign in</title></html>"), thing)


def test_a_recursion_bomb_costs_its_item_only() -> None:
    bomb = b'{"name": "bomb", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    raw = b'{"value": [{"name": "a"}, ' + bomb + b', {"name": "b"}]}'
    try:
        page = read_page(answer(raw), lambda document: msgspec.json.decode(document)["name"])
    except Malformed:
        return  # the frame itself was too deep to split: also no crash
    assert [record for record in page.records if record != "bomb"] == ["a", "b"]


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity", b"1e999"])
def test_a_number_that_is_none_becomes_null_and_its_item_is_kept(number: bytes) -> None:
    raw = b'{"value": [{"name": "a", "metric": ' + number + b'}, {"name": "b"}]}'
    page = read_page(answer(raw), thing)
    assert [record.name for record in page.records] == ["a", "b"]


def test_a_lone_surrogate_and_broken_utf8_are_mended() -> None:
    raw = b'{"value": [{"name": "a\\ud800b"}, {"name": "c\xff"}, {"name": "\\ud83d\\ude00"}]}'
    page = read_page(answer(raw), thing)
    assert [record.name for record in page.records] == ["a\ufffdb", "c\ufffd", "\U0001f600"]
    assert page.set_aside == ()
    for document in page.documents:
        document.decode("utf-8")


def test_huge_numbers_do_no_harm() -> None:
    raw = b'{"value": [{"name": "a", "x": ' + b"9" * 4_000 + b'}, {"name": "b", "x": 123456789012345678901234567890}]}'
    assert [record.name for record in read_page(answer(raw), thing).records] == ["a", "b"]


def test_is_last_is_the_answers_own_unless_given() -> None:
    assert read_page(answer({"value": []}, is_last=False), thing).is_last is False
    assert read_page(answer({"value": []}, is_last=False), thing, is_last=True).is_last is True


def test_one_object_is_a_page_of_one() -> None:
    page = read_item(answer({"name": "a", "password": "CANARYCANARY"}), thing)
    assert page.records == (Thing("a"),)
    assert b"CANARY" not in page.documents[0]
    assert page.is_last
    refused = read_item(answer({"name": "a", "created": "soon"}), thing)
    assert refused.records == ()
    assert refused.set_aside[0].item == "a"
    for body in ([], None, 5, b"", b"<html>"):
        with pytest.raises(Malformed):
            read_item(answer(body), thing)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=10),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["name", "created", "value", "x"]), inner, max_size=3)
        ),
        max_leaves=20,
    )
)
def test_whatever_comes_is_a_page_or_malformed(value: Any) -> None:
    for body in (value, {"value": value}, {"value": [value, {"name": "last"}]}):
        raw = json.dumps(body).encode()
        try:
            page = read_page(answer(raw), thing)
        except Malformed:
            continue
        assert len(page.records) == len(page.documents)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_crash_the_reading(raw: bytes) -> None:
    for body in (raw, b'{"value": [' + raw + b"]}"):
        with contextlib.suppress(Malformed):
            read_page(answer(body), thing)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(alphabet='[]{}"\\ab', max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='[]{}"\\a', max_size=4), inner, max_size=3)
        ),
        max_leaves=30,
    ),
    st.integers(0, 8),
)
def test_depth_is_counted_as_a_parser_would(value: Any, limit: int) -> None:
    def depth(one: Any) -> int:
        if isinstance(one, dict):
            return 1 + max((depth(item) for item in one.values()), default=0)  # pyright: ignore[reportUnknownVariableType]
        if isinstance(one, list):
            return 1 + max((depth(item) for item in one), default=0)  # pyright: ignore[reportUnknownVariableType]
        return 0

    assert is_too_deep(json.dumps(value).encode(), limit) is (depth(value) > limit)


def test_mending_leaves_good_json_as_it_means() -> None:
    assert json.loads(mend(b'\xef\xbb\xbf{"a": [1, "\xc3\xa9", null]}')) == {"a": [1, "é", None]}
    with pytest.raises(ValueError, match=r".+"):
        mend(b"nothing")
