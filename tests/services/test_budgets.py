"""We take at most half of what Azure grants, and wait our turn without holding anybody up."""

from __future__ import annotations

import threading

import pytest

from services.budgets import Budgets, allowance
from services.connection import Call
from services.errors import Throttled
from services.limits import Flight, Limits, Stopped, wait
from services.records import never
from tests.services.answering import Azure, InstantClock, as_json

ARM = "https://management.azure.com"
COSTS = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CostManagement/query"


def cost(scope: str = "s") -> Call:
    return Call(url=f"{ARM}{COSTS.replace('/s/', f'/{scope}/')}", method="POST", body={})


def test_a_second_cost_query_of_a_scope_waits_twenty_seconds() -> None:
    clock = InstantClock()
    budgets = Budgets(clock)
    for _ in range(2):
        budgets.take(cost(), Flight(clock.now() + 60))
    assert clock.now() == pytest.approx(20)


def test_other_scopes_do_not_wait_for_it() -> None:
    clock = InstantClock()
    budgets = Budgets(clock)
    for scope in ("a", "b", "c"):
        budgets.take(cost(scope), Flight(clock.now() + 60))
    assert clock.now() == 0


def test_a_turn_beyond_the_deadline_is_told_at_once_and_costs_nothing() -> None:
    clock = InstantClock()
    budgets = Budgets(clock)
    call = Call(url=f"{ARM}/subscriptions/s/x")
    budgets.hold(call, 20)
    with pytest.raises(Throttled) as raised:
        budgets.take(call, Flight(10))
    assert raised.value.retry_after == pytest.approx(20)
    assert clock.now() == 0
    budgets.take(call, Flight(60))
    assert clock.now() == pytest.approx(20)


def test_a_cost_query_waits_for_its_turn_beyond_its_deadline_but_not_for_ever() -> None:
    clock = InstantClock()
    budgets = Budgets(clock)
    budgets.take(cost(), Flight(60))
    flight = Flight(10)
    budgets.take(cost(), flight)
    assert (clock.now(), flight.deadline) == (pytest.approx(20), pytest.approx(30))
    budgets.hold(cost(), 2_000)
    with pytest.raises(Throttled):
        budgets.take(cost(), Flight(clock.now() + 60))


def test_arm_reads_take_at_most_half_of_what_is_granted() -> None:
    clock = InstantClock()
    budgets = Budgets(clock)
    call = Call(url=f"{ARM}/subscriptions/s/x")
    for _ in range(1_325):
        budgets.take(call, Flight(clock.now() + 60))
    assert clock.now() == pytest.approx(100, rel=0.01)  # a burst of 125, then 12 a second
    clock.at += 1_000
    (left,) = budgets.left()
    assert (left.left, left.burst, left.rate) == (125, 125, 12)


def test_subscriptions_and_kinds_have_budgets_of_their_own() -> None:
    keys = {
        allowance(call)[1]
        for call in (
            Call(url=f"{ARM}/subscriptions/A/x"),
            Call(url=f"{ARM}/subscriptions/a/y"),
            Call(url=f"{ARM}/subscriptions/b/x"),
            Call(url=f"{ARM}/subscriptions/a/x", method="PUT"),
            Call(url=f"{ARM}/providers/Microsoft.ResourceGraph/resources", method="POST"),
            cost("a"),
            Call(url="https://api.loganalytics.io/v1/workspaces/w/query", method="POST", audience="logs"),
            Call(url="https://prices.azure.com/api/retail/prices", audience="none"),
            Call(url="https://eastus.api.azureml.ms/history/v1.0/subscriptions/a/x"),
        )
    }
    assert len(keys) == 8


def test_what_is_left_can_be_read() -> None:
    azure = Azure(lambda _: as_json({}))
    azure.connection.read(azure.connection.arm("/subscriptions/s/x", "1"))
    (left,) = azure.connection.budgets()
    assert (left.name, left.host, left.scope, left.left, left.held_for) == (
        "reads",
        "management.azure.com",
        "s",
        124,
        0,
    )


def test_a_hold_keeps_everybody_away_until_it_is_over() -> None:
    clock = InstantClock()
    budgets = Budgets(clock)
    call = Call(url=f"{ARM}/subscriptions/s/x")
    budgets.hold(call, 30)
    (left,) = budgets.left()
    assert left.held_for == 30
    budgets.take(call, Flight(60))
    assert clock.now() == pytest.approx(30)


def test_a_stopped_wait_gives_its_turn_back() -> None:
    clock = InstantClock()
    budgets = Budgets(clock)
    budgets.take(cost(), Flight(60))
    with pytest.raises(Stopped):
        budgets.take(cost(), Flight(60, stop=lambda: clock.now() > 1))
    budgets.take(cost(), Flight(clock.now() + 60))
    assert clock.now() == pytest.approx(20)


def test_callers_queue_in_the_order_they_came() -> None:
    clock = InstantClock()
    budgets = Budgets(clock)
    threads = [threading.Thread(target=budgets.take, args=(Call(url=f"{ARM}/x"), Flight(60))) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    (left,) = budgets.left()
    assert left.left == 105


def test_a_cost_query_through_the_connection_waits_its_turn() -> None:
    azure = Azure(lambda _: as_json({"properties": {"columns": [], "rows": []}}), limits=Limits(total=60))
    for _ in range(3):
        azure.connection.read(cost())
    assert azure.connection.clock.now() == pytest.approx(40)


def test_a_wait_is_cut_into_slices_and_ends_when_asked() -> None:
    clock = InstantClock()
    wait(clock, 1.1, never)
    assert clock.now() == pytest.approx(1.1)
    with pytest.raises(Stopped):
        wait(clock, 100, lambda: clock.now() > 3)
    assert clock.now() < 3.5
