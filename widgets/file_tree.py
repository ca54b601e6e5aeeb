"""Files below folders as a tree: folders open and close, the cursor stays on its path when the tree changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, NamedTuple

from textual.binding import Binding, BindingType
from textual.message import Message

from widgets.bound_keys import side_binding
from widgets.lines import NO_LINE, blank, clip_line, fit_line, say, titled
from widgets.pane import Line, Span
from widgets.safe import Safe, plain
from widgets.scroll import LinePanel
from widgets.theme import Ground

RIGHT = 12
"""Cells for what stands at the right of a name."""


class Entry(NamedTuple):
    """One row: a folder or a file. `key` is its path as it came, `right` its size or how many files it holds."""

    key: str
    name: Safe
    depth: int
    is_folder: bool = False
    is_open: bool = False
    right: Safe = plain("")


def _key(keys: str, action: str, words: str) -> Binding:
    return Binding(keys, action, words, show=False, id=f"tree.{words.replace(' ', '-')}")


class FileTree(LinePanel, inherit_bindings=False):
    """A tree under keys. Posts what the user wants; what is open is decided by whoever shows it."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("j,down", "move(1)", "down"),
        _key("k,up", "move(-1)", "up"),
        _key("ctrl+d,pagedown", "move(10)", "ten down"),
        _key("ctrl+u,pageup", "move(-10)", "ten up"),
        _key("g,home", "move(-1000000)", "first"),
        _key("G,end", "move(1000000)", "last"),
        side_binding("file_open", "open"),
        _key("s,ctrl+s", "save", "save"),
        _key("S", "save_all", "save all"),
    ]

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, entry: Entry) -> None:
            super().__init__()
            self.entry = entry

    class Opened(Moved):
        """A folder shall be opened or closed, a file looked at."""

    class SaveRequested(Moved):
        """A file, or what is below a folder, shall be saved."""

    class SaveAllRequested(Message):
        """Everything shall be saved."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title: Line = NO_LINE
        self._right: Line = NO_LINE
        self._entries: Sequence[Entry] = ()
        self._empty: Sequence[Line] = ()
        self._at = 0

    def show(self, title: Line, right: Line, entries: Sequence[Entry], empty: Sequence[Line] = ()) -> None:
        """Show these rows; `empty` is what is said when there are none."""
        here = self.here
        self._title, self._right, self._entries, self._empty = title, right, entries, empty
        keys = [entry.key for entry in entries]
        if here is not None and here.key in keys:
            self._at = keys.index(here.key)
        self._at = max(0, min(self._at, len(entries) - 1))
        self.scroll_to_line(self._at)

    @property
    def here(self) -> Entry | None:
        """The row under the cursor."""
        return self._entries[self._at] if self._entries else None

    def head(self) -> list[Line]:
        """The title line."""
        return [titled(self._title, self._right, self.size.width, is_focused=self.has_focus)]

    def head_height(self) -> int:
        """One."""
        return 1

    def body_height(self) -> int:
        """How many rows there are."""
        return len(self._entries) or len(self._empty)

    def body(self, index: int) -> tuple[Line, Ground]:
        """One row."""
        if not self._entries:
            return clip_line((blank(3), *self._empty[index]), self.size.width), "bg"
        entry, is_here = self._entries[index], index == self._at
        sign = plain("- ") if entry.is_open else plain("+ ") if entry.is_folder else plain("  ")
        gutter = Span(plain("▌ " if is_here else "  "), "accent")
        name: Line = (gutter, blank(2 * entry.depth), Span(sign, "muted"), Span(entry.name, "text"))
        left = fit_line(name, max(8, self.size.width - RIGHT - 1), in_middle=not entry.is_folder)
        right = fit_line(say(entry.right, "muted"), RIGHT, is_right=True)
        return (*left, *right, blank(1)), "cursor" if is_here else "bg"

    def action_move(self, by: int) -> None:
        """So many rows down or up."""
        if not self._entries:
            return
        self._at = max(0, min(self._at + by, len(self._entries) - 1))
        if not self.top <= self._at < self.top + self.page:
            self.top = self._clamped(self._at - (0 if by < 0 else self.page - 1))
        self.repaint()
        self.post_message(self.Moved(self._entries[self._at]))

    def action_open(self) -> None:
        """Open or close a folder, look at a file."""
        if self.here is not None:
            self.post_message(self.Opened(self.here))

    def action_save(self) -> None:
        """Save a file, or what is below a folder."""
        if self.here is not None:
            self.post_message(self.SaveRequested(self.here))

    def action_save_all(self) -> None:
        """Save everything."""
        if self._entries:
            self.post_message(self.SaveAllRequested())
