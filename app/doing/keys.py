"""The deck's key bindings, made from the table of actions and from the panes' own ways in."""

from __future__ import annotations

from textual.app import App
from textual.binding import Binding, BindingType
from textual.widgets import Input

from app.desk import Desk
from app.freshness import is_signed_out
from app.keys import ACTIONS
from app.panes import PANES
from widgets.virtual_table import VirtualTable

ALWAYS = ("quit", "interrupt", "sign_in")
"""Actions whose keys work before anything else sees them; `Keyed.check_action` says when the last one does."""


class Keyed(App[int], inherit_bindings=False):
    """An app one of whose keys means two things: `L` signs in while signed out, else it moves a table's columns."""

    desk: Desk

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key means this action now."""
        if (action, parameters) == ("do", ("sign_in",)):
            is_typing = isinstance(self.focused, Input) or len(self.screen_stack) > 1
            return not is_typing and (is_signed_out(self.desk.states) or not isinstance(self.focused, VirtualTable))
        return super().check_action(action, parameters)


def bindings() -> list[BindingType]:
    """Every key the deck answers itself."""
    made: list[BindingType] = [
        Binding(key, f"do('{action.id}')", show=False, id=f"deck.{action.id}.{key}", priority=action.id in ALWAYS)
        for action in ACTIONS
        if not action.is_table and not action.is_typed
        for key in action.keys
    ]
    made += [Binding(str(number), f"choose('digit:{number}')", show=False) for number in range(10)]
    drills = sorted({drill.key for pane in PANES for drill in pane.drills if drill.key != "enter"})
    return [*made, *(Binding(key, f"choose('drill:{key}')", show=False) for key in drills)]
