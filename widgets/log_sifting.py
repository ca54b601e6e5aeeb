"""A log that is sifted: what is typed to search for, which lines are left out, and the way back to all of them."""

from __future__ import annotations

from widgets.log_order import AllLines, SomeLines
from widgets.log_panel import LogPanel
from widgets.log_source import Hunt
from widgets.safe import Safe, plain


class LogSifting(LogPanel, inherit_bindings=False):
    """A log, a search that is typed, and the lines that are left out."""

    _problems = 0
    """Which lines are left out: none, all but warnings and errors, all but errors."""

    @property
    def has_search(self) -> bool:
        """Whether something is searched, typed or left out, which `esc` clears first."""
        return self._typing is not None or bool(self._hunting.text) or self._filter is not None or self._floor > 0

    def clear_innermost(self) -> bool:
        """Leave out no more lines, or end the search; False when there is neither."""
        if self._filter is not None:
            self._show_all()
        elif self._hunting.text:
            self._hunting.end()
            self._drawn = {}
            self._redraw()
        elif self._floor:
            self._limit(0, plain(""))
            self._redraw()
        else:
            return False
        return True

    def _type(self, *, filters: bool) -> None:
        if self._seek is None:
            return
        self._typing_filters = filters
        self.type_search(self._hunting.text)
        self._redraw()

    def typed_out(self, *, is_wanted: bool) -> None:
        """Look no more, or on; or leave out what does not match."""
        if not is_wanted:
            self._hunting.end()
            self._drawn = {}
        elif self._typing_filters and self._hunting.hunt is not None:
            self._show_only(plain("matches only"), self._hunting.hunt, 2)
        self._redraw()

    def look_for(self, text: Safe) -> None:
        """Search on from what is seen, a slice of time at once."""
        if self._seek is None or self._window is None:
            return
        top = self._window.top
        self._hunting.begin(text, self._seek, top.start if top is not None else 0)
        self._painted_anew()
        self._work()

    def _painted_anew(self) -> None:
        self._drawn = {}
        self._redraw()

    def _show_only(self, said: Safe, hunt: Hunt, context: int) -> None:
        if self._source is None or self._window is None:
            return
        order = SomeLines(self._source, self._floor, context)
        self._filter = (said, hunt, order)
        self._goal = self._hunting.here
        self._use(order)
        self._work()

    def _show_all(self) -> None:
        self._filter, self._problems = None, 0
        if self._source is not None:
            here = self._hunting.here
            self._use(AllLines(self._source, self._floor))
            if here is not None and self._window is not None:
                self._window.to(here, self.page // 3)
                self.repaint()

    def _use(self, order: AllLines | SomeLines) -> None:
        window = self._window
        if window is not None:
            window.order, window.top, window.skip = order, None, 0
            self._painted_anew()

    def _limit(self, floor: int, said: Safe) -> None:
        """Show nothing before a byte."""
        self._floor, self._since = floor, said
        self._filter, self._problems = None, 0
        if self._source is not None and self._window is not None:
            self._window.order = AllLines(self._source, floor)
            self._window.top = None
