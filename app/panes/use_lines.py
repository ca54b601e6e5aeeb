"""The day of a compute as charts of a few rows: its nodes by state on top of each other, shares as filled curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from services.compute_use import COUNT, GRAIN, ComputeUse, Points
from widgets import format as fmt
from widgets.lines import NO_LINE
from widgets.pane import Line, Look, Span, Tone
from widgets.safe import Safe, plain
from widgets.stacks import Piece, stacks

HEIGHT = 6
SHORT = 3
_AXIS = 4
"""Cells of the numbers at the left: with a cell a point the chart is as wide as the detail beside a table."""

_PIECES: tuple[tuple[str, str, Tone], ...] = (
    ("busy", "busy", "run"), ("preparing", "preparing", "series5"), ("idle", "idle and paid", "warn"),
    ("unusable", "unusable", "err"),
)  # fmt: skip


def nodes_chart(use: ComputeUse, look: Look) -> Sequence[Line]:
    """Nodes in use over the day, by state; a sentence where nothing was measured."""
    points: dict[str, Points] = {field: getattr(use, field) for field, _, _ in _PIECES}
    known = {field: found for field, found in points.items() if any(found)}
    if not known:
        said = "No node was allocated." if use.peak is not None else "Nothing was measured, which is not zero."
        return ((Span(Safe(said), "muted"),),)
    if look.is_ascii:
        return _told(use, points)
    bars = [[Piece(_at(known[field], at), tone) for field, _, tone in _PIECES if field in known] for at in range(COUNT)]
    lines = _framed(stacks(bars, HEIGHT), f"{use.peak or 0:,.0f}")
    lines += [_foot(use, look), *_legend(use, tuple(known))]
    return lines


def _at(points: Points, at: int) -> float:
    return (points[at] or 0.0) if at < len(points) else 0.0


def _framed(rows: Sequence[Line], top: str) -> list[Line]:
    """Chart rows with the highest number at the top and 0 at the foot."""
    last = len(rows) - 1
    return [
        (Span(Safe(f"{top if at == 0 else '0' if at == last else '':>{_AXIS - 1}} "), "muted"), *row)
        for at, row in enumerate(rows)
    ]


def _foot(use: ComputeUse, look: Look) -> Line:
    start, middle = (fmt.clock(at, look) for at in (use.since, use.since + GRAIN * (COUNT // 2)))
    room = COUNT - len("now")
    text = f"{start:<{COUNT // 2}}{middle}"
    return (Span(Safe(" " * _AXIS + f"{text:<{room}}"), "muted"), Span(plain("now"), "text"))


def _legend(use: ComputeUse, shown: Sequence[str]) -> list[Line]:
    spans: list[Span] = [Span(Safe(" " * _AXIS))]
    for field, word, tone in _PIECES:
        if field in shown:
            spans += [Span(plain("■ "), tone), Span(Safe(f"{word}   "), "muted")]
    return [tuple(spans), _hours(use)]


def _hours(use: ComputeUse) -> Line:
    busy, idle = use.busy_hours, use.idle_hours
    spans = [Span(Safe(" " * _AXIS)), Span(Safe("–" if busy is None else f"{busy:,.1f}"), "strong", bold=True),
             Span(plain(" node-hours busy"), "muted")]  # fmt: skip
    if idle:
        spans += [Span(plain(", "), "muted"), Span(Safe(f"{idle:,.1f}"), "warn", bold=True),
                  Span(plain(" idle and paid"), "muted")]  # fmt: skip
    return tuple(spans)


def _told(use: ComputeUse, points: dict[str, Points]) -> list[Line]:
    """Without blocks: how many nodes there were on average in each quarter of the day, state by state."""
    quarter = COUNT // 4
    lines: list[Line] = []
    for field, word, tone in _PIECES:
        known = points[field]
        means = [_mean(known[at : at + quarter]) for at in range(0, COUNT, quarter)] if known else []
        if any(means):
            text = "  ".join("  -" if mean is None else f"{mean:5.1f}" for mean in means)
            lines.append((Span(Safe(f"{word:<14}"), tone), Span(Safe(text))))
    begin = fmt.clock(use.since, look=Look(use.since + timedelta(days=1)))
    return [*lines, (Span(Safe(f"each quarter of the day from {begin}"), "muted"),), _hours(use)]


def _mean(points: Points) -> float | None:
    known = [point for point in points if point is not None]
    return sum(known) / len(known) if known else None


def share_chart(field: str, tone: Tone) -> Callable[[ComputeUse, Look], Sequence[Line]]:
    """What draws a share over the day: per cent of 100; no lines where nothing was measured."""

    def lines(use: ComputeUse, look: Look) -> Sequence[Line]:
        points: Points = getattr(use, field)
        known = [point for point in points if point is not None]
        if not known:
            return ()
        said = Safe(f"{sum(known) / len(known):.0f} % on average, {max(known):.0f} % at most")
        if look.is_ascii:
            return ((Span(said, "muted"),),)
        # A bar of 100 holds the scale: what is measured fills it from the foot.
        bars = [[Piece(point or 0.0, tone)] for point in points]
        rows = stacks([*bars, [Piece(100.0, "line")]], SHORT)
        return [*_framed([_cut(row) for row in rows], "100"), (Span(Safe(" " * _AXIS + said), "muted"),)]

    return lines


def _cut(row: Line) -> Line:
    """A row without the bar that holds the scale."""
    left, kept = COUNT, list[Span]()
    for span in row:
        text = span.text[:left]
        left -= len(text)
        if text:
            kept.append(span._replace(text=Safe(text)))
    return tuple(kept) or NO_LINE
