"""Every way of saying "there is more" that a service of Azure has is followed to its end, and no further."""

from __future__ import annotations

import json
from typing import Any

import pytest

from services.connection import Answer, Call
from services.errors import ForeignHost, Malformed, ReadOnly, ServiceError, TooLarge, Unreachable
from services.limits import Limits
from tests.services.answering import Asked, Azure, Given, as_json

ARM = "https://management.azure.com"
HISTORY = "https://eastus.api.azureml.ms"
WS = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/w"


def paged(*pages: dict[str, Any]) -> Azure:
    left = list(pages)
    return Azure(lambda _: as_json(left.pop(0)))


def read(azure: Azure, call: Call) -> list[Answer]:
    return list(azure.connection.pages(call))


@pytest.mark.parametrize(
    "token",
    [
        "NTA%3d",
        "H4sIAAAAAAAAA1XOsQrCMBCA4Xe5OYPaQ%2b%2f%3d",
        "US1:2:abc;EU1:-1:FFFFFFFF;AS1:x",
        "a%20b+c",
        "(x)*'y'",
        "%7B%22a%22%7D",
    ],
)
def test_an_arm_next_link_is_opaque_and_survives_as_it_is(token: str) -> None:
    link = f"{ARM}{WS}/jobs?api-version=2024-04-01&$skipToken={token}"
    sent: list[str] = []

    def answer(asked: Asked) -> Given:
        return as_json({"value": [1], "nextLink": link if len(azure.asked) == 1 else None})

    azure = Azure(answer)
    for page in azure.connection.pages(Call(url=f"{ARM}{WS}/jobs", api_version="2024-04-01")):
        sent.append(page.call.url)
    assert sent == [f"{ARM}{WS}/jobs", link]
    from urllib.parse import unquote_plus

    assert azure.asked[1].query["$skipToken"] == unquote_plus(token)


def test_the_last_page_and_only_it_says_that_it_is_the_last() -> None:
    link = f"{ARM}/x?$skip="
    azure = paged({"value": [], "nextLink": link + "1"}, {"value": [], "nextLink": link + "2"}, {"value": []})
    assert [page.is_last for page in read(azure, Call(url=f"{ARM}/x"))] == [False, False, True]


@pytest.mark.parametrize(
    "nothing", [{}, {"nextLink": None}, {"nextLink": ""}, {"continuationToken": None, "nextLink": None}]
)
def test_no_next_link_is_the_end(nothing: dict[str, Any]) -> None:
    azure = paged({"value": [1], **nothing})
    assert [page.is_last for page in read(azure, Call(url=f"{ARM}/x"))] == [True]


def test_costs_are_posted_again_with_the_same_body() -> None:
    path = "/subscriptions/s/providers/Microsoft.CostManagement/query"
    link = f"{ARM}{path}?api-version=2025-03-01&$skiptoken=AQAAAA%3D%3D"
    azure = paged({"properties": {"nextLink": link, "rows": []}}, {"properties": {"nextLink": None, "rows": []}})
    body = {"type": "ActualCost", "dataset": {"granularity": "Daily"}}
    pages = read(azure, Call(url=f"{ARM}{path}", api_version="2025-03-01", method="POST", body=body))
    assert len(pages) == 2
    assert [(asked.method, asked.body) for asked in azure.asked] == [("POST", body)] * 2
    assert azure.asked[1].query["$skiptoken"] == "AQAAAA=="


def test_a_next_link_inside_the_properties_of_something_else_is_no_paging() -> None:
    azure = paged({"properties": {"nextLink": f"{ARM}/other"}})
    assert len(read(azure, Call(url=f"{ARM}/x"))) == 1


def test_run_history_queries_take_the_token_in_their_body() -> None:
    azure = paged(
        {"value": [1], "continuationToken": "abc==", "nextLink": None}, {"value": [2], "continuationToken": None}
    )
    url = f"{HISTORY}/history/v1.0{WS}/experiments/e/runs:query"
    pages = read(azure, Call(url=url, method="POST", body={"top": 500, "filter": "x"}))
    assert len(pages) == 2
    assert azure.asked[1].body == {"top": 500, "filter": "x", "continuationToken": "abc=="}
    assert azure.asked[0].body == {"top": 500, "filter": "x"}


def test_children_take_the_token_in_their_query() -> None:
    azure = paged({"value": [1], "continuationToken": "a+b/c=="}, {"value": [2]})
    read(azure, Call(url=f"{HISTORY}/history/v1.0{WS}/runs/r/children", params={"$top": "100"}))
    assert azure.asked[1].query == {"$top": "100", "$continuationToken": "a+b/c=="}


