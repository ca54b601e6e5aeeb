"""The language behind `:`: a pane with a filter, `ws NAME`, `run NAME`, `submit FILE`, `filter …`, an action, `q`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from app.exports.taking import FORMS
from app.keys import ACTIONS
from app.palette import THEMES
from widgets.pane import Pane
from widgets.safe import Safe, plain, safe

_QUIT = ("q", "quit", "q!", "exit")
_WORDS = {"ws": "workspaces", "workspace": "workspaces", "f": "filter", "h": "help", "watch": "watches"}
"""Short names of commands that take or open something."""

_TYPED = {action.id.replace("_", "-"): action.id for action in ACTIONS if not action.is_table}


class Command(NamedTuple):
    """What was typed: the id of an action (`pane:runs`, `ws`, `theme` …) and what follows it."""

    action: str
    argument: Safe = plain("")


class NotACommand(ValueError):
    """What was typed is no command; `str()` says what would be."""


def parse(text: str, panes: Sequence[Pane[Any]]) -> Command:
    """Read a typed command. Raises NotACommand."""
    word, _, rest = text.strip().partition(" ")
    argument = safe(rest.strip())
    name = word.lower()
    if name in _QUIT:
        return Command("quit")
    if name in ("run", "open") and argument:
        return Command("run", argument)
    pane = _pane(name, panes)
    if pane is not None:
        return Command(f"pane:{pane.name}", argument)
    name = _WORDS.get(name, name)
    if name == "workspaces" and argument:
        return Command("ws", argument)
    if name == "theme":
        if argument not in THEMES:
            raise NotACommand(f"Themes are {', '.join(THEMES)}.")
        return Command("theme", argument)
    if name == "submit" and not argument:
        raise NotACommand("Write which file: submit train.yml")
    if name in ("filter", "export", "rw", "submit") and argument:
        return Command(name, argument)
    if name in _TYPED:
        return Command(_TYPED[name])
    raise NotACommand(f"There is no command “{safe(word, 30)}”; tab shows what there is.")


def _pane(name: str, panes: Sequence[Pane[Any]]) -> Pane[Any] | None:
    """The pane of this name, title or short title; an unambiguous beginning of three letters will do."""
    for pane in panes:
        if name in (pane.name, pane.title.lower(), pane.short.lower() or pane.name):
            return pane
    starting = [pane for pane in panes if len(name) >= 3 and pane.name.startswith(name)]
    return starting[0] if len(starting) == 1 else None


def complete(text: str, panes: Sequence[Pane[Any]], workspaces: Iterable[str]) -> list[Safe]:
    """What the typed line could become, panes first."""
    word, space, rest = text.lstrip().partition(" ")
    if space:
        values = {"ws": list(workspaces), "workspaces": list(workspaces), "theme": THEMES, "export": FORMS}
        return [safe(f"{word} {value}") for value in values.get(word, ()) if str(value).startswith(rest.lstrip())]
    names = [*(pane.name for pane in panes), "run", "ws", "submit", "theme", "filter", *sorted(_TYPED), "q"]
    return [safe(name) for name in dict.fromkeys(names) if name.startswith(word.lower())]
