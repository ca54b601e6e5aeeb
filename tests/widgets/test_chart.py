"""Charts without a screen: nothing is lost when many points share a column, and what is drawn is what was logged."""

from __future__ import annotations

from math import inf, isfinite, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.chart_cursor import axes_of, moved, panned, window, zoomed
from widgets.chart_layout import place, top_for
from widgets.chart_lines import LEAST_HEIGHT, LEAST_WIDTH, draw, lines
from widgets.chart_plot import View, plot, reads
from widgets.chart_raster import Dots, raster
from widgets.chart_sample import nearest, sample, smoothed
from widgets.chart_scale import Scale, scale_of, ticks, value_text
from widgets.chart_series import Figure, Group, Mark, Series
from widgets.lines import line_text, line_width
from widgets.safe import plain, safe

values = st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=80)
sane = st.floats(-1e12, 1e12)


def series(ys: list[float], *, steps: list[float] | None = None, **more: object) -> Series:
    return Series(plain("run"), ys, steps=steps or [float(at) for at in range(len(ys))], **more)  # pyright: ignore


def drawn(*shown: Series, view: View | None = None, width: int = 60, height: int = 13, dots: Dots = "braille") -> str:
    made = draw(Figure(plain("loss"), shown), view or View(), width, height, dots)
    return "\n".join(line_text(line) for line in lines(made))


def test_a_mark_stands_under_the_plot_on_its_own_axis_alone_and_the_first_is_said() -> None:
    one = series([0.0] * 101, times=[float(at) for at in range(101)], has_clock=False)
    marks = (Mark("step", 80, plain("parts")), Mark("step", 40, plain("parts")), Mark("epoch", 9, plain("parts")))
    figure = Figure(plain("loss"), (one,), marks=marks)
    head, *_, rule, _labels = (line_text(line) for line in lines(draw(figure, View(), 60, 13, "braille")))
    assert "loss  parts at step 40" in head
    assert [at for at, sign in enumerate(rule) if sign == "▲"] == [6 + round(45 * share) for share in (0.4, 0.8)]
    by_time = "".join(line_text(line) for line in lines(draw(figure, View(axis="relative"), 60, 13, "braille")))
    assert "▲" not in by_time
    assert "parts" not in by_time
    assert axes_of([figure]) == ("step", "relative")


@given(values, st.integers(1, 40), st.randoms())
def test_no_column_loses_its_least_or_greatest_value(ys: list[float], columns: int, dice: object) -> None:
    xs = sorted(dice.uniform(0, 100) for _ in ys)  # type: ignore[attr-defined]
    found = sample(xs, ys, xs[0], xs[-1], columns)
    known = [value for value in ys if isfinite(value)]
    assert found.points == len(ys)
    assert sum(bucket.count for bucket in found.buckets) == len(known)
    if known:
        assert min(bucket.least for bucket in found.buckets) == min(known)
        assert max(bucket.greatest for bucket in found.buckets) == max(known)
    assert [b.column for b in found.buckets] == sorted({b.column for b in found.buckets})
    assert bool(found.holes) == (len(known) < len(ys))


@given(values, st.integers(1, 40), st.floats(0, 100), st.floats(0, 100))
def test_a_window_holds_the_points_in_it_and_no_others(ys: list[float], columns: int, one: float, two: float) -> None:
    low, high = sorted((one, two))
    xs = [float(at) for at in range(len(ys))]
    inside = [y for x, y in zip(xs, ys, strict=True) if low <= x <= high and isfinite(y)]
    found = sample(xs, ys, low, high, columns)
    assert sum(bucket.count for bucket in found.buckets) == len(inside)


def test_a_logarithmic_scale_has_room_at_both_ends_of_what_a_float_can_be() -> None:
    scale = scale_of(1e-300, 1e300, is_log=True)
    assert 0 < scale.low < 1e-300 < 1e300 < scale.high


@given(sane, sane)
def test_ticks_are_round_few_and_on_the_scale(one: float, two: float) -> None:
    scale = scale_of(*sorted((one, two)))
    found = ticks(scale)
    assert 1 <= len(found) <= 3
    assert list(found) == sorted(set(found))
    assert all(scale.low <= value <= scale.high for value in found)


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(0.3, 1.1, (0.3, 0.6, 0.9)), (0, 100, (0, 50, 100)), (0, 3e-3, (0, 1.5e-3, 3e-3))]
)
def test_ticks_are_those_a_person_would_choose(low: float, high: float, expected: tuple[float, ...]) -> None:
    assert ticks(Scale(low, high)) == pytest.approx(expected)


