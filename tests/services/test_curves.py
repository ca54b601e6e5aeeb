"""Curves of compared runs as lines: unknown stays unknown, and a place is no distance."""

from __future__ import annotations

from services.comparison import compare
from services.curves import APART, TOGETHER, Curves, curve_lines
from services.parting import Parting
from services.run import Run


def test_lows_highs_and_partings_stand_beside_the_values_of_the_runs() -> None:
    runs = [Run(id=name, name=name, status="Completed") for name in "abcd"]
    curves = Curves(
        name="loss", axis="step", lows=(0.5, 0.25, None, 0.5), highs=(2.0, 2.0, None, 2.0),
        partings=(None, Parting(at=1240.0, places=9), None, Parting(at=None, places=9)),
    )  # fmt: skip
    low, parts, high = compare(runs, curve_lines([curves])).of("curves")
    assert (low.name, low.deltas, low.likeness[2]) == ("loss lowest", (0.0, -0.25, None, 0.0), "unknown")
    assert not high.differs
    assert parts.values == (APART, "step 1,240", None, TOGETHER)
    assert parts.numbers == (None, 1240.0, None, None)
    assert parts.deltas == ()
    assert parts.likeness == ("base", "differs", "unknown", "same")


def test_runs_without_a_place_in_common_have_no_parting() -> None:
    apart = Parting(at=None, places=0)
    curves = Curves(name="loss", axis="step", lows=(1.0, 2.0), highs=(1.0, 2.0), partings=(None, apart))
    assert [line.name for line in curve_lines([curves])] == ["loss lowest", "loss highest"]
