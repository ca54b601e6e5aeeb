"""The rows a table holds in hand: the visible ones and a few around them, fetched from a `Rows` when needed."""

from __future__ import annotations

from collections.abc import Sequence

from widgets.pane import Row, Rows


class Window:
    """A piece of a `Rows`, fetched once and kept until it is reloaded or left."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self._offset = 0
        self._asked = 0
        self._held: Sequence[Row] = ()
        self._known = 0

    @property
    def length(self) -> int:
        """How many rows there are; while they are being counted, how many are known to be."""
        count = self.rows.count()
        return self._known if count is None else count

    @property
    def is_counting(self) -> bool:
        """Whether the number of rows is not known yet."""
        return self.rows.count() is None

    def ensure(self, first: int, size: int) -> None:
        """Hold the rows `first` to `first + size`, fetching half as many again around them."""
        last = first + size if self.is_counting else min(first + size, self.length)
        if self._offset <= first and last <= self._offset + self._asked:
            return
        margin = max(4, size // 2)
        self._fetch(max(0, first - margin), size + 2 * margin)

    def reload(self, first: int, size: int) -> None:
        """Fetch again what is to be seen: the rows may have changed."""
        self._asked = self._known = 0
        self._held = ()
        self.ensure(first, size)

    def row(self, index: int) -> Row | None:
        """The row at a position, when it is held."""
        at = index - self._offset
        return self._held[at] if 0 <= at < len(self._held) else None

    def _fetch(self, offset: int, size: int) -> None:
        self._offset, self._asked = offset, size
        self._held = self.rows.window(offset, size)
        if self._held:
            self._known = max(self._known, offset + len(self._held))
