"""A short list of lines of which one is chosen: it is drawn, and something else has the keys."""

from __future__ import annotations

from collections.abc import Sequence

from textual.message import Message

from widgets.lines import NO_LINE, clip_line, titled
from widgets.pane import Line, Span
from widgets.safe import plain
from widgets.scroll import LinePanel
from widgets.theme import Ground


class LineList(LinePanel, can_focus=False):
    """Lines under a title; the chosen one wears the cursor and stays on the screen."""

    ALLOW_SELECT = False

    class Resized(Message):
        """It has another width: lines made for the old one do not fit."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title: Line = NO_LINE
        self._right: Line = NO_LINE
        self._lines: Sequence[Line] = ()
        self._chosen = -1

    def show(self, title: Line, right: Line, lines: Sequence[Line], chosen: int) -> None:
        """Show these lines from now on."""
        self._title, self._right, self._lines, self._chosen = title, right, lines, chosen
        if chosen >= 0:
            self.scroll_to_line(chosen)
        self.repaint()

    def on_resize(self) -> None:
        """Ask for lines that fit."""
        super().on_resize()
        self.post_message(self.Resized())

    def head(self) -> list[Line]:
        """The title line."""
        return [titled(self._title, self._right, self.size.width)]

    def body_height(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def body(self, index: int) -> tuple[Line, Ground]:
        """One line, with the cursor bar before the chosen one."""
        is_chosen = index == self._chosen
        gutter = Span(plain("▌ " if is_chosen else "  "), "accent")
        return clip_line((gutter, *self._lines[index]), self.size.width), "cursor" if is_chosen else "bg"
