"""Which keys do what: the default, changed by a preset, changed by the user; and where two of them want one key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from app.key_presets import PRESETS
from app.keys import ACTIONS, BY_ID
from widgets.pane import Pane
from widgets.safe import Safe, plain
from widgets.table_keys import TABLE_KEYS

MOVES = (
    ("down", "up"),
    ("first", "last_row"),
    ("half_down", "half_up"),
    ("page_down", "page_up"),
    ("columns_left", "columns_right"),
)
"""How to move in a table, by the ids of its keys: answered by the table."""

MOVE_WORDS: dict[str, Safe] = {
    "down": plain("Down"),
    "up": plain("Up"),
    "first": plain("First row"),
    "last_row": plain("Last row"),
    "half_down": plain("Half a page down"),
    "half_up": plain("Half a page up"),
    "page_down": plain("A page down"),
    "page_up": plain("A page up"),
    "columns_right": plain("Columns to the right"),
    "columns_left": plain("Columns to the left"),
}
"""What each move does, by its id."""

KEYS: dict[str, tuple[str, ...]] = {
    **{action.id: action.keys for action in ACTIONS if not action.is_typed},
    **{one.id: one.keys for one in TABLE_KEYS if one.id not in BY_ID},
}
"""The keys of everything that can be given others, by its id: actions and moves."""

Own = Mapping[str, Sequence[str]]
"""Keys the user gave, by the id of an action or a move."""

SHORT = {"escape": "esc", "shift+tab": "⇧tab", "down": "↓", "up": "↑", "left": "←", "right": "→",
         "pagedown": "pgdn", "pageup": "pgup"}  # fmt: skip
"""Keys that are written otherwise than they are named."""

_ANOTHER = {"esc": "escape", "pgdn": "pagedown", "pgup": "pageup"}
_SHARED = frozenset({"sign_in", "columns_right"})
"""The one key with two meanings: `L` signs in only while signed out, or where there are no columns to move."""


class KeyMap(NamedTuple):
    """The keys of every action and move, by its id; the first one is the one that is shown."""

    preset: str
    keys: Mapping[str, tuple[str, ...]]

    def of(self, id: str) -> tuple[str, ...]:
        """The keys of an action or a move; what is typed behind `:` is not here."""
        return self.keys.get(id, ())

    def first(self, id: str) -> Safe:
        """The first key as people write it: `ctrl+p`, `/`, `space`; empty when it has none."""
        return key_text(self.of(id)[:1])


class Clash(NamedTuple):
    """Two that want one key: `id` was written in the settings, and a sentence says who has it now."""

    id: str
    sentence: str


def key_text(keys: Sequence[str]) -> Safe:
    """Keys as people write them."""
    return Safe(" ".join(SHORT.get(key, key) for key in keys)) if keys else plain("")


def key_map(preset: str = "default", own: Own | None = None) -> KeyMap:
    """The keys that apply. The user's own win over a preset's; of two own ones the first does."""
    keys = {**KEYS, **PRESETS.get(preset, {})}
    given = {id: _written(keys_of) for id, keys_of in (own or {}).items() if id in KEYS}
    taken: dict[str, str] = {}
    for id, wanted in given.items():
        given[id] = tuple(key for key in wanted if _may_share(taken.setdefault(key, id), id))
    for id in keys.keys() - given.keys():
        keys[id] = tuple(key for key in keys[id] if _may_share(taken.get(key, id), id))
    return KeyMap(preset, {**keys, **given})


def clashes(preset: str, own: Own, panes: Sequence[Pane[Any]]) -> Iterator[Clash]:
    """What the user's own keys take from others, and what they want twice."""
    before = {**KEYS, **PRESETS.get(preset, {})}
    ways = {drill.key: f"{drill.title} in {pane.title}" for pane in panes for drill in pane.drills}
    taken: dict[str, str] = {}
    for id, wanted in own.items():
        for key in _written(wanted) if id in KEYS else ():
            holder = next((other for other, keys in before.items() if key in keys and other not in own), None)
            if not _may_share(taken.setdefault(key, id), id):
                yield Clash(id, f"{key} is given to {taken[key]} too, which has it")
            elif holder is not None and not _may_share(holder, id):
                yield Clash(id, f"{key} was the key of {holder}, which lost it; write {holder} to give it others")
            elif key in ways and key not in before[id]:
                yield Clash(id, f"{key} was the key of a pane, {ways[key]}, which lost it")
            elif key.isdigit() and len(key) == 1:
                yield Clash(id, f"{key} opens a pane and still does")


def moves(keys: KeyMap) -> list[tuple[Safe, Safe]]:
    """How to move in a table: keys, and what they do."""
    return [(_together(keys.of(one), keys.of(other)), Safe(f"{MOVE_WORDS[one]}, {MOVE_WORDS[other].lower()}"))
            for one, other in MOVES]  # fmt: skip


def _together(one: Sequence[str], other: Sequence[str]) -> Safe:
    """`j k ↓ ↑`: the first of both, then the second of both."""
    both = [key for pair in zip_longest(one, other) for key in pair if key is not None]
    return key_text(both)


def _written(keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_ANOTHER.get(key, key) for key in keys))


def _may_share(one: str, other: str) -> bool:
    return one == other or {one, other} <= _SHARED


DEFAULT = key_map()
