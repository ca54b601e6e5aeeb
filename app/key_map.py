"""Which keys do what: the default, changed by a preset, changed by the user; and where two of them want one key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from app.key_presets import PRESETS
from app.keys import ACTIONS, BY_ID
from app.run_parts import BY_PART, PARTS
from widgets.pane import Drill, Pane
from widgets.safe import Safe, plain
from widgets.table_keys import SIDE_KEYS, TABLE_KEYS

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
    **{part.name: (part.key,) if part.key else () for part in PARTS},
    **{one.id: one.keys for one in SIDE_KEYS},
}
"""The keys of everything that can be given others, by its id: actions, moves, parts of a run, lefts and rights."""

WORDS: dict[str, Safe] = {
    **{action.id: action.about for action in ACTIONS},
    **MOVE_WORDS,
    **{part.name: Safe(f"Look into a run: {part.title}") for part in PARTS},
    "log_left": plain("A log: to the left"),
    "log_right": plain("A log: to the right"),
    "raw_left": plain("A raw document: to the left"),
    "raw_right": plain("A raw document: to the right"),
    "chart_left": plain("A chart: the point before"),
    "chart_right": plain("A chart: the next point"),
    "chart_log": plain("A chart: logarithmic scale"),
    "fold": plain("Children of a run: fold"),
    "unfold": plain("Children of a run: unfold"),
    "child_logs": plain("Children of a run: the log of one"),
    "file_open": plain("Outputs of a run: open or close"),
}
"""What each of them does, by its id."""

TWICE = "//"
"""What `filter_all` begins with: no key, but the key of the filter and then a slash."""

Own = Mapping[str, Sequence[str]]
"""Keys the user gave, by the id of an action or a move."""

SHORT = {"escape": "esc", "shift+tab": "⇧tab", "down": "↓", "up": "↑", "left": "←", "right": "→",
         "pagedown": "pgdn", "pageup": "pgup"}  # fmt: skip
"""Keys that are written otherwise than they are named."""

_ANOTHER = {"esc": "escape", "pgdn": "pagedown", "pgup": "pageup"}
_SHARED = (
    {"undo", "snooze"},
    {"sign_in", "columns_right"},
    {"focus_previous", "columns_left"},
    {"focus_next", "columns_right"},
)
"""Keys with two meanings: nothing in Pulse or Waste is taken back, so there `z` snoozes; `L` signs in only while signed
out, or where there are no columns to move; a table moves its columns, and where there is no table the same key goes to
the panel beside."""
_WIDGETS = {one.id: one.widget for one in SIDE_KEYS}
_NAMED = re.compile(r"\{(\w+)\}")


class KeyMap(NamedTuple):
    """The keys of every action and move, by its id; the first one is the one that is shown."""

    preset: str
    keys: Mapping[str, tuple[str, ...]]

    def of(self, id: str) -> tuple[str, ...]:
        """The keys of an action or a move; what is typed behind `:` is not here."""
        return self.keys.get(id, ())

    def written(self, id: str) -> tuple[str, ...]:
        """The keys as people write them: `ctrl+p`, `/`, `space`; `//` with the key the filter really has."""
        filters = self.of("filter")
        written = (f"{filters[0]}/" if key == TWICE and filters else key for key in self.of(id))
        return tuple(SHORT.get(key, key) for key in written if filters or key != TWICE)

    def first(self, id: str) -> Safe:
        """The first key as people write it; empty when it has none."""
        return Safe("".join(self.written(id)[:1]))

    def name(self, id: str) -> Safe:
        """How a sentence calls the key of an action; one without a key is found in the palette."""
        word = BY_ID[id].word if id in BY_ID else WORDS[id]
        return self.first(id) or Safe(f"“{word}” in the palette")

    def said(self, sentence: str) -> Safe:
        """A sentence of ours with the names of keys for the ids in it: `{refresh} tries again`."""
        return Safe(_NAMED.sub(lambda found: self.name(found[1]), sentence))

    def of_drill(self, drill: Drill[Any]) -> Safe:
        """The key of a way into a row: its own, or that of the part of a run it opens."""
        return self.of_part(drill.part) if drill.part in BY_PART and drill.key != "enter" else Safe(drill.key)

    def of_part(self, name: str) -> Safe:
        """The key of a part of a run. The overview is the detail of a run, and needs no key beside that one."""
        return self.first(name) or (self.first("describe") if name == "overview" else plain(""))


def own_ways(pane: Pane[Any]) -> list[Drill[Any]]:
    """The ways into a row of a pane that have a key of their own: not enter, and not that of a part of a run."""
    return [drill for drill in pane.drills if drill.key != "enter" and drill.part not in BY_PART]


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
    ways = {drill.key: f"{drill.title} in {pane.title}" for pane in panes for drill in own_ways(pane)}
    taken: dict[str, str] = {}
    for id, wanted in own.items():
        for key in _written(wanted) if id in KEYS else ():
            holder = next((other for other, keys in before.items() if key in keys and other not in own), None)
            if key == TWICE and id != "filter_all":
                yield Clash(id, f"{TWICE} is no key: only filter_all can be typed so")
            elif not _may_share(taken.setdefault(key, id), id):
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
    """Whether two can have one key: a widget of a run or document comes before the deck, and before no other."""
    widgets = (_WIDGETS.get(one), _WIDGETS.get(other))
    return one == other or widgets[0] != widgets[1] or {one, other} in _SHARED


DEFAULT = key_map()
