"""A log under keys: followed, searched, filtered, limited to its last minutes, marked, saved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message

from widgets.log_keys import LOG_KEYS
from widgets.log_marks import ERRORS, TRACEBACK, TROUBLE, moment_of
from widgets.log_order import since
from widgets.log_sifting import LogSifting
from widgets.safe import Safe, plain

SIDEWAYS = 8
"""Cells one key scrolls to the side."""
_PROBLEMS = (("", plain("")), (TROUBLE, plain("warnings and errors")), (ERRORS, plain("errors")))


class LogView(LogSifting, inherit_bindings=False):
    """A log and its keys, which stand in `log_keys`."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = LOG_KEYS

    class SaveRequested(Message):
        """The user wants the whole log in a file of their own."""

    class FullScreen(Message):
        """The user wants nothing but the log, or everything back."""

    class WholeWanted(Message):
        """The user wants the beginning of a log of which only the end is here."""

    def action_scroll_lines(self, lines: int) -> None:
        """Scroll by rows; scrolling up ends following."""
        if self._window is not None:
            self.is_following = self.is_following and lines > 0
            self._window.move(lines)
            self.repaint()

    def action_scroll_top(self) -> None:
        """Go to the first line that is shown."""
        if self._window is not None:
            self.is_following = False
            self._window.to_start()
            self.repaint()

    def action_scroll_bottom(self) -> None:
        """Go to the last line."""
        if self._window is not None:
            self._window.to_end()
            self.repaint()

    def action_sideways(self, by: int) -> None:
        """Scroll to the side."""
        if not self._paint.is_wrapped:
            self._paint = self._paint._replace(left=max(0, self._paint.left + by * SIDEWAYS))
            self._painted_anew()

    def action_search(self) -> None:
        """Type what to look for. What T looked for is no beginning of it."""
        if self._hunting.text == TRACEBACK:
            self._hunting.end()
            self._painted_anew()
        self._type(filters=False)

    def action_next(self, by: int) -> None:
        """Go to the next match, or the one before."""
        if self._hunting.hunt is None or self._window is None or self._window.top is None:
            return
        self._hunting.step(by, self._window.top.start - (1 if by > 0 else 0))
        self._hunted()
        self._work()

    def action_matches_only(self) -> None:
        """Show only what matches, with a few lines around it; typed first when nothing is looked for."""
        hunt = self._hunting.hunt
        if self._filter is not None and self._filter[1] is hunt:
            self._show_all()
        elif hunt is None:
            self._type(filters=True)
        else:
            self._show_only(plain("matches only"), hunt, 2)

    def action_problems(self) -> None:
        """Show warnings and errors only, then errors only, then all again."""
        if self._seek is None:
            return
        self._problems = (self._problems + 1) % len(_PROBLEMS)
        expression, said = _PROBLEMS[self._problems]
        if expression:
            self._show_only(said, self._seek(f"~{expression}"), 0)
        else:
            self._show_all()

    def action_traceback(self) -> None:
        """Go to the first traceback; n goes to the next."""
        if self._seek is not None:
            self._hunting.begin(plain(TRACEBACK), self._seek, 0)
            self._painted_anew()
            self._work()

    def action_tail(self) -> None:
        """The end, and follow it."""
        self._limit(0, plain(""))
        self.is_following = True
        self._redraw()

    def action_head(self, is_asking: bool = True) -> None:
        """The beginning; asked for when it is not here."""
        self._limit(0, plain(""))
        self.action_scroll_top()
        if is_asking and self.is_partial:
            self.post_message(self.WholeWanted())

    def action_since(self, seconds: float) -> None:
        """Only the last minutes of the log, by its own stamps."""
        if self._source is None:
            return
        start = since(self._source, seconds, moment_of)
        if start is None:
            self._since = plain("its lines have no time stamps")
            self.repaint()
            return
        self._limit(start, Safe(f"last {int(seconds) // 60} min"))
        self.is_following = False
        if self._window is not None:
            self._window.to(start)
        self.repaint()

    def action_follow(self) -> None:
        """Stay at the end as it grows, or stop to."""
        self.is_following = not self.is_following
        self._redraw()

    def action_wrap(self) -> None:
        """Long lines in rows, or cut at the edge."""
        self._paint = self._paint._replace(is_wrapped=not self._paint.is_wrapped, left=0)
        self._painted_anew()

    def action_stamps(self) -> None:
        """With time stamps, or without."""
        self._paint = self._paint._replace(has_stamps=not self._paint.has_stamps)
        self._painted_anew()

    def action_full_screen(self) -> None:
        """Nothing but the log, or everything back."""
        self.post_message(self.FullScreen())

    def action_mark(self) -> None:
        """Draw a line under what is here: what comes after it is new."""
        if self._source is not None:
            self._marked.append((self._source.size, Safe(f"marked {datetime.now(UTC):%H:%M:%S} UTC")))
            self._forget_last()
            self._redraw()

    def action_clear(self) -> None:
        """Hide what is here; 0 and 1 bring it back."""
        if self._source is not None:
            self._limit(self._source.size, plain("cleared, 0 brings it back"))
            self._redraw()

    def action_save(self) -> None:
        """Have the whole log saved."""
        if self._source is not None:
            self.post_message(self.SaveRequested())
