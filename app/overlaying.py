"""The cached series of compared runs as one board of charts, and as lines of the comparison. For workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from math import isfinite

from app.metric_figures import EPOCH, Drawn, series_of
from app.series_kinds import LOGGED
from cache.series import Series as Kept
from cache.store import Store
from services.curves import Curves
from services.parting import Parting, curve, part
from services.run import Run
from widgets.chart_series import TONES, Axis, Figure, Mark, Series
from widgets.pane import Tone
from widgets.safe import plain, safe

MOST_LINES = 5
"""Runs drawn in one chart, the base first; the others are counted beside the title."""
BROKE_OFF = ("Failed", "Canceled")
ALONG: tuple[Axis, ...] = ("step", "relative", "epoch")
"""The axes runs of different days have in common."""

Stop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Overlaid:
    """The charts, what the curves say, and which of the runs have no series in the cache."""

    figures: tuple[Figure, ...] = ()
    curves: tuple[Curves, ...] = ()
    without: tuple[Run, ...] = ()
    runs: tuple[str, ...] = ()
    """The ids of all of them, the base first."""


@dataclass
class Made:
    """What was made before: a line with the same points is the same object, and where two part is found once."""

    places: dict[str, int] = field(default_factory=dict[str, int])
    """The colour of each run, which it keeps when another one becomes the base."""
    drawn: dict[str, Drawn] = field(default_factory=dict[str, Drawn])
    lines: dict[tuple[Series, bool, bool], Series] = field(default_factory=dict[tuple[Series, bool, bool], Series])
    partings: dict[tuple[Series, Series, Axis], Parting] = field(
        default_factory=dict[tuple[Series, Series, Axis], Parting]
    )


def tone_of(run: Run, made: Made) -> Tone:
    """The colour of a run's lines."""
    return TONES[made.places.setdefault(run.id, len(made.places)) % (len(TONES) - 1)]


def overlaid(store: Store, scope: str, runs: Sequence[Run], made: Made, stop: Stop = lambda: False) -> Overlaid:
    """Lay the metrics of runs over each other, the first run being the base. Takes time by the number of points."""
    kept = [{one.name: one for one in store.series.read(scope, run.id, LOGGED) if one.values} for run in runs]
    figures: list[Figure] = []
    curves: list[Curves] = []
    for name in _names(runs, kept):
        if stop():
            break
        found = [_line(run, of.get(name), of.get(EPOCH), made, is_base=not at) for at, (run, of) in
                 enumerate(zip(runs, kept, strict=True))]  # fmt: skip
        if any(one is not None and len(one.ys) > 1 for one in found) and name != EPOCH:
            figures.append(_figure(name, found, made))
            curves.append(_curves(name, found, made))
    without = tuple(run for run, of in zip(runs, kept, strict=True) if not of)
    return Overlaid(tuple(figures), tuple(curves), without, tuple(run.id for run in runs))


def _names(runs: Sequence[Run], kept: Sequence[dict[str, Kept]]) -> list[str]:
    """The metric the runs are judged by first, then those that most of them have."""
    names = dict.fromkeys(name for of in kept for name in of)
    judged = {run.primary_metric for run in runs}
    return sorted(names, key=lambda name: (name not in judged, -sum(name in of for of in kept)))


def _line(run: Run, one: Kept | None, epochs: Kept | None, made: Made, *, is_base: bool) -> Series | None:
    if one is None:
        return None
    start = run.started.timestamp() if run.started is not None else None
    drawn = made.drawn.setdefault(run.id, Drawn())
    bare = series_of(one, safe(run.name, 60), start, drawn, epochs=epochs)
    has_stopped = run.status in BROKE_OFF
    slot = (bare, is_base, has_stopped)
    if slot not in made.lines:
        made.lines[slot] = replace(bare, tone=tone_of(run, made), is_thick=is_base, has_clock=False,
                                   has_stopped=has_stopped, _on={}, _smooth={}, _across={})  # fmt: skip
    return made.lines[slot]


def _figure(name: str, found: Sequence[Series | None], made: Made) -> Figure:
    shown = [one for one in found[:MOST_LINES] if one is not None]
    marks = [
        Mark(axis, at, plain("parts"), one.tone)
        for one in shown
        for axis in ALONG
        if found[0] is not None and (at := _part(found[0], one, axis, made).at) is not None
    ]
    more = sum(one is not None for one in found[MOST_LINES:])
    return Figure(safe(name, 200), tuple(shown), more=more, marks=tuple(marks))


def _curves(name: str, found: Sequence[Series | None], made: Made) -> Curves:
    base = found[0]
    axis: Axis = "step" if any(one is not None and one.steps for one in found) else "relative"
    return Curves(
        name=name, axis="step" if axis == "step" else "second",
        lows=tuple(map(partial(_edge, min), found)), highs=tuple(map(partial(_edge, max), found)),
        partings=tuple(None if base is None or one is None or one is base else _part(base, one, axis, made)
                       for one in found),
    )  # fmt: skip


def _edge(choose: Callable[[list[float]], float], one: Series | None) -> float | None:
    known = [value for value in one.ys if isfinite(value)] if one is not None else []
    return choose(known) if known else None


def _part(base: Series, other: Series, axis: Axis, made: Made) -> Parting:
    slot = (base, other, axis)
    if slot not in made.partings:
        ours, theirs = (one.on(axis) for one in (base, other))
        is_same = base is other
        made.partings[slot] = Parting(at=None, places=0) if is_same else part(
            *(curve(list(zip(one.xs, one.ys, strict=True))) for one in (ours, theirs))
        )  # fmt: skip
    return made.partings[slot]
