"""From the cached series of a run to charts: one for each metric, then one for each thing measured on its nodes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial

from app.series_kinds import LOGGED, MEASURED
from cache.series import Series as Kept
from cache.store import Store
from services.run import Run
from widgets.chart_series import TONES, Figure, Group, Series
from widgets.safe import Safe, plain, safe

EPOCH = "epoch"
"""The metric that says how far training is: it becomes an axis too."""

TITLES: dict[str, tuple[Safe, Safe]] = {
    "CpuUtilizationPercentage": (plain("CPU"), plain("%")),
    "GpuUtilizationPercentage": (plain("GPU"), plain("%")),
    "CpuMemoryUtilizationPercentage": (plain("memory"), plain("%")),
    "GpuMemoryUtilizationPercentage": (plain("GPU memory"), plain("%")),
    "DiskUsedMegabytes": (plain("disk used"), plain("MB")),
    "DiskAvailMegabytes": (plain("disk free"), plain("MB")),
    "DiskReadMegabytes": (plain("disk read"), plain("MB a minute")),
    "DiskWriteMegabytes": (plain("disk written"), plain("MB a minute")),
    "NetworkInputMegabytes": (plain("network in"), plain("MB a minute")),
    "NetworkOutputMegabytes": (plain("network out"), plain("MB a minute")),
}
"""What is measured on nodes, in the order it is shown: its title and its unit."""

MOST_NODES = 5
"""Lines of one chart; more nodes than that are counted beside its title."""


@dataclass
class Drawn:
    """Charts made before: a series with the same points is the same object, so that it is not drawn anew."""

    known: dict[tuple[str, str, int, str], Series] = field(default_factory=dict[tuple[str, str, int, str], Series])


def figures_of(store: Store, scope: str, run: Run, drawn: Drawn) -> tuple[tuple[Figure, ...], tuple[Figure, ...], str]:
    """Charts of what a run logged and of what was measured, and the names of what cannot be drawn. For a worker."""
    logged = store.series.read(scope, run.id, LOGGED)
    others = ", ".join(one.name for one in logged if not one.values)
    measured = store.series.read(scope, run.id, MEASURED)
    return figures(run, logged, drawn), figures(run, measured, drawn), others


def figures(run: Run, kept: Sequence[Kept], drawn: Drawn) -> tuple[Figure, ...]:
    """Charts of series of one kind: of those the run logged, or of those measured on its nodes."""
    start = run.started.timestamp() if run.started is not None else None
    numbers = [one for one in kept if one.values]
    return (_measured if any(one.part for one in kept) else partial(_logged, run))(numbers, start, drawn)


def _logged(run: Run, kept: Sequence[Kept], start: float | None, drawn: Drawn) -> tuple[Figure, ...]:
    epochs = next((one for one in kept if one.name == EPOCH), None)
    ordered = sorted(kept, key=lambda one: _rank(run, one))
    return tuple(
        Figure(safe(one.name, 200), (series_of(one, safe(run.name, 60), start, drawn, epochs=epochs),))
        for one in ordered
    )


def _rank(run: Run, one: Kept) -> int:
    """The metric the run is judged by first, then curves, then what was logged once; else as the service lists them."""
    return 0 if one.name == run.primary_metric else 1 if len(one.values) > 1 and one.name != EPOCH else 2


def _measured(kept: Sequence[Kept], start: float | None, drawn: Drawn) -> tuple[Figure, ...]:
    figures: list[Figure] = []
    for name, (title, unit) in TITLES.items():
        nodes = [one for one in kept if one.name == name]
        shown = tuple(
            series_of(one, Safe(f"node {number}"), start, drawn, tone=number)
            for number, one in enumerate(nodes[:MOST_NODES])
        )
        if shown:
            is_share = unit == "%"
            figures.append(
                Figure(title, shown, unit, low=0 if is_share else None, high=100 if is_share else None,
                       more=max(0, len(nodes) - MOST_NODES))
            )  # fmt: skip
    return tuple(figures)


def series_of(
    one: Kept, label: Safe, start: float | None, drawn: Drawn, *, tone: int = 0, epochs: Kept | None = None
) -> Series:
    """A line of cached points: the same object as long as they are the same. `start` is when its run began."""
    slot = (
        one.name,
        one.part,
        len(one.values),
        repr((one.times[-1:], one.values[-1:], len(epochs.values) if epochs else 0)),
    )
    if slot not in drawn.known:
        # The first minute that was measured began before the run did.
        first = start if one.part and start is not None else float("-inf")
        times = [] if None in one.times else [max(at, first) for at in one.times if at is not None]
        drawn.known[slot] = Series(
            label, one.values, steps=one.steps, times=times, start=start, tone=TONES[tone % len(TONES)],
            epochs=_epochs(one, epochs), has_gaps=bool(one.part),
        )  # fmt: skip
    return drawn.known[slot]


def _epochs(one: Kept, epochs: Kept | None) -> Sequence[float]:
    """The epoch of each point, as the run logged it with the nearest step before; none where it logged no epochs."""
    if epochs is None or not one.steps or list(epochs.steps) != sorted(epochs.steps):
        return ()
    return [epochs.values[max(0, bisect_right(epochs.steps, step) - 1)] for step in one.steps]


def groups_of(
    logged: tuple[Figure, ...], measured: tuple[Figure, ...], why_not_logged: Safe, why_not_measured: Safe
) -> tuple[Group, ...]:
    """The board's groups: metrics, the primary one large, then the nodes; sentences where there is nothing."""
    first = Group(plain("") if logged else plain("Metrics"), logged, note=why_not_logged, has_large=True)
    return first, Group(plain("Nodes"), measured, note=why_not_measured)
