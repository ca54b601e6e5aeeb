"""The list of groups, which can be saved as a view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from app.screens.leaving import leave
from app.screens.menu import Menu
from widgets.choices import Choice
from widgets.footer import Hint
from widgets.safe import Safe, plain

SAVE = "save"
"""What the list gives when it is to be saved."""


class GroupList(Menu):
    """Gives the id of the picked group, `SAVE`, or None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2", "save", show=False, priority=True)]

    def __init__(self, title: Safe, choices: Sequence[Choice], *, hints: Sequence[Hint], note: Safe) -> None:
        super().__init__(title, choices, hints=(*hints[:1], Hint(plain("f2"), plain("save")), *hints[1:]), note=note)

    def action_save(self) -> None:
        """Keep this grouping under a name."""
        leave(self, SAVE)
