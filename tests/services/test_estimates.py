"""What runs cost: each number says what it is made of, unknown is never zero, and estimates add up along any tree."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.compute import Compute
from services.estimates import Site, Sum, of_run, sum_of, together
from services.hourly import PriceBook
from services.prices import Price, key_of
from services.records import Money
from services.run import Run
from services.run_index import parse_index_run
from services.run_record import parse_run

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
SKU, PLACE = "Standard_NC6s_v3", "westeurope"


def _price(amount: str, priority: Any = "dedicated") -> Price:
    return Price(id=key_of(SKU, PLACE, "linux", priority), sku=SKU, region=PLACE, priority=priority,
                 price=Money(Decimal(amount), "EUR"), effective=datetime(2026, 3, 1, tzinfo=UTC))  # fmt: skip


SITE = Site(
    PriceBook((_price("3"), _price("0.6", "low priority"), _price("0.5", "spot"))),
    {
        "gpu": Compute(id="gpu", name="gpu", kind="AmlCompute", vm_size=SKU.upper(), location=PLACE),
        "spot": Compute(id="spot", name="spot", kind="AmlCompute", vm_size=SKU, location=PLACE, priority="LowPriority"),
        "aks": Compute(id="aks", name="aks", kind="Kubernetes", location=PLACE),
    },
    PLACE,
)


def _run(**given: Any) -> Run:
    start = NOW - timedelta(hours=10)
    plain: dict[str, Any] = {"id": "r", "name": "r", "kind": "command", "status": "Completed", "started": start,
             "ended": start + timedelta(hours=3), "compute_duration": 7200.0, "compute": "gpu", "nodes": 2}  # fmt: skip
    return Run(**(plain | given))


def _amount(**given: Any) -> str | None:
    money = of_run(_run(**given), SITE, NOW).money
    return None if money is None else f"{money.amount.normalize():f} {money.currency}"


@pytest.mark.parametrize(
    ("given", "amount", "said"),
    [
        ({}, "12 EUR", "2 h on compute (computeDuration)"),
        ({"charged": 3 * 3600.0}, "9 EUR", "3 h of nodes, as charged (chargedNodeUtilizationSeconds)"),
        ({"charged": 0.0}, "12 EUR", "2 nodes"),
        ({"compute_duration": None}, "18 EUR", "3 h from its start to its end"),
        ({"compute_duration": None, "status": "Running", "ended": None}, "60 EUR", "10 h from its start to now"),
        ({"status": "Running", "ended": None}, "12 EUR", "currentComputeTime, it still runs"),
        ({"nodes": None}, "6 EUR", "1 node, as no number is said"),
        ({"compute": "spot"}, "2.4 EUR", "0.6 EUR/h in westeurope, low priority, retail, 2026-03-01"),
        ({"compute": "spot", "priority": "Dedicated"}, "12 EUR", "the size is that of spot as it was last seen"),
        ({"compute": None, "vm_size": SKU}, "12 EUR", "3 EUR/h in westeurope, retail, 2026-03-01"),
        ({"reused_from": "other"}, "0 EUR", "it took the outputs of other"),
        ({"status": "Failed", "started": None, "compute_duration": None}, "0 EUR", "it ended before it started"),
        ({"status": "Completed", "started": None, "compute_duration": None}, None, "does not say how long"),
        ({"status": "Queued", "started": None, "ended": None, "compute_duration": None}, None, "it has not started"),
        ({"compute": "local"}, None, "the machine of who submitted it"),
        ({"compute": "aks"}, None, "aks is attached (Kubernetes)"),
        ({"compute": "old"}, None, "Azure names no machine size"),
        ({"compute": None}, None, "no compute and no machine size"),
        ({"vm_size": "Standard_X1"}, None, "the price of Standard_X1 in westeurope is not known"),
        ({"region": "eastus"}, None, "the price of STANDARD_NC6S_V3 in eastus is not known"),
        ({"kind": "sweep"}, None, "it costs what the runs below it cost"),
    ],
)
def test_a_run_costs_its_machines_and_says_how_that_is_known(
    given: dict[str, Any], amount: str | None, said: str
) -> None:
    assert _amount(**given) == amount
    assert said in " · ".join(of_run(_run(**given), SITE, NOW).basis)


def test_what_the_service_charged_is_read_out_of_both_answers() -> None:
    charged = b'"jobCost":{"chargedGpuSeconds":null,"chargedNodeUtilizationSeconds":61.5}'
    assert parse_run(b'{"runId":"r","compute":{"region":"eastus"},' + charged + b"}").charged == 61.5
    index = b'{"type":"runs","annotations":{' + charged + b'},"properties":{"runId":"r"}}'
    assert parse_index_run(index).charged == 61.5


def test_currencies_are_never_added() -> None:
    both = together((Sum({"EUR": Decimal(1)}), Sum({"USD": Decimal(2)}, 3)))
    assert both.money is None
    assert both.amounts == {"EUR": Decimal(1), "USD": Decimal(2)}
    assert Sum({"EUR": Decimal(1), "USD": Decimal(0)}).money == Money(Decimal(1), "EUR")


def _leaf(seconds: int, sku: str, reused: str | None) -> Run:
    return _run(vm_size=sku, compute_duration=float(seconds), reused_from=reused)


LEAVES = st.builds(
    _leaf,
    st.integers(1, 10**7), st.sampled_from((SKU, SKU, "Standard_X1")), st.sampled_from((None, None, None, "other")),
)  # fmt: skip
TREES: Any = st.recursive(LEAVES, lambda inside: st.lists(inside, min_size=1, max_size=4), max_leaves=24)


def _leaves(tree: Any) -> list[Run]:
    return [tree] if isinstance(tree, Run) else [leaf for one in tree for leaf in _leaves(one)]


def _known(tree: Any) -> Run:
    """A run with its cost, worked out level by level, as the cache does it."""
    if isinstance(tree, Run):
        return replace(tree, cost=of_run(tree, SITE, NOW).money)
    found = sum_of(map(_known, tree))
    return _run(kind="pipeline", cost=found.money, cost_unknown=found.unknown)


@given(TREES)
def test_estimates_add_up_along_any_tree_and_an_unknown_part_makes_the_sum_at_least(tree: Any) -> None:
    single = [of_run(leaf, SITE, NOW).money for leaf in _leaves(tree)]
    unknown = [leaf for leaf in _leaves(tree) if leaf.vm_size != SKU and not leaf.reused_from]
    found = sum_of((_known(tree),))
    assert found.amounts.get("EUR", 0) == sum((one.amount for one in single if one is not None), Decimal(0))
    assert found.unknown == len(unknown) == sum(one is None for one in single)
    assert found.is_at_least == bool(unknown)
