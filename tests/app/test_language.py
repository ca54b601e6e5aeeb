"""Every form of the filter language that the manual names, asked of runs: what it finds, and what a slip leaves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from app.rows import CostRow
from app.tables import COST_ROWS, RUNS
from cache.query import parse
from cache.store import Store
from services.records import Money, Provenance
from services.run import Run

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RUN_FACTS = (
    Run(id="a", name="brave-elk", status="Failed", experiment="fraud", created=NOW - timedelta(hours=2),
        duration=9000.0, user="ana", error="CUDA out of memory", tags={"team": "core"},
        params={"lr": "0.01", "optimizer": "adam"}),
    Run(id="b", name="calm-fox", status="Completed", experiment="churn", created=NOW - timedelta(days=3),
        duration=60.0, tags={"team": "risk"}, params={"lr": "0.1", "optimizer": "sgd"}, metrics={"auc": 0.95}),
    Run(id="c", name="keen fox", status="Canceled", experiment="fraud", created=NOW - timedelta(days=9),
        params={"optimizer": "lion"}, metrics={"auc": 0.5}),
)  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store.open(tmp_path_factory.mktemp("cache"), [RUNS, COST_ROWS], now=lambda: NOW)
    where = Provenance("/test", None, NOW)
    store.put("runs", "s", RUN_FACTS, provenance=where)
    costs = [CostRow(id=f"{amount}", month=Money(Decimal(amount), "USD")) for amount in (20, 80)]
    store.put("cost_rows", "s", costs, provenance=where)
    return store


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("fox", "bc"), ("FOX", "bc"), ("memory", "a"), ("ana", "a"), ("core", "a"), ("adam", "a"), ("optimizer", "abc"),
        ("experiment:rau", "ac"), ("experiment=fraud", "ac"), ("experiment=frau", ""), ("status!=failed", "bc"),
        ("dur>2h", "a"), ("dur<2h", "b"), ("created<24h", "a"), ("created>7d", "c"), ("created>=2026-11-17", "ab"),
        ("name~^(brave|keen).", "ac"), ("name!~fox$", "a"), ("status=failed,canceled", "ac"), ("has:duration", "ab"),
        ("has:metric.auc", "bc"), ("!fox", "a"), ("!status:comp", "ac"), ("elk | keen", "ac"),
        ("fraud elk | keen", "ac"),
        ('"keen fox"', "c"), ('name="keen fox"', "c"), ("metric.auc>0.9", "b"), ("param.lr=0.010", "a"),
        ("tag.team:or", "a"), ("tag.team~^[cr]", "ab"), ("param.optimizer~adam|sgd", "ab"), ("lr", "ab"), ("ad", "a"),
        ("status:failed created<24h", "a"), ("user:none", "bc"),
    ],
)  # fmt: skip
def test_a_filter_finds_what_the_manual_says(store: Store, text: str, found: str) -> None:
    query = parse(text, RUNS, now=NOW)
    assert query.problems == ()
    assert "".join(seen.key for seen in store.records("runs", "s", query)) == found


def test_money_is_compared_in_its_currency(store: Store) -> None:
    found = {
        text: [seen.key for seen in store.records("cost_rows", "s", parse(text, COST_ROWS, now=NOW))]
        for text in ("cost>$50", "cost>50", "cost:>50", "cost:<=20", "cost>€50")
    }
    assert found == {"cost>$50": ["80"], "cost>50": ["80"], "cost:>50": ["80"], "cost:<=20": ["20"], "cost>€50": []}


@pytest.mark.parametrize("slip", ["colour:red", "name~(", "dur>soon", "|", '"open'])
def test_a_slip_is_underlined_where_it_stands_and_the_rest_applies(store: Store, slip: str) -> None:
    query = parse(f"fox {slip}", RUNS, now=NOW)
    (problem,) = query.problems
    assert f"fox {slip}"[problem.start : problem.end] == slip
    assert [seen.key for seen in store.records("runs", "s", query)] == ["b", "c"]
