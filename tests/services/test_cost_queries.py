"""Cost Management over the emulator: cuts, tags, forecast, budgets; and that nobody asks it too often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest

from services.cost_budgets import FORECASTED, Budget, Threshold, list_budgets
from services.cost_cuts import CutLine, list_cut
from services.cost_dimensions import list_dimensions, tag_keys
from services.cost_forecast import forecasts_of, list_forecast
from services.cost_queries import CostKind, is_of_subscription
from services.costs import list_costs
from services.emulator.asking import ask, request_of
from services.emulator.routes import respond
from services.errors import Forbidden, Throttled
from services.records import Money, Page, WorkspaceRef
from tests.services.answering import Asked, Azure, Given, as_json
from tests.services.emulated import NOON, Emulated

START, END = NOON - timedelta(days=20), NOON - timedelta(days=3)
"""Days whose bill is complete: it does not grow while calls wait for each other."""
REF = WorkspaceRef("sub", "group", "ml")
HINT = "x-ms-ratelimit-microsoft.costmanagement-{}-retry-after"


def records(pages: Any) -> list[Any]:
    return [record for page in pages for record in page.records]


def cut(world: Emulated, by: str, kind: CostKind = "ActualCost") -> list[CutLine]:
    return records(list_cut(world.connection, world.ref, by, kind=kind, start=START, end=END, now=NOON))


def total(lines: list[Any]) -> Decimal:
    return sum((line.cost.amount for line in lines if line.cost), Decimal(0))


def test_every_cut_adds_up_to_the_same_bill_and_amortised_is_what_was_paid_ahead_more() -> None:
    world = Emulated(runs=1)
    bill = total(records(list_costs(world.connection, world.ref, start=START, end=END)))
    for by in ("meter", "subcategory", "tag:team", "tag:azuremlendpoint"):
        assert total(cut(world, by)) == pytest.approx(bill, abs=Decimal("0.001"))
    assert total(cut(world, "resource", "AmortizedCost")) > bill


def test_keys_of_tags_are_discovered_and_usage_without_one_stays_without() -> None:
    world = Emulated(runs=1)
    keys = tag_keys(records(list_dimensions(world.connection, world.ref)))
    assert {"azuremlendpoint", "team"} <= set(keys)
    endpoints = {line.value for line in cut(world, "tag:azuremlendpoint")}
    assert "fraud-score" in endpoints
    assert None in endpoints


def test_two_tags_tell_deployments_of_one_name_apart_and_their_bill_is_that_of_their_machines() -> None:
    world = Emulated(runs=1)
    lines = cut(world, "pair:azuremlendpoint/azuremldeployment")
    found = {(line.value, line.detail) for line in lines}
    assert {("ocr-batch", "blue"), ("ocr-batch", "green"), ("churn", "blue"), (None, None)} <= found
    month = {one: total([line for line in lines if (line.value, line.detail) == one]) for one in found}
    # One instance each, but green is five days old; six instances of one size against two.
    assert month["ocr-batch", "blue"] > 5 * month["ocr-batch", "green"] > 0
    assert month["fraud-score", "blue"] == pytest.approx(3 * month["churn", "blue"])


def test_a_cut_there_is_none_of_and_a_question_about_the_future_are_never_sent() -> None:
    azure = Azure(lambda _: as_json({}))
    for by, start in (("user", NOON), ("tag:", NOON), ("meter", NOON + timedelta(days=2))):
        with pytest.raises(ValueError, match="cost"):
            list(list_cut(azure.connection, REF, by, kind="ActualCost", start=start, end=start, now=NOON))
    assert azure.asked == []


def test_a_forecast_says_what_the_rest_of_the_month_will_cost() -> None:
    world = Emulated(runs=1)
    end = datetime(2026, 11, 30, tzinfo=UTC)
    pages = list_forecast(world.connection, world.ref, kind="ActualCost", start=NOON, end=end, now=NOON)
    (found,) = forecasts_of(records(pages), "ActualCost")
    assert (found.id, len(found.days)) == ("ActualCost|2026-11|USD", 10)
    rest = found.after(NOON)
    assert rest is not None
    assert rest.amount == sum(Decimal(found.days[f"2026-11-{day}"]) for day in range(22, 31))


def test_an_empty_forecast_expects_nothing_and_rows_of_one_day_add_up() -> None:
    azure = Azure(lambda _: Given(b"", 204))
    pages = list_forecast(azure.connection, REF, kind="ActualCost", start=NOON, end=NOON)
    assert forecasts_of(records(pages), "ActualCost") == ()
    rows = [[1.5, 20261122, "Forecast", "EUR"], [2, 20261122, "Forecast", "EUR"], [9, 20261121, "Actual", "EUR"]]
    columns = [{"name": name} for name in ("Cost", "UsageDate", "CostStatus", "Currency")]
    azure = Azure(lambda _: as_json({"properties": {"columns": columns, "rows": rows}}))
    found = records(list_forecast(azure.connection, REF, kind="ActualCost", start=NOON, end=NOON))
    assert len({one.id for one in found}) == 3
    assert [one.days for one in forecasts_of(found, "ActualCost")] == [{"2026-11-22": "3.5"}]


def test_budgets_of_group_and_subscription_are_read_with_what_was_reached() -> None:
    world = Emulated(runs=1)
    group, subscription = records(list_budgets(world.connection, world.ref))
    assert group.scope.endswith("/resourcegroups/rg-ml-prod")
    assert group.evaluated == NOON.replace(hour=0, minute=0, second=0, microsecond=0)
    assert [(one.percent, one.basis) for one in group.thresholds] == [(80, "Actual"), (100, "Actual"),
                                                                      (100, "Forecasted")]  # fmt: skip
    spent, amount = group.spent, group.amount
    assert spent is not None
    assert amount is not None
    assert group.share == float(spent.amount / amount.amount)
    assert group.is_reached(group.thresholds[-1]) is True
    assert subscription.is_reached(subscription.thresholds[-1]) is False


def test_what_is_unknown_of_a_budget_is_not_said_to_be_reached() -> None:
    euros = Money(Decimal(100), "EUR")
    bare = Budget(id="/x", name="x", scope="/s", amount=euros)
    over = Threshold(name="n", percent=100, basis=FORECASTED)
    assert bare.is_reached(over) is None
    assert Budget(id="/x", name="x", scope="/s", amount=euros, expected=1.0).is_reached(over) is False


@pytest.mark.parametrize("status", [200, 429])
def test_the_longest_rest_that_any_header_asks_for_is_kept_after_a_good_answer_too(status: int) -> None:
    empty = as_json({"properties": {"columns": [], "rows": []}}, status)
    hints = {"retry-after": "7", HINT.format("qpu"): "90", HINT.format("tenant"): "25"}
    azure = Azure(lambda _: Given(empty.body, status, hints))
    for _ in range(2):
        try:
            list(list_costs(azure.connection, REF, start=START, end=NOON))
        except Throttled:
            continue
    assert azure.connection.clock.now() >= 90
    assert (azure.connection.budgets()[0].held_for or 0) == pytest.approx(90)


def test_a_page_that_has_to_rest_is_waited_for_and_no_listing_begins_anew() -> None:
    link = "https://management.azure.com/subscriptions/sub/providers/Microsoft.CostManagement/query?$skiptoken=1"
    left = [link, None]

    def answering(_: Asked) -> Given:
        given = as_json({"properties": {"columns": [], "rows": [], "nextLink": left.pop(0)}})
        return Given(given.body, 200, {HINT.format("entity"): "120"})

    azure = Azure(answering)
    pages: list[Page[Any]] = list(list_costs(azure.connection, REF, start=START, end=NOON))
    assert [page.is_last for page in pages] == [False, True]


def _refusing(world: Emulated, *refused: str) -> Azure:
    """The emulator, but for scopes that end like this, which say 403."""

    def answer(asked: Asked) -> Given:
        if any(f"{end}/providers/Microsoft.Co" in asked.path for end in refused):
            code = {"code": "AuthorizationFailed", "message": f"no right to {asked.path}"}
            return as_json({"error": code}, 403)
        url = f"https://{asked.host}{asked.path}?{urlencode(asked.query)}"
        given = ask(world.world, asked.method, url, body=asked.body)
        return as_json(given.json(), given.status)

    return Azure(answer)


def test_a_group_that_may_not_be_asked_is_asked_of_the_subscription_and_the_bill_is_the_same() -> None:
    world = Emulated(runs=1)
    group, wide = world.ref.resource_group, world.ref.subscription
    whole = total(records(list_costs(world.connection, world.ref, start=START, end=END)))
    azure = _refusing(world, group)
    pages = list(list_costs(azure.connection, world.ref, start=START, end=END))
    assert total(records(pages)) == pytest.approx(whole, abs=Decimal("0.001"))
    assert is_of_subscription(pages[0].provenance.route)
    assert total(records(list_cut(azure.connection, world.ref, "tag:team", kind="ActualCost", start=START, end=END)))
    assert tag_keys(records(list_dimensions(azure.connection, world.ref)))
    assert list(list_forecast(azure.connection, world.ref, kind="ActualCost", start=NOON, end=NOON))
    (page,) = list_budgets(azure.connection, world.ref)
    assert ([one.name for one in page.records], page.is_last) == (["subscription-monthly"], False)
    assert group in page.set_aside[0].reason
    (own,) = list_budgets(_refusing(world, wide).connection, world.ref)
    assert ([one.name for one in own.records], own.is_last) == (["rg-ml-prod-monthly"], False)
    neither = _refusing(world, group, wide).connection
    for pages in (list_costs(neither, world.ref, start=START, end=END), list_budgets(neither, world.ref)):
        with pytest.raises(Forbidden, match=group):
            list(pages)


def test_an_hour_of_impatient_use_makes_no_call_before_its_time() -> None:
    world = Emulated(runs=1)
    began, asked = world.at, list[float]()
    while world.at - began < timedelta(hours=1):
        for pages in (
            list_dimensions(world.connection, world.ref),
            list_forecast(world.connection, world.ref, kind="ActualCost", start=NOON, end=NOON),
        ):
            list(pages)
            asked.append(world.clock.now())
    gaps = [after - before for before, after in pairwise(asked)]
    assert len(gaps) > 50
    assert min(gaps) >= 60  # what every answer asks for, where our own spacing is 20
    assert not [one for one in world.world.log.entries() if one.status == 429]


def test_the_emulator_throttles_who_does_not_wait() -> None:
    world = Emulated(runs=1)
    path = f"/subscriptions/{world.ref.subscription}/resourceGroups/{world.ref.resource_group}/"
    assert [_status(world, path) for _ in range(5)] == [200, 200, 200, 200, 429]
    world.forward(61)
    assert _status(world, path) == 200


def _status(world: Emulated, path: str) -> int:
    url = f"https://management.azure.com{path}providers/Microsoft.CostManagement/dimensions?api-version=2025-03-01"
    return respond(world.world, request_of("GET", url)).status
