"""The frame of every dialog: the screen behind turns grey, but for the header, which keeps telling if writing is on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar, cast

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.style import Style
from textual.renderables.background_screen import BackgroundScreen
from textual.screen import ModalScreen, Screen

from widgets.drawn_lines import content
from widgets.header import Header
from widgets.lines import line_width, say
from widgets.pane import Line, Span
from widgets.safe import Safe, cell_width, clip
from widgets.theme import Palette, palette_of

R = TypeVar("R")

WIDTH = 64
"""Cells of a line in a dialog of 70."""

AROUND = 4
"""Rows of the screen a dialog leaves free."""


class Behind:
    """A screen under a dialog: every sign in `edge` on its calm ground, the first `kept` rows as they are."""

    def __init__(self, screen: Screen[object], palette: Palette, kept: int) -> None:
        self._screen = screen
        self._palette = palette
        self._kept = kept

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        """Give the rows."""
        strips = self._screen._compositor.render_strips(self._screen.size)  # pyright: ignore[reportPrivateUsage]
        for y, strip in enumerate(strips):
            for text, style, control in strip:
                if not control:
                    yield Segment(text, self._faded(style, y))
            if y < len(strips) - 1:
                yield Segment.line()

    def _faded(self, style: Style | None, y: int) -> Style | None:
        if style is None or y < self._kept:
            return style.clear_meta_and_links() if style is not None else None
        surface, bg = self._palette.ground("surface"), self._palette.ground("bg")
        is_chrome = style.bgcolor is not None and style.bgcolor.name == surface
        return Style(color=self._palette.colour("edge"), bgcolor=surface if is_chrome else bg, bold=style.bold)


class Dialog(ModalScreen[R]):
    """A dialog over the deck."""

    def render(self) -> RenderableType:
        """The screen behind."""
        behind = super().render()
        if not isinstance(behind, BackgroundScreen):
            return behind
        screen = cast("Screen[object]", behind.screen)  # pyright: ignore[reportUnknownMemberType] (its type is open)
        kept = sum(header.size.height for header in screen.query(Header) if header.display)
        return Behind(screen, palette_of(self), kept)

    def entitle(self, title: Safe, right: Line = ()) -> None:
        """Write the title into the border, and what stands at its right end."""
        dialog = self.query_one("#dialog")
        width = min(WIDTH, self.size.width - 6)
        head = clip(title, max(4, width - line_width(right) - 4))
        line: Line = say(head, "strong", bold=True)
        if line_width(right):
            rule = Safe(f" {'─' * (width - cell_width(head) - line_width(right) - 2)} ")
            line = (*line, Span(rule, "edge"), *right)
        dialog.border_title = content(line, palette_of(self), "surface")
