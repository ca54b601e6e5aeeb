"""The deck's key bindings, made from the table of actions and from the panes' own ways in."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from app.keys import ACTIONS
from app.panes import PANES

ALWAYS = ("quit", "interrupt")
"""Actions whose keys work before anything else sees them."""


def bindings() -> list[BindingType]:
    """Every key the deck answers itself."""
    made: list[BindingType] = [
        Binding(key, f"do('{action.id}')", show=False, id=f"deck.{action.id}.{key}", priority=action.id in ALWAYS)
        for action in ACTIONS
        if not action.is_table
        for key in action.keys
    ]
    made += [Binding(str(number), f"choose('digit:{number}')", show=False) for number in range(10)]
    drills = sorted({drill.key for pane in PANES for drill in pane.drills if drill.key != "enter"})
    return [*made, *(Binding(key, f"choose('drill:{key}')", show=False) for key in drills)]
