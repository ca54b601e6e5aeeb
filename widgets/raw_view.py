"""A JSON document in full, as JSON or YAML, with search: what Azure said, to the letter."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from functools import partial
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from widgets.bound_keys import side_binding
from widgets.line_cut import change_line, fold, slice_line
from widgets.lines import NO_LINE, clip_line, say, spaced, titled
from widgets.pane import Line, Span
from widgets.raw_search import Search
from widgets.raw_text import Format, lines_of, paint
from widgets.safe import Safe, cell_width, plain
from widgets.searched import Searched
from widgets.theme import Ground

ASIDE = 100_000
"""Documents longer than this many bytes are laid out on a thread."""

SIDEWAYS = 8
"""Cells one key scrolls to the side."""


def _key(keys: str, action: str, words: str) -> Binding:
    return Binding(keys, action, words, show=False, id=f"raw.{words.replace(' ', '-')}")


class RawView(Searched):
    """A document over the whole panel: `/` searches, `v` changes between JSON and YAML, `w` wraps, `y` copies."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("slash", "search", "search"),
        _key("n", "next(1)", "next match"),
        _key("N", "next(-1)", "previous match"),
        _key("v", "toggle_format", "json or yaml"),
        _key("w", "toggle_wrap", "wrap"),
        _key("y", "copy", "copy"),
        side_binding("raw_right", "sideways(1)"),
        side_binding("raw_left", "sideways(-1)"),
    ]

    class CopyRequested(Message):
        """The user wants the document; `text` is as it is shown, safe to paste."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._title: Line = NO_LINE
        self._document = b""
        self._lines: list[Safe] = [plain("")]
        self._form: Format = "json"
        self._is_wrapped = False
        self._is_reading = False
        self._left = 0
        self._rows: list[tuple[int, int]] = []
        self._search = Search((), plain(""))

    def show(self, title: Line, document: bytes, form: Format | None = None) -> None:
        """Show a document from its beginning."""
        self.top = self._left = 0
        self._title, self._document, self._form = title, document, form or self._form
        self._search, self._typing = Search((), plain("")), None
        self._lay_out()

    @property
    def form(self) -> Format:
        """How it is shown."""
        return self._form

    @property
    def lines(self) -> list[Safe]:
        """Every line of it."""
        return self._lines

    def head(self) -> list[Line]:
        """What it is, as what it is shown, and which lines are seen."""
        form: Line = (Span(Safe(self._form + ("…" if self._is_reading else "")), "muted"),)
        total = len(self._lines)
        first, last = self._seen()
        seen = say(Safe(f"{first + 1:,}–{last + 1:,} of {total:,}"), "muted")
        return [titled(spaced([self._title, form]), seen, self.size.width, is_focused=self.has_focus)]

    def head_height(self) -> int:
        """One: the head asks which lines are seen, so it cannot be asked for its height."""
        return 1

    def foot(self) -> list[Line]:
        """The search, while there is one."""
        if self._typing is None and not self._search.text:
            return []
        return [self.search_line(plain("/ "), self._search.text, self._search.said)]

    def body_height(self) -> int:
        """Lines of the document, or rows of them when they are wrapped."""
        return len(self._rows) if self._is_wrapped else len(self._lines)

    def body(self, index: int) -> tuple[Line, Ground]:
        """One row of it, with the search's matches marked."""
        number, start = self._rows[index] if self._is_wrapped else (index, 0)
        text = self._lines[number]
        line = paint(text, self._form)
        here = self._search.here
        for match in self._search.on_line(number):
            line = change_line(line, match.start, match.end, _found_here if match == here else _found)
        on: Ground = "cursor" if here is not None and here.line == number else "bg"
        if self._is_wrapped:
            return slice_line(line, cell_width(text[:start]), self.size.width), on
        return clip_line(slice_line(line, self._left, self.size.width + 1), self.size.width), on

    def on_resize(self) -> None:
        """Another width: other rows."""
        self._wrap()
        super().on_resize()

    def on_key(self, event: events.Key) -> None:
        """Esc ends a search before it ends the view; what is typed, `Searched` takes."""
        if self._typing is None and event.key == "escape" and self._search.text:
            event.stop()
            self.look_for(plain(""))

    def typed_out(self, *, is_wanted: bool) -> None:
        """Keep the search, or end it."""
        if not is_wanted:
            self._search = Search((), plain(""))

    def action_search(self) -> None:
        """Type what to look for."""
        self.type_search(self._search.text)

    def action_next(self, by: int) -> None:
        """Go to the next match, or the one before."""
        self._search.step(by)
        self._go_to_match()

    def action_toggle_format(self) -> None:
        """JSON or YAML."""
        self._form = "yaml" if self._form == "json" else "json"
        self._lay_out()

    def action_toggle_wrap(self) -> None:
        """Long lines in rows, or cut at the edge."""
        first = self._seen()[0]
        self._is_wrapped = not self._is_wrapped
        self._left = 0
        self._wrap()
        self.top = self._row_of(first)
        self.repaint()

    def action_sideways(self, by: int) -> None:
        """Scroll to the side."""
        widest = max((len(line) for line in self._lines), default=0)
        self._left = 0 if self._is_wrapped else min(max(0, self._left + by * SIDEWAYS), widest)
        self.repaint()

    def action_copy(self) -> None:
        """Ask for the document to be copied."""
        self.post_message(self.CopyRequested("\n".join(self._lines)))

    def _lay_out(self) -> None:
        if len(self._document) <= ASIDE or not self.is_mounted:
            self._take(lines_of(self._document, self._form))
        else:
            self._is_reading = True
            self.run_worker(partial(self._lay_out_aside, self._document, self._form), exclusive=True)
        self.repaint()

    async def _lay_out_aside(self, document: bytes, form: Format) -> None:
        lines = await asyncio.to_thread(lines_of, document, form)
        if document is self._document and form == self._form:
            self._take(lines)

    def _take(self, lines: list[Safe]) -> None:
        self._lines, self._is_reading = lines, False
        self._wrap()
        self.look_for(self._search.text)

    def _wrap(self) -> None:
        width = self.size.width
        if self._is_wrapped and width:
            self._rows = [(number, at) for number, line in enumerate(self._lines) for at in fold(line, width)]

    def look_for(self, text: Safe) -> None:
        """Find a text, and go to the first match from what is seen on."""
        self._search = Search(self._lines, text)
        self._search.start_from(self._seen()[0])
        self._go_to_match()

    def _go_to_match(self) -> None:
        here = self._search.here
        if here is None:
            self.repaint()
        else:
            self._show_column(here.start, here.end)
            self.scroll_to_line(self._row_of(here.line, here.start))

    def _seen(self) -> tuple[int, int]:
        """The first and last line on the screen."""
        first, last = self.top, max(self.top, min(self.top + self.page, self.body_height()) - 1)
        return (self._rows[first][0], self._rows[last][0]) if self._is_wrapped and self._rows else (first, last)

    def _row_of(self, line: int, start: int = 0) -> int:
        return max(0, bisect_right(self._rows, (line, start)) - 1) if self._is_wrapped else line

    def _show_column(self, start: int, end: int) -> None:
        """Scroll sideways when a match is beyond the edge."""
        if not self._is_wrapped and not self._left <= start <= end < self._left + self.size.width:
            self._left = max(0, end + SIDEWAYS - self.size.width)


def _found(span: Span) -> Span:
    return span._replace(tone="strong", underline=True)


def _found_here(span: Span) -> Span:
    return span._replace(tone="accent", bold=True, underline=True)
