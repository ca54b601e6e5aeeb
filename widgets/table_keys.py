"""The keys of a table, each with an id for the user's key map. The footer and the help read them here."""

from __future__ import annotations

from textual.binding import Binding, BindingType


def _key(keys: str, action: str, words: str) -> Binding:
    name = f"table.{words.replace(' ', '-')}"
    return Binding(keys, action, words, show=False, id=name)


BINDINGS: list[BindingType] = [
    _key("j,down", "move(1)", "down"),
    _key("k,up", "move(-1)", "up"),
    _key("g,home", "first", "first row"),
    _key("G,end", "last", "last row"),
    _key("ctrl+d", "half(1)", "half page down"),
    _key("ctrl+u", "half(-1)", "half page up"),
    _key("pagedown", "page(1)", "page down"),
    _key("pageup", "page(-1)", "page up"),
    _key("L,right", "columns(1)", "columns right"),
    _key("H,left", "columns(-1)", "columns left"),
    _key("enter", "open", "open"),
    _key("space", "mark", "mark"),
    _key("V", "mark_range", "mark to here"),
    _key("*", "mark_all", "mark all"),
    _key("\\", "clear_marks", "clear marks"),
    _key("s", "pick_sort", "sort"),
    _key("<", "sort_beside(-1)", "sort by the column before"),
    _key(">", "sort_beside(1)", "sort by the next column"),
    _key("I", "reverse", "reverse the order"),
]
