"""Rows and header of a table as Strips: cells fitted to their columns, kept until record, look or layout change."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from rich.segment import Segment
from textual.strip import Strip

from widgets.lines import blank, checked, clip_line, fit_line, line_width
from widgets.pane import Column, Line, Look, Row, Span, Tone
from widgets.safe import Safe, cell_width, clip
from widgets.table_layout import GAP, GUTTER, Layout, Placed
from widgets.theme import AREA, Ground, Palette

STATE_TONES: frozenset[Tone] = frozenset({"ok", "run", "warn", "err"})
"""Tones that say a state: the first column keeps them when the rest of a stale row turns muted."""

KEPT = 512
"""Rows whose cells and strips are remembered."""


@dataclass(frozen=True, slots=True)
class Cells:
    """One row's cells, fitted, with what they were made from."""

    key: str
    record: Any
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one screen line shows; two equal ones look the same."""

    key: str
    lines: tuple[Line, ...]
    is_cursor: bool
    is_marked: bool
    is_focused: bool


class Painter:
    """Draws rows for one layout, look and palette. A change of any of these needs a new painter."""

    def __init__(self, layout: Layout, look: Look, palette: Palette, width: int) -> None:
        self.layout = layout
        self.look = look
        self.palette = palette
        self.width = width
        self._cells: OrderedDict[str, Cells] = OrderedDict()
        self._strips: OrderedDict[tuple[str, bool, bool, bool], tuple[Drawn, Strip]] = OrderedDict()

    def lines(self, row: Row) -> tuple[Line, ...]:
        """The row's cells, each exactly as wide as its column. Remembered while the record is equal."""
        known = self._cells.get(row.key)
        if known is not None and (known.record is row.record or known.record == row.record):
            self._cells.move_to_end(row.key)
            return known.lines
        lines = tuple(self._cell(place, row.record, index == 0) for index, place in enumerate(self.layout.placed))
        self._cells[row.key] = Cells(row.key, row.record, lines)
        self._cells.move_to_end(row.key)
        _forget(self._cells)
        return lines

    def strip(self, drawn: Drawn) -> Strip:
        """A row over the whole width: gutter, cells, and the ground to the end."""
        slot = (drawn.key, drawn.is_cursor, drawn.is_marked, drawn.is_focused)
        known = self._strips.get(slot)
        if known is not None and known[0].lines == drawn.lines:
            self._strips.move_to_end(slot)
            return known[1]
        strip = self._row_strip(drawn)
        self._strips[slot] = (drawn, strip)
        self._strips.move_to_end(slot)
        _forget(self._strips)
        return strip

    def header(self, order: str) -> Strip:
        """The header: lowercase words in muted, the sorted one bold with its arrow."""
        cells: list[Span] = []
        x = 0
        for place in self.layout.placed:
            start, line = _heading(place, order, is_ascii=self.look.is_ascii)
            start = max(start, x)
            cells += [blank(start - x), *line]
            x = start + line_width(line)
        return self._full(tuple(cells), "bg")

    def empty(self) -> Strip:
        """A line without a row."""
        return self._full((), "bg")

    def text(self, line: Line) -> Strip:
        """A free line that starts under the first column."""
        return self._full((blank(GUTTER + 1), *line), "bg")

    def _cell(self, place: Placed, record: Any, is_first: bool) -> Line:
        column = place.column
        cell = checked(column.cell(record, self.look))
        if self.look.is_stale:
            cell = _stale(cell, is_first=is_first)
        return fit_line(cell, place.width, is_right=column.is_right, in_middle=column.grows)

    def _row_strip(self, drawn: Drawn) -> Strip:
        bar, mark = ("|", "*") if self.look.is_ascii else ("▌", "•")
        on: Ground = "cursor" if drawn.is_cursor else "bg"
        run = _Run(self.palette, on)
        run.add(bar if drawn.is_cursor else " ", "accent" if drawn.is_focused else "edge")
        run.add(mark if drawn.is_marked else " ", "accent")
        between = " "
        for line in drawn.lines:
            run.add(between, "text")
            between = _BETWEEN
            for text, tone, bold, underline in line:
                run.add(text, tone, bold, underline)
        return self._ended(run)

    def _full(self, line: Line, on: Ground) -> Strip:
        run = _Run(self.palette, on)
        for text, tone, bold, underline in line:
            run.add(text, tone, bold, underline)
        return self._ended(run)

    def _ended(self, run: _Run) -> Strip:
        """The ground to the end of the line; a table narrower than its first column is cut there."""
        cells = run.cells
        run.add(" " * (self.width - cells), "text")
        strip = Strip(run.segments(), max(cells, self.width))
        return strip if cells <= self.width else strip.crop(0, self.width)


_BETWEEN = " " * GAP


class _Run:
    """Segments of one line being put together: neighbours that look alike become one, blanks join any.

    Fewer segments are fewer escape codes on the wire.
    """

    def __init__(self, palette: Palette, on: Ground) -> None:
        self._palette = palette
        self._on: Ground = on
        self._text = ""
        self._look: tuple[Tone, bool, bool] = ("text", False, False)
        self._done: list[Segment] = []
        self.cells = 0

    def add(self, text: str, tone: Tone, bold: bool = False, underline: bool = False) -> None:
        """One more piece at the right end."""
        if not text:
            return
        self.cells += len(text) if text.isascii() else cell_width(text)
        look = (tone, bold, underline)
        if look != self._look:
            has_no_line = not underline and not self._look[2]
            if not (has_no_line and text.isspace()):
                if not (has_no_line and self._text.isspace()):
                    self._flush()
                self._look = look
        self._text += text

    def segments(self) -> list[Segment]:
        """All of it."""
        self._flush()
        return self._done

    def _flush(self) -> None:
        if self._text:
            tone, bold, underline = self._look
            is_area = bool(self._palette.fills) and AREA.issuperset(self._text)
            style = self._palette.style(tone, self._on, bold=bold, underline=underline, is_area=is_area)
            self._done.append(Segment(self._text, style))
            self._text = ""


def sort_field(column: Column[Any]) -> str:
    """The field a column sorts by; empty when it cannot be sorted."""
    return column.sort or column.field


def _heading(place: Placed, order: str, *, is_ascii: bool) -> tuple[int, Line]:
    """Where a heading starts and what it says; an arrow may lean one cell into the gap."""
    column = place.column
    title = Safe(column.title)
    field = sort_field(column)
    if not field or field != order.removeprefix("-"):
        line = clip_line((Span(title, "muted"),), place.width)
        return (place.x + place.width - line_width(line) if column.is_right else place.x), line
    arrow = _arrow(is_down=order.startswith("-"), is_ascii=is_ascii)
    room = place.width + 1
    space = " " if line_width((Span(title),)) + 2 <= room else ""
    title = clip(title, room - 1)
    text = f"{arrow}{space}{title}" if column.is_right else f"{title}{space}{arrow}"
    line = (Span(Safe(text), "text", bold=True),)
    return (place.x + place.width - line_width(line) if column.is_right else place.x), line


def _arrow(*, is_down: bool, is_ascii: bool) -> str:
    if is_ascii:
        return "v" if is_down else "^"
    return "▼" if is_down else "▲"


def _stale(cell: Line, *, is_first: bool) -> Line:
    """The cell of a row that is old: muted, but the state of the first column keeps its colour."""
    return tuple(
        span if is_first and span.tone in STATE_TONES else span._replace(tone="muted", bold=False) for span in cell
    )


def _forget(known: OrderedDict[Any, Any]) -> None:
    while len(known) > KEPT:
        known.popitem(last=False)
