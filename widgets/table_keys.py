"""The keys of tables, and of what else has a left and a right, as data: each under an id for the user's key map.

Nothing here imports Textual.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class TableKey(NamedTuple):
    """What a table does, and the keys that make it do so."""

    id: str
    action: str
    keys: tuple[str, ...]


TABLE_KEYS: tuple[TableKey, ...] = (
    TableKey("down", "move(1)", ("j", "down")),
    TableKey("up", "move(-1)", ("k", "up")),
    TableKey("first", "first", ("g", "home")),
    TableKey("last_row", "last", ("G", "end")),
    TableKey("half_down", "half(1)", ("ctrl+d",)),
    TableKey("half_up", "half(-1)", ("ctrl+u",)),
    TableKey("page_down", "page(1)", ("pagedown",)),
    TableKey("page_up", "page(-1)", ("pageup",)),
    TableKey("columns_right", "columns(1)", ("L", "right")),
    TableKey("columns_left", "columns(-1)", ("H", "left")),
    TableKey("open", "open", ("enter",)),
    TableKey("mark", "mark", ("space",)),
    TableKey("mark_range", "mark_range", ("V",)),
    TableKey("mark_all", "mark_all", ("*",)),
    TableKey("unmark", "clear_marks", ("\\",)),
    TableKey("sort", "pick_sort", ("s",)),
    TableKey("sort_previous", "sort_beside(-1)", ("<",)),
    TableKey("sort_next", "sort_beside(1)", (">",)),
    TableKey("sort_reverse", "reverse", ("I",)),
)

Keys = Mapping[str, tuple[str, ...]]
"""Keys by id; an id that is missing keeps its own, an empty list takes them away."""


class SideKey(NamedTuple):
    """What another widget does with its left and right, and with the keys that stand in their way."""

    id: str
    widget: str
    keys: tuple[str, ...]


SIDE_KEYS: tuple[SideKey, ...] = (
    SideKey("log_left", "log", ("H", "left")),
    SideKey("log_right", "log", ("L", "right")),
    SideKey("raw_left", "raw", ("H", "left")),
    SideKey("raw_right", "raw", ("L", "right")),
    SideKey("chart_left", "chart", ("left",)),
    SideKey("chart_right", "chart", ("right",)),
    SideKey("chart_log", "chart", ("L",)),
    SideKey("fold", "children", ("left",)),
    SideKey("unfold", "children", ("right",)),
    SideKey("child_logs", "children", ("l",)),
    SideKey("file_open", "files", ("enter", "space", "right", "left")),
)
