"""The line behind `:`: typed commands with completions beside them and a history above them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from widgets.bar import NO_TEXT
from widgets.drawn_lines import content
from widgets.field import Field
from widgets.lines import say, spaced
from widgets.safe import Safe, plain
from widgets.theme import palette_of

Complete = Callable[[str], Sequence[Safe]]
"""What the whole line could become, best first, for what is typed so far."""

OFFERED = 4
"""Completions shown at a time."""


class CommandLine(Horizontal):
    """One row: `:` and what is typed; tab takes the next completion, arrows walk earlier lines.

    Posts `Submitted` for enter and `Closed` when it is left. Hidden until `open`.
    """

    DEFAULT_CSS = """
    CommandLine {
        height: 1; display: none; background: $surface;
        & > .sign { width: 2; padding-left: 1; color: $accent; background: $surface; text-style: bold; }
        & > Field, & > Field:focus { width: 1fr; padding: 0; background: $surface; color: $foreground; }
        & > .offers { width: auto; max-width: 60%; padding: 0 1; color: $text-muted; background: $surface; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "complete(1)", show=False, priority=True),
        Binding("shift+tab", "complete(-1)", show=False, priority=True),
        Binding("up", "recall(-1)", show=False),
        Binding("down", "recall(1)", show=False),
        Binding("escape,ctrl+c", "close", show=False, priority=True),
    ]

    class Submitted(Message):
        """A line was entered."""

        def __init__(self, text: Safe) -> None:
            self.text = text
            super().__init__()

    class Closed(Message):
        """The line was left without entering anything."""

    def __init__(self, complete: Complete, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._complete = complete
        self._offers: tuple[Safe, ...] = ()
        self._taken = -1
        self._past: list[Safe] = []
        self._recalled = 0

    def compose(self) -> ComposeResult:
        """Sign, field, completions."""
        yield Static(":", classes="sign", markup=False)
        yield Field()
        yield Static(classes="offers", markup=False)

    def open(self, text: Safe = NO_TEXT) -> None:
        """Show the line, ready to type."""
        field = self.query_one(Field)
        self.display = True
        self._recalled = len(self._past)
        field.value = text
        field.cursor_position = len(text)
        self.screen.set_focus(field)  # at once: what is typed quickly belongs to it already
        self._offer(text)

    def close(self) -> None:
        """Hide the line."""
        self.display = False

    def action_close(self) -> None:
        """Leave without doing anything."""
        self.close()
        self.post_message(self.Closed())

    def action_complete(self, by: int) -> None:
        """Take the next completion, or the one before."""
        if self._offers:
            self._taken = (self._taken + by) % len(self._offers)
            self._type(self._offers[self._taken])
            self._draw()

    def action_recall(self, by: int) -> None:
        """Walk through the lines entered before."""
        self._recalled = max(0, min(len(self._past), self._recalled + by))
        self._type(self._past[self._recalled] if self._recalled < len(self._past) else plain(""))

    def _type(self, text: Safe) -> None:
        field = self.query_one(Field)
        with field.prevent(Input.Changed):
            field.value = text
        field.cursor_position = len(text)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._offer(event.value)

    @on(Input.Submitted)
    def _entered(self, event: Input.Submitted) -> None:
        event.stop()
        text = self.query_one(Field).text
        self.close()
        if not text.strip():
            self.post_message(self.Closed())
            return
        self._past = [*(line for line in self._past if line != text), text][-100:]
        self.post_message(self.Submitted(text))

    def _offer(self, text: str) -> None:
        self._offers = tuple(self._complete(text))
        self._taken = -1
        self._draw()

    def _draw(self) -> None:
        start = max(0, min(self._taken, len(self._offers) - OFFERED))
        shown = self._offers[start : start + OFFERED]
        parts = [say(offer, "text" if start + index == self._taken else "muted") for index, offer in enumerate(shown)]
        if len(self._offers) > start + OFFERED:
            parts.append(say(Safe(f"+{len(self._offers) - start - OFFERED}"), "muted"))
        self.query_one(".offers", Static).update(content(spaced(parts), palette_of(self), "surface"))
