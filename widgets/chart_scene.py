"""A plot as lines, marks and words on a canvas of pixels: what SVG and PNG are both drawn from. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from widgets.chart_plot import Plot, Trace, View, mark_text, plot
from widgets.chart_series import Figure, Mark
from widgets.pane import Tone
from widgets.safe import Safe, plain

WIDTH, HEIGHT = 960, 540
LEFT, RIGHT, TOP, BOTTOM = 76, 110, 64, 48
TEXT = 14
"""Pixels a line of text is high."""

Y = Callable[[float], float]
"""From a share of the y axis to pixels."""

Anchor = Literal["start", "middle", "end"]


class Stroke(NamedTuple):
    """A line through points, in pixels from the top left."""

    points: tuple[tuple[float, float], ...]
    tone: Tone
    width: float = 1.5
    is_dotted: bool = False


class Words(NamedTuple):
    """Words at a place: `anchor` says which end of them is there."""

    x: float
    y: float
    text: Safe
    tone: Tone
    anchor: Anchor = "start"
    is_bold: bool = False


@dataclass(frozen=True)
class Scene:
    """Everything on the canvas, the undermost first."""

    width: int
    height: int
    strokes: tuple[Stroke, ...]
    words: tuple[Words, ...]


def scene(figure: Figure, view: View, about: Safe, *, width: int = WIDTH, height: int = HEIGHT) -> Scene:
    """Draw a figure; `about` stands under its title: the run, and when this was written."""
    made = plot(figure, view, width - LEFT - RIGHT)
    bottom, right = height - BOTTOM, width - RIGHT

    def y_of(share: float) -> float:
        return round(bottom - min(1.0, max(0.0, share)) * (bottom - TOP), 1)

    guides = [
        Stroke(((LEFT, y_of(made.y.share(value))), (right, y_of(made.y.share(value)))), "line", 1, is_dotted=True)
        for value, _text in made.y_ticks
    ]
    base = Stroke(((LEFT, bottom), (right, bottom)), "line", 1)
    lines = [stroke for trace in made.traces for stroke in _lines(made, trace, y_of)]
    marks = [Stroke(((LEFT + at - 3, bottom - 4), (LEFT + at + 3, bottom + 4)), "warn") for at in made.holes]
    marks += [stroke for mark in made.marks for stroke in _sign(made, mark, bottom)]
    words = (*_titles(made, about), *_axis_words(made, y_of, bottom), *_end_words(made, y_of))
    return Scene(width, height, (*guides, base, *lines, *marks), words)


def _sign(made: Plot, mark: Mark, bottom: int) -> list[Stroke]:
    """A filled triangle under the place where something begins. Strokes: not every font of a picture has a ▲."""
    share = made.x.share(mark.at)
    if not 0 <= share <= 1:
        return []
    x, top, foot = round(LEFT + share * made.columns, 1), bottom + 2, bottom + 10
    outline = ((x - 5, foot), (x, top), (x + 5, foot), (x - 5, foot))
    return [Stroke(outline, mark.tone, 2), Stroke(((x - 2, foot - 3), (x + 2, foot - 3)), mark.tone, 4)]


def _lines(made: Plot, trace: Trace, y_of: Y) -> list[Stroke]:
    """A series as lines, broken where a value was no number; every column goes through its least and its greatest."""
    tone: Tone = "edge" if trace.is_faint else trace.series.tone
    width = 1.0 if trace.is_faint else 2.5 if trace.series.is_thick else 1.5
    if trace.series.shape == "dots":
        return _spots(made, trace, y_of)
    holes = set(trace.sample.holes)
    strokes: list[Stroke] = []
    points: list[tuple[float, float]] = []
    last = -1
    for bucket in trace.sample.buckets:
        if points and (bucket.is_broken or any(column in holes for column in range(last, bucket.column + 1))):
            strokes.append(Stroke(tuple(points), tone, width))
            points = []
        x = LEFT + bucket.column
        if points and trace.series.shape == "steps":
            points.append((x, points[-1][1]))
        for value in dict.fromkeys((bucket.first, bucket.least, bucket.greatest, bucket.last)):
            points.append((x, y_of(made.y.share(value))))
        last = bucket.column
    return [*strokes, Stroke(tuple(points), tone, width)] if points else strokes


def _spots(made: Plot, trace: Trace, y_of: Y) -> list[Stroke]:
    return [
        Stroke(((LEFT + bucket.column - 1, y), (LEFT + bucket.column + 1, y)), trace.series.tone, 4)
        for bucket in trace.sample.buckets
        for y in dict.fromkeys(
            y_of(made.y.share(value)) for value in (bucket.first, bucket.least, bucket.greatest, bucket.last)
        )
    ]


def _titles(made: Plot, about: Safe) -> list[Words]:
    view, figure = made.view, made.figure
    notes = [figure.unit] if figure.unit else []
    notes += [plain("log scale")] if view.is_log else []
    notes += [Safe(f"smoothed {view.smoothing:g}")] if view.smoothing else []
    odd = sum(one.odd for one in figure.series)
    notes += [Safe(f"{odd:,} NaN or infinite")] if odd else []
    notes += [mark_text(made)] if made.marks else []
    return [
        Words(LEFT, 26, figure.title, "strong", is_bold=True),
        Words(LEFT, 46, about, "muted"),
        Words(made.columns + LEFT, 26, Safe("   ".join(notes)), "muted", "end"),
    ]


def _axis_words(made: Plot, y_of: Y, bottom: int) -> list[Words]:
    low, middle, high = made.x_labels
    below = bottom + TEXT + 8
    beside = [
        Words(LEFT - 8, y_of(made.y.share(value)) + TEXT / 3, text, "muted", "end") for value, text in made.y_ticks
    ]
    labels = [Words(LEFT, below, low, "muted"), Words(LEFT + made.columns, below, high, "muted", "end")]
    if 0.15 < made.middle < 0.85:
        labels.append(Words(LEFT + made.middle * made.columns, below, middle, "muted", "middle"))
    return [*beside, *labels]


def _end_words(made: Plot, y_of: Y) -> list[Words]:
    """Last values beside their lines, moved apart where they would lie on each other."""
    many = len(made.figure.series) > 1
    found: list[Words] = []
    floor = float("-inf")
    for end in sorted(made.ends, key=lambda one: -one.y):
        y = max(y_of(end.y) + TEXT / 3, floor)
        floor = y + TEXT + 2
        text = Safe(f"{end.text} {end.series.label}") if many else end.text
        found.append(Words(LEFT + end.x * made.columns + 8, y, text, end.series.tone, is_bold=True))
        if end.has_stopped:
            found.append(Words(LEFT + end.x * made.columns, y_of(end.y) + TEXT / 3, plain("✗"), "err", "middle"))
    return found
