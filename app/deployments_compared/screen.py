"""Deployments beside each other over the whole screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from app.deployments_compared.lines import compared_lines
from app.screens.leaving import leave
from services.deployment_comparison import Side
from widgets.card import CardView
from widgets.footer import Footer, Hint
from widgets.lines import NO_LINE, line_text, say
from widgets.pane import Line
from widgets.safe import Safe, join, plain, safe


class ComparedScreen(Screen[Safe | None]):
    """Gives the text when it shall be copied, None when it was only read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,ctrl+c,equals_sign", "leave", show=False),
        Binding("d", "equal", show=False),
        Binding("y", "copy", show=False),
    ]

    def __init__(self, title: Line, sides: Sequence[Side], is_ascii: bool) -> None:
        super().__init__()
        self._title = title
        self._sides = tuple(sides)
        self._is_ascii = is_ascii
        self._is_all = False

    def compose(self) -> ComposeResult:
        """The table and the keys."""
        yield CardView(id="compared")
        yield Footer(id="footer", has_help=False)

    def on_mount(self) -> None:
        """Take the keys."""
        self.query_one(CardView).focus()

    def on_resize(self) -> None:
        """Fit the width."""
        self._draw()

    @property
    def _lines(self) -> list[Line]:
        return compared_lines(self._sides, self.size.width - 2, is_all=self._is_all, is_ascii=self._is_ascii)

    def _draw(self) -> None:
        shown = plain("everything") if self._is_all else plain("what differs")
        self.query_one(CardView).say(self._title, say(shown, "muted"), (NO_LINE, *self._lines))
        other = plain("only what differs") if self._is_all else plain("equal too")
        self.query_one(Footer).say(
            (Hint(plain("↓ ↑"), plain("scroll")), Hint(plain("d"), other), Hint(plain("y"), plain("copy")),
             Hint(plain("esc"), plain("back")))
        )  # fmt: skip

    def action_leave(self) -> None:
        """Back to the rows."""
        leave(self, None)

    def action_equal(self) -> None:
        """Show what is equal too, or no more."""
        self._is_all = not self._is_all
        self._draw()

    def action_copy(self) -> None:
        """Copy the table as text."""
        leave(self, join([safe(line_text(line).rstrip()) for line in self._lines], Safe("\n")))
