"""Usage is the bill told by meters: it adds up to the same, and what Azure does not say is not said."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from app.billing.asked import Looked
from app.billing.known import known_bill
from app.billing.layout import bill_lines
from app.billing.panels import Shown
from app.billing.words import is_calendars
from app.handed import Reading
from app.panes.usage import USAGE, cost, period, quantity, span, state, verdict
from app.sources import SOURCES
from app.tables import TABLES
from cache.store import Store
from services.emulator.asking import ask
from services.records import Money
from services.usage_details import UsageLine, list_usage
from tests.services.answering import Asked, Azure, Given, as_json
from tests.services.emulated import NOON, Emulated
from widgets.lines import line_text
from widgets.pane import Look

SCOPE = "s"
LOOK = Look(now=NOON)
SOURCE = {source.name: source for source in SOURCES}


class Sums:
    """The rows a verdict is made of."""

    def __init__(self, *lines: UsageLine) -> None:
        self._lines = lines

    def rows(self) -> tuple[UsageLine, ...]:
        return self._lines


def total(lines: list[Any]) -> Decimal:
    return sum((line.cost.amount for line in lines if line.cost), Decimal(0))


def read(name: str, reading: Reading) -> list[Any]:
    found: list[Any] = []
    for page in SOURCE[name].read(reading):
        reading.store.put(SOURCE[name].table.name, SCOPE, page.records, page.documents, provenance=page.provenance)
        found += page.records
    return found


def test_usage_is_the_bill_of_the_open_period_by_meter_and_hours_are_what_machines_were_up(tmp_path: Path) -> None:
    world = Emulated(runs=1)
    with closing(Store.open(tmp_path, TABLES, now=lambda: NOON)) as store:
        reading = Reading(world.connection, world.ref, store, SCOPE, NOON, lambda: False)
        lines, bill = read("usage", reading), read("costs", reading)
        start = datetime(2026, 11, 6, tzinfo=UTC)
        open_days = [line for line in bill if line.day >= start]
        known = known_bill(store, SCOPE, Looked(), NOON)
    assert {(line.period_start, line.period_end) for line in lines} == {(start, datetime(2026, 12, 5, tzinfo=UTC))}
    day = datetime(2026, 11, 18, tzinfo=UTC)
    assert total([one for one in lines if one.start == day]) == pytest.approx(
        total([one for one in open_days if one.day == day]), abs=Decimal("0.001")
    )
    (always,) = [one for one in lines if one.start == day and one.name == "churn"]
    assert (always.quantity, always.unit, always.is_estimated) == (48, "Hours", True)
    assert len([one for one in world.world.log.entries() if one.path.endswith("/billingPeriods/202612-1")]) == 1
    drawn = " ".join(line_text(line) for line in bill_lines(known, Shown(LOOK), 158))
    assert "Azure's open billing period is 6 Nov to 5 Dec" in drawn


def test_a_page_of_usage_leads_to_the_next_and_a_period_nobody_tells_the_days_of_stays_without(tmp_path: Path) -> None:
    world = Emulated(runs=1)

    def answer(asked: Asked) -> Given:
        if "billingPeriods" in asked.path:
            return as_json({"error": {"code": "AuthorizationFailed", "message": "no"}}, 403)
        query = urlencode({**asked.query, "$top": "400"})
        given = ask(world.world, asked.method, f"https://{asked.host}{asked.path}?{query}")
        return as_json(given.json(), given.status)

    azure = Azure(answer)
    with closing(Store.open(tmp_path, TABLES, now=lambda: NOON)) as store:
        lines = read("usage", Reading(azure.connection, world.ref, store, SCOPE, NOON, lambda: False))
    pages = [one for one in azure.asked if one.path.endswith("usageDetails")]
    assert (len(pages), len(lines), len({line.id for line in lines})) == (2, len(lines), len(lines))
    assert {"rg-ml-prod"} == {(line.resource or "").split("/")[4] for line in lines if line.resource}
    assert (lines[0].period, lines[0].period_start) == ("202612-1", None)
    assert line_text(period(lines[0], LOOK) or ()) == "202612-1"


def test_the_emulator_gives_details_of_meters_only_when_asked() -> None:
    world = Emulated(runs=1)
    scope = f"/subscriptions/{world.ref.subscription}"
    detailed = next(list_usage(world.connection, scope, group="RG-ML-PROD")).records
    assert all(line.meter for line in detailed)
    url = f"https://management.azure.com{scope}/providers/Microsoft.Consumption/usageDetails?api-version=2023-05-01"
    assert {one["properties"]["meterDetails"] for one in ask(world.world, "GET", url).json()["value"]} == {None}
    assert ask(world.world, "GET", f"{url}&$filter=tags eq 'x'").status == 400


def test_a_line_of_usage_says_no_more_than_azure_did() -> None:
    bare = UsageLine(id="x", product="P10 - AP East")
    assert [line_text(cell(bare, LOOK)) for cell in (span, quantity, cost, state)] == ["–", "–", "–", "–"]
    cells = {column.title: line_text(column.cell(bare, LOOK)) for column in USAGE.columns}
    assert (cells["meter"], cells["unit"]) == ("P10 - AP East", "–")
    tiny = msgspec.structs.replace(
        bare, cost=Money(Decimal("0.000004"), "USD"), quantity=0.000696, is_estimated=False,
        start=NOON.replace(hour=0), end=NOON + timedelta(days=2),
    )  # fmt: skip
    assert [line_text(cell(tiny, LOOK)) for cell in (span, quantity, cost, state)] == [
        "21–23 Nov", "0.000696", "<0.01", "✓ closed",
    ]  # fmt: skip
    assert line_text(state(tiny, replace(LOOK, is_ascii=True))) == "v closed"


def test_currencies_of_usage_are_never_added_and_lines_without_a_cost_are_counted() -> None:
    lines = [UsageLine(id=f"{at}", cost=Money(Decimal(5), unit), is_estimated=True) for at, unit in
             enumerate(("USD", "EUR", "USD"))]  # fmt: skip
    said = line_text(verdict(Sums(*lines, UsageLine(id="9")), LOOK))  # pyright: ignore[reportArgumentType]
    assert said.startswith("$10.00  €5.00 in the open billing period")
    assert said.endswith("1 lines without a cost")
    assert not is_calendars(datetime(2026, 11, 6, tzinfo=UTC), datetime(2026, 12, 5, tzinfo=UTC))
    assert is_calendars(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 2, 28, tzinfo=UTC))
