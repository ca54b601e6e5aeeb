"""The rows of the Sync pane: the refresher's own states, which are not kept in the cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.source_row import SourceRow
from app.source_state import SourceState, source_row
from cache.table import Table
from widgets.pane import Row

SOURCE_TABLE = Table(name="sources", record=SourceRow, search=("id", "title", "problem"))
"""Not kept in the cache: the rows are the refresher's own states."""


@dataclass(frozen=True, slots=True)
class SourceRows:
    """The sources as rows: all of them, those with trouble first unless another order is asked for."""

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
        """Where a source stands."""
        return next((index for index, row in enumerate(self.rows) if row.key == key), None)


def source_rows(states: Mapping[str, SourceState], text: str, order: str) -> SourceRows:
    """The rows of the Sync pane: those that hold every word, in the order of `SOURCES` or sorted by a field."""
    found = [source_row(state) for state in states.values()]
    words = text.lower().split()
    kept = [row for row in found if all(word in f"{row.title} {row.state} {row.problem}".lower() for word in words)]
    field = order.removeprefix("-")
    if field:
        kept.sort(key=lambda row: _sortable(getattr(row, field, None)), reverse=order.startswith("-"))
    return SourceRows(tuple(Row(row.id, row, row.last_ok) for row in kept), len(found))


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is None, value if value is not None else 0)
