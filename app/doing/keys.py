"""The deck's key bindings, made from the table of actions and from the panes' own ways in."""

from __future__ import annotations

from textual import on
from textual.app import App
from textual.binding import Binding, BindingsMap
from textual.driver import Driver
from textual.widgets import Input

from app.desk import Desk
from app.freshness import is_signed_out
from app.key_map import DEFAULT, KeyMap, key_map
from app.keys import ACTIONS
from app.panes import PANES
from app.settings import Settings
from widgets.bound_keys import bound
from widgets.virtual_table import VirtualTable

ALWAYS = ("quit", "interrupt", "sign_in")
"""Actions whose keys work before anything else sees them; `Keyed.check_action` says when the last one does."""


class Keyed(App[int], inherit_bindings=False):
    """An app one of whose keys means two things: `L` signs in while signed out, else it moves a table's columns."""

    desk: Desk
    keys: KeyMap = DEFAULT

    def use_keys(self, settings: Settings) -> None:
        """Answer to the keys of the settings."""
        self.keys = key_map(settings.key_map, settings.keys)
        self._bindings = BindingsMap(bindings(self.keys))

    @on(Driver.SignalResume)
    def _come_back(self) -> None:
        """`fg` after ctrl+z: the terminal shows the shell's screen, and Textual believes that it shows ours."""
        self.refresh(layout=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key means this action now."""
        if (action, parameters) == ("do", ("sign_in",)):
            is_typing = isinstance(self.focused, Input) or len(self.screen_stack) > 1
            return not is_typing and (is_signed_out(self.desk.states) or not isinstance(self.focused, VirtualTable))
        return super().check_action(action, parameters)


def bindings(keys: KeyMap = DEFAULT) -> list[Binding]:
    """Every key the deck answers itself."""
    made = [
        binding
        for action in ACTIONS
        if not action.is_table and not action.is_typed
        for binding in bound(keys.of(action.id), f"do('{action.id}')", is_first=action.id in ALWAYS)
    ]
    made += [Binding(str(number), f"choose('digit:{number}')", show=False) for number in range(10)]
    drills = sorted({drill.key for pane in PANES for drill in pane.drills if drill.key != "enter"})
    return [*made, *(Binding(key, f"choose('drill:{key}')", show=False) for key in drills)]
