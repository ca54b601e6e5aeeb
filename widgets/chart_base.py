"""What a board of charts shows and how it is drawn: groups, one window, one cursor. Its keys are elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from widgets import chart_cursor
from widgets.chart_layout import Box, Placed, place
from widgets.chart_lines import Drawing, draw, lines
from widgets.chart_plot import View, span_of
from widgets.chart_raster import Dots
from widgets.chart_says import cursor_line
from widgets.chart_series import Figure, Group
from widgets.drawn_lines import strip
from widgets.lines import NO_LINE, blank, line_width, titled
from widgets.pane import Line, Span
from widgets.safe import plain
from widgets.theme import palette_of

KEPT = 64
"""Drawings that are remembered."""


class ChartBase(Widget, can_focus=True):
    """Charts in groups. Holds what was asked for with keys (`view`), the cursor and the chart it is on."""

    DEFAULT_CSS = "ChartBase { width: 1fr; height: 1fr; margin: 0 1; background: $background; }"

    def __init__(self, *, dots: Dots = "braille", id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.dots: Dots = dots
        self.view = View()
        self.at: float | None = None
        """Where the cursor is, on the chosen axis."""
        self.focused = 0
        self.is_enlarged = False
        self.is_chosen = False
        """Whether somebody chose a chart: until then the first one has the cursor."""
        self.is_axis_chosen = False
        """Whether somebody chose an axis: until then it is the first there is, also when that comes late."""
        self.top = 0
        self._groups: tuple[Group, ...] = ()
        self._placed = Placed((), (), 0)
        self._drawings: dict[object, Drawing] = {}
        self._shown: list[Line] = []

    @property
    def figures(self) -> tuple[Figure, ...]:
        """All charts, in order."""
        return tuple(figure for group in self._groups for figure in group.figures)

    @property
    def figure(self) -> Figure | None:
        """The chart the cursor is on."""
        return self.figures[self.focused] if self.figures else None

    @property
    def page(self) -> int:
        """Lines for charts."""
        return max(1, self.size.height - 1)

    def show(self, groups: Sequence[Group]) -> None:
        """Show these charts. Cursor, window and the chosen chart stay, and a cursor at the newest point follows it."""
        before, span = self.figure, self._span()
        is_following = self.at is not None and span is not None and self.at >= span[1]
        self._groups = tuple(groups)
        titles = [figure.title for figure in self.figures]
        is_there = self.is_chosen and before is not None and before.title in titles
        self.focused = titles.index(before.title) if is_there and before is not None else 0
        axes = chart_cursor.axes_of(self.figures)
        if axes and (self.view.axis not in axes or (self.view.axis != axes[0] and not self.is_axis_chosen)):
            self.view = replace(self.view, axis=axes[0], low=None, high=None)
        now = self._span()
        if is_following and now is not None:
            self.at = now[1]
        self.repaint()

    def look(self, *, is_local: bool, dots: Dots) -> None:
        """Take over the user's zone and glyphs."""
        self.view, self.dots = replace(self.view, is_local=is_local), dots
        self.repaint()

    def view_of(self, figure: Figure) -> View:
        """The view a chart is drawn with now: for an export of what is seen."""
        return chart_cursor.view_for(figure, self.figures, self.view)

    def render_line(self, y: int) -> Strip:
        """One line of the board."""
        if len(self._shown) != self.size.height:
            self._arrange()
        line = self._shown[y] if y < len(self._shown) else NO_LINE
        return strip(line, self.size.width, palette_of(self))

    def repaint(self) -> None:
        """Draw the lines again that look different now."""
        if not self.is_mounted or not self.size:
            return
        before = self._shown
        self._arrange()
        changed = [y for y, line in enumerate(self._shown) if y >= len(before) or before[y] != line]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def on_resize(self) -> None:
        """Another size: everything is placed anew."""
        self._arrange()
        self.refresh()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The title of the chosen chart says where keys go."""
        super().watch_has_focus(has_focus)
        self.repaint()

    def _arrange(self) -> None:
        """Put together what is seen: the boxes of each line side by side, and the cursor's line at the bottom."""
        width, page = self.size.width, self.page
        self._placed = self._place(width, page)
        self.top = min(max(0, self.top), max((box.y for box in self._placed.boxes), default=0))
        seen = 0
        rows: list[list[tuple[int, Line]]] = [[] for _ in range(page)]
        for group, y, is_note in self._placed.headings:
            self._put(rows, y, 0, [(Span(group.note, "muted"),) if is_note else _heading(group, width)])
        for number, box in enumerate(self._placed.boxes):
            # A chart cut off by the edge says little: the line below tells how many there are.
            if self.top <= box.y and box.y + box.height <= self.top + max(page, box.height):
                self._put(rows, box.y, box.x, self._lines(number, box))
                seen += 1
        self._shown = [*(_joined(row) for row in rows), self._says(width, seen)][: self.size.height]

    def _put(self, rows: list[list[tuple[int, Line]]], y: int, x: int, found: Sequence[Line]) -> None:
        for number, line in enumerate(found, y - self.top):
            if 0 <= number < len(rows):
                rows[number].append((x, line))

    def _place(self, width: int, page: int) -> Placed:
        if self.is_enlarged and self.figure is not None:
            return Placed((Box(self.figure, 0, 0, width, page),), (), page)
        return place(self._groups, width, page)

    def _lines(self, number: int, box: Box) -> list[Line]:
        is_here = self.is_enlarged or number == self.focused
        return lines(self._drawing(box), self._at_of(box.figure), is_focused=is_here and self.has_focus)

    def _drawing(self, box: Box) -> Drawing:
        palette = palette_of(self)
        is_named = palette.is_mono or self.dots == "ascii"
        slot = (box.figure, self.view_of(box.figure), box.width, box.height, self.dots, is_named)
        if slot not in self._drawings:
            if len(self._drawings) >= KEPT:
                self._drawings.clear()
            self._drawings[slot] = draw(*slot[:5], is_named=is_named)
        return self._drawings[slot]

    def _at_of(self, figure: Figure) -> float | None:
        """Where the cursor is on the axis a chart is drawn along."""
        axis = figure.axis_for(self.view.axis)
        return None if self.at is None else chart_cursor.crossed(self.figures, self.at, self.view.axis, axis)

    def _says(self, width: int, seen: int) -> Line:
        dash = plain("--") if self.dots == "ascii" else plain("──")
        places = [self._at_of(figure) for figure in self.figures]
        return cursor_line(self.figures, self.focused, self.view, places, seen, width, dash=dash)

    def _box(self) -> Box | None:
        if not self._placed.boxes:
            return None
        return self._placed.boxes[0 if self.is_enlarged else self.focused]

    def _span(self) -> tuple[float, float] | None:
        return span_of(self.figures, self.view.axis)


def _heading(group: Group, width: int) -> Line:
    return titled((Span(group.title, "strong", bold=True),), NO_LINE, width)


def _joined(parts: list[tuple[int, Line]]) -> Line:
    """Lines that begin at given cells as one."""
    spans: list[Span] = []
    x = 0
    for start, line in sorted(parts, key=lambda part: part[0]):
        spans += [blank(start - x), *line]
        x = start + line_width(line)
    return tuple(span for span in spans if span.text)
