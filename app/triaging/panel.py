"""The lines of a triage, scrolled."""

from __future__ import annotations

from collections.abc import Callable

from widgets.lines import say
from widgets.pane import Line
from widgets.safe import Safe
from widgets.scroll import LinePanel
from widgets.theme import Ground


class TriagePanel(LinePanel):
    """Lines that are shown, and how many there are below."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.lines: list[Line] = []
        self._make: Callable[[int], list[Line]] = lambda width: []

    def show(self, make: Callable[[int], list[Line]]) -> None:
        """Show the lines that are made for so many cells, where they differ from those that are seen."""
        self._make = make
        self.lines = make(self.size.width)
        self.repaint()

    def on_resize(self) -> None:
        """Another size: other lines."""
        self.lines = self._make(self.size.width)
        super().on_resize()

    def body_height(self) -> int:
        """All of them scroll."""
        return len(self.lines)

    def body(self, index: int) -> tuple[Line, Ground]:
        """One of them."""
        return self.lines[index], "bg"

    def foot(self) -> list[Line]:
        """How much there is below: nothing is cut silently."""
        below = len(self.lines) - self.top - self.size.height
        return [say(Safe(f"… {below + 1} more lines"), "muted")] if self.size.height > 3 and below > 0 else []
