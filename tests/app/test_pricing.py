"""What an hour costs is unknown until somebody reads the list prices; then it stands beside what costs it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from app.cells import per_hour
from app.price_lines import price_lines
from app.rows import EndpointRow
from services.records import Money
from tests.app.commanding import Command
from widgets.lines import line_text
from widgets.pane import Look

LOOK = Look(datetime(2026, 11, 21, 12, 0, tzinfo=UTC))


def test_prices_are_a_dash_until_they_are_read_and_then_say_what_they_are_made_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = Command(tmp_path / "cache", capsys)

    def churn(*options: str) -> dict[str, object]:
        return json.loads(command("--demo", "endpoints", "name=churn", "--json", *options).out)[0]

    assert churn()["per_hour"] is None
    assert command("--demo", "prices", "Standard_F4s_v2", "--json").out.strip() == "[]"
    read = command("--demo", "prices", "refresh", "--json")
    assert read.code == 0
    (known,) = (one for one in json.loads(read.out) if one["id"] == "westeurope/standard_f4s_v2/linux/dedicated")
    assert known["source"] == "emulator"
    assert known["read"]
    row = churn("--offline")
    assert row["per_hour"] == {"amount": "0.338", "currency": "USD"}
    assert row["priced"] == [
        "blue: 2 × Standard_F4s_v2 at 0.169 USD/h in westeurope, emulator price, 2026-01-01: estimated"
    ]


def test_what_amldeck_brings_along_is_known_without_a_workspace_and_without_azure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = Command(tmp_path / "cache", capsys)
    given = command("prices", "standard_d16as_V4", "Standard_X1", "--json")
    assert given.code == 0
    known = {(one["os"], one["priority"]): one["price"]["amount"] for one in json.loads(given.out)}
    assert known[("linux", "dedicated")] == "0.77"
    assert "Standard_X1" in given.err
    assert command("prices", "refresh", "--offline").code == 2


def _said(row: EndpointRow) -> list[str]:
    return [line_text(line) for line in price_lines(row, LOOK)]


def test_an_estimate_is_marked_and_a_missing_price_says_what_reads_it() -> None:
    known = EndpointRow(id="e", name="e", per_hour=Money(Decimal("1.172"), "USD"), priced=("blue: 4 × F4s: estimated",))
    assert line_text(per_hour("per_hour")(known, LOOK)) == "≈1.17"
    assert _said(known) == ["≈$1.17 an hour", "blue: 4 × F4s: estimated"]
    francs = EndpointRow(id="e", name="e", per_hour=Money(Decimal("1.172"), "CHF"))
    assert line_text(per_hour("per_hour")(francs, LOOK)) == "≈CHF 1.17"
    unknown = EndpointRow(id="e", name="e", priced=("blue: the price of Standard_X1 in eastus is not known",))
    assert line_text(per_hour("per_hour")(unknown, LOOK)) == "–"
    assert "amldeck prices refresh" in _said(unknown)[-1]
    kubernetes = EndpointRow(id="e", name="e", priced=("blue: it runs on Kubernetes",))
    assert _said(kubernetes)[-1] == "blue: it runs on Kubernetes"
