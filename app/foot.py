"""The footer of a view: the keys that work here, in the pane's own words, the most wanted first."""

from __future__ import annotations

from app.here import Here
from app.key_map import DEFAULT, KeyMap
from app.keys import ACTIONS, BY_ID, Action
from widgets.footer import Hint
from widgets.safe import Safe, plain, safe


def drill_hints(here: Here, keys: KeyMap) -> list[Hint]:
    """The ways into the row under the cursor, with the pane's own words. Without one, enter shows the detail."""
    if not here.has_row:
        return []
    hints = [Hint(keys.of_drill(drill), safe(drill.title), f"drill:{drill.key}") for drill in here.pane.drills]
    if not any(drill.key == "enter" for drill in here.pane.drills):
        hints.insert(0, Hint(plain("enter"), plain("detail"), "describe"))
    return hints


def footer(here: Here, keys: KeyMap = DEFAULT) -> list[Hint]:
    """The keys that work here, the most wanted first."""
    if here.is_refused:
        words = {"copy": plain("copy request"), "refresh": plain("try again"), "escape": plain("back")}
        return _picked(here, words, keys)
    if here.is_detail:
        shown = [BY_ID[name] for name in ("raw", "origin", "copy", "copy_menu", "studio", "portal")]
        back = [Hint(keys.first("escape"), plain("back"), "escape"), Hint(plain("j k"), plain("scroll"))]
        return back + [_hint(action, here, keys) for action in shown if action.why_not(here) is None]
    if here.missing:
        drop = Hint(Safe(f"1-{here.missing}" if here.missing > 1 else "1"), plain("drop a condition"), "")
        return [*_picked(here, {"escape": plain("clear"), "filter": plain("edit")}, keys), drop,
                *_picked(here, {"command": plain("command")}, keys)]  # fmt: skip
    drills = drill_hints(here, keys)
    into = [hint for hint in drills if hint.key == "enter"]
    shown = sorted((action for action in ACTIONS if action.foot is not None), key=lambda action: action.foot or 0)
    if not here.pane.sources:
        shown.sort(key=lambda action: action.group != "data")
    able = (action for action in shown if action.why_not(here) is None and not _is_told(action, here))
    hints = [_hint(action, here, keys) for action in able if keys.of(action.id)]
    others = [hint for hint in drills if hint.key != "enter"]
    return [*into, *hints[:5], *others, *hints[5:]]


def opened_footer(here: Here, keys: KeyMap = DEFAULT) -> list[Hint]:
    """The keys of the deck that work on an opened run, behind those of its part."""
    words = {
        "escape": plain("back"), "act": plain("actions"), "watch": plain("watch"), "copy": plain("copy"),
        "studio": plain("studio"), "raw": plain("raw"), "refresh": plain("refresh"), "copy_menu": plain("copy as"),
    }  # fmt: skip
    return _picked(here, words, keys)


def _is_told(action: Action, here: Here) -> bool:
    """Whether a hint would only repeat what enter says, or offer to clear what the pane starts with."""
    if action.id == "describe":
        return not any(drill.key == "enter" for drill in here.pane.drills)
    return action.id == "open" or (action.id == "escape" and not here.depth and not here.has_own_filter)


def _hint(action: Action, here: Here, keys: KeyMap) -> Hint:
    word = action.word
    if action.id == "escape" and here.is_filtered:
        word = plain("clear")
    elif action.id == "pause" and here.is_paused:
        word = plain("go on")
    return Hint(keys.first(action.id), word, action.id)


def _picked(here: Here, words: dict[str, Safe], keys: KeyMap) -> list[Hint]:
    chosen = [(BY_ID[name], word) for name, word in words.items()]
    return [Hint(keys.first(action.id), word, action.id) for action, word in chosen if action.why_not(here) is None]
