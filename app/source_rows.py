"""The rows of the Sync pane: the refresher's own states, which are not kept in the cache."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.held_rows import HeldRows
from app.source_row import SourceRow
from app.source_state import SourceState, source_row
from cache.table import Table
from widgets.pane import Row

SOURCE_TABLE = Table(name="sources", record=SourceRow, search=("id", "title", "problem"))
"""Not kept in the cache: the rows are the refresher's own states."""


def source_rows(states: Mapping[str, SourceState], text: str, order: str) -> HeldRows:
    """The rows of the Sync pane: those that hold every word, in the order of `SOURCES` or sorted by a field."""
    found = [source_row(state) for state in states.values()]
    words = text.lower().split()
    kept = [row for row in found if all(word in f"{row.title} {row.state} {row.problem}".lower() for word in words)]
    field = order.removeprefix("-")
    if field:
        kept.sort(key=lambda row: _sortable(getattr(row, field, None)), reverse=order.startswith("-"))
    return HeldRows(tuple(Row(row.id, row, row.last_ok) for row in kept), len(found))


def _sortable(value: Any) -> tuple[bool, Any]:
    return (value is None, value if value is not None else 0)
