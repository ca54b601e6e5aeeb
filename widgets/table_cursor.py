"""Where a table's cursor is: pinned to a row's key and not to a number, so a refresh moves no eye."""

from __future__ import annotations

from dataclasses import dataclass

from widgets.pane import Rows


@dataclass
class Cursor:
    """The row the cursor is on (`key`, None while unknown), its position, and the first row on the screen."""

    index: int = 0
    key: str | None = None
    top: int = 0
    is_moved: bool = False
    """Whether the reader chose this row; the first row of a list that is still loading was chosen by nobody."""

    def move(self, index: int, length: int, height: int) -> None:
        """Go to a position as near as there is, scrolling no more than needed. The key is the caller's to read."""
        goal = min(max(0, index), max(0, length - 1))
        if goal != self.index:
            self.index, self.key = goal, None
        self._show(length, height)

    def scroll(self, rows: int, length: int, height: int) -> None:
        """Move the screen over the rows; the cursor stays on its row until the screen's edge pushes it."""
        self.top = min(max(0, self.top + rows), max(0, length - height))
        self.move(min(max(self.index, self.top), self.top + height - 1), length, height)

    def page(self, rows: int, length: int, height: int) -> None:
        """Move screen and cursor by so many rows, so that the cursor keeps its line."""
        self.top = min(max(0, self.top + rows), max(0, length - height))
        self.move(self.index + rows, length, height)

    def follow(self, rows: Rows, length: int, height: int) -> None:
        """After the rows changed: stay on the key where it is now, on the same line of the screen.

        When it is gone, the same position. While rows are counted and the key cannot be found, it is kept for later.
        At the top of the list the screen stays at the top, so that new rows are seen; a cursor that was never
        moved stays there too when rows flood in above it.
        """
        found = rows.locate(self.key) if self.key is not None else None
        if found is None:
            if rows.count() is not None:
                self.key = None
            self.index = min(self.index, max(0, length - 1))
        elif found >= height and not self.is_moved:
            self.index, self.key, self.top = 0, None, 0
        else:
            stays_on_top = self.top == 0 and found < height
            self.top = 0 if stays_on_top else max(0, self.top + found - self.index)
            self.index = found
        self._show(max(length, self.index + 1), height)

    def _show(self, length: int, height: int) -> None:
        """Bring the cursor onto the screen, and the last row down to its foot."""
        self.top = min(self.top, self.index)
        self.top = max(self.top, self.index - height + 1)
        self.top = min(self.top, max(0, length - height))
