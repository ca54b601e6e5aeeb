"""Keys as people write them, as Textual's bindings."""

from __future__ import annotations

from collections.abc import Iterable

from textual.binding import Binding

from widgets.table_keys import TABLE_KEYS, Keys


def bound(keys: Iterable[str], action: str, *, is_first: bool = False) -> list[Binding]:
    """A binding for each key. `is_first` lets it work before anything else sees the key."""
    # Textual reads a comma as the end of a key.
    return [Binding("comma" if key == "," else key, action, show=False, priority=is_first) for key in keys]


def table_bindings(keys: Keys) -> list[Binding]:
    """The bindings of a table, under these keys."""
    return [made for one in TABLE_KEYS for made in bound(keys.get(one.id, one.keys), one.action)]
