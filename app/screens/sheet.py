"""A dialog that says something: lines under a title, `y` copies them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from app.screens.dialog import Dialog
from app.screens.leaving import leave
from widgets.card import CardView, wrapped
from widgets.drawn_lines import content
from widgets.footer import Hint, hint_line
from widgets.lines import NO_LINE, line_text, say, spaced
from widgets.pane import Line
from widgets.safe import Safe, join, plain, safe
from widgets.theme import palette_of

WIDTH = 62
"""Cells of a line in a dialog of 70."""


class Sheet(Dialog[Safe | None]):
    """Lines to read. Gives the text when it shall be copied, None when it was only read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,i,ctrl+c", "leave", show=False, priority=True),
        Binding("y", "copy", show=False),
    ]

    def __init__(self, title: Safe, lines: Sequence[Line]) -> None:
        super().__init__()
        self._title = title
        self._lines = tuple(lines)

    def compose(self) -> ComposeResult:
        """The dialog."""
        with Vertical(id="dialog", classes="-sheet") as dialog:
            dialog.border_title = content(say(self._title, "strong", bold=True), palette_of(self), "surface")
            yield CardView(id="sheet", on="surface")
            yield Static(id="hints", markup=False)

    def on_mount(self) -> None:
        """Show the lines."""
        sheet = self.query_one(CardView)
        sheet.say(NO_LINE, NO_LINE, self._lines)
        sheet.styles.height = len(wrapped(self._lines, WIDTH))
        sheet.focus()
        hints = [Hint(plain("y"), plain("copy all")), Hint(plain("esc"), plain("leave"))]
        row = spaced([hint_line(hint) for hint in hints])
        self.query_one("#hints", Static).update(content(row, palette_of(self), "surface"))

    def action_leave(self) -> None:
        """Close."""
        leave(self, None)

    def action_copy(self) -> None:
        """Copy all of it, and close."""
        leave(self, join([safe(line_text(line)) for line in self._lines], Safe("\n")))