def test_artifacts_take_the_token_under_their_own_name() -> None:
    azure = paged({"value": [1], "continuationToken": "t"}, {"value": [2]})
    read(azure, Call(url=f"{HISTORY}/history/v1.0{WS}/experiments/e/runs/r/artifacts"))
    assert azure.asked[1].query == {"continuationToken": "t"}


def test_resource_graph_takes_the_token_in_its_options() -> None:
    azure = paged({"data": [], "$skipToken": "tok"}, {"data": []})
    body = {"query": "resources", "options": {"resultFormat": "objectArray"}}
    read(azure, Call(url=f"{ARM}/providers/Microsoft.ResourceGraph/resources", method="POST", body=body))
    assert azure.asked[1].body == {
        "query": "resources",
        "options": {"resultFormat": "objectArray", "$skipToken": "tok"},
    }


def test_the_run_index_goes_on_by_token_or_by_skip() -> None:
    url = f"{HISTORY}/index/v1.0{WS}/entities"
    azure = paged(
        {"value": [1], "totalCount": 3, "nextSkip": 1, "continuationToken": "t"}, {"value": [2], "totalCount": 3}
    )
    read(azure, Call(url=url, method="POST", body={"pageSize": 1, "skip": 0}))
    assert azure.asked[1].body == {"pageSize": 1, "skip": 0, "continuationToken": "t"}
    azure = paged(
        {"value": [1], "totalCount": 3, "nextSkip": 1},
        {"value": [2], "totalCount": 3, "nextSkip": 2},
        {"value": [3], "totalCount": 3, "nextSkip": 3},
    )
    read(azure, Call(url=url, method="POST", body={"pageSize": 1}))
    assert [asked.body.get("skip") for asked in azure.asked] == [None, 1, 2]


def test_prices_and_mlflow_and_odata_go_on_in_their_own_ways() -> None:
    prices = paged({"Items": [], "NextPageLink": "https://prices.azure.com/api/retail/prices?$skip=100"}, {"Items": []})
    read(prices, Call(url="https://prices.azure.com/api/retail/prices", audience="none", params={"$filter": "x"}))
    assert prices.asked[1].query == {"$skip": "100"}
    mlflow = paged({"runs": [], "next_page_token": "t"}, {"runs": []})
    url = f"{HISTORY}/mlflow/v2.0{WS}/api/2.0/mlflow/runs/search"
    read(mlflow, Call(url=url, method="POST", body={"max_results": 5}))
    assert mlflow.asked[1].body == {"max_results": 5, "page_token": "t"}
    history = paged({"metrics": [], "next_page_token": "t"}, {"metrics": []})
    read(history, Call(url=f"{HISTORY}/mlflow/v2.0{WS}/api/2.0/mlflow/metrics/get-history"))
    assert history.asked[1].query == {"page_token": "t"}
    odata = paged({"value": [], "@odata.nextLink": f"{ARM}/x?p=2"}, {"value": []})
    assert len(read(odata, Call(url=f"{ARM}/x"))) == 2


def test_nodes_are_posted_again() -> None:
    url = f"{ARM}{WS}/computes/c/listNodes"
    azure = paged({"nodes": [], "nextLink": f"{url}?api-version=1&$skip=2"}, {"nodes": []})
    read(azure, Call(url=url, method="POST", api_version="1"))
    assert [asked.method for asked in azure.asked] == ["POST", "POST"]


def test_a_link_without_host_stays_on_its_host() -> None:
    azure = paged({"value": [], "nextLink": "/x?p=2"}, {"value": []})
    read(azure, Call(url=f"{ARM}/x"))
    assert (azure.asked[1].host, azure.asked[1].query) == ("management.azure.com", {"p": "2"})


@pytest.mark.parametrize("link", ["nextLink", "//evil.example/x", "x?p=2", "\\\\evil.example\\x"])
def test_a_link_that_is_no_address_ends_the_listing_with_its_page_kept(link: str) -> None:
    azure = Azure(lambda _: as_json({"value": [1], "nextLink": link}))
    pages = azure.connection.pages(Call(url=f"{ARM}/x"))
    assert next(pages).is_last is False
    with pytest.raises(ForeignHost):
        next(pages)
    assert len(azure.asked) == 1


@pytest.mark.parametrize("told", [5, 1.5, True, {"a": 1}, ["x"]])
def test_a_link_that_is_no_text_is_malformed(told: object) -> None:
    azure = Azure(lambda _: as_json({"value": [1], "nextLink": told}))
    pages = azure.connection.pages(Call(url=f"{ARM}/x"))
    assert next(pages).is_last is False
    with pytest.raises(Malformed):
        next(pages)


