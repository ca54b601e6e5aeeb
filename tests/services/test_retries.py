"""A write is sent once; a read a few times, when that may help, and never before Azure wants it."""

from __future__ import annotations

import threading
import time

import pytest

from services.connection import Call, Connection
from services.errors import NotSignedIn, ServiceError, Throttled, Unreachable
from tests.services.answering import Asked, Azure, Credential, Given, as_json
from tests.services.hostile import ARM, WS


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 429, 500, 501, 502, 503, 504, 599])
@pytest.mark.parametrize("wait", ["", "1"])
def test_a_write_is_never_sent_again(status: int, wait: str) -> None:
    headers = {"retry-after": wait} if wait else {}
    azure = Azure(lambda _: Given(b"{}", status, headers), unlocked=WS)
    with pytest.raises(ServiceError):
        azure.connection.write(Call(url=f"{ARM}{WS}/computes/c/start", method="POST"))
    assert len(azure.asked) == 1


@pytest.mark.parametrize(("status", "is_unknown"), [(500, True), (503, True), (409, False), (429, False)])
def test_a_write_without_a_clear_answer_says_that_its_outcome_is_unknown(status: int, is_unknown: bool) -> None:
    azure = Azure(lambda _: Given(b"", status, {}), unlocked=WS)
    with pytest.raises(ServiceError) as raised:
        azure.connection.write(Call(url=f"{ARM}{WS}/computes/c/start", method="POST"))
    assert raised.value.is_outcome_unknown is is_unknown


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_read_is_tried_three_times(status: int) -> None:
    azure = Azure(lambda _: Given(b"", status, {}))
    with pytest.raises(ServiceError) as raised:
        azure.connection.read(Call(url=f"{ARM}/x"))
    assert len(azure.asked) == (2 if status == 429 else 3)  # a third would come after the minute a call may take
    assert raised.value.status == status


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 410, 501, 505, 599])
def test_a_read_that_is_refused_is_not_tried_again(status: int) -> None:
    azure = Azure(lambda _: Given(b'{"error": {"code": "UserError"}}', status, {"retry-after": "1"}))
    with pytest.raises(ServiceError):
        azure.connection.read(Call(url=f"{ARM}/x"))
    assert len(azure.asked) == 1


def failing_first(*statuses: int, **headers: str) -> tuple[list[int], object]:
    left = list(statuses)

    def answer(_: Asked) -> Given:
        if left:
            return Given(b"{}", left.pop(0), {name.replace("_", "-"): value for name, value in headers.items()})
        return as_json({"done": True})

    return left, answer


@pytest.mark.parametrize(
    ("headers", "least", "most"),
    [
        ({"retry_after": "7"}, 7, 7.1),
        ({"retry_after": "0"}, 0.3, 0.7),
        ({"retry_after_ms": "2500"}, 2.5, 2.6),
        ({"retry_after": "soon"}, 30, 30.1),
        ({"retry_after": "inf"}, 30, 30.1),
        ({"retry_after": "nan"}, 30, 30.1),
        ({"retry_after": "-5"}, 30, 30.1),
        ({"retry_after": "5", "x_ms_ratelimit_microsoft.costmanagement_entity_retry_after": "9"}, 9, 9.1),
    ],
)
def test_a_wait_that_azure_asks_for_is_waited(headers: dict[str, str], least: float, most: float) -> None:
    _, answer = failing_first(429, **headers)
    azure = Azure(answer)  # type: ignore[arg-type]
    before = azure.connection.clock.now()
    assert azure.connection.read(Call(url=f"{ARM}/x")).status == 200
    waited = azure.connection.clock.now() - before
    assert least <= waited <= most


@pytest.mark.parametrize("asked", ["61", "3600", "86400", "1e10"])
def test_a_long_wait_is_handed_to_the_caller_instead_of_slept(asked: str) -> None:
    azure = Azure(lambda _: Given(b"{}", 429, {"retry-after": asked}))
    with pytest.raises(Throttled) as raised:
        azure.connection.read(Call(url=f"{ARM}/x"))
    assert len(azure.asked) == 1
    assert raised.value.retry_after == min(float(asked), 86_400)


def test_azure_mls_own_429_says_its_wait_only_in_its_sentence() -> None:
    body = {"error": {"code": "UserError", "message": "Received too many requests. Retry again after 20 seconds."}}
    answers = [as_json(body, 429), as_json({})]
    azure = Azure(lambda _: answers.pop(0))
    azure.connection.read(Call(url=f"{ARM}/x"))
    assert 20 <= azure.connection.clock.now() <= 20.1


def test_rate_limit_headers_on_a_200_mean_nothing() -> None:
    name = "x-ms-ratelimit-microsoft.costmanagement-entity-retry-after"
    azure = Azure(lambda _: Given(b"{}", 200, {name: "60"}))
    azure.connection.read(Call(url=f"{ARM}/x"))
    azure.connection.read(Call(url=f"{ARM}/x"))
    assert azure.connection.clock.now() == 0


def test_after_a_429_nobody_else_calls_before_the_wait_is_over() -> None:
    azure = Azure(lambda _: Given(b"{}", 429, {"retry-after": "300"}))
    for _ in range(3):
        with pytest.raises(Throttled) as raised:
            azure.connection.read(Call(url=f"{ARM}/subscriptions/s/x"))
        assert raised.value.retry_after == pytest.approx(300, abs=1)
    assert len(azure.asked) == 1


def test_a_token_that_azure_refuses_is_not_used_again() -> None:
    answers = [Given(b"", 401, {}), as_json({})]
    azure = Azure(lambda _: answers.pop(0))
    with pytest.raises(NotSignedIn):
        azure.connection.read(Call(url=f"{ARM}/x"))
    azure.connection.read(Call(url=f"{ARM}/x"))
    assert azure.credential.asked == 2


def test_a_wait_ends_when_the_connection_is_closed() -> None:
    azure = Azure(lambda _: Given(b"", 429, {"retry-after": "40"}))
    connection = Connection(Credential(), transport=azure.connection._transport)  # pyright: ignore[reportPrivateUsage]
    threading.Timer(0.05, connection.close).start()
    started = time.monotonic()
    with pytest.raises(Unreachable, match="stopped"):
        connection.read(Call(url=f"{ARM}/x"))
    assert time.monotonic() - started < 5
