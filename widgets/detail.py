"""The detail of one row beside or below its table: a title line, facts and free lines, scrolled when they are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from widgets.lines import GAP, NO_LINE, blank, fit_line, line_width, say, titled, wrap_line
from widgets.pane import Cell, Line, Look, Section, Span
from widgets.safe import Safe, cell_width, plain
from widgets.scroll import LinePanel
from widgets.theme import Ground

LABEL_MOST = 16
"""Cells a label may take; longer ones are cut."""

ROOMY = 16
"""From this height on, a blank row stands above each title."""


@dataclass(frozen=True, slots=True)
class Block:
    """A titled block of a detail: labelled facts, then free lines. Without a title it follows the head."""

    title: Line = NO_LINE
    facts: tuple[tuple[Safe, Cell], ...] = ()
    lines: tuple[Line, ...] = ()


def blocks_of(sections: Sequence[Section[Any]], record: Any, look: Look) -> tuple[Block, ...]:
    """The sections of a pane that have something to say about a record."""
    blocks: list[Block] = []
    for section in sections:
        cells = [(Safe(fact.label), fact.cell(record, look)) for fact in section.facts]
        facts = tuple((label, cell) for label, cell in cells if cell is not None)
        lines = tuple(section.lines(record, look)) if section.lines else ()
        if facts or lines:
            title = (Span(Safe(section.title), "strong"),) if section.title else NO_LINE
            blocks.append(Block(title, facts, lines))
    return tuple(blocks)


class Detail(LinePanel):
    """A title line with a hairline and an age, and blocks under it."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._key: str | None = None
        self._title: Line = NO_LINE
        self._age: Line = NO_LINE
        self._blocks: tuple[Block, ...] = ()
        self._rows: list[Line] = []
        self._laid_out: tuple[int, int] = (0, 0)

    def show(self, key: str | None, title: Line, blocks: Sequence[Block], age: Line = NO_LINE) -> None:
        """Show a row. The same key again keeps the place, and repaints what differs; another starts at the top."""
        if key != self._key:
            self.top = 0
        self._key, self._title, self._age, self._blocks = key, title, age, tuple(blocks)
        self._laid_out = (0, 0)
        self.repaint()

    def show_nothing(self, lines: Sequence[Line] = ()) -> None:
        """Show no row, and say why or what would be here."""
        self.show(None, NO_LINE, (Block(lines=tuple(lines)),) if lines else ())

    @property
    def key(self) -> str | None:
        """The row that is shown."""
        return self._key

    def head(self) -> list[Line]:
        """The title line: the row's name, a hairline, the age of what is known."""
        if not self._title:
            return []
        title = self._title
        if self.has_focus and title[0].tone == "strong":
            title = (title[0]._replace(tone="accent", bold=True), *title[1:])
        return [titled(title, self._age, self.size.width, is_focused=self.has_focus)]

    def foot(self) -> list[Line]:
        """How much there is below: nothing is cut silently."""
        room = self.size.height - len(self.head())
        below = len(self._body()) - self.top - room
        if self.size.height < 3 or below <= 0:
            return []
        return [say(Safe(f"… {below + 1} more lines"), "muted")]

    def body_height(self) -> int:
        """The lines of all blocks."""
        return len(self._body())

    def body(self, index: int) -> tuple[Line, Ground]:
        """One line of a block."""
        return self._body()[index], "bg"

    def _body(self) -> list[Line]:
        size = (self.size.width, self.size.height)
        if self._laid_out != size:
            self._rows = lay_out(self._blocks, *size)
            self._laid_out = size
        return self._rows

    def _clamped(self, top: int) -> int:
        """Scrolled to the end there is no foot, so the last line takes its place."""
        room = self.size.height - len(self.head())
        return min(max(0, top), max(0, self.body_height() - room))


def lay_out(blocks: Sequence[Block], width: int, height: int) -> list[Line]:
    """The blocks as lines of `width` cells; labels of all blocks share one column."""
    labels = [line_width(say(label)) for block in blocks for label, _cell in block.facts]
    column = min(max(labels, default=0), LABEL_MOST, max(1, width // 2))
    rows: list[Line] = []
    for block in blocks:
        if height >= ROOMY:
            rows.append(NO_LINE)
        if block.title:
            rows.append(titled(block.title, NO_LINE, width))
        for label, cell in block.facts:
            rows += _fact(label, cell, column, width)
        for line in block.lines:
            rows += wrap_line(line, width, indent=_hang(line))
    return rows


def _fact(label: Safe, cell: Cell, column: int, width: int) -> list[Line]:
    """A label and its value, wrapped under itself."""
    name = fit_line(say(label, "muted"), column)
    first, *more = wrap_line(cell, max(1, width - column - 2))
    under = blank(column + 2)
    return [(*name, GAP, *first), *((under, *line) for line in more)]


def _hang(line: Line) -> int:
    """Wrapped lines hang under the words of a line that begins with a glyph or with blanks."""
    text = line[0].text if line else plain("")
    if len(line) > 1 and line[0].tone == "muted" and text.endswith(" ") and text.strip():
        return cell_width(text)  # a label: its value hangs under itself
    blanks = len(text) - len(text.lstrip(" "))
    if blanks:
        return blanks
    # A sign or a number that stands alone before the words: `✗ `, in ASCII `x `; `1 `.
    if text.endswith(" ") and (len(text) == 2 or text[:-1].isdigit()):
        return len(text)
    return 2 if text[1:2] in ("", " ") and not text[:1].isalnum() else 0
