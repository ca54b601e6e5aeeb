"""Numbers, times and money are written one way."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from services.records import Money
from widgets import format as fmt
from widgets.pane import Look

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
LOOK = Look(now=NOW)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0s"),
        (59.9, "59s"),
        (60, "1m"),
        (3599, "59m"),
        (7200, "2h"),
        (86400 * 6, "6d"),
        (86400 * 1500, "1,500d"),
    ],
)
def test_an_age_has_one_unit_and_is_cut(seconds: float, shown: str) -> None:
    assert fmt.age(NOW - timedelta(seconds=seconds), NOW) == shown


def test_an_age_ahead_of_our_clock_counts_as_now() -> None:
    assert fmt.age(NOW + timedelta(minutes=3), NOW) == "0s"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (None, "–"),
        (0.4, "0s"),
        (51 * 60, "51m"),
        (6 * 3600 + 12 * 60, "6h 12m"),
        (200_000, "2d 07h"),
        (-5, "0s"),
    ],
)
def test_a_duration_has_two_units(seconds: float | None, shown: str) -> None:
    assert fmt.duration(seconds) == shown


def test_a_list_shows_the_year_instead_of_the_time_past_eleven_months() -> None:
    assert fmt.when(datetime(2026, 11, 20, 22, 41, tzinfo=UTC), LOOK) == "20 Nov 22:41"
    assert fmt.when(datetime(2024, 2, 3, 22, 41, tzinfo=UTC), LOOK) == " 3 Feb 2024"


def test_a_sentence_carries_the_zone() -> None:
    at = datetime(2026, 11, 20, 13, 58, 7, tzinfo=UTC)
    assert fmt.clock(at, LOOK) == "13:58Z"
    assert fmt.moment(at, LOOK) == "20 Nov 2026 13:58:07Z"
    assert fmt.clock(at, Look(now=NOW, is_local=True)).endswith(" local")


@pytest.mark.parametrize(
    ("share", "shown"),
    [(None, "–"), (0.0, "0 %"), (0.079, "7.9 %"), (0.0996, "10 %"), (0.41, "41 %"), (1.0, "100 %")],
)
def test_a_share_is_a_percentage(share: float | None, shown: str) -> None:
    assert fmt.percent(share) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        (None, "–"),
        (0.861, "0.861"),
        (float("nan"), "NaN"),
        (float("-inf"), "−∞"),
        (1e-5, "1e-05"),
        (-8.27e-5, "-8.27e-05"),
        (0.00116, "0.00116"),
        (0.0999, "0.100"),
        (0.0, "0"),
        (15.0, "15"),
        (2_000_000.0, "2,000,000"),
        (2_345_678.9, "2.35e+06"),
        (1e300, "1e+300"),
    ],
)
def test_a_metric_keeps_the_digits_that_count(number: float | None, shown: str) -> None:
    assert fmt.metric(number) == shown


def test_in_a_column_a_whole_metric_has_the_digits_of_the_others() -> None:
    assert [fmt.metric(number, is_column=True) for number in (1.0, 0.0, 0.897)] == ["1.000", "0", "0.897"]


def test_money_keeps_its_currency_and_says_when_it_is_an_estimate() -> None:
    assert fmt.money(Money(Decimal("1204.1"), "USD")) == "$1,204.10"
    assert fmt.money(Money(Decimal("-3"), "EUR")) == "−€3.00"
    assert fmt.money(Money(Decimal("612.4"), "CHF"), is_estimate=True) == "≈CHF 612.40"
    assert fmt.money(None) == "–"


def test_a_change_is_always_signed() -> None:
    assert [fmt.change(value) for value in (0.41, -0.07, -0.001, 8.9, 156.4, None)] == [
        "+41 %", "−7 %", "0 %", "+890 %", "157×", "–",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "shown"),
    [("STANDARD_DS3_V2", "DS3 v2"), ("Standard_NC4as_T4_v3", "NC4as T4 v3"), (None, "–"), ("weird", "weird")],
)
def test_a_vm_size_loses_its_noise(name: str | None, shown: str) -> None:
    assert fmt.vm_size(name) == shown


@pytest.mark.parametrize(("number", "shown"), [(0, "0 B"), (1500, "1.5 kB"), (312_000_000, "312 MB"), (None, "–")])
def test_a_size_keeps_its_first_digits(number: int | None, shown: str) -> None:
    assert fmt.size(number) == shown
