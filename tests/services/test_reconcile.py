"""The bill of machines against the estimates: the parts add up to it, and nothing is explained twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.compute import Compute
from services.costs import CostLine
from services.deployments import Deployment
from services.hourly import PriceBook
from services.prices import Price, key_of
from services.reconcile import (
    PARTS,
    Pool,
    Reconciliation,
    Standing,
    Stay,
    closed_days,
    idle_seconds,
    reconcile,
)
from services.records import Money
from services.running_now import running_now
from services.what_if import what_if

NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)
WS = "/subscriptions/s/resourceGroups/g/providers/Microsoft.MachineLearningServices/workspaces/W"
DAYS = closed_days(NOW, 3)
FIRST = DAYS[0]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GPU = Pool("gpu", 2, 4, 1800.0, Decimal(6))


def _line(day: datetime, amount: str, service: str = "Virtual Machines", tail: str = "", currency: str = "USD") -> Any:
    return CostLine(id=f"{day}{service}{tail}{currency}", day=day, resource=f"{WS.lower()}{tail}", service=service,
                    cost=Money(Decimal(amount), currency))  # fmt: skip


def _reconciled(lines: list[Any], stays: tuple[Stay, ...] = (), *standing: Standing) -> Reconciliation:
    return reconcile(DAYS, lines, WS, stays, (GPU,), standing, "USD")


def test_days_are_closed_48_hours_after_their_end() -> None:
    assert [one.day for one in DAYS] == [22, 23, 24]


def test_a_day_is_split_into_runs_idle_nodes_endpoints_instances_and_the_rest() -> None:
    stay = Stay("GPU", FIRST + 23 * HOUR, FIRST + 25 * HOUR, 3, Decimal(36))
    lines = [_line(FIRST, "400"), _line(FIRST, "30", tail="/computes/ci"), _line(FIRST, "9", "Storage"),
             _line(DAYS[1], "300"), _line(FIRST + 5 * DAY, "999")]  # fmt: skip
    found = _reconciled(
        lines, (stay, Stay("gpu", FIRST, FIRST + HOUR, 1, None)),
        Standing("endpoints", "e/blue", FIRST + 12 * HOUR, Decimal(2)), Standing("instances", "ci", None, Decimal(1)),
    )  # fmt: skip
    assert [one.day for one in found.days] == list(DAYS[:2]), "a day that is not on the bill is not explained"
    first = found.days[0]
    assert first.billed == 430
    # Two nodes are always up; the third that a run took idles for half an hour after it. One node ran without a price.
    assert {name: first.parts[name] for name in PARTS[:-1]} == {
        "jobs": 18, "idle": 6 * (24 * 2 - 1 - 2), "endpoints": 24, "instances": 24,
    }  # fmt: skip
    assert found.days[1].parts["idle"] == 6 * (23 * 2 + Decimal("0.5"))
    assert [(one.busy, one.idle) for one in found.days] == [(4, 45), (3, 46.5)], "hours of nodes, priced or not"
    assert found.beside == 9
    assert found.unknown == {"runs": 1}


def test_without_a_bill_in_the_currency_of_the_prices_there_is_a_reason_and_no_number() -> None:
    assert "EUR" in _reconciled([_line(FIRST, "1", currency="EUR")]).why_not
    assert "No machine" in _reconciled([_line(FIRST, "1", "Storage")]).why_not
    other = CostLine(id="x", day=FIRST, resource=f"{WS.lower()}-2", service="Virtual Machines",
                                        cost=Money(Decimal(1), "USD"))  # fmt: skip
    assert _reconciled([other]).why_not, "what another workspace was billed is none of ours"


def test_a_node_that_takes_the_next_run_is_not_idle_and_no_cluster_is_larger_than_it_may_be() -> None:
    pool = Pool("c", 0, 2, 600.0, None)
    stays = [Stay("c", FIRST, FIRST + HOUR, 2, None), Stay("c", FIRST + HOUR, FIRST + 2 * HOUR, 2, None)]
    assert idle_seconds(pool, stays, FIRST, FIRST + DAY) == 2 * 600


AMOUNTS = st.decimals(0, 10_000, places=6)
MOMENTS = st.integers(-48 * 60, 96 * 60).map(lambda minutes: FIRST + timedelta(minutes=minutes))


def _stay(start: datetime, minutes: int, nodes: int, cost: Decimal | None) -> Stay:
    return Stay("gpu", start, start + timedelta(minutes=minutes), nodes, cost)


STAYS = st.builds(
    _stay,
    MOMENTS, st.integers(0, 5_000), st.integers(1, 6), st.none() | AMOUNTS,
)  # fmt: skip
STANDING = st.builds(Standing, st.sampled_from(("endpoints", "instances")), st.just("x"), st.none() | MOMENTS,
                     st.none() | AMOUNTS)  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(DAYS), AMOUNTS), min_size=1), st.lists(STAYS), st.lists(STANDING))
def test_the_parts_always_add_up_to_the_bill_and_no_part_takes_away(
    lines: list[tuple[datetime, Decimal]], stays: list[Stay], standing: list[Standing]
) -> None:
    found = _reconciled([_line(day, str(amount)) for day, amount in lines], tuple(stays), *standing)
    for one in found.days:
        assert sum(one.parts.values()) == one.billed
        assert all(one.parts[name] >= 0 for name in PARTS[:-1])
    assert found.billed == sum(amount for _, amount in lines)
    assert sum(found.part(name) for name in PARTS) == found.billed


def _book(*prices: tuple[str, str, Any]) -> PriceBook:
    return PriceBook(
        Price(id=key_of(sku, "eu", "linux", priority), sku=sku, region="eu", priority=priority,
              price=Money(Decimal(amount), "USD"))
        for sku, amount, priority in prices
    )  # fmt: skip


def test_what_is_up_now_costs_its_nodes_and_says_what_of_it_is_idle_or_has_no_price() -> None:
    book = _book(("gpu", "3", "dedicated"), ("gpu", "0.5", "low priority"), ("f4", "0.2", "dedicated"))
    cluster = Compute(id="a", name="a", kind="AmlCompute", vm_size="GPU", location="eu", running_nodes=2, idle_nodes=1,
                      unusable_nodes=1, leaving_nodes=0)  # fmt: skip
    low = Compute(id="low", name="low", kind="AmlCompute", vm_size="gpu", location="eu", priority="LowPriority",
                  running_nodes=2, idle_nodes=0)  # fmt: skip
    empty = Compute(id="b", name="b", kind="AmlCompute", vm_size="gpu", location="eu", running_nodes=0, idle_nodes=0)
    on = Compute(id="ci", name="ci", kind="ComputeInstance", vm_size="f4", location="eu", state="Running")
    off = Compute(id="co", name="co", kind="ComputeInstance", vm_size="f4", location="eu", state="Stopped")
    served = Deployment(id="e/blue", endpoint="e", name="blue", instance_type="other", instances=2)
    found = running_now([cluster, low, empty, on, off], [served], book, {"e": "eu"})
    assert [(one.name, one.machines, one.idle_machines) for one in found.parts] == [
        ("a", 4, 2), ("low", 2, 0), ("ci", 1, None), ("e/blue", 2, None),
    ]  # fmt: skip
    assert (found.per_hour.money, found.per_hour.unknown) == (Money(Decimal("13.2"), "USD"), 1)
    assert found.idle.money == Money(Decimal(6), "USD")


def test_what_if_multiplies_and_low_priority_says_what_it_saves() -> None:
    book = _book(("gpu", "3.06", "dedicated"), ("gpu", "0.612", "low priority"))
    found = what_if(book, 4, 3, "GPU", "eu", "low priority")
    assert found.total == Money(Decimal("7.344"), "USD")
    assert found.saving == Money(Decimal("29.376"), "USD")
    assert what_if(book, 4, None, "gpu", "eu", "dedicated").total is None
    unknown = what_if(book, 4, 3, "h100", "eu", "dedicated")
    assert (unknown.total, unknown.per_hour) == (None, None)
    assert "is not known" in unknown.basis
