"""Plots as cells of a terminal: dots in braille, quadrant blocks or ASCII, one colour per cell. Pure functions."""

from __future__ import annotations

from math import isfinite
from typing import Literal, NamedTuple

from widgets.chart_plot import Plot, Trace
from widgets.chart_sample import Bucket
from widgets.chart_scale import Scale
from widgets.pane import Tone

Dots = Literal["braille", "block", "ascii"]
"""What dots are made of: `charts` of the settings. Not every font has braille; every terminal has ASCII."""

GRAIN: dict[Dots, tuple[int, int]] = {"braille": (2, 4), "block": (2, 2), "ascii": (1, 1)}
"""Dots in a cell, across and down."""

_BRAILLE = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
_BLOCKS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
_MARKS = "*o+x#%@&"

GUIDES: dict[Dots, str] = {"braille": "┈", "block": "┈", "ascii": "."}
SPOTS: dict[Dots, str] = {"braille": "•", "block": "•", "ascii": "o"}
HOLES: dict[Dots, str] = {"braille": "×", "block": "×", "ascii": "!"}


class Dot(NamedTuple):
    """One cell: a character and its colour; a blank one has nothing drawn on it."""

    char: str
    tone: Tone


BLANK = Dot(" ", "text")
Cells = list[list[Dot]]


class Canvas:
    """Dots on so many cells. What is drawn later takes the whole cell's colour."""

    def __init__(self, width: int, height: int, dots: Dots) -> None:
        self.width, self.height, self.dots = width, height, dots
        self.across, self.down = GRAIN[dots]
        self._bits = [[0] * width for _ in range(height)]
        self._tones: list[list[Tone]] = [["text"] * width for _ in range(height)]
        self._marks = [[0] * width for _ in range(height)]

    def bar(self, column: int, top: int, bottom: int, tone: Tone, mark: int) -> None:
        """A line of dots from one row of dots down to another, both drawn, in one column of dots."""
        x, dx = divmod(column, self.across)
        if not 0 <= x < self.width:
            return
        for row in range(max(0, top), min(self.height * self.down - 1, bottom) + 1):
            y, dy = divmod(row, self.down)
            self._bits[y][x] |= self._bit(dx, dy)
            self._tones[y][x] = tone
            self._marks[y][x] = mark

    def cells(self) -> Cells:
        """What was drawn."""
        return [
            [Dot(self._char(bits, mark), tone) if bits else BLANK for bits, tone, mark in zip(*row, strict=True)]
            for row in zip(self._bits, self._tones, self._marks, strict=True)
        ]

    def _bit(self, dx: int, dy: int) -> int:
        return _BRAILLE[dy][dx] if self.dots == "braille" else 1 << (dy * 2 + dx)

    def _char(self, bits: int, mark: int) -> str:
        if self.dots == "ascii":
            return _MARKS[mark % len(_MARKS)]
        return chr(0x2800 + bits) if self.dots == "braille" else _BLOCKS[bits]


def raster(plot: Plot, width: int, height: int, dots: Dots) -> Cells:
    """The lines of a plot on so many cells, its guides behind them, its dots before them, its holes at the bottom.

    The plot must have been made for `width` times the grain's columns.
    """
    canvas = Canvas(width, height, dots)
    marks = {id(one): number for number, one in enumerate(plot.figure.series)}
    for trace in plot.traces:
        if trace.series.shape != "dots":
            _draw(canvas, trace, plot.y, marks[id(trace.series)])
    cells = canvas.cells()
    if plot.view.has_guides:
        _guide(cells, plot, GUIDES[dots])
    for trace in plot.traces:
        if trace.series.shape == "dots":
            _spot(cells, trace, plot.y, dots)
    for column in plot.holes:
        cells[-1][min(width - 1, column // canvas.across)] = Dot(HOLES[dots], "warn")
    return cells


def row_of(share: float, rows: int) -> int:
    """The row, from the top, on which a share of the y axis lies; the nearest one when it lies outside."""
    if not isfinite(share):
        return 0 if share > 0 else rows - 1
    return min(rows - 1, max(0, round((1 - min(2.0, max(-1.0, share))) * (rows - 1))))


def _guide(cells: Cells, plot: Plot, char: str) -> None:
    for value, _text in plot.y_ticks:
        row = cells[row_of(plot.y.share(value), len(cells))]
        row[:] = [Dot(char, "line") if dot is BLANK else dot for dot in row]


def _spot(cells: Cells, trace: Trace, y: Scale, dots: Dots) -> None:
    """Each point as a cell of its own, over the lines: one that lies on a line is seen there."""
    (across, down), char = GRAIN[dots], SPOTS[dots]
    for bucket in trace.sample.buckets:
        column = min(len(cells[0]) - 1, bucket.column // across)
        for value in (bucket.first, bucket.last, bucket.least, bucket.greatest):
            cells[row_of(y.share(value), len(cells) * down) // down][column] = Dot(char, trace.series.tone)


def _draw(canvas: Canvas, trace: Trace, y: Scale, mark: int) -> None:
    rows = canvas.height * canvas.down
    tone: Tone = "edge" if trace.is_faint else trace.series.tone
    thick = int(trace.series.is_thick and not trace.is_faint and canvas.down > 1)
    holes = sorted(trace.sample.holes)
    before: Bucket | None = None
    for bucket in trace.sample.buckets:
        top, bottom = row_of(y.share(bucket.greatest), rows), row_of(y.share(bucket.least), rows)
        canvas.bar(bucket.column, top, bottom + thick, tone, mark)
        if before is not None and not _is_apart(before, bucket, holes):
            join = _climb if trace.series.shape == "steps" else _join
            join(canvas, before, bucket, y, tone, mark, thick)
        before = bucket


def _is_apart(before: Bucket, after: Bucket, holes: list[int]) -> bool:
    """Whether a value that is no number lies between two buckets: then no line joins them."""
    if before.is_broken or after.is_broken:
        return True
    return any(before.column <= column <= after.column for column in holes)


def _join(canvas: Canvas, before: Bucket, after: Bucket, y: Scale, tone: Tone, mark: int, thick: int) -> None:
    """A straight line from the last point of a column to the first of the next that has any."""
    rows = canvas.height * canvas.down
    start, end = row_of(y.share(before.last), rows), row_of(y.share(after.first), rows)
    gap = after.column - before.column
    last = start
    for step in range(1, gap + 1):
        here = round(start + (end - start) * step / gap)
        # Each column takes half of the way up or down, so that a steep line is no staircase of corners.
        half = (last + here) // 2
        canvas.bar(before.column + step - 1, min(last, half), max(last, half) + thick, tone, mark)
        canvas.bar(before.column + step, min(half, here), max(half, here) + thick, tone, mark)
        last = here


def _climb(canvas: Canvas, before: Bucket, after: Bucket, y: Scale, tone: Tone, mark: int, thick: int) -> None:
    """A step: what was reached holds until the next value, and rises or falls there at once."""
    rows = canvas.height * canvas.down
    start, end = row_of(y.share(before.last), rows), row_of(y.share(after.first), rows)
    for column in range(before.column, after.column):
        canvas.bar(column, start, start + thick, tone, mark)
    canvas.bar(after.column, min(start, end), max(start, end) + thick, tone, mark)
