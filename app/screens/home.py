"""The deck's own screen, under whatever lies over it."""

from __future__ import annotations

from textual.screen import Screen
from textual.widget import Widget

from widgets.command_line import CommandLine


class Home(Screen[None]):
    """Where the views are. While the command line is open it keeps the keys, until it is left or entered."""

    def set_focus(self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False) -> None:
        """Give the keys to a widget, but not over an open command line.

        A view that was put together meanwhile, or whose answer came, asks for them too: what is typed would be its
        keys then. When the line closes, the deck asks again for what is shown.
        """
        line = next(iter(self.query(CommandLine)), None)
        if line is not None and line.display and (widget is None or line not in widget.ancestors):
            return
        super().set_focus(widget, scroll_visible, from_app_focus)
