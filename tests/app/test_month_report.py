"""The cost report of a month: billed and estimated apart, with what is missing, and harmless to whoever reads it."""

from __future__ import annotations

import csv
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from app import endpoint_tables, tables
from app.estimating import put
from app.month_costs import month_costs, settled
from services.costs import CostLine
from services.deployments import Deployment
from services.prices import Price, key_of
from services.reconcile import closed_days
from services.records import Money, Page, Provenance
from services.run import Run
from tests.app.commanding import PROD, Command, cached

SKU = "Standard_NC6s_v3"


def _fill(folder: Path) -> datetime:
    """A cache with a bill of two days, and runs of two users, one of them without a price."""
    with cached(folder) as session:
        now, scope = session.now(), session.scope
        start = now.replace(hour=0, minute=0, second=0, microsecond=0)
        month = start.replace(day=1)
        price = Price(id=key_of(SKU, "eu"), sku=SKU, region="eu", price=Money(Decimal(3), "USD"))
        runs = [
            Run(id=name, name=name, kind="command", status="Completed", user=user, experiment="a|b", started=month,
                ended=month + timedelta(hours=2), vm_size=size, region="eu")
            for name, user, size in (("r1", "ana", SKU), ("r2", "[li](http://x)", SKU), ("r3", "ana", "other"))
        ]  # fmt: skip
        old = Run(id="r0", name="r0", kind="command", status="Completed", user="ana", started=month - timedelta(days=1),
                  ended=month, vm_size=SKU, region="eu")  # fmt: skip
        costs = [
            CostLine(id=f"{service}{back}", day=month, service=service, cost=Money(Decimal("7.5"), "USD"),
                     resource=f"{PROD.id.lower()}/{kind}", resource_name=kind.split("/")[-1])
            for back, (service, kind) in enumerate((("Virtual Machines", "onlineendpoints/score"), ("Storage", "x")))
        ]  # fmt: skip
        for table, records in ((tables.PRICES, [price]), (tables.RUNS, [*runs, old]), (tables.COSTS, costs)):
            put(session.store, table, scope, Page(tuple(records), (), Provenance("/test", None, now), is_last=True))
        return month


def test_a_report_tells_billed_from_estimated_and_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    month = _fill(tmp_path / "cache")
    command = Command(tmp_path / "cache", capsys)
    said = command("report", "--offline", "--out", str(tmp_path), "--month", f"{month:%Y-%m}")
    assert said.code == 0, said.err
    text = (tmp_path / f"cost-report-{month:%Y-%m}.md").read_text()
    billed, estimated = text.split("## Estimated")
    assert "| score | $7.50 |" in billed
    assert "| ana |" not in billed
    assert "| ana | ≥ ≈$6.00 (1 without a price) |" in estimated
    assert "\\[li\\](http://x)" in estimated
    assert "| a\\|b | ≥ ≈$12.00 (1 without a price) |" in estimated
    assert "1 runs have no price" not in estimated
    assert "1 run has no price" in estimated
    rows = list(csv.DictReader((tmp_path / f"cost-report-{month:%Y-%m}.csv").read_text().splitlines()))
    assert {(row["kind"], row["by"]) for row in rows} == {
        ("billed", "service"), ("billed", "resource"), ("billed", "endpoint"), ("estimated", "user"),
        ("estimated", "experiment"),
    }  # fmt: skip
    again = command("report", "--offline", "--out", str(tmp_path), "--month", f"{month:%Y-%m}")
    assert (again.code, "--force" in again.err) == (1, True)
    assert command("report", "--offline", "--month", "November").code == 2


def test_a_deployment_costs_nothing_in_a_month_before_it_was_made_and_days_are_of_the_month(tmp_path: Path) -> None:
    _fill(tmp_path / "cache")
    with cached(tmp_path / "cache") as session:
        now, scope = session.now(), session.scope
        one = Deployment(id="score/blue", endpoint="score", name="blue", instance_type=SKU, instances=1,
                         created=now - timedelta(hours=1))  # fmt: skip
        page = Page((one,), (), Provenance("/test", None, now), is_last=True)
        put(session.store, endpoint_tables.DEPLOYMENTS, scope, page)
        old = datetime(2025, 1, 1, tzinfo=UTC)
        assert month_costs(session.store, scope, old, now).of("estimated", "endpoint") == []
        assert closed_days(settled(old, now))[-1] == datetime(2025, 1, 31, tzinfo=UTC)
        assert settled(now.replace(day=1), now) == now
