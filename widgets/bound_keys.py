"""Keys as people write them, as Textual's bindings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from textual.binding import Binding

from widgets.table_keys import SIDE_KEYS, TABLE_KEYS, Keys

_NOWHERE = "f63"
"""A key no keyboard has: Textual reads no key at all as no change."""

_SIDES = {one.id: one for one in SIDE_KEYS}


def bound(keys: Iterable[str], action: str, *, is_first: bool = False) -> list[Binding]:
    """A binding for each key. `is_first` lets it work before anything else sees the key."""
    return [Binding(_spelled(key), action, show=False, priority=is_first) for key in keys]


def _spelled(key: str) -> str:
    # Textual reads a comma as the end of a key.
    return "comma" if key == "," else key


def table_bindings(keys: Keys) -> list[Binding]:
    """The bindings of a table, under these keys."""
    return [made for one in TABLE_KEYS for made in bound(keys.get(one.id, one.keys), one.action)]


def side_binding(id: str, action: str) -> Binding:
    """The binding of one of `SIDE_KEYS`, to be changed by a key map (`side_keymap`)."""
    return Binding(",".join(_SIDES[id].keys), action, show=False, id=f"side.{id}")


def side_keymap(keys: Keys) -> Mapping[str, str]:
    """Textual's key map for those of `SIDE_KEYS` that have other keys than their own."""
    changed = {id: keys[id] for id in _SIDES if id in keys and keys[id] != _SIDES[id].keys}
    return {f"side.{id}": ",".join(map(_spelled, wanted)) or _NOWHERE for id, wanted in changed.items()}
