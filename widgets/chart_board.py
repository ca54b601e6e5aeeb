"""A board of charts with one cursor and one window, drawn by the line API: zoom, pan, log scale, smoothing, one large.

    board = ChartBoard(dots="braille")
    board.show((Group(plain(""), (Figure(safe("loss"), (Series(safe("run"), ys, steps=steps),)),)),))

`show` may be called again at any time, with the same `Series` objects where nothing changed: view and cursor stay.
"""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.binding import BindingType

from widgets import chart_cursor
from widgets.chart_base import ChartBase
from widgets.chart_keys import BINDINGS
from widgets.chart_layout import beside, top_for
from widgets.chart_plot import View
from widgets.chart_series import Axis

SMOOTHINGS = (0.0, 0.6, 0.9, 0.99)


class ChartBoard(ChartBase):
    """The board and its keys: arrows, zoom, log, guides, smoothing, axis, and one chart alone."""

    BINDINGS: ClassVar[list[BindingType]] = BINDINGS

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """`escape` is ours only while one chart is large; else it leads back."""
        return self.is_enlarged if action == "leave" else bool(self.figures) or None

    def action_cursor(self, cells: int) -> None:
        """Move the cursor by cells, to a point that was logged, and the window with it."""
        span, box = self._span(), self._box()
        series = chart_cursor.lead(self.figure) if self.figure is not None else None
        if span is None or box is None or series is None:
            return
        axis = box.figure.axis_for(self.view.axis)
        drawing = self._drawing(box)
        here = self._at_of(box.figure)
        if here is None:
            here = drawing.plot.x.low if cells > 0 else drawing.plot.x.high
        each = (drawing.plot.x.high - drawing.plot.x.low) / max(1, drawing.columns - 1)
        self._go(chart_cursor.moved(series, axis, here, cells * each), axis)

    def action_cursor_end(self, side: int) -> None:
        """Put the cursor on the first or the last point."""
        series = chart_cursor.lead(self.figure) if self.figure is not None else None
        axis = self.figure.axis_for(self.view.axis) if self.figure is not None else self.view.axis
        if series is not None and (xs := series.on(axis).xs):
            self._go(xs[0] if side < 0 else xs[-1], axis)

    def action_choose(self, rows: int) -> None:
        """Choose the chart below or above."""
        if not self.is_enlarged and self._placed.boxes:
            self._choose(beside(self._placed.boxes, self.focused, rows))

    def action_beside(self, steps: int) -> None:
        """Choose the next chart, or the one before."""
        self._choose((self.focused + steps) % len(self.figures))

    def action_enlarge(self) -> None:
        """Draw the chosen chart alone, or all again."""
        self.is_enlarged, self.is_chosen = not self.is_enlarged, True
        self.refresh_bindings()
        self.repaint()

    def action_leave(self) -> None:
        """Draw all charts again."""
        self.action_enlarge()

    def action_zoom(self, steps: int) -> None:
        """Look closer at where the cursor is, or at the middle; or less close."""
        span = self._span()
        if span is None:
            return
        low, high = chart_cursor.window(self.view, span)
        about = self.at if self.at is not None else (low + high) / 2
        self._see(chart_cursor.zoomed(self.view, span, about, chart_cursor.ZOOM**steps))

    def action_whole(self) -> None:
        """Show all points again."""
        self._see(replace(self.view, low=None, high=None))

    def action_toggle_log(self) -> None:
        """Switch between a linear and a logarithmic scale."""
        self._see(replace(self.view, is_log=not self.view.is_log))

    def action_toggle_guides(self) -> None:
        """Switch the dotted guides on or off."""
        self._see(replace(self.view, has_guides=not self.view.has_guides))

    def action_smooth(self) -> None:
        """Smooth more; after the most, not at all."""
        now = SMOOTHINGS.index(self.view.smoothing) if self.view.smoothing in SMOOTHINGS else 0
        self._see(replace(self.view, smoothing=SMOOTHINGS[(now + 1) % len(SMOOTHINGS)]))

    def action_next_axis(self) -> None:
        """Put steps, time since the start, time of day or epochs along x; the cursor stays on its point."""
        self.is_axis_chosen = True
        axes = chart_cursor.axes_of(self.figures)
        axis = axes[(axes.index(self.view.axis) + 1) % len(axes)] if self.view.axis in axes else axes[0]
        if self.at is not None:
            self.at = chart_cursor.crossed(self.figures, self.at, self.view.axis, axis)
        self._see(replace(self.view, axis=axis, low=None, high=None))

    def on_click(self, event: events.Click) -> None:
        """Choose a chart and put the cursor where it was clicked."""
        for number, box in enumerate(self._placed.boxes):
            x, y = event.x - box.x, event.y + self.top - box.y
            if 0 <= x < box.width and 0 <= y < box.height:
                self._choose(self.focused if self.is_enlarged else number)
                drawing = self._drawing(box)
                share = (x - drawing.gutter) / max(1, drawing.columns - 1)
                series = chart_cursor.lead(box.figure)
                if 0 <= share <= 1 and series is not None:
                    axis = box.figure.axis_for(self.view.axis)
                    self._go(chart_cursor.moved(series, axis, drawing.plot.x.value(share), 0.0), axis)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll a row of charts down."""
        self._scroll(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll a row of charts up."""
        self._scroll(event, -1)

    def _scroll(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        event.prevent_default()
        tops = sorted({0, *(box.y for box in self._placed.boxes)})
        beyond = [y for y in tops if (y > self.top if rows > 0 else y < self.top)]
        if beyond:
            self.top = beyond[0] if rows > 0 else beyond[-1]
            self.repaint()

    def _see(self, view: View) -> None:
        self.view = view
        self.repaint()

    def _go(self, at: float, axis: Axis) -> None:
        """Put the cursor at a place on a chart's own axis."""
        figure, span = self.figure, self._span()
        own = axis if figure is None else figure.axis_for(self.view.axis)
        found = chart_cursor.crossed(self.figures, at, own, self.view.axis)
        if found is not None and span is not None:
            self.at = found
            self._see(chart_cursor.panned(self.view, span, found))

    def _choose(self, number: int) -> None:
        self.focused, self.is_chosen = number, True
        if not self.is_enlarged and number < len(self._placed.boxes):
            self.top = top_for(self._placed.boxes, number, self.top, self.page)
        self.repaint()
