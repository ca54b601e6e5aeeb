"""Rows with a cursor under a fixed head, some of them inside others: the children of a run, as a tree or a board.

What is drawn is a function of the width, given anew whenever the rows change; the cursor stays on its key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, NamedTuple

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message

from widgets.bound_keys import side_binding
from widgets.lines import fit_line
from widgets.pane import Line, Span
from widgets.safe import plain
from widgets.scroll import LinePanel
from widgets.theme import Ground

GUTTER = 2


class Item(NamedTuple):
    """One row: its key and what it says."""

    key: str
    line: Line


class Drawn(NamedTuple):
    """Everything, for one width: the lines of the head and the rows."""

    head: tuple[Line, ...] = ()
    items: tuple[Item, ...] = ()


Draw = Callable[[int], Drawn]


def columns(cells: Sequence[Line], widths: Sequence[int], rights: Sequence[bool] = ()) -> Line:
    """Cells side by side, two blanks apart, each in its width; a width of 0 leaves its column out."""
    spans: list[Span] = []
    for index, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        if width <= 0:
            continue
        if spans:
            spans.append(Span(plain("  ")))
        spans += fit_line(cell, width, is_right=index < len(rights) and rights[index])
    return tuple(spans)


def _key(keys: str, action: str, words: str) -> Binding:
    return Binding(keys, action, words, show=False, id=f"outline.{words.replace(' ', '-')}")


class Outline(LinePanel):
    """The rows. Posts `Chosen` for a key that means something for the row under the cursor."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("enter", "choose('open')", "open"),
        side_binding("child_logs", "choose('logs')"),
        side_binding("unfold", "choose('unfold')"),
        side_binding("fold", "choose('fold')"),
        _key("space", "choose('turn')", "fold or unfold"),
    ]

    class Chosen(Message):
        """A key was pressed on a row: `open`, `logs`, `fold`, `unfold`, `turn`."""

        def __init__(self, key: str, what: str) -> None:
            self.key = key
            self.what = what
            super().__init__()

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, key: str) -> None:
            self.key = key
            super().__init__()

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._draw: Draw | None = None
        self._drawn = Drawn()
        self._at = 0
        self._told: str | None = None
        self._is_moved = False
        """Whether the cursor was put somewhere: until then it stays on the first row, whatever row that is."""

    @property
    def cursor(self) -> str | None:
        """The key of the row under the cursor."""
        items = self._drawn.items
        return items[self._at].key if items else None

    def show(self, draw: Draw) -> None:
        """Show other rows; the cursor stays on its key when that is still there."""
        self._draw = draw
        self._redraw()

    def go_to(self, key: str) -> None:
        """Put the cursor on a row."""
        found = next((at for at, item in enumerate(self._drawn.items) if item.key == key), None)
        if found is not None:
            self._move(found)

    def head(self) -> list[Line]:
        """The fixed lines."""
        return [(Span(plain("  ")), *line) if index else line for index, line in enumerate(self._drawn.head)]

    def body_height(self) -> int:
        """How many rows there are."""
        return len(self._drawn.items)

    def body(self, index: int) -> tuple[Line, Ground]:
        """One row, with the cursor's bar before the one it is on."""
        line = self._drawn.items[index].line
        if index != self._at:
            return (Span(plain("  ")), *line), "bg"
        return (Span(plain("▌"), "accent"), Span(plain(" ")), *line), "cursor"

    def action_choose(self, what: str) -> None:
        """Tell what was asked of the row under the cursor."""
        if self.cursor is not None:
            self.post_message(self.Chosen(self.cursor, what))

    def action_scroll_lines(self, lines: int) -> None:
        """Move the cursor, and the rows with it when it would leave the screen."""
        self._move(self._at + lines)

    def action_scroll_top(self) -> None:
        """Go to the first row."""
        self._move(0)

    def action_scroll_bottom(self) -> None:
        """Go to the last row."""
        self._move(self.body_height() - 1)

    def on_resize(self) -> None:
        """Another width: other columns."""
        self._redraw()
        super().on_resize()

    def on_click(self, event: events.Click) -> None:
        """Go to the row; a second click opens it."""
        at = event.get_content_offset(self)
        if at is None or at.y < self.head_height():
            return
        event.stop()
        self._move(self.top + at.y - self.head_height())
        if event.chain == 2:
            self.action_choose("open")

    def _move(self, index: int) -> None:
        self._is_moved = True
        self._put(index)

    def _put(self, index: int) -> None:
        self._at = min(max(0, index), max(0, self.body_height() - 1))
        if self._at < self.top:
            self.top = self._at
        elif self._at >= self.top + self.page:
            self.top = self._at - self.page + 1
        if self.cursor is not None and self.cursor != self._told:
            self._told = self.cursor
            self.post_message(self.Moved(self.cursor))
        self.repaint()

    def _redraw(self) -> None:
        if self._draw is None:
            return
        before = self.cursor
        self._drawn = self._draw(max(20, self.size.width - GUTTER))
        at = next((at for at, item in enumerate(self._drawn.items) if item.key == before), self._at)
        self._put(at if self._is_moved else 0)
