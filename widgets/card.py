"""Sentences in the place of a table: a title line, and what stands under it. Scrolls when the screen is small."""

from __future__ import annotations

from collections.abc import Sequence

from widgets.lines import NO_LINE, titled, wrap_line
from widgets.pane import Line
from widgets.safe import cell_width
from widgets.scroll import LinePanel
from widgets.theme import Ground


class CardView(LinePanel):
    """A panel that says something instead of showing rows."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, on: Ground = "bg") -> None:
        super().__init__(id=id)
        self._ground: Ground = on
        self._title: Line = NO_LINE
        self._right: Line = NO_LINE
        self._lines: tuple[Line, ...] = ()
        self._rows: tuple[int, list[Line]] = (-1, [])

    def say(self, title: Line, right: Line, lines: Sequence[Line]) -> None:
        """Say this from now on; long sentences are wrapped under themselves."""
        self._title, self._right, self._lines = title, right, tuple(lines)
        self._rows = (-1, [])
        self.repaint()

    def head(self) -> list[Line]:
        """The title line."""
        return [titled(self._title, self._right, self.size.width)] if self._title else []

    def body_height(self) -> int:
        """How many lines there are."""
        return len(self._wrapped())

    def body(self, index: int) -> tuple[Line, Ground]:
        """One line."""
        return self._wrapped()[index], self._ground

    def _wrapped(self) -> list[Line]:
        if self._rows[0] != self.size.width:
            self._rows = (self.size.width, wrapped(self._lines, self.size.width))
        return self._rows[1]

    def _shown(self, y: int) -> tuple[Line, Ground]:
        line, on = super()._shown(y)
        return line, self._ground if on == "bg" else on


def wrapped(lines: Sequence[Line], width: int) -> list[Line]:
    """The lines in rows of `width` cells. What follows blanks or a label is wrapped under its own beginning."""
    rows: list[Line] = []
    for line in lines:
        indent = 0
        for span in line[:-1]:
            if not span.text.endswith("  "):
                break
            indent += cell_width(span.text)
        rows += wrap_line(line, width, indent=indent)
    return rows
