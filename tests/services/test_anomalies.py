"""Unusual costs: found when they are there, never guessed from too little."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from services.anomalies import LEAST_KNOWN, LOOKED_AT, TOTAL, Unusual, newest_complete_day, unusual
from services.records import Money

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
NEWEST = newest_complete_day(NOW)
DAY = timedelta(days=1)
GPU = "/subscriptions/s/computes/gpu"


def days(cost: Callable[[int], int], known: int = 36) -> dict[datetime, Decimal]:
    """Costs by how many days before the newest complete day they are."""
    return {NEWEST - back * DAY: Decimal(cost(back)) for back in range(-2, known)}


def found(cost: Callable[[int], int], known: int = 36) -> list[Unusual]:
    return [one for one in unusual({(GPU, "USD"): days(cost, known)}, NOW) if one.resource == GPU]


def test_days_above_their_weekday_are_one_line_with_since_when_and_how_much_a_day() -> None:
    (one,) = found(lambda back: 300 if back <= 1 else 100)
    assert (one.since, one.until, one.days, one.goes_on) == (NEWEST - DAY, NEWEST, 2, True)
    assert (one.per_day, one.usual) == (Money(Decimal(200), "USD"), Money(Decimal(100), "USD"))
    (once,) = found(lambda back: 300 if back == 4 else 100)
    assert (once.since, once.days, once.goes_on) == (NEWEST - 4 * DAY, 1, False)


def test_a_weekend_that_is_always_cheap_makes_no_monday_unusual() -> None:
    def week(back: int) -> int:
        return 20 if (NEWEST - back * DAY).weekday() >= 5 else 100

    assert found(week) == []
    (one,) = found(lambda back: 100 if back == 3 else week(back))  # a Sunday as dear as a weekday
    assert (one.since, one.since.weekday()) == (NEWEST - 3 * DAY, 6)


def test_the_newest_two_days_are_left_out() -> None:
    assert found(lambda back: 900 if back < 0 else 100) == []


def test_what_varies_anyway_and_what_is_cents_is_not_unusual() -> None:
    assert found(lambda back: 100 + 60 * (back // 7 % 3)) == []
    assert found(lambda back: 1 if back == 0 else 0) == []


def test_all_resources_together_are_judged_by_currency() -> None:
    half = days(lambda back: 80 if back == 0 else 50)
    many = {(f"/r{number}", "USD"): half for number in range(3)} | {("/r0", "EUR"): days(lambda _: 50)}
    totals = [one for one in unusual(many, NOW) if one.resource == TOTAL]
    assert [(one.per_day, one.usual) for one in totals] == [(Money(Decimal(90), "USD"), Money(Decimal(150), "USD"))]


amounts = st.integers(min_value=0, max_value=10_000)


@settings(max_examples=60, deadline=None)
@given(costs=st.lists(amounts, max_size=7 * LEAST_KNOWN), now=st.integers(0, 400))
def test_nothing_is_said_with_too_little_history(costs: list[int], now: int) -> None:
    """Fewer than three weekdays before the first day that is judged: whatever the days cost."""
    at = NOW + now * DAY
    newest = newest_complete_day(at)
    known = {newest - back * DAY: Decimal(cost) for back, cost in enumerate(costs)}
    assert unusual({(GPU, "USD"): known}, at) == ()


@settings(max_examples=60, deadline=None)
@given(costs=st.lists(amounts, min_size=36, max_size=36))
def test_what_is_said_is_always_more_than_usual_and_of_the_last_complete_week(costs: list[int]) -> None:
    for one in unusual({(GPU, "USD"): days(lambda back: costs[back])}, NOW):
        assert one.per_day.amount > 0
        assert NEWEST - LOOKED_AT * DAY < one.since <= one.until <= NEWEST
        assert one.goes_on == (one.until == NEWEST)
