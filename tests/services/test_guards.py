"""Tokens stay at home, and writes stay inside while the session is read-only."""

from __future__ import annotations

import pytest

from services.connection import Call
from services.errors import ForeignHost, ReadOnly, ServiceError
from tests.services.answering import Azure, Given, as_json
from tests.services.hostile import ARM, ELSEWHERE, HOME, HOSTILE, READS, WRITES, WS


def test_the_table_of_hostile_links_is_long_enough() -> None:
    assert len(set(HOSTILE)) >= 60


@pytest.mark.parametrize("url", HOSTILE)
def test_no_request_and_no_token_goes_to_a_hostile_link(url: str) -> None:
    azure = Azure(lambda _: as_json({}))
    with pytest.raises(ForeignHost) as raised:
        azure.connection.read(Call(url=url))
    assert "nothing was sent" in str(raised.value)
    assert azure.asked == []
    assert azure.credential.asked == 0


@pytest.mark.parametrize("url", HOSTILE)
def test_a_next_link_to_a_hostile_host_ends_the_listing_before_anything_is_sent(url: str) -> None:
    azure = Azure(lambda asked: as_json({"value": [], "nextLink": url if asked.path == "/first" else None}))
    pages = azure.connection.pages(Call(url=f"{ARM}/first"))
    assert next(pages).is_last is False
    with pytest.raises(ForeignHost):
        list(pages)
    assert azure.paths == ["GET /first"]


@pytest.mark.parametrize("url", ELSEWHERE)
def test_a_redirect_to_a_hostile_host_is_not_followed(url: str) -> None:
    azure = Azure(lambda asked: Given(b"", 302, {"location": url}) if asked.path == "/first" else as_json({}))
    with pytest.raises(ServiceError):
        azure.connection.read(Call(url=f"{ARM}/first"))
    assert azure.paths == ["GET /first"]


@pytest.mark.parametrize("url", HOME)
def test_links_that_stay_at_home_are_followed(url: str) -> None:
    azure = Azure(lambda _: as_json({}))
    assert azure.connection.read(Call(url=url)).status == 200


@pytest.mark.parametrize(
    ("audience", "host"),
    [
        ("arm", "api.loganalytics.io"),
        ("logs", "management.azure.com"),
        ("metrics", "management.azure.com"),
        ("none", "management.azure.com"),
        ("none", "evil.example"),
    ],
)
def test_a_token_of_one_service_is_not_sent_to_another(audience: str, host: str) -> None:
    azure = Azure(lambda _: as_json({}))
    with pytest.raises(ForeignHost):
        azure.connection.read(Call(url=f"https://{host}/x", audience=audience))  # type: ignore[arg-type]
    assert azure.asked == []


@pytest.mark.parametrize(("method", "url"), WRITES)
def test_no_write_leaves_while_read_only(method: str, url: str) -> None:
    azure = Azure(lambda _: as_json({}))
    call = Call(url=url, method=method, body={})
    for send in (azure.connection.read, azure.connection.write, lambda c: list(azure.connection.pages(c))):
        with pytest.raises(ReadOnly):
            send(call)
    assert azure.asked == []


@pytest.mark.parametrize(("method", "url"), WRITES[:12])
def test_reading_refuses_writes_even_when_unlocked(method: str, url: str) -> None:
    azure = Azure(lambda _: as_json({}), unlocked=WS)
    with pytest.raises(ReadOnly):
        azure.connection.read(Call(url=url, method=method))
    assert azure.asked == []


@pytest.mark.parametrize("url", READS)
def test_reads_that_azure_spells_as_post_pass_while_read_only(url: str) -> None:
    azure = Azure(lambda _: as_json({"value": []}))
    assert azure.connection.read(Call(url=url, method="POST", body={})).status == 200


def test_log_and_metric_queries_pass_while_read_only() -> None:
    azure = Azure(lambda _: as_json({"tables": []}))
    azure.connection.read(Call(url="https://api.loganalytics.io/v1/workspaces/w/query", method="POST", audience="logs"))
    azure.connection.read(Call(url=f"https://api.loganalytics.io/v1{WS}/query", method="POST", audience="logs"))
    azure.connection.read(
        Call(
            url="https://westeurope.metrics.monitor.azure.com/subscriptions/s/metrics:getBatch",
            method="POST",
            audience="metrics",
        )
    )
    assert len(azure.asked) == 3


def test_a_session_that_is_unlocked_writes_and_locked_again_does_not() -> None:
    azure = Azure(lambda _: as_json({}), unlocked=WS)
    call = Call(url=f"{ARM}{WS}/jobs/j/cancel", method="POST")
    assert azure.connection.write(call).status == 200
    azure.connection.lock.close()
    with pytest.raises(ReadOnly):
        azure.connection.write(call)
    assert len(azure.asked) == 1
