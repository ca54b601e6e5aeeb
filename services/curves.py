"""What the curves of compared runs say: how low and high each went, and where it parts from the base. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from services.comparison import Likeness, Line, line_of, number_text
from services.parting import TOLERANCE, Parting

SHARE = f"{TOLERANCE * 100:.0f} %"
APART = f"> {SHARE} of its range"
"""How far apart curves are where they part; for longer than one outlier."""
TOGETHER = "does not part"

ABOUT = (
    f"They part at the first place from which they stay more than {SHARE} of the range of both apart; "
    "one outlier is no parting."
)


class Curves(msgspec.Struct, frozen=True, kw_only=True):
    """One metric of all compared runs, the base first. None where it is not known of a run."""

    name: str
    lows: tuple[float | None, ...]
    highs: tuple[float | None, ...]
    axis: str
    """What `partings` are counted along: step, or seconds since the start."""
    partings: tuple[Parting | None, ...]
    """Of each from the base; the base has none itself."""


def curve_lines(curves: Sequence[Curves]) -> Iterator[Line]:
    """Yield the lines of a comparison about them: lowest, highest and, where two can be compared, the parting."""
    for one in curves:
        for word, found in (("lowest", one.lows), ("highest", one.highs)):
            yield line_of("curves", f"{one.name} {word}", [None if at is None else number_text(at) for at in found])
        if any(parting is not None and parting.places for parting in one.partings):
            yield _parting_line(one)


def _parting_line(one: Curves) -> Line:
    """The line whose values are places: it has numbers, and no distances."""
    said = [_said(parting, one.axis) for parting in one.partings[1:]]
    return Line(
        section="curves", name=f"{one.name} parts", values=(APART, *(value for value, _ in said)),
        numbers=(None, *(None if parting is None else parting.at for parting in one.partings[1:])),
        likeness=("base", *(likeness for _, likeness in said)),
    )  # fmt: skip


def _said(parting: Parting | None, axis: str) -> tuple[str | None, Likeness]:
    if parting is None or not parting.places:
        return None, "unknown"
    if parting.at is None:
        return TOGETHER, "same"
    return (f"{axis} {parting.at:,.6g}" if axis != "second" else f"after {parting.at:,.0f} s"), "differs"
