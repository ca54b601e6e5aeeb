"""Rows that are held in memory, for tables whose rows the cache does not keep as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from widgets.pane import Row


@dataclass(frozen=True, slots=True)
class HeldRows:
    """These rows, in this order, of so many without a filter. See `app.finding.Found`."""

    rows: tuple[Row, ...]
    all_rows: int

    def peek(self) -> None:
        """Nothing to look for."""

    def prepare(self) -> None:
        """Nothing to prepare."""

    def cancel(self) -> None:
        """Nothing to cancel."""

    def count(self) -> int | None:
        """How many."""
        return len(self.rows)

    def total(self) -> int | None:
        """How many without the filter."""
        return self.all_rows

    def window(self, offset: int, size: int) -> Sequence[Row]:
        """Some of them."""
        return self.rows[offset : offset + size]

    def locate(self, key: str) -> int | None:
        """Where a row stands."""
        return next((index for index, row in enumerate(self.rows) if row.key == key), None)
