"""A list that stays open while things are shown, hidden and moved in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType

from app.screens.menu import Menu
from widgets.choices import Choice
from widgets.footer import Hint
from widgets.picker import Picker
from widgets.safe import Safe


class Arranged(Protocol):
    """What is being arranged. Every change gives the choices as they are after it."""

    def choices(self) -> Sequence[Choice]:
        """What there is, in its order."""
        ...

    def toggle(self, name: str) -> Sequence[Choice]:
        """Show or hide one."""
        ...

    def shift(self, name: str, by: int) -> Sequence[Choice]:
        """Move one so many places."""
        ...

    def reset(self) -> Sequence[Choice]:
        """Back to how it began."""
        ...


class Arrange(Menu):
    """Enter toggles, `<` and `>` move, `\\` goes back to how it began. No name holds these signs."""

    OWN_SIGNS = ("<", ">", "\\")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("<", "shift(-1)", show=False, priority=True),
        Binding(">", "shift(1)", show=False, priority=True),
        Binding("\\", "reset", show=False, priority=True),
    ]

    def __init__(self, title: Safe, arranged: Arranged, *, hints: Sequence[Hint]) -> None:
        super().__init__(title, arranged.choices(), hints=hints, toggle=arranged.toggle)
        self._arranged = arranged

    def action_shift(self, by: int) -> None:
        """Move the highlighted one."""
        choice = self.query_one(Picker).choice
        if choice is not None:
            self.offer(self._arranged.shift(choice.id, by), choice.id)

    def action_reset(self) -> None:
        """Back to how it began."""
        self.offer(self._arranged.reset())
