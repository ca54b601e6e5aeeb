"""The stored document of a row over the whole screen, as JSON or YAML."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from app.screens.leaving import leave
from widgets.footer import Footer, Hint
from widgets.pane import Line
from widgets.raw_view import RawView
from widgets.safe import Safe, plain

HINTS = (
    Hint(plain("/"), plain("search")),
    Hint(plain("n N"), plain("next, previous")),
    Hint(plain("v"), plain("JSON or YAML")),
    Hint(plain("w"), plain("wrap")),
    Hint(plain("y"), plain("copy")),
    Hint(plain("esc"), plain("back")),
)


class RawScreen(Screen[Safe | None]):
    """Gives the text when it shall be copied, None when it was only read."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,ctrl+c", "leave", show=False)]

    def __init__(self, title: Line, document: bytes) -> None:
        super().__init__()
        self._title = title
        self._document = document

    def compose(self) -> ComposeResult:
        """The document and the keys."""
        yield RawView(id="raw")
        yield Footer(id="footer", has_help=False)

    def on_mount(self) -> None:
        """Show it."""
        view = self.query_one(RawView)
        view.show(self._title, self._document)
        view.focus()
        self.query_one(Footer).say(HINTS)

    def action_leave(self) -> None:
        """Back to the rows."""
        leave(self, None)

    @on(RawView.CopyRequested)
    def _copy(self, event: RawView.CopyRequested) -> None:
        # The view shows safe lines, joined by line feeds.
        leave(self, Safe(event.text))
