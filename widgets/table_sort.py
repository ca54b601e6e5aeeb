"""How a table's order changes: which columns can be sorted, and what comes first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from widgets.pane import Column
from widgets.table_layout import Layout
from widgets.table_strips import sort_field


def order_by(column: Column[Any], order: str) -> str | None:
    """The order after choosing a column: its own first, the other way round when chosen again; None if it has none.

    Numbers and times, the right-aligned columns, begin with the largest; words with the first letter.
    """
    field = sort_field(column)
    if not field:
        return None
    if order.removeprefix("-") == field:
        return reverse(order)
    return f"-{field}" if column.is_right else field


def reverse(order: str) -> str:
    """The same order from the other end."""
    return order.removeprefix("-") if order.startswith("-") else f"-{order}"


def neighbour(layout: Layout, order: str, step: int) -> str | None:
    """The order by the next (`step` 1) or previous (-1) column on the screen that can be sorted."""
    columns: Sequence[Column[Any]] = [place.column for place in layout.placed if sort_field(place.column)]
    if not columns:
        return None
    fields = [sort_field(column) for column in columns]
    here = order.removeprefix("-")
    if here not in fields:
        return order_by(columns[0 if step > 0 else -1], order)
    goal = (fields.index(here) + step) % len(columns)
    return None if len(columns) == 1 else order_by(columns[goal], order)
