"""Costs over a fake Azure: the query, its pages, and exact money."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.costs import list_costs
from services.errors import Malformed
from services.records import Money, Page, WorkspaceRef
from tests.services.answering import Azure, as_json

REF = WorkspaceRef("sub", "group", "ml")
SINCE = datetime(2026, 11, 1, 8, 30, tzinfo=UTC)
QUERY = "/subscriptions/sub/resourceGroups/group/providers/Microsoft.CostManagement/query"


def grid(columns: list[str], *rows: list[Any], **more: Any) -> dict[str, Any]:
    return {"properties": {"columns": [{"name": name} for name in columns], "rows": list(rows), **more}}


def costs(*answers: dict[str, Any]) -> tuple[list[Page[Any]], Azure]:
    left = list(answers)
    azure = Azure(lambda _: as_json(left.pop(0)))
    return list(list_costs(azure.connection, REF, start=SINCE, end=SINCE.replace(day=20))), azure


def test_costs_are_asked_by_day_resource_and_service_of_the_resource_group() -> None:
    _, azure = costs(grid(["PreTaxCost", "UsageDate", "Currency"]))
    (asked,) = azure.asked
    assert (asked.method, asked.query) == ("POST", {"api-version": "2025-03-01"})
    assert asked.path == QUERY
    assert asked.body["timePeriod"] == {"from": "2026-11-01T00:00:00Z", "to": "2026-11-20T23:59:59Z"}
    assert [one["name"] for one in asked.body["dataset"]["grouping"]] == ["ResourceId", "ServiceName"]
    assert (asked.body["type"], asked.body["dataset"]["granularity"]) == ("ActualCost", "Daily")


def test_costs_are_exact_in_their_own_currency_over_all_pages() -> None:
    columns = ["Cost", "CostUSD", "UsageDate", "ResourceId", "ServiceName", "Currency"]
    link = f"https://management.azure.com{QUERY}?$skiptoken=AQ%3D%3D"
    resource = "/SUBSCRIPTIONS/S/resourceGroups/G/providers/Microsoft.X/y/Z"
    first = grid(columns, [0.1, 0.11, 20261101, resource, "Storage", "EUR"], nextLink=link)
    second = grid(columns, [None, 0.2, 20261102, "", "Tax", "EUR"], [4.4e-05, 1, 20261102, "a/b", "VM", "USD"])
    pages, azure = costs(first, second)
    lines = [line for page in pages for line in page.records]
    assert [line.cost for line in lines] == [
        Money(Decimal("0.1"), "EUR"),
        Money(Decimal("0.2"), "USD"),
        Money(Decimal("0.000044"), "USD"),
    ]
    assert lines[0].id == "2026-11-01|/subscriptions/s/resourcegroups/g/providers/microsoft.x/y/z|Storage|EUR"
    assert (lines[0].resource_type, lines[0].resource_name, lines[1].resource) == ("microsoft.x/y", "z", None)
    assert azure.asked[1].body == azure.asked[0].body
    assert [page.is_last for page in pages] == [False, True]
    assert pages[0].documents[0].startswith(b'{"Cost":0.1,"CostUSD":0.11,"UsageDate":20261101,')


def test_a_cost_row_of_another_width_is_set_aside() -> None:
    pages, _ = costs(grid(["Cost", "UsageDate", "Currency"], [1.0], [2, 20261101, "EUR"], "x"))
    assert [line.cost for line in pages[0].records] == [Money(Decimal(2), "EUR")]
    assert len(pages[0].set_aside) == 2


def test_a_cost_answer_without_columns_is_malformed() -> None:
    with pytest.raises(Malformed):
        costs({"properties": {}})
