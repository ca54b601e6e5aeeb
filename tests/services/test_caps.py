"""Nothing huge, deep or endless gets through, compressed or not."""

from __future__ import annotations

import gzip
import zlib

import pytest

from services.connection import Call
from services.errors import Malformed, ServiceError, TooLarge, Unreachable
from services.limits import Limits
from tests.services.answering import Azure, Given, as_json
from tests.services.hostile import ARM


def test_a_body_beyond_the_cap_is_not_read() -> None:
    azure = Azure(lambda _: Given(b" " * 5000, 200, {}), limits=Limits(body_bytes=4096))
    with pytest.raises(TooLarge):
        azure.connection.read(Call(url=f"{ARM}/x"))
    assert len(azure.asked) == 1


def test_a_compressed_bomb_is_not_inflated() -> None:
    bomb = gzip.compress(b" " * 50_000_000, mtime=0)
    azure = Azure(lambda _: Given(bomb, 200, {"content-encoding": "gzip"}), limits=Limits(body_bytes=1_000_000))
    with pytest.raises(TooLarge):
        azure.connection.read(Call(url=f"{ARM}/x"))


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(b'{"a":1}', mtime=0), "gzip"),
        (gzip.compress(b'{"a"', mtime=0) + gzip.compress(b":1}", mtime=0), "x-gzip"),
        (zlib.compress(b'{"a":1}'), "deflate"),
        (b'{"a":1}', "identity"),
        (b'{"a":1}', ""),
    ],
)
def test_compressed_answers_are_unpacked(body: bytes, encoding: str) -> None:
    azure = Azure(lambda _: Given(body, 200, {"content-encoding": encoding}))
    assert azure.connection.read(Call(url=f"{ARM}/x")).body == b'{"a":1}'


@pytest.mark.parametrize(
    ("body", "encoding", "kind"),
    [
        (gzip.compress(b'{"a":1}' * 100, mtime=0)[:-12], "gzip", Unreachable),
        (b"no gzip at all", "gzip", Malformed),
        (gzip.compress(gzip.compress(b"{}", mtime=0), mtime=0), "gzip, gzip", Malformed),
        (b"xx", "br", Malformed),
    ],
)
def test_an_answer_that_cannot_be_unpacked_is_an_error(body: bytes, encoding: str, kind: type[ServiceError]) -> None:
    azure = Azure(lambda _: Given(body, 200, {"content-encoding": encoding}))
    with pytest.raises(kind):
        azure.connection.read(Call(url=f"{ARM}/x"))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000 + b"]" * 100_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'[{"a":' * 5_000 + b"1" + b"}]" * 5_000,
        b"[" * 200_000,
    ],
)
def test_an_answer_nested_too_deep_is_refused(body: bytes) -> None:
    azure = Azure(lambda _: Given(body, 200, {}))
    with pytest.raises(Malformed, match="deeper"):
        azure.connection.read(Call(url=f"{ARM}/x"))


def test_brackets_inside_texts_do_not_count_as_depth() -> None:
    body = b'{"a": "' + b"[{" * 500 + b'\\"[\\\\", "b": "[[["}'
    azure = Azure(lambda _: Given(body, 200, {}))
    assert azure.connection.read(Call(url=f"{ARM}/x")).body == body


def test_a_redirect_at_home_is_followed_and_a_loop_of_them_ends() -> None:
    azure = Azure(lambda asked: Given(b"", 307, {"location": "/next"}) if asked.path == "/x" else as_json({"at": 2}))
    assert azure.connection.read(Call(url=f"{ARM}/x")).body == b'{"at": 2}'
    loop = Azure(lambda _: Given(b"", 302, {"location": f"{ARM}/x"}))
    with pytest.raises(Malformed, match="redirects"):
        loop.connection.read(Call(url=f"{ARM}/x"))
    assert len(loop.asked) == 4