def test_a_logarithmic_scale_has_its_ticks_at_powers_of_ten() -> None:
    assert ticks(scale_of(0.1, 1000, is_log=True)) == pytest.approx((0.1, 10, 1000))


@given(values, st.sampled_from([0.0, 0.6, 0.99]))
def test_smoothing_stays_among_the_values_and_hides_no_nan(ys: list[float], weight: float) -> None:
    ys = [value if not isfinite(value) else max(-1e9, min(1e9, value)) for value in ys]
    found = smoothed(ys, weight)
    known = [value for value in ys if isfinite(value)]
    assert [isfinite(value) for value in found] == [isfinite(value) for value in ys]
    for value in filter(isfinite, found):
        assert min(known) - 1e-3 <= value <= max(known) + 1e-3
    if weight == 0:
        assert [value for value in found if isfinite(value)] == pytest.approx(known)


@given(st.lists(st.integers(0, 50).map(float), min_size=1), st.floats(-10, 60))
def test_the_cursor_reads_a_point_that_was_logged_and_none_is_nearer(steps: list[float], at: float) -> None:
    steps.sort()
    ys = [float(number) for number in range(len(steps))]
    (read,) = reads(Figure(plain("loss"), (series(ys, steps=steps),)), View(), at)
    assert (read.x, read.value) in set(zip(steps, ys, strict=True))
    assert read.x is not None
    assert abs(read.x - at) == min(abs(step - at) for step in steps)
    assert nearest((), at) is None


def test_of_a_step_logged_twice_the_cursor_reads_the_last_and_the_line_shows_both() -> None:
    twice = series([1.0, 5.0, 2.0, 2.0], steps=[0.0, 1.0, 1.0, 2.0])
    (read,) = reads(Figure(plain("loss"), (twice,)), View(), 1.0)
    assert read.value == 2.0
    made = plot(Figure(plain("loss"), (twice,)), View(), 3)
    assert max(bucket.greatest for bucket in made.traces[0].sample.buckets) == 5.0


@pytest.mark.parametrize("dots", ["braille", "block", "ascii"])
def test_one_spike_among_a_hundred_thousand_points_is_seen(dots: Dots) -> None:
    ys = [0.5] * 100_000
    ys[70_000] = 9.0
    across = 1 if dots == "ascii" else 2
    cells = raster(plot(Figure(plain("loss"), (series(ys),)), View(has_guides=False), 50 * across), 50, 10, dots)
    assert [x for x, dot in enumerate(cells[0]) if dot.char != " "] == [35]


def test_nan_breaks_the_line_is_marked_and_counted() -> None:
    shown = drawn(series([1.0] * 20 + [nan, inf] + [1.0] * 20), view=View(has_guides=False))
    line = next(row for row in shown.split("\n") if "⠉" in row or "⠤" in row or "⠒" in row or "⣀" in row)
    assert "  " in line[6:46].strip(), "no line joins what lies on both sides of it"
    assert "×" in shown
    assert "2 NaN or infinite" in shown


def test_a_minute_without_a_measurement_is_a_gap_and_no_mark() -> None:
    shown = drawn(series([1.0] * 20 + [nan] * 3 + [1.0] * 20, has_gaps=True))
    assert "×" not in shown
    assert "NaN" not in shown


def test_a_run_that_stopped_early_ends_with_a_cross_and_its_last_value() -> None:
    long, short = series([1.0, 0.9] * 50), series([0.5] * 30, has_stopped=True, tone="series2")
    shown = drawn(long, short)
    crossed = next(line for line in shown.split("\n") if "✗" in line)
    assert "0.5000" in shown or "0.500" in shown
    assert crossed.index("✗") < 30


def test_a_logarithmic_chart_says_how_many_values_it_leaves_out() -> None:
    shown = drawn(series([0.0, -1.0, 10.0, 1000.0]), view=View(is_log=True))
    assert "log" in shown
    assert "2 not above 0, left out" in shown


def test_a_smoothed_chart_says_so_and_keeps_the_true_last_value() -> None:
    shown = drawn(series([1.0] * 99 + [0.25]), view=View(smoothing=0.9))
    assert "smoothed 0.9" in shown
    assert "0.250" in shown


