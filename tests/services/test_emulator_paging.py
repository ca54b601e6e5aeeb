"""Lists come in the pages the services give, join without repeats or gaps, and honour order and filter."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from services.emulator.asking import ask
from services.emulator.world import World

NOW = datetime(2026, 11, 21, 14, 1, 7, 123456, tzinfo=UTC)
WORLD = World(clock=lambda: NOW)
PROD = WORLD.places[0]
ARM = "https://management.azure.com"
HISTORY = f"https://{PROD.api_host}/history/v1.0{PROD.id}"
VERSION = "api-version=2024-04-01"


def arm(path: str) -> Any:
    return ask(WORLD, "GET", f"{ARM}{PROD.id}{path}?{VERSION}")


def runs(experiment: str, **body: Any) -> Any:
    return ask(WORLD, "POST", f"{HISTORY}/experiments/{experiment}/runs:query", body=body)


def every_item(url: str, key: str = "value", method: str = "GET") -> tuple[list[Any], list[int]]:
    items: list[Any] = []
    sizes: list[int] = []
    while url:
        page = ask(WORLD, method, url).json()
        items += page[key]
        sizes.append(len(page[key]))
        url = page.get("nextLink") or ""
    return items, sizes


def test_models_come_twenty_a_page_and_components_fifty_with_the_tokens_of_the_service() -> None:
    _, sizes = every_item(f"{ARM}{PROD.id}/models?{VERSION}&listViewType=All")
    assert sizes[:2] == [20, 20]
    first = arm("/components").json()
    assert len(first["value"]) == 50
    assert first["nextLink"].endswith("$skipToken=NTA%3d")
    names, sizes = every_item(f"{ARM}{PROD.id}/components?{VERSION}")
    assert sizes == [50, 14]
    assert len({one["name"] for one in names}) == 64


def test_jobs_come_fifty_a_page_newest_first_without_repeats_or_gaps() -> None:
    world = World(runs=300, clock=lambda: NOW)
    url, names, created = f"{ARM}{PROD.id}/jobs?{VERSION}&listViewType=All", [], []
    while url:
        page = ask(world, "GET", url).json()
        assert len(page["value"]) == 50 or "nextLink" not in page
        names += [one["name"] for one in page["value"]]
        created += [one["systemData"]["createdAt"] for one in page["value"]]
        url = page.get("nextLink", "")
    assert len(set(names)) == len(names) > 100
    assert created == sorted(created, reverse=True)


def test_nodes_are_paged_and_their_next_link_can_be_gotten() -> None:
    first = ask(WORLD, "POST", f"{ARM}{PROD.id}/computes/gpu-a100/listNodes?{VERSION}").json()
    assert len(first["nodes"]) == 5
    assert len(ask(WORLD, "GET", first["nextLink"]).json()["nodes"]) == 3
    assert ask(WORLD, "POST", f"{ARM}{PROD.id}/computes/ci-ana/listNodes?{VERSION}").status == 400


def test_runs_come_fifty_a_page_by_default_and_five_hundred_at_most() -> None:
    assert len(runs("fraud").json()["value"]) == 50
    assert len(runs("fraud", top=9_999).json()["value"]) == 500
    token, seen = None, []
    while True:
        page = runs("fraud", top=500, continuationToken=token).json()
        seen += [one["runId"] for one in page["value"]]
        token = page["continuationToken"]
        if token is None:
            break
    ledger = WORLD.book(PROD).ledger("fraud")
    assert ledger is not None
    assert len(set(seen)) == len(seen) == ledger.count(WORLD.now())


@pytest.mark.parametrize("field", ["CreatedUtc", "StartTimeUtc", "LastModifiedUtc"])
@pytest.mark.parametrize("way", ["asc", "desc"])
@pytest.mark.parametrize("experiment", ["fraud", "embed", "price"])
def test_pages_of_any_order_join_without_repeats_or_gaps(field: str, way: str, experiment: str) -> None:
    token, seen, keys = None, [], []
    while True:
        page = runs(experiment, top=90, orderBy=f"{field} {way}", continuationToken=token).json()
        seen += [one["runId"] for one in page["value"]]
        name = field[0].lower() + field[1:]
        keys += [(one[name] or one["createdUtc"]) for one in page["value"]]
        token = page["continuationToken"]
        if token is None:
            break
    ledger = WORLD.book(PROD).ledger(experiment)
    assert ledger is not None
    assert len(set(seen)) == len(seen) == ledger.count(WORLD.now())
    shortened = [key[:19] for key in keys]
    assert shortened == sorted(shortened, reverse=way == "desc")


def test_a_filter_narrows_and_a_time_in_it_saves_the_work() -> None:
    before = WORLD.runs_made
    since = "2026-11-18T00:00:00Z"
    found = runs("fraud", top=500, filter=f"CreatedUtc ge {since} and ParentRunId eq null").json()["value"]
    assert found
    assert all(one["createdUtc"] >= since and one["parentRunId"] is None for one in found)
    assert WORLD.runs_made - before < 80
    failed = runs("fraud", top=500, filter="Status eq 'Failed' and RunType eq 'azureml.scriptrun'").json()["value"]
    assert {(one["status"], one["runType"]) for one in failed} == {("Failed", "azureml.scriptrun")}


def test_children_come_fifty_a_page() -> None:
    page = runs("fraud", top=1, filter="RunType eq 'azureml.hyperdrive' and Status eq 'Completed'").json()["value"][0]
    children = ask(WORLD, "GET", f"{HISTORY}/runs/{page['runId']}/children").json()
    assert {one["parentRunId"] for one in children["value"]} == {page["runId"]}
    assert all(one["runId"].startswith(page["runId"] + "_") for one in children["value"])
    assert "continuationToken" not in children


def test_activity_comes_two_hundred_a_page_newest_first_and_every_event_once() -> None:
    url = f"{ARM}/subscriptions/{PROD.subscription}/providers/microsoft.insights/eventtypes/management/values"
    events, sizes = every_item(f"{url}?api-version=2015-04-01&$filter=eventTimestamp ge '2026-11-10T00:00:00Z'")
    assert sizes[0] == 200
    times = [one["eventTimestamp"] for one in events]
    assert times == sorted(times, reverse=True)
    assert len({one["eventDataId"] for one in events}) == len(events)
    first = ask(WORLD, "GET", f"{url}?api-version=2015-04-01&$filter=eventTimestamp ge '2026-11-10T00:00:00Z'").json()
    assert re.search(r"\$skipToken=US1:\d+:200;EU1:-1:FFFFFFFF;AS1:-1:FFFFFFFF$", first["nextLink"])
    few = f"{url}?api-version=2015-04-01&$filter=eventTimestamp ge '2026-11-20T00:00:00Z'&$select=eventTimestamp,caller"
    assert set(ask(WORLD, "GET", few).json()["value"][0]) == {"id", "eventTimestamp", "caller"}
    assert ask(WORLD, "GET", f"{url}?api-version=2015-04-01").status == 400


def test_cost_rows_come_a_thousand_a_page_and_the_link_is_posted_again() -> None:
    scope = f"/subscriptions/{PROD.subscription}/resourceGroups/{PROD.group}"
    url = f"{ARM}{scope}/providers/Microsoft.CostManagement/query?{VERSION}"
    body = {
        "type": "ActualCost", "timeframe": "Custom",
        "timePeriod": {"from": "2026-08-24T00:00:00Z", "to": "2026-11-21T23:59:59Z"},
        "dataset": {"granularity": "Daily", "aggregation": {"totalCost": {"name": "PreTaxCost", "function": "Sum"}},
                    "grouping": [{"type": "Dimension", "name": "ResourceId"},
                                 {"type": "Dimension", "name": "ServiceName"}]},
    }  # fmt: skip
    rows, link = [], url
    while link:
        found = ask(WORLD, "POST", link, body=body)
        assert found.headers["x-ms-ratelimit-microsoft.costmanagement-entity-retry-after"] == "60"
        properties = found.json()["properties"]
        rows += properties["rows"]
        link = properties["nextLink"]
    assert [one["name"] for one in properties["columns"]] == [
        "PreTaxCost",
        "UsageDate",
        "ResourceId",
        "ServiceName",
        "Currency",
    ]
    assert 2_000 < len(rows) == len({tuple(row[1:4]) for row in rows})
    assert all(row[2] == row[2].lower() for row in rows)
    body["dataset"].pop("aggregation")
    assert "PreTaxCost" not in str(ask(WORLD, "POST", url, body=body).json()["properties"]["columns"])
