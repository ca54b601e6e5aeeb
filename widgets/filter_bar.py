"""The filter of a pane on one line: what is filtered by, what is wrong with it, and how much is left.

`/` starts to edit it. Every keystroke posts `Changed`, so rows follow the typing; enter keeps, esc goes back.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from widgets.drawn_lines import segments
from widgets.filter_clauses import Problem, paint
from widgets.filter_typing import SIGN, Complete, Typing
from widgets.lines import NO_LINE, clip_line, ends, fit_line, line_width, say
from widgets.pane import Line
from widgets.safe import Safe, plain
from widgets.theme import palette_of

__all__ = ["Complete", "FilterBar", "Problem"]

_HINT = say(plain("filter"), "edge")


def _nothing(word: Safe) -> Sequence[Safe]:
    return ()


class FilterBar(Widget, can_focus=True):
    """One line: `/ status:failed created<14d` and `7 of 41,208` at its right end."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "FilterBar { height: 1; width: 1fr; margin: 0 1; background: $background; }"

    class FilterMessage(Message):
        """What a filter bar says; `text` is what stands there."""

        def __init__(self, bar: FilterBar, text: Safe) -> None:
            super().__init__()
            self.bar = bar
            self.text = text

        @property
        def control(self) -> FilterBar:
            """The bar, for `@on` selectors."""
            return self.bar

    class Changed(FilterMessage):
        """Something was typed."""

    class Submitted(FilterMessage):
        """Enter: this is the filter."""

    class Cancelled(FilterMessage):
        """Esc: `text` is the filter from before the typing, and holds again."""

    def __init__(self, complete: Complete = _nothing, *, sign: Line = SIGN, id: str | None = None) -> None:
        super().__init__(id=id)
        self._sign = sign
        self.history: tuple[Safe, ...] = ()
        self._complete = complete
        self._text = plain("")
        self._problems: tuple[Problem, ...] = ()
        self._count: Line = NO_LINE
        self._typing: Typing | None = None

    @property
    def text(self) -> Safe:
        """The filter; while it is typed, what stands there."""
        return self._typing.text if self._typing else self._text

    @property
    def is_editing(self) -> bool:
        """Whether keys go into the filter."""
        return self._typing is not None

    def show(self, text: Safe, problems: Sequence[Problem] = (), count: Line = NO_LINE) -> None:
        """Show a filter with its problems, and at the right end what came of it. Typing goes on undisturbed.

        Problems of another text than the one that stands there now are left out: they come too late.
        """
        before = (self._text, self._problems, self._count)
        if self._typing is None:
            self._text = text
        self._problems = tuple(problems) if text == self.text else ()
        self._count = count
        if before != (self._text, self._problems, self._count):
            self.refresh()

    def edit(self, text: Safe | None = None) -> None:
        """Start typing, in what is there or in `text`. Takes the focus."""
        self._typing = Typing(self._text if text is None else text, self.history, self._complete, self._sign)
        self.screen.set_focus(self)  # at once: what is typed quickly belongs to it already
        self._place_caret()
        self.refresh()

    def drop(self) -> None:
        """Stop typing, as esc does."""
        self._finish(is_kept=False)

    def render_line(self, y: int) -> Strip:
        """The line."""
        width, colours = self.size.width, palette_of(self)
        if self._typing is None:
            body = (*self._sign, *(paint(self._text, self._problems) if self._text else _HINT))
            line = fit_line(ends(body, self._count, width), width)
            return Strip(segments(line, colours), width)
        count = clip_line(self._count, width // 2)
        picture, caret, cells = self._typing.picture(self._problems, max(1, width - line_width(count) - 2))
        strip = Strip(segments(fit_line(ends(picture, count, width), width), colours, "cursor"), width)
        block = Style(color=colours.ground("cursor"), bgcolor=colours.colour("accent", "cursor"))
        return _with_caret(strip, caret, cells, block)

    def on_key(self, event: events.Key) -> None:
        """Typing; outside of it, enter starts."""
        typing = self._typing
        if typing is None:
            heir = self.screen.focused
            if isinstance(heir, FilterBar) and heir.is_editing:
                heir.on_key(event)  # it was on its way here when the other one took over
            elif event.key == "enter":
                self.edit()
                event.stop()
        elif event.key in ("enter", "escape"):
            self._finish(is_kept=event.key == "enter")
            event.stop()
        elif event.key in ("tab", "shift+tab"):
            event.stop()
            event.prevent_default()
            if typing.take(1 if event.key == "tab" else -1):
                self._typed(event)
        elif event.is_printable and event.character:
            typing.insert(event.character)
            self._typed(event)
        elif typing.press(event.key):
            self._typed(event)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While typing, letters are text and no other widget's keys."""
        return self.is_editing and character is not None and character.isprintable()

    def on_paste(self, event: events.Paste) -> None:
        """Pasted text, on one line and made safe."""
        if self._typing is not None:
            self._typing.insert(event.text)
            self._typed(event)

    def on_click(self, event: events.Click) -> None:
        """A click starts typing."""
        if self._typing is None:
            event.stop()
            self.edit()

    def on_blur(self) -> None:
        """Leaving the bar keeps what was typed."""
        self._finish(is_kept=True)

    def _finish(self, *, is_kept: bool) -> None:
        if self._typing is None:
            return
        if is_kept:
            self._text = self._typing.text
            if self._text:
                self.history = (*(line for line in self.history if line != self._text), self._text)[-100:]
        self._typing = None
        self._problems = ()
        self.refresh()
        self.post_message((self.Submitted if is_kept else self.Cancelled)(self, self._text))

    def _typed(self, event: events.Event) -> None:
        event.stop()
        event.prevent_default()
        self._problems = ()
        self._place_caret()
        self.refresh()
        self.post_message(self.Changed(self, self.text))

    def _place_caret(self) -> None:
        """Tell the terminal where the caret is, so that input methods open there."""
        if self._typing is not None and self.size:
            x, y, width, _height = self.content_region
            caret = self._typing.picture((), width)[1]
            self.app.cursor_position = Offset(x + caret, y)  # pyright: ignore[reportUnknownMemberType]


def _with_caret(strip: Strip, at: int, cells: int, style: Style) -> Strip:
    """The strip with the character at cell `at` as a block."""
    width = strip.cell_length
    if at >= width:
        return strip
    end = min(width, at + cells)
    block = [Segment(segment.text, style) for segment in strip.crop(at, end)]
    return Strip([*strip.crop(0, at), *block, *strip.crop(end, width)], width)
