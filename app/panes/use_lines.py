"""The day of a compute as charts of a few rows: its nodes by state on top of each other, shares as filled curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from services.compute_use import COUNT, GRAIN, ComputeUse, Points
from widgets import format as fmt
from widgets.lines import NO_LINE
from widgets.pane import Line, Look, Span, Tone
from widgets.safe import Safe, plain
from widgets.spark import spark
from widgets.stacks import Piece, stacks

HEIGHT = 4
SHORT = 3
_LABEL, _CURVE = 12, 16
_AXIS = 4
"""Cells of the numbers at the left: with a cell a point the chart is as wide as the detail beside a table."""

_PIECES: tuple[tuple[str, str, Tone], ...] = (
    ("busy", "busy", "run"), ("preparing", "preparing", "series5"), ("idle", "idle and paid", "warn"),
    ("unusable", "unusable", "err"),
)  # fmt: skip
_SHADES: dict[Tone, str] = {"run": "█", "series5": "░", "warn": "▒", "err": "✗"}
SHARES: tuple[tuple[str, str, Tone], ...] = (
    ("cpu", "CPU", "series5"), ("memory", "memory", "series8"), ("gpu", "GPU", "series1"),
    ("gpu_memory", "GPU memory", "series3"),
)  # fmt: skip


def summary(use: ComputeUse, look: Look) -> Sequence[Line]:
    """A line each for CPU, memory, GPU and its memory: the day as a curve, its mean and its peak. Then node-hours.

    What was not measured is said to be so: that is not zero.
    """
    return [*(_share_line(use, look, field, word, tone) for field, word, tone in SHARES), _hours_line(use)]


def _share_line(use: ComputeUse, look: Look, field: str, word: str, tone: Tone) -> Line:
    points: Points = getattr(use, field)
    known = [point for point in points if point is not None]
    label = Span(Safe(f"{word:<{_LABEL}}"), "muted")
    if not known:
        return (label, Span(plain("not measured, which is not zero"), "muted"))
    curve = spark(points, width=_CURVE, top=100.0, unusual_from=0, tone=tone, is_ascii=look.is_ascii)
    mean, most = sum(known) / len(known), max(known)
    return (label, *curve, Span(Safe(f"  {mean:3.0f} %")), Span(Safe(f", {most:.0f} % at most"), "muted"))


def _hours_line(use: ComputeUse) -> Line:
    label, busy, idle = Span(Safe(f"{'nodes':<{_LABEL}}"), "muted"), use.busy_hours, use.idle_hours
    if busy is None and idle is None:
        return (label, Span(plain("not measured, which is not zero"), "muted"))
    spans = [label, Span(Safe("–" if busy is None else f"{busy:,.1f}"), "strong", bold=True),
             Span(plain(" node-hours busy"), "muted")]  # fmt: skip
    if idle:
        spans += [Span(plain(", "), "muted"), Span(Safe(f"{idle:,.1f}"), "warn", bold=True),
                  Span(plain(" idle, paid"), "muted")]  # fmt: skip
    return tuple(spans)


def nodes_chart(use: ComputeUse, look: Look) -> Sequence[Line]:
    """Nodes in use over the day, by state; a sentence where nothing was measured."""
    points: dict[str, Points] = {field: getattr(use, field) for field, _, _ in _PIECES}
    known = {field: found for field, found in points.items() if any(found)}
    if not known:
        said = (
            "No node was allocated."
            if use.peak is not None
            else "No nodes were measured, which is not zero: Azure counts clusters'."
        )
        return ((Span(Safe(said), "muted"),),)
    if look.is_ascii:
        return _told(use, points, look)
    bars = [[Piece(_at(known[field], at), tone) for field, _, tone in _PIECES if field in known] for at in range(COUNT)]
    lines = _framed([_shaded(row) for row in stacks(bars, HEIGHT)], f"{use.peak or 0:,.0f}")
    return [*lines, _foot(use, look), _legend(tuple(known))]


def _shaded(row: Line) -> Line:
    """Full cells of each state in a shade of their own: without colours they are told apart all the same."""
    return tuple(span._replace(text=Safe(span.text.replace("█", _SHADES.get(span.tone, "█")))) for span in row)


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


def _legend(shown: Sequence[str]) -> Line:
    spans: list[Span] = [Span(Safe(" " * _AXIS))]
    for field, word, tone in _PIECES:
        if field in shown:
            spans += [Span(Safe(f"{_SHADES.get(tone, '█')} "), tone), Span(Safe(f"{word}   "), "muted")]
    return tuple(spans)


def _told(use: ComputeUse, points: dict[str, Points], look: Look) -> list[Line]:
    """Without blocks: a curve for each state, all on the scale of the most nodes there were."""
    lines: list[Line] = []
    for field, word, tone in _PIECES:
        known = [point for point in points[field] if point]
        if known:
            mean = sum(known) / len(known)
            said = Safe(f", {mean:,.1f} while there were any, {max(known):,.0f} at most")
            lines.append((Span(Safe(word), tone), Span(said, "muted")))
            curve = spark(points[field], width=COUNT, top=use.peak, unusual_from=0, tone=tone, is_ascii=True)
            lines.append((Span(Safe(" " * _AXIS)), *curve))
    return [*lines, _foot(use, look)]


def share_chart(field: str, tone: Tone) -> Callable[[ComputeUse, Look], Sequence[Line]]:
    """What draws a share over the day: per cent of 100; no lines where nothing was measured."""

    def lines(use: ComputeUse, look: Look) -> Sequence[Line]:
        points: Points = getattr(use, field)
        known = [point for point in points if point is not None]
        if not known:
            return ()
        if look.is_ascii:
            # From _ to #, of 100; a dot is nothing measured.
            return ((Span(plain("100 "), "muted"), *spark(points, width=COUNT, top=100.0, unusual_from=0, tone=tone,
                                                    is_ascii=True)),)  # fmt: skip
        # A bar of 100 holds the scale: what is measured fills it from the foot.
        bars = [[Piece(point or 0.0, tone)] for point in points]
        rows = stacks([*bars, [Piece(100.0, "line")]], SHORT)
        return _framed([_cut(row) for row in rows], "100")

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
