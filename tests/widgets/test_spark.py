from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from widgets.lines import line_text, line_width
from widgets.spark import amount_bar, gauge, nodes, spark

numbers = st.lists(st.none() | st.floats(allow_nan=True, allow_infinity=True), max_size=60)


@given(numbers, st.integers(1, 40))
def test_a_spark_is_as_wide_as_asked_and_never_touches_the_row_above(values: list[float | None], width: int) -> None:
    line = spark(values, width=width)
    assert line_width(line) == width
    assert "█" not in line_text(line)


def test_usual_values_are_quiet_and_unusual_ones_take_their_colour() -> None:
    line = spark([1, 1, 1, 1, 4, 7], unusual_from=4)
    assert [(span.text, span.tone) for span in line] == [("······▂▂▂▂", "edge"), ("▄▇", "err")]


def test_nothing_measured_is_a_dot_and_zero_is_a_bar() -> None:
    assert line_text(spark([None, 0, 2, None], width=4)) == "·▁▇·"
    assert line_text(spark([], width=3)) == "···"
    steps = line_text(spark([*range(8), None], width=9, is_ascii=True))
    assert steps.count(".") == 1
    assert steps.endswith(".")


def test_a_spike_is_kept_when_there_are_more_values_than_cells() -> None:
    assert line_text(spark([0] * 50 + [9] + [0] * 49, width=10)).count("▇") == 1


@given(st.none() | st.floats(allow_nan=True, allow_infinity=True), st.integers(1, 40))
def test_bars_are_as_wide_as_asked(share: float | None, width: int) -> None:
    assert line_width(gauge(share, width)) == line_width(amount_bar(share, width)) == width
    assert line_width(gauge(share, width, limit=0.7)) == width


def test_a_gauge_says_by_colour_how_full_it_is() -> None:
    assert [gauge(share, 10)[0].tone for share in (0.5, 0.92, 1.0, 1.4)] == ["run", "warn", "err", "err"]
    assert line_text(gauge(0.25, 10)) == "━━╸───────"
    assert line_text(gauge(0.001, 10)).startswith("╸")
    assert line_text(gauge(0.999, 10)) == "━━━━━━━━━╸"
    assert line_text(gauge(None, 4)) == "────"


def test_a_limit_stands_on_the_track() -> None:
    assert line_text(gauge(0.5, 10, limit=0.8)) == "━━━━━──┃──"


def test_nodes_are_squares_until_there_are_too_many() -> None:
    assert line_text(nodes(2, 6, 1, 3)) == "■■□□□□□□▪···"
    assert line_width(nodes(100, 20, 0, 5, width=10)) == 10
    assert line_text(nodes(2, 1, 1, 1, is_ascii=True)) == "##o+."
    assert nodes(0, 0, 0, 0) == ()
