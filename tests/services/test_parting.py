"""Where two curves part: what holds for all of them, and what it means for some."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from services.parting import HOLDS, Curve, curve, part

places = st.lists(st.integers(0, 500), min_size=1, max_size=40, unique=True)
values = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    xs = draw(places)
    return curve([(float(x), draw(values)) for x in xs])


@given(curves(), curves())
def test_both_sides_see_the_same_parting(a: Curve, b: Curve) -> None:
    one, other = part(a, b), part(b, a)
    assert (one.at, one.left, one.right, one.places) == (other.at, other.right, other.left, other.places)


@given(curves())
def test_a_curve_never_parts_from_itself(a: Curve) -> None:
    assert part(a, a).at is None


@given(curves(), curves(), st.integers(-8, 8))
def test_the_unit_of_the_values_does_not_matter(a: Curve, b: Curve, power: int) -> None:
    unit = 2.0**power
    scaled = [Curve(one.xs, tuple(y * unit for y in one.ys)) for one in (a, b)]
    assert part(*scaled).at == part(a, b).at


@given(curves(), st.integers(0, 39), st.floats(1.0, 100.0))
def test_curves_that_are_one_until_a_place_part_there_and_not_before(a: Curve, at: int, far: float) -> None:
    at = at % len(a.xs)
    distance = far * (max(a.ys) - min(a.ys) + max(map(abs, a.ys)) + 1)
    b = Curve(a.xs, (*a.ys[:at], *(y + distance for y in a.ys[at:])))
    assert part(a, b).at == a.xs[at]


@given(curves(), curves())
def test_they_part_where_both_have_values_or_not_at_all(a: Curve, b: Curve) -> None:
    found = part(a, b)
    if found.at is not None:
        assert max(a.xs[0], b.xs[0]) <= found.at <= min(a.xs[-1], b.xs[-1])
        assert found.left != found.right


def line(*ys: float, step: int = 1) -> Curve:
    return curve([(float(place * step), y) for place, y in enumerate(ys)])


def test_one_outlier_is_no_parting_and_as_many_as_it_takes_are() -> None:
    calm = line(*[0.0] * 12, 1.0)
    assert part(calm, line(*[0.0] * 5, 0.5, 0.5, *[0.0] * 5, 1.0)).at is None
    assert part(calm, line(*[0.0] * 5, *[0.5] * HOLDS, *[0.0] * (7 - HOLDS), 1.0)).at == 5


def test_runs_that_log_at_different_steps_are_compared_between_their_points() -> None:
    every = line(*(1 - step / 100 for step in range(100)))
    tenth = line(*(1 - step / 10 for step in range(10)), step=10)
    assert part(every, tenth).at is None
    assert part(every, tenth).places == 91


def test_a_curve_that_becomes_nan_parts_there() -> None:
    assert part(line(1, 2, 3, 4, 5), line(1, 2, 3, math.nan, math.nan)).at == 3


def test_rounding_is_no_difference_even_of_a_constant() -> None:
    assert part(line(0.5, 0.5, 0.5), line(0.5000001, 0.5000001, 0.5000001)).at is None
    assert part(line(0.5, 0.5, 0.5), line(0.6, 0.6, 0.6)).at == 0


def test_curves_without_a_place_in_common_are_not_judged() -> None:
    assert part(line(1, 2, 3), curve([(10.0, 1.0), (11.0, 2.0)])).places == 0