def test_a_link_that_leads_back_is_followed_once_and_told() -> None:
    first, second = f"{ARM}/x?p=1", f"{ARM}/x?p=2"
    azure = Azure(lambda asked: as_json({"value": [], "nextLink": first if asked.query.get("p") == "2" else second}))
    pages: list[Answer] = []
    with pytest.raises(Malformed, match="lead back"):
        pages.extend(azure.connection.pages(Call(url=f"{ARM}/x", params={"p": "1"})))
    assert [asked.query for asked in azure.asked] == [{"p": "1"}, {"p": "2"}]
    assert not any(page.is_last for page in pages)


def test_a_token_that_never_changes_is_told() -> None:
    azure = Azure(lambda _: as_json({"value": [], "continuationToken": "same"}))
    with pytest.raises(Malformed, match="lead back"):
        read(azure, Call(url=f"{HISTORY}/history/v1.0{WS}/runs:query", method="POST", body={}))
    assert len(azure.asked) == 2


def test_a_listing_without_end_is_cut_off() -> None:
    azure = Azure(lambda _: as_json({"value": [], "nextLink": f"{ARM}/x?p={len(azure.asked)}"}), limits=Limits(pages=5))
    with pytest.raises(TooLarge, match="5 pages"):
        read(azure, Call(url=f"{ARM}/x"))
    assert len(azure.asked) == 5


def test_stop_is_asked_between_pages() -> None:
    azure = Azure(lambda _: as_json({"value": [], "nextLink": f"{ARM}/x?p={len(azure.asked)}"}))
    pages = list(azure.connection.pages(Call(url=f"{ARM}/x"), stop=lambda: len(azure.asked) >= 3))
    assert len(pages) == 3
    assert not any(page.is_last for page in pages)


def test_stop_before_the_first_page_asks_nothing() -> None:
    azure = Azure(lambda _: as_json({}))
    assert list(azure.connection.pages(Call(url=f"{ARM}/x"), stop=lambda: True)) == []
    assert azure.asked == []


def test_stop_ends_a_wait_too() -> None:
    azure = Azure(lambda _: Given(b"{}", 429, {"retry-after": "40"}))
    clock = azure.connection.clock
    assert list(azure.connection.pages(Call(url=f"{ARM}/x"), stop=lambda: clock.now() > 2)) == []
    assert clock.now() < 3


def test_an_error_on_a_later_page_keeps_the_earlier_ones() -> None:
    answers = [as_json({"value": [1], "nextLink": f"{ARM}/x?p=2"}), as_json({"error": {"message": "gone"}}, 404)]
    azure = Azure(lambda _: answers.pop(0))
    got: list[Answer] = []
    with pytest.raises(ServiceError, match="gone"):
        got.extend(azure.connection.pages(Call(url=f"{ARM}/x")))
    assert [page.is_last for page in got] == [False]
    assert len(azure.asked) == 2


def test_only_reads_are_paged() -> None:
    azure = Azure(lambda _: as_json({}))
    with pytest.raises(ReadOnly):
        read(azure, Call(url=f"{ARM}{WS}/jobs/j/cancel", method="POST"))


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"null", b"3", b'"x"', b"<html>", b"\xff\xfe", b'{"value": [NaN]}', b'{"nextLink":']
)
def test_an_answer_that_is_no_object_is_one_last_page(body: bytes) -> None:
    azure = Azure(lambda _: Given(body, 200, {}))
    assert [page.is_last for page in read(azure, Call(url=f"{ARM}/x"))] == [True]


def test_a_page_with_a_nan_still_leads_on() -> None:
    first = b'{"value": [NaN], "nextLink": "' + f"{ARM}/x?p=2".encode() + b'"}'
    answers = [Given(first, 200, {}), as_json({"value": []})]
    azure = Azure(lambda _: answers.pop(0))
    assert len(read(azure, Call(url=f"{ARM}/x"))) == 2


def test_the_network_failing_on_a_page_is_one_of_our_errors() -> None:
    def answer(asked: Asked) -> Given:
        if "p" in asked.query:
            raise TimeoutError("timed out")
        return as_json({"value": [1], "nextLink": f"{ARM}/x?p=2"})

    with pytest.raises(Unreachable):
        read(Azure(answer), Call(url=f"{ARM}/x"))


def test_ten_thousand_pages_ask_for_one_token() -> None:
    azure = Azure(
        lambda _: as_json(
            {"value": [], "nextLink": f"{ARM}/x?p={len(azure.asked)}" if len(azure.asked) < 500 else None}
        )
    )
    read(azure, Call(url=f"{ARM}/x"))
    assert azure.credential.asked == 1
    assert json.dumps(azure.connection.calls.by_host) == '{"management.azure.com": 500}'
