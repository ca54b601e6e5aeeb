"""A bare app that shows one widget, for the tests of the deck's chrome."""

from typing import TypeVar

from textual.app import App, ComposeResult
from textual.message import Message
from textual.widget import Widget

from widgets.theme import DARK, use_themes

M = TypeVar("M", bound=Message)


class Bench(App[None]):
    """One widget on an empty screen."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, widget: Widget, theme: str = DARK) -> None:
        super().__init__()
        use_themes(self, theme)
        self._widget = widget

    def compose(self) -> ComposeResult:
        yield self._widget


class Heard:
    """A message hook that keeps what passes; the same message is kept once."""

    def __init__(self) -> None:
        self._messages: list[Message] = []

    def __call__(self, message: Message) -> None:
        if not any(message is kept for kept in self._messages):
            self._messages.append(message)

    def of(self, kind: type[M]) -> list[M]:
        return [message for message in self._messages if isinstance(message, kind)]


def shown(widget: Widget, y: int = 0) -> str:
    """The text of one row of a widget."""
    return widget.render_line(y).text
