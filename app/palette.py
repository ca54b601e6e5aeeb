"""The palette: everything that can be done or gone to, found by typing. Made from actions, panes and workspaces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from app.help import parts
from app.here import Here
from app.key_map import DEFAULT, KeyMap
from app.keys import ACTIONS, GROUPS, Action
from services.records import WorkspaceRef
from services.workspaces import Workspace, badges_of
from widgets.choices import Choice
from widgets.lines import say
from widgets.pane import Pane, Span
from widgets.safe import Safe, plain, safe

THEMES = ("dark", "light", "mono")

WORKSPACES = plain("Workspaces")

_SILENT = {"open", "mark", "mark_range", "palette", "interrupt"}
"""Actions that make no sense from a list."""


def panes(all_panes: Sequence[Pane[Any]], keys: KeyMap) -> list[Choice]:
    """Every pane, those without a digit too."""
    return [
        Choice(
            f"pane:{pane.name}",
            say(safe(pane.title)),
            say(safe(pane.digit), "accent"),
            plain("Panes"),
            keys.said(pane.help),
        )
        for pane in all_panes
    ]


def actions(here: Here, keys: KeyMap = DEFAULT) -> list[Choice]:
    """Every action that can be chosen from a list."""
    return [
        Choice(action.id, say(action.about), say(_key(action, keys), "accent"), GROUPS[action.group],
               f"{action.id} {action.word}", keys.said(why) if (why := action.why_not(here)) else None)
        for action in ACTIONS
        if action.id not in _SILENT
    ]  # fmt: skip


def _key(action: Action, keys: KeyMap) -> Safe:
    return Safe(action.keys[0]) if action.is_typed else keys.first(action.id)


def workspaces(known: Iterable[Workspace], chosen: WorkspaceRef | None, *, group: Safe = WORKSPACES) -> list[Choice]:
    """Every workspace in the cache, by name; the one on the screen is marked."""
    made: list[Choice] = []
    for one in known:
        is_here = chosen is not None and one.id.lower() == chosen.key
        sign = Span(plain("✓ " if is_here else "  "), "ok")
        name = Span(safe(one.name), "strong" if is_here else "text", bold=is_here)
        where = safe(" · ".join(part for part in (*badges_of(one), one.location, one.resource_group) if part), 48)
        searched = f"{one.subscription} {one.friendly_name or ''}"
        made.append(Choice(f"ws:{one.id}", (sign, name), say(where, "muted"), group, searched))
    return made


def themes() -> list[Choice]:
    """The three looks."""
    return [
        Choice(f"theme:{name}", say(Safe(f"Theme {name}")), group=plain("The deck"), words="colour look")
        for name in THEMES
    ]


def choices(
    here: Here,
    all_panes: Sequence[Pane[Any]],
    known: Iterable[Workspace],
    chosen: WorkspaceRef | None,
    keys: KeyMap = DEFAULT,
) -> list[Choice]:
    """Everything, places first."""
    return [*panes(all_panes, keys), *workspaces(known, chosen), *parts(here, keys), *actions(here, keys), *themes()]
