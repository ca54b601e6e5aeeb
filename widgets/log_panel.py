"""A log of any size on the screen: opened at its end at once, nothing of it held but what is seen. Keys: `log_view`."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from widgets.lines import NO_LINE, say, spaced, titled
from widgets.log_hunting import Hunting
from widgets.log_order import AllLines, Place, SomeLines
from widgets.log_paint import Paint, rows_of
from widgets.log_source import Hunt, LogSource, Seek
from widgets.log_window import LogWindow, Row
from widgets.pane import Line, Span
from widgets.safe import Safe, plain
from widgets.searched import Searched
from widgets.theme import Ground

SLICE = 0.05
"""Seconds of searching and counting between two looks at the screen."""
MOST_DRAWN = 4_000
"""Lines whose rows are remembered."""


class LogPanel(Searched, inherit_bindings=False):
    """One log. `show` gives it a source; `grown` says that the file did."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._title: Line = NO_LINE
        self._note: Line = NO_LINE
        self._empty: Sequence[Line] = ()
        self._source: LogSource | None = None
        self._seek: Seek | None = None
        self._window: LogWindow | None = None
        self._paint = Paint()
        self._hunting = Hunting()
        self._filter: tuple[Safe, Hunt, SomeLines] | None = None
        self._floor = 0
        self._since = plain("")
        self._marked: list[tuple[int, Safe]] = []
        self._typing_filters = False
        self._is_working = False
        self._drawn: dict[int, list[Row]] = {}
        self._goal: int | None = None
        self.is_following = True
        self.is_partial = False
        self.is_growing = True
        """Whether more may come: at the end of a log that is whole there is nothing to follow."""

    def show(
        self, title: Line, source: LogSource, seek: Seek, *, has_nodes: bool = False, is_partial: bool = False
    ) -> None:
        """Show a log from its end. `is_partial`: its beginning is not here, and can be asked for."""
        self._title, self._source, self._seek = title, source, seek
        self._hunting.end()
        self._filter, self._floor, self._since = None, 0, plain("")
        self._marked, self._typing, self._drawn = [], None, {}
        self._paint = self._paint._replace(has_nodes=has_nodes, left=0)
        self.is_partial, self.is_following = is_partial, True
        self._window = LogWindow(AllLines(source), self._rows)
        self._window.height = self.page
        self._window.to_end()
        self._work()
        self.repaint()

    def show_nothing(self, title: Line, said: Sequence[Line]) -> None:
        """Show no log, and why."""
        self._title, self._source, self._window, self._empty = title, None, None, said
        self._hunting.end()
        self.repaint()

    def say(self, note: Line) -> None:
        """What stands at the right end of the title: age, what is missing, how far the reading is."""
        self._note = note
        self.repaint()

    def grown(self) -> None:
        """The file was added to."""
        if self._source is None or self._window is None or not self._source.look():
            return
        self._forget_last()
        self._window.height = self.page  # the line under a mark is gone once something stands there
        if self.is_following:
            self._window.to_end()
        else:
            self._window.draw()
        self._work()
        self.repaint()

    @property
    def position(self) -> Line:
        """Which lines are seen, as far as they are counted."""
        window, source = self._window, self._source
        if window is None or source is None or not window.rows:
            return NO_LINE
        first, last = window.rows[0].place.start, window.rows[-1].place.start
        if self._filter is not None:
            count = self._filter[1].count
            more = "" if self._filter[1].is_done else " so far…"
            shown = self._filter[2].shown
            some = f", the first {shown:,} shown" if shown < count and not more else ""
            return say(Safe(f"{count:,} match{'' if count == 1 else 'es'}{more}{some}"), "muted")
        total, number, end = source.lines, source.number_of(first), source.number_of(last)
        if total is None or number is None or end is None:
            return say(Safe(f"{100 * last // max(1, source.size)} %"), "muted")
        return say(Safe(f"{number + 1:,}–{end + 1:,} of {total:,}"), "muted")

    def head(self) -> list[Line]:
        """What it is, how it is shown, and which lines are seen."""
        words = [self._title]
        if self._source is not None:
            said = [plain("following") if self.is_following and self.is_growing else plain(""), self._since]
            said += [self._filter[0]] if self._filter else []
            words += [say(word, "accent" if word == "following" else "muted") for word in said if word]
        right = spaced([self.position, self._note])
        return [titled(spaced(words), right, self.size.width, is_focused=self.has_focus)]

    def head_height(self) -> int:
        """One."""
        return 1

    def foot(self) -> list[Line]:
        """The search, while there is one; else a mark under which nothing stands yet."""
        is_typing = self._typing is not None
        if not is_typing and not self._hunting.text:
            is_new = self._source is not None and self._marked and self._marked[-1][0] >= self._source.size
            return [_rule(self._marked[-1][1], self.size.width)] if is_new else []
        sign = plain("& ") if self._typing_filters and is_typing else plain("/ ")
        hunting = self._hunting
        return [self.search_line(sign, hunting.text, hunting.said, "warn" if hunting.problem else "muted")]

    def body_height(self) -> int:
        """Rows on the screen: the window moves, not the panel."""
        return len(self._window.rows) if self._window is not None else len(self._empty)

    def body(self, index: int) -> tuple[Line, Ground]:
        """One row."""
        if self._window is None:
            return self._empty[index], "bg"
        row = self._window.rows[index]
        on: Ground = "cursor" if row.place.start == self._hunting.here and row.on == "bg" else row.on
        return row.line, on

    def on_resize(self) -> None:
        """Another size: other rows."""
        self._drawn = {}
        self._redraw()
        super().on_resize()

    def _rows(self, place: Place) -> list[Row]:
        """The rows of one line: what is left out before it, a mark, and the line itself."""
        drawn = self._drawn.get(place.start)
        if drawn is None or drawn[0].place != place:
            drawn = self._drawn[place.start] = self._made(place)
            if len(self._drawn) > MOST_DRAWN:
                self._drawn = {place.start: drawn}
        return drawn

    def _made(self, place: Place) -> list[Row]:
        assert self._source is not None
        width = self.size.width or 80
        found = self._source.lines_from(place.start, 1)
        lines = rows_of(found[0].text if found else b"", self._paint, width, self._hunting.hunt)
        above = [_rule(plain("…"), width)] if place.has_gap else []
        above += [_rule(said, width) for start, said in self._marked if start == place.start]
        return [Row(place, index, line) for index, line in enumerate((*above, *lines))]

    def _forget_last(self) -> None:
        """The last line may have gone on."""
        for start in sorted(self._drawn)[-2:]:
            del self._drawn[start]

    def _redraw(self) -> None:
        """Make the rows of the screen anew."""
        if self._window is not None and self.size:
            self._window.height = self.page
            if self.is_following:
                self._window.to_end()
            else:
                self._window.draw()
        self.repaint()

    def _work(self) -> None:
        """Count and search on a thread, a slice at a time, until all is done."""
        if not self._is_working and self.is_mounted:
            self._is_working = True
            self.run_worker(self._working)

    async def _working(self) -> None:
        try:
            while self._source is not None and await asyncio.to_thread(self._one_slice, self._source):
                self._hunted()
            self._hunted()
        finally:
            self._is_working = False

    def _one_slice(self, source: LogSource) -> bool:
        """On a thread. True when there is more to do."""
        is_more = False
        if self._hunting.hunt is not None:
            is_more = self._hunting.hunt.advance(SLICE)
        if self._filter is not None:
            _, hunt, order = self._filter
            is_more = (hunt is not self._hunting.hunt and hunt.advance(SLICE)) or is_more
            order.grow(hunt)
        return source.count(SLICE) or is_more

    def _hunted(self) -> None:
        """More was found or counted."""
        window = self._window
        if window is None:
            return
        start = self._hunting.arrived()
        if start is not None:
            self.is_following = False
            if not window.shows(start):
                window.to(start, self.page // 3)
        if self._goal is not None and window.order.at_or_after(self._goal) is not None:
            # What one was at stays where one looks, as soon as the search has come so far.
            self.is_following = False
            window.to(self._goal, self.page // 3)
            self._goal = None
        if self._filter is not None and (len(window.rows) < window.height or window.top is None):
            self._redraw()
        self.repaint()


def _rule(said: Safe, width: int) -> Line:
    return titled((Span(plain("── "), "line"), *say(said, "muted")), NO_LINE, width)
