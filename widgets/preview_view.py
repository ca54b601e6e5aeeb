"""A first look at a file: lines of text, or a small picture in half blocks, as far as the terminal has room."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from widgets.drawn_lines import strip
from widgets.lines import NO_LINE, clip_line, titled, wrap_line
from widgets.pane import Line
from widgets.scroll import LinePanel
from widgets.theme import MONO, Ground, palette_of

_RAMP = " .:-=+*#%@"
"""From dark to bright, where there is no colour."""


class Picture(NamedTuple):
    """Pixels: red, green and blue, a byte each, row by row."""

    width: int
    height: int
    pixels: bytes

    def colour(self, x: int, y: int) -> tuple[int, int, int]:
        """One pixel."""
        at = 3 * (min(y, self.height - 1) * self.width + min(x, self.width - 1))
        return self.pixels[at], self.pixels[at + 1], self.pixels[at + 2]


class PreviewView(LinePanel):
    """A panel that shows lines, or a picture in their place."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title: Line = NO_LINE
        self._right: Line = NO_LINE
        self._lines: Sequence[Line] = ()
        self._is_prose = False
        self._picture: Picture | None = None

    def show_lines(self, title: Line, right: Line, lines: Sequence[Line], *, is_prose: bool = False) -> None:
        """Show lines from their beginning. `is_prose`: sentences, which are wrapped; lines of a file are cut."""
        self._is_prose = is_prose
        if lines != self._lines or self._picture is not None:
            self.top = 0
        self._title, self._right, self._lines, self._picture = title, right, lines, None
        self._painted.clear()
        self.refresh()

    def show_picture(self, title: Line, right: Line, picture: Picture) -> None:
        """Show a picture, made to fit."""
        self._title, self._right, self._lines, self._picture = title, right, (), picture
        self._painted.clear()
        self.refresh()

    def head(self) -> list[Line]:
        """The title line."""
        return [titled(self._title, self._right, self.size.width, is_focused=self.has_focus)]

    def body_height(self) -> int:
        """How many lines there are."""
        return len(self._rows_shown)

    def body(self, index: int) -> tuple[Line, Ground]:
        """One line, cut at the edge."""
        return clip_line(self._rows_shown[index], self.size.width), "bg"

    @property
    def _rows_shown(self) -> Sequence[Line]:
        if not self._is_prose:
            return self._lines
        return [row for line in self._lines for row in wrap_line(line, self.size.width or 80)]

    def render_line(self, y: int) -> Strip:
        """One line; of a picture two rows of its pixels."""
        if self._picture is None or y == 0:
            return super().render_line(y)
        return self._row_of(self._picture, y - 1)

    def _row_of(self, picture: Picture, row: int) -> Strip:
        width, rows = fitted(picture, self.size.width, self.size.height - 1)
        if row >= rows:
            return strip(NO_LINE, self.size.width, palette_of(self))
        is_mono = self.app.theme == MONO  # pyright: ignore[reportUnknownMemberType] (as in `palette_of`)
        segments: list[Segment] = []
        for column in range(width):
            x = column * picture.width // width
            upper = picture.colour(x, 2 * row * picture.height // (2 * rows))
            lower = picture.colour(x, (2 * row + 1) * picture.height // (2 * rows))
            segments.append(_mono(upper, lower) if is_mono else _half(upper, lower))
        rest = strip(NO_LINE, self.size.width - width, palette_of(self))
        return Strip([*segments, *rest], self.size.width)


def fitted(picture: Picture, width: int, rows: int) -> tuple[int, int]:
    """Columns and rows a picture takes in so much room: a row is two pixels high, a column one wide."""
    columns = max(1, min(width, picture.width))
    wanted = max(1, picture.height * columns // (2 * picture.width))
    if wanted <= rows:
        return columns, wanted
    rows = max(1, rows)
    return max(1, min(columns, 2 * rows * picture.width // picture.height)), rows


def _half(upper: tuple[int, int, int], lower: tuple[int, int, int]) -> Segment:
    return Segment("▀", Style(color=Color.from_rgb(*upper), bgcolor=Color.from_rgb(*lower)))


def _mono(upper: tuple[int, int, int], lower: tuple[int, int, int]) -> Segment:
    bright = sum(upper + lower) / (6 * 256)
    return Segment(_RAMP[int(bright * len(_RAMP))])
