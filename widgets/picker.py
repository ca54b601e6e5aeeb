"""A searchable list: type to narrow, arrows to move, enter to pick. Help, palette, sort and the menus are all this."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Input

from widgets.bar import NO_TEXT
from widgets.choices import NOTHING, Choice, ChoiceList, entries, matching
from widgets.field import Field
from widgets.pane import Line
from widgets.safe import Safe, plain
from widgets.theme import Ground

TO_SEARCH = plain("type to search")


class Picker(Vertical):
    """A field over a list. Posts `Picked` for enter or a click on what can be picked."""

    DEFAULT_CSS = """
    Picker { height: auto; & > ChoiceList { margin-top: 1; } & > .none { display: none; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "move(1)", show=False, priority=True),
        Binding("up,ctrl+p", "move(-1)", show=False, priority=True),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("enter", "pick", show=False, priority=True),
    ]

    class Picked(Message):
        """A choice was picked."""

        def __init__(self, choice: Choice) -> None:
            self.choice = choice
            super().__init__()

    class Highlighted(Message):
        """Another choice is highlighted, or the choices are others."""

    def __init__(self, choices: Sequence[Choice], *, placeholder: Safe = TO_SEARCH,
                 highlight: str | None = None, ground: Ground = "surface", lent: Sequence[str] = (),
                 nothing: Sequence[Line] = (), id: str | None = None) -> None:  # fmt: skip
        super().__init__(id=id)
        self._choices = tuple(choices)
        self._nothing = nothing
        self._placeholder = placeholder
        self._first = highlight
        self._ground: Ground = ground
        self._lent = tuple(lent)
        self._narrowed = NO_TEXT
        """What was typed when the list was last narrowed."""

    def compose(self) -> ComposeResult:
        """The field and the list."""
        yield Field(placeholder=self._placeholder)
        yield ChoiceList(ground=self._ground)

    def on_mount(self) -> None:
        """Show everything, ready to type."""
        self._show(self._first)
        field = self.query_one(Field)
        field.lent = self._lent
        field.focus()

    @property
    def typed(self) -> Safe:
        """What stands in the field."""
        return self.query_one(Field).text

    @property
    def choice(self) -> Choice | None:
        """The highlighted choice."""
        return self.query_one(ChoiceList).choice

    @property
    def shown(self) -> list[Choice]:
        """The choices that match what is typed."""
        return matching(self._choices, self.typed)

    def offer(self, choices: Sequence[Choice], highlight: str | None = None, nothing: Sequence[Line] = NOTHING) -> None:
        """Replace the choices; what is typed stays, and the highlight, which begins on `highlight`.

        `nothing` says why there is no choice at all.
        """
        self._choices, self._nothing = tuple(choices), nothing
        if not self.query(ChoiceList):  # they came before the list was there
            self._first = highlight
            return
        here = self.choice
        self._show(here.id if here else highlight)

    def action_move(self, by: int) -> None:
        """Move the highlight."""
        self._after_typing(self._move, by)

    def action_pick(self) -> None:
        """Pick the highlighted choice, unless it says why not."""
        self._after_typing(self._pick)

    def _after_typing(self, then: Callable[..., None], *given: int) -> None:
        # These keys arrive here at once while letters wait for the field: they are meant for what the letters leave.
        self.query_one(Field).call_later(then, *given)

    def _move(self, by: int) -> None:
        self._narrow()
        self.query_one(ChoiceList).move(by)
        self.post_message(self.Highlighted())

    def _pick(self) -> None:
        self._narrow()
        if (choice := self.choice) is not None and choice.why_not is None:
            self.post_message(self.Picked(choice))

    def _narrow(self) -> None:
        if self._narrowed != self.typed:
            self._show(None)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._narrow()

    @on(ChoiceList.Pressed)
    def _pressed(self, event: ChoiceList.Pressed) -> None:
        event.stop()
        self._pick()

    def _show(self, highlight: str | None) -> None:
        self._narrowed = self.typed
        # What matches best stands first, so a search breaks the groups up.
        rows = entries(self.shown, is_grouped=not self.typed)
        self.query_one(ChoiceList).show(rows, highlight, NOTHING if self._choices else self._nothing)
        self.post_message(self.Highlighted())
