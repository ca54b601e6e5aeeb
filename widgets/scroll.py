"""A panel of lines that scrolls: which lines are seen, which keys move them, and no line drawn twice for nothing."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from widgets.drawn_lines import strip
from widgets.lines import NO_LINE
from widgets.pane import Line
from widgets.theme import Ground, palette_of

WHEEL = 3
"""Lines one notch of the wheel scrolls."""


def _key(keys: str, action: str, words: str) -> Binding:
    return Binding(keys, action, words, show=False, id=f"text.{words.replace(' ', '-')}")


class LinePanel(Widget, can_focus=True):
    """Lines under a fixed head. Subclasses give `head`, `body_height`, `body` and, if they like, `foot`.

    After a change they call `repaint`: only the lines that look different are drawn again.
    """

    DEFAULT_CSS = "LinePanel { width: 1fr; height: 1fr; margin: 0 1; background: $background; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        _key("j,down", "scroll_lines(1)", "line down"),
        _key("k,up", "scroll_lines(-1)", "line up"),
        _key("ctrl+d", "scroll_pages(0.5)", "half page down"),
        _key("ctrl+u", "scroll_pages(-0.5)", "half page up"),
        _key("pagedown,f", "scroll_pages(1)", "page down"),
        _key("pageup,b", "scroll_pages(-1)", "page up"),
        _key("g,home", "scroll_top", "first line"),
        _key("G,end", "scroll_bottom", "last line"),
    ]

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.top = 0
        self._painted: dict[int, tuple[Line, Ground]] = {}

    def head(self) -> list[Line]:
        """The lines that stay at the top."""
        return []

    def head_height(self) -> int:
        """How many lines the head has."""
        return len(self.head())

    def foot(self) -> list[Line]:
        """The lines that stay at the bottom."""
        return []

    def body_height(self) -> int:
        """How many lines there are to scroll."""
        return 0

    def body(self, index: int) -> tuple[Line, Ground]:
        """One of these lines, fitted or not, and what it stands on."""
        return NO_LINE, "bg"

    @property
    def page(self) -> int:
        """Lines of the body that are seen at a time."""
        return max(1, self.size.height - self.head_height() - len(self.foot()))

    def render_line(self, y: int) -> Strip:
        """One line: head, foot or body."""
        self._painted[y] = line, on = self._shown(y)
        return strip(line, self.size.width, palette_of(self), on)

    def repaint(self) -> None:
        """Draw the lines again that look different now."""
        if not self.is_mounted or not self.size:
            return
        self.top = self._clamped(self.top)
        changed = [y for y, seen in sorted(self._painted.items()) if self._shown(y) != seen]
        if changed:
            self.refresh(*(Region(0, y, self.size.width, 1) for y in changed))

    def scroll_to_line(self, index: int) -> None:
        """Bring a line of the body onto the screen, a third from the top when it was not there."""
        if not self.top <= index < self.top + self.page:
            self.top = self._clamped(index - self.page // 3)
        self.repaint()

    def on_resize(self) -> None:
        """Another size: everything is drawn anew."""
        self._painted.clear()
        self.top = self._clamped(self.top)
        self.refresh()

    def watch_has_focus(self, has_focus: bool) -> None:
        """The head says where keys go."""
        super().watch_has_focus(has_focus)
        self.repaint()

    def action_scroll_lines(self, lines: int) -> None:
        """Scroll by lines."""
        self.top = self._clamped(self.top + lines)
        self.repaint()

    def action_scroll_pages(self, pages: float) -> None:
        """Scroll by pages, less one line to hold on to."""
        lines = max(1, int(abs(pages) * self.page) - (1 if abs(pages) >= 1 else 0))
        self.action_scroll_lines(lines if pages > 0 else -lines)

    def action_scroll_top(self) -> None:
        """Go to the first line."""
        self.action_scroll_lines(-self.top)

    def action_scroll_bottom(self) -> None:
        """Go to the last line."""
        self.action_scroll_lines(self.body_height())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down."""
        self._wheel(event, WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up."""
        self._wheel(event, -WHEEL)

    def _wheel(self, event: events.MouseEvent, lines: int) -> None:
        event.stop()
        event.prevent_default()
        self.action_scroll_lines(lines)

    def _clamped(self, top: int) -> int:
        return min(max(0, top), max(0, self.body_height() - self.page))

    def _shown(self, y: int) -> tuple[Line, Ground]:
        head, foot = self.head(), self.foot()
        if y >= self.size.height:  # drawn when the panel was higher; it hears of its new size only later
            return NO_LINE, "bg"
        if y < len(head):
            return head[y], "bg"
        if y >= self.size.height - len(foot):
            return foot[y - self.size.height], "bg"
        index = self.top + y - len(head)
        return self.body(index) if index < self.body_height() else (NO_LINE, "bg")
