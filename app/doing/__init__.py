"""What the actions of `app.keys` do, each a function of the deck. Grouped by what they are about.

They are imported when they are first done: most keys are not pressed in the first second.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.deck import Deck

DO: dict[str, str] = {
    "open": "places.open_row",
    "back": "places.back",
    "escape": "places.escape",
    "last": "places.last",
    "earlier": "places.earlier",
    "later": "places.later",
    "workspaces": "asking.workspaces",
    "act": "acting.act",
    "undo": "acting.undo",
    "snooze": "snoozing.snooze",
    "snoozed": "snoozing.snoozed",
    "watch": "watching.watch",
    "watches": "watching.watches",
    "prices": "pricing.prices",
    "rw": "writing.unlock",
    "ro": "writing.lock",
    "filter": "rows.edit_filter",
    "filter_all": "rows.edit_filter_of_all",
    "clear_all": "rows.clear_filter_of_all",
    "trouble": "rows.trouble",
    "mark": "rows.mark",
    "mark_range": "rows.mark_range",
    "mark_all": "rows.mark_all",
    "unmark": "rows.unmark",
    "sort": "sorting.sort",
    "sort_previous": "rows.sort_previous",
    "sort_next": "rows.sort_next",
    "sort_reverse": "rows.sort_reverse",
    "export": "exporting.choose",
    "describe": "view.describe",
    "raw": "taking.raw",
    "origin": "taking.origin",
    "copy": "taking.copy_name",
    "copy_menu": "asking.copy",
    "studio": "taking.studio",
    "portal": "taking.portal",
    "columns": "arranging.columns",
    "differs": "arranging.differs",
    "frequency": "grouping.frequency",
    "group": "grouping.group",
    "save_view": "saving_views.save",
    "views": "views.views",
    "zone": "view.zone",
    "compact": "view.compact",
    "focus_next": "view.focus_next",
    "focus_previous": "view.focus_previous",
    "refresh": "view.refresh",
    "pause": "view.pause",
    "command": "asking.command",
    "palette": "asking.palette",
    "help": "asking.keys",
    "sign_in": "signing.sign_in",
    "suspend": "view.suspend",
    "quit": "view.leave",
    "interrupt": "view.interrupt",
}
"""Every action of `app.keys.ACTIONS` by its id: the module of this folder and the function that does it."""


def run(deck: Deck, action: str) -> None:
    """Do an action."""
    module, _, name = DO[action].partition(".")
    getattr(import_module(f"app.doing.{module}"), name)(deck)


def run_chosen(deck: Deck, id: str) -> None:
    """Run what was picked from a list or clicked: an action, or a place by its kind (`pane:runs`)."""
    from app.doing import asking, places, runs

    kind, _, name = id.partition(":")
    if kind == "pane":
        places.pane(deck, name)
    elif kind == "digit":
        places.digit(deck, name)
    elif kind == "drill":
        places.drill(deck, name)
    elif kind == "part":
        runs.part(deck, name)
    elif kind == "into":
        part, _, named = name.partition("/")
        places.open_of_endpoint(deck, part, named)
    elif kind == "triage":
        places.in_triage(deck, name)
    elif kind == "ws":
        asking.go_to_workspace(deck, name)
    elif kind == "theme":
        deck.theme = f"amldeck-{name}"
    elif kind in DO:
        deck.do(kind)
