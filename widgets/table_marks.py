"""The marked rows of a table, by key: they survive refresh, sort and filter."""

from __future__ import annotations

from widgets.pane import Rows

MOST = 2000
"""Rows one key press marks at most: reading more would be felt."""


class Marks:
    """Marked keys in the order they were marked."""

    def __init__(self) -> None:
        self._keys: dict[str, None] = {}
        self._anchor: str | None = None

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def keys(self) -> tuple[str, ...]:
        """The marked keys, first marked first."""
        return tuple(self._keys)

    def toggle(self, key: str) -> None:
        """Mark or unmark one row; a later range starts here."""
        if key in self._keys:
            del self._keys[key]
            self._anchor = None
        else:
            self._keys[key] = None
            self._anchor = key

    def reach(self, rows: Rows, key: str, index: int) -> bool:
        """Mark from the row marked last to this one; without one, begin here. True when there were too many."""
        start = rows.locate(self._anchor) if self._anchor is not None else None
        if start is None:
            self._keys[key] = None
            self._anchor = key
            return False
        self._anchor = key
        low, high = min(start, index), max(start, index)
        return self._add(rows, low, high - low + 1)

    def add_all(self, rows: Rows) -> bool:
        """Mark every row, the first `MOST` of them. True when there were more."""
        count = rows.count()
        return self._add(rows, 0, MOST + 1 if count is None else count)

    def replace(self, keys: tuple[str, ...]) -> None:
        """Mark these rows and no others."""
        self._keys = dict.fromkeys(keys)
        self._anchor = None

    def _add(self, rows: Rows, offset: int, size: int) -> bool:
        for row in rows.window(offset, min(size, MOST)):
            self._keys[row.key] = None
        return size > MOST
