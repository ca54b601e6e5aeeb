"""What a table says. Handlers are named after it: `on_virtual_table_cursor_moved`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.message import Message

from widgets.safe import Safe

if TYPE_CHECKING:
    from widgets.table_base import TableBase


class TableMessage(Message, namespace="virtual_table"):
    """Anything a table says; `table` is who said it."""

    def __init__(self, table: TableBase) -> None:
        super().__init__()
        self.table = table

    @property
    def control(self) -> TableBase:
        """The table, for `@on` selectors."""
        return self.table


class CursorMoved(TableMessage, namespace="virtual_table"):
    """The cursor is on another row, or its row has changed. Both are None when there is no row."""

    def __init__(self, table: TableBase, key: str | None, record: Any) -> None:
        super().__init__(table)
        self.key = key
        self.record = record


class Opened(TableMessage, namespace="virtual_table"):
    """Enter or a double click on a row."""

    def __init__(self, table: TableBase, key: str, record: Any) -> None:
        super().__init__(table)
        self.key = key
        self.record = record


class SortChanged(TableMessage, namespace="virtual_table"):
    """The user chose another order: the heading shows it already, the rows are for the receiver to bring."""

    def __init__(self, table: TableBase, order: str) -> None:
        super().__init__(table)
        self.order = order


class SortRequested(TableMessage, namespace="virtual_table"):
    """The user wants to pick an order from a list."""


class MarksChanged(TableMessage, namespace="virtual_table"):
    """Other rows are marked now; `is_capped` when one key marked only the first of too many."""

    def __init__(self, table: TableBase, count: int, is_capped: bool = False) -> None:
        super().__init__(table)
        self.count = count
        self.is_capped = is_capped


class ColumnsChanged(TableMessage, namespace="virtual_table"):
    """Other columns are shown now: `columns 1–9 of 14 ›`, empty when all are."""

    def __init__(self, table: TableBase, text: Safe) -> None:
        super().__init__(table)
        self.text = text
