"""The deck's key bindings, made from the table of actions and from the panes' own ways in."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import App
from textual.binding import Binding, BindingsMap
from textual.dom import DOMNode
from textual.driver import Driver
from textual.widget import Widget
from textual.widgets import Input

from app.desk import Desk
from app.freshness import is_signed_out
from app.key_map import DEFAULT, TWICE, KeyMap, key_map, own_ways
from app.keys import ACTIONS, PUT_AWAY
from app.panes import PANES
from app.run_parts import PARTS
from app.settings import Settings
from widgets.bar import Bar
from widgets.bound_keys import bound, side_keymap
from widgets.virtual_table import VirtualTable

OPENS_LINE = ("do('command')", "do('filter')")
"""The deck's actions that open a line to type in."""
SEARCH = "search"
"""The action by which a text searches itself: what is typed then is its own."""
ALWAYS = ("quit", "interrupt", "sign_in")
"""Actions whose keys work before anything else sees them; `Keyed.check_action` says when the last one does."""


class Keyed(App[int], inherit_bindings=False):
    """An app whose keys, clicks and lists all end in an action.

    Two keys mean two things: `sign_in` signs in while signed out, else what the focused table or chart makes of it;
    in Pulse and in Waste, where nothing is taken back, the key of `undo` snoozes.
    """

    desk: Desk
    keys: KeyMap = DEFAULT

    def use_keys(self, settings: Settings) -> None:
        """Answer to the keys of the settings."""
        self.keys = key_map(settings.key_map, settings.keys)
        self._bindings = BindingsMap(bindings(self.keys))
        self.set_keymap(side_keymap(self.keys.keys))

    @on(Driver.SignalResume)
    def _come_back(self) -> None:
        """`fg` after ctrl+z: the terminal shows the shell's screen, and Textual believes that it shows ours."""
        self.refresh(layout=True)

    def do(self, action: str) -> None:
        """Run an action. The deck says how."""
        raise NotImplementedError

    def run_chosen(self, id: str | None) -> None:
        """Run what was picked. The deck says how."""
        raise NotImplementedError

    def action_focus_next(self) -> None:
        """Tab, which every screen binds for itself: between the panels, or to the next part."""
        self.do("focus_next")

    def action_focus_previous(self) -> None:
        """Shift and tab: the other way."""
        self.do("focus_previous")

    def action_do(self, action: str) -> None:
        """A key of the deck."""
        self.do(action)

    def action_choose(self, id: str) -> None:
        """A digit, a key of the pane, or that of a part."""
        self.run_chosen(id)

    @on(Bar.Pressed)
    def _pressed(self, message: Bar.Pressed) -> None:
        self.run_chosen(message.action)

    @on(VirtualTable.Opened)
    def _opened(self) -> None:
        self.do("open")

    @on(VirtualTable.SortRequested)
    def _sort_wanted(self) -> None:
        self.do("sort")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key means this action now."""
        if (action, parameters) == ("do", ("sign_in",)):
            is_typing = isinstance(self.focused, Input) or len(self.screen_stack) > 1
            return not is_typing and (is_signed_out(self.desk.states) or not self._means_more())
        if action == "do" and parameters in (("snooze",), ("undo",)) and self._is_shared():
            return (self.desk.pane.name in PUT_AWAY) == (parameters == ("snooze",))
        return super().check_action(action, parameters)

    async def _check_bindings(self, key: str, priority: bool = False) -> bool:
        """What opens a line to type in does so before the next key is looked at.

        A key takes a few turns of the event loop through the table and its parents, so does a focus that is asked for:
        what is typed quickly after `:` or `/` would be keys of the table.
        """
        if priority and (opens := self._opens_line(key)):
            return await self.run_action(*opens)
        return await super()._check_bindings(key, priority)

    def _opens_line(self, key: str) -> tuple[str, DOMNode] | None:
        """The action by which a key opens a line to type in, and whose; none where it is text or means another."""
        focus = self.focused
        if focus is not None and focus.check_consume_key("a", "a"):
            return None
        if focus is not None and own_action(focus, key) == SEARCH:
            return SEARCH, focus
        bound = self._bindings.key_to_bindings.get(key, ())
        action = next((one.action for one in bound if one.action in OPENS_LINE), None)
        if action is None or len(self.screen_stack) > 1:
            return None
        active = self.screen.active_bindings.get(key)
        return (action, self) if active is not None and active.node is self else None

    def _is_shared(self) -> bool:
        """Whether one key snoozes and takes back."""
        return bool(set(self.keys.of("snooze")) & set(self.keys.of("undo")))

    def _means_more(self) -> bool:
        """Whether the focused widget gives the key of `sign_in` a meaning of its own."""
        return any(has_own(self.focused, key) for key in self.keys.of("sign_in"))


def has_own(widget: Widget | None, key: str) -> bool:
    """Whether a widget gives a key a meaning of its own."""
    return widget is not None and own_action(widget, key) is not None


def own_action(widget: Widget, key: str) -> str | None:
    """What a widget itself makes of a key."""
    bound = (one for one in type(widget).BINDINGS if isinstance(one, Binding))
    return next((one.action for one in bound if key in one.key.split(",")), None)


def _pressed(keys: Sequence[str]) -> list[str]:
    # What is typed twice is seen by the filter.
    return [key for key in keys if key != TWICE]


def bindings(keys: KeyMap = DEFAULT) -> list[Binding]:
    """Every key the deck answers itself."""
    made = [
        binding
        for action in ACTIONS
        if not action.is_table and not action.is_typed
        for binding in bound(_pressed(keys.of(action.id)), f"do('{action.id}')", is_first=action.id in ALWAYS)
    ]
    made += [Binding(str(number), f"choose('digit:{number}')", show=False) for number in range(10)]
    drills = sorted({drill.key for pane in PANES for drill in own_ways(pane)})
    made += [one for part in PARTS for one in bound(keys.of(part.name), f"choose('part:{part.name}')")]
    return [*made, *(Binding(key, f"choose('drill:{key}')", show=False) for key in drills)]
