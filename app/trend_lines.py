"""The trends of an experiment as blocks of its detail: runs by day and state, then how each week went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import NamedTuple

from app.derived.trends import BUCKETS, DAYS, WEEKS, Trends
from widgets import format as fmt
from widgets.detail import Block
from widgets.lines import NO_LINE, blank, ends, fit_line, line_width, say
from widgets.pane import Cell, Line, Look, Span, Tone
from widgets.safe import Safe, plain, safe
from widgets.spark import gauge, spark
from widgets.stacks import Piece, stacks

HIGH = 5
"""Rows of the bars."""

GAUGE = 14
"""Cells of a gauge, where there is no colour to tell the parts of a bar apart by."""

TONES: dict[str, Tone] = {
    "completed": "edge",
    "canceled": "muted",
    "failed": "err",
    "waiting": "accent",
    "running": "run",
}
"""What went well is calm; colour says what did not, and what goes on."""


class Paper(NamedTuple):
    """What the blocks are drawn on."""

    look: Look
    is_mono: bool = False


def trend_blocks(found: Trends, paper: Paper) -> tuple[Block, ...]:
    """Both blocks; one sentence where there is nothing to draw."""
    look = paper.look
    title = (Span(Safe(f"Runs of {DAYS} days"), "strong"),)
    if not found.totals:
        return (Block(title, lines=(say(_nothing(found, look), "muted"),)), *_weeks(found, look))
    is_plain = paper.is_mono or look.is_ascii
    lines = _gauges(found.totals, look) if is_plain else [*_bars(found, look), *_legend(found.totals)]
    return (Block(title, lines=tuple(lines)), *_weeks(found, look))


def _nothing(found: Trends, look: Look) -> Safe:
    if found.latest is None:
        return Safe(f"The cache has no run of these {WEEKS} weeks; the next one that is submitted stands here.")
    return Safe(f"Nothing ran in these days; the newest run is {fmt.age(found.latest, look.now)} old.")


def _bars(found: Trends, look: Look) -> list[Line]:
    bars = [[Piece(day[name], TONES[name]) for name in BUCKETS] for day in found.days]
    top = fmt.count(max(day.total() for day in found.days))
    side = max(3, len(top))
    rows = stacks(bars, HIGH)
    marks = [say(top, "muted"), *[NO_LINE] * (len(rows) - 2), say(plain("0"), "muted")]
    first = fmt.when(look.now - timedelta(days=DAYS - 1), look).rsplit(" ", 1)[0]
    under = ends(say(Safe(first), "muted"), say(plain("today"), "muted"), DAYS)
    lines = [(*fit_line(mark, side, is_right=True), blank(1), *row) for mark, row in zip(marks, rows, strict=True)]
    return [*lines, (blank(side + 1), *under)]


def _legend(totals: Counter[str]) -> list[Line]:
    """`█ 41 completed  █ 7 failed`, in rows of three."""
    parts = [
        (Span(plain("█ "), TONES[name]), Span(fmt.count(totals[name])), Span(Safe(f" {name}"), "muted"))
        for name in BUCKETS
        if totals[name]
    ]
    width = max(line_width(part) for part in parts) + 2
    rows = [parts[at : at + 3] for at in range(0, len(parts), 3)]
    return [tuple(span for part in row for span in fit_line(part, width)) for row in rows]


def _gauges(totals: Counter[str], look: Look) -> list[Line]:
    """A row for each state, told apart by its word: nothing is left to colour."""
    whole = totals.total()
    return [
        (
            *fit_line(say(Safe(name), "muted"), 11),
            *gauge(totals[name] / whole, GAUGE, tone=TONES[name], is_ascii=look.is_ascii),
            *fit_line(say(fmt.count(totals[name])), 7, is_right=True),
            *fit_line(say(fmt.percent(totals[name] / whole), "muted"), 7, is_right=True),
        )
        for name in BUCKETS
        if totals[name]
    ]


def _weeks(found: Trends, look: Look) -> tuple[Block, ...]:
    weeks = found.weeks
    if found.latest is None:
        return ()
    facts: list[tuple[Safe, Cell]] = [
        (plain("success"), _trend([week.success for week in weeks], fmt.percent, look, top=1.0)),
        (plain("median ran"), _trend([week.median for week in weeks], fmt.duration, look)),
    ]
    if found.metric is None:
        facts.append((plain("best"), fmt.DASH))
        lines: tuple[Line, ...] = (say(plain("No run says which metric it is judged by."), "muted"),)
    else:
        best = _trend(_lifted([week.best for week in weeks]), fmt.metric, look, [week.best for week in weeks], 1.0)
        facts.append((Safe(f"best {safe(found.metric, 11)}"), best))
        aim = "smaller" if found.is_smaller_better else "larger"
        lines = (say(Safe(f"{safe(found.metric, 24)}: {aim} is better."), "muted"),)
    if found.is_cut:
        lines += (say(plain("Only the newest 20,000 runs are in these figures."), "muted"),)
    title = (Span(Safe(f"By week, {WEEKS} weeks"), "strong"),)
    return (Block(title, tuple(facts), lines),)


def _lifted(values: Sequence[float | None]) -> list[float | None]:
    """Values as shares of their own range: the lowest is drawn as the lowest step, not as nothing."""
    known = [value for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    span = high - low
    return [None if one is None else 0.15 + 0.85 * ((one - low) / span if span else 1.0) for one in values]


def _trend(
    drawn: Sequence[float | None],
    write: Callable[[float | None], Safe],
    look: Look,
    values: Sequence[float | None] | None = None,
    top: float | None = None,
) -> Cell:
    """A spark, the newest week's value, and what the week before had; a dash where no week says."""
    held = drawn if values is None else values
    if all(value is None for value in held):
        return fmt.DASH
    now, before = held[-1], held[-2]
    curve = spark(drawn, width=WEEKS, top=top, is_ascii=look.is_ascii)
    was = Safe("" if before is None else f"  was {write(before)}")
    return (*curve, Span(Safe(f"  {write(now)}"), "muted" if now is None else "text"), Span(was, "muted"))
