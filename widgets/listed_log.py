"""A log with the list of those there are: under it, or beside it where there is room. `<` and `>` choose another."""

from __future__ import annotations

from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.widget import Widget

from widgets.line_list import LineList
from widgets.log_view import LogView

WIDE = 120
"""Columns from which the list stands beside the log."""


class ListedLog(Widget):
    """Lays the list and the log out, gives the log the whole screen and takes it back, and posts `Other`."""

    DEFAULT_CSS = """
    ListedLog { height: 1fr; layout: vertical; }
    ListedLog LineList { height: 5; }
    ListedLog.-wide { layout: horizontal; }
    ListedLog.-wide LineList { width: 50; height: 1fr; margin: 0 2 0 1; }
    ListedLog.-alone LineList { display: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("greater_than_sign", "other(1)", show=False, id="logs.next"),
        Binding("less_than_sign", "other(-1)", show=False, id="logs.previous"),
    ]

    class Other(Message):
        """The log so many further on is wanted."""

        def __init__(self, by: int) -> None:
            self.by = by
            super().__init__()

    def compose(self) -> ComposeResult:
        """The list and the log."""
        yield LineList()
        yield LogView()

    def on_resize(self, event: events.Resize) -> None:
        """Side by side where there is room."""
        self.set_class(event.size.width >= WIDE, "-wide")

    def action_other(self, by: int) -> None:
        """Another log of the list."""
        self.post_message(self.Other(by))

    def clear_innermost(self) -> bool:
        """End the search or the filter first, then full screen. False when there is none of them."""
        if self.query_one(LogView).clear_innermost():
            return True
        is_alone = self.has_class("-alone")
        self.remove_class("-alone")
        return is_alone

    @on(LogView.FullScreen)
    def _full_screen(self, event: LogView.FullScreen) -> None:
        event.stop()
        self.toggle_class("-alone")