def test_nothing_but_nan_is_said_in_words() -> None:
    assert "no number to draw here" in drawn(series([nan, nan]))


@given(
    st.lists(values, min_size=1, max_size=4), st.integers(1, 120), st.integers(1, 30), st.booleans(), st.booleans(),
    st.sampled_from(["braille", "block", "ascii"]),
)  # fmt: skip
def test_every_line_of_a_chart_is_as_wide_as_the_chart(
    many: list[list[float]], width: int, height: int, is_log: bool, is_named: bool, dots: Dots
) -> None:
    figure = Figure(
        safe("\x1b[31mloss\u202e"), tuple(series(ys, is_thick=number == 1) for number, ys in enumerate(many))
    )
    made = draw(figure, View(is_log=is_log, smoothing=0.6), width, height, dots, is_named=is_named)
    found = lines(made, 1.0)
    assert len(found) == max(LEAST_HEIGHT, height)
    assert {line_width(line) for line in found} == {max(LEAST_WIDTH, width)}


@given(st.lists(st.tuples(st.sampled_from([2.0, 0.5]), st.floats(-5, 15)), max_size=30))
def test_zoom_and_pan_never_leave_the_points(steps: list[tuple[float, float]]) -> None:
    view, span = View(), (0.0, 10.0)
    for factor, about in steps:
        view = panned(zoomed(view, span, min(10.0, max(0.0, about)), factor), span, min(10.0, max(0.0, about)))
        low, high = window(view, span)
        assert -1e-9 <= low < high <= 10 + 1e-9


def test_the_cursor_moves_to_the_next_point_however_far_it_is() -> None:
    few = series([1.0, 2.0, 3.0], steps=[0.0, 100.0, 1000.0])
    assert moved(few, "step", 0.0, 1.0) == 100.0
    assert moved(few, "step", 100.0, 1.0) == 1000.0
    assert moved(few, "step", 1000.0, 1.0) == 1000.0
    assert moved(few, "step", 1000.0, -1.0) == 100.0


@given(st.integers(1, 20), st.integers(20, 200), st.integers(8, 60))
def test_charts_of_a_board_overlap_nowhere_and_each_can_be_scrolled_to(count: int, width: int, height: int) -> None:
    figures = tuple(Figure(plain("loss"), ()) for _ in range(count))
    boxes = place((Group(plain("A"), figures, has_large=True), Group(plain("B"), figures)), width, height).boxes
    cells = [(x, y) for box in boxes for x in (box.x, box.x + box.width - 1) for y in range(box.y, box.y + box.height)]
    assert len(set(cells)) == len(cells)
    assert all(box.x >= 0 and box.x + box.width <= width for box in boxes)
    for index, box in enumerate(boxes):
        top = top_for(boxes, index, 0, height)
        assert top <= box.y and box.y + box.height <= top + max(height, box.height)  # noqa: PT018


@pytest.mark.parametrize(
    ("value", "span", "text"),
    [(0.8614, 0.4, "0.861"), (84.24, 80, "84.2"), (3e-4, 3e-3, "3e-4"), (nan, 1, "NaN"), (-inf, 1, "−∞"),
     (None, 1, "–"), (8120, 9000, "8,120")],
)  # fmt: skip
def test_a_value_has_the_digits_that_matter(value: float | None, span: float, text: str) -> None:
    assert value_text(value, span) == text


def test_steps_hold_their_value_until_the_next_and_dots_stand_alone_over_the_line() -> None:
    best = series([1.0, 1.0, 5.0], shape="steps")
    each = series([1.0, 0.0, 5.0], shape="dots", tone="muted")
    rows = drawn(best, each, dots="ascii", width=40).splitlines()[1:]
    assert [row.count("o") for row in rows if "o" in row] == [1, 1, 1]
    low = next(row for row in rows if row.count("*") > 3)
    top = next(row for row in rows if "o" in row)
    assert low.rindex("*") >= top.rindex("o") - 1, "it stays low until the last value, and rises there"
    assert "5.000" in top
    assert "0.000" not in "".join(rows), "the last of the dots is no value to name"
    figure = Figure(plain("auc"), (best, each), counts=plain("trial"))
    assert "trial 1" in "\n".join(line_text(line) for line in lines(draw(figure, View(), 60, 13, "braille")))
