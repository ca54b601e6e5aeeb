"""The list of saved views."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from app.screens.dialog import Dialog
from app.screens.leaving import leave
from app.screens.menu import AROUND
from widgets.choices import Choice, ChoiceList
from widgets.drawn_lines import content
from widgets.footer import Hint, hint_line
from widgets.lines import say, spaced
from widgets.picker import Picker
from widgets.safe import Safe, plain
from widgets.theme import palette_of

HINTS = (
    Hint(plain("enter"), plain("open")),
    Hint(plain("f2"), plain("rename")),
    Hint(plain("f8"), plain("delete")),
    Hint(plain("esc"), plain("leave")),
)


class ViewList(Dialog[tuple[str, str] | None]):
    """Gives what to do (`open`, `rename`, `delete`) and with which view; None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "leave", show=False, priority=True),
        Binding("f2", "pick('rename')", show=False, priority=True),
        Binding("f8,delete", "pick('delete')", show=False, priority=True),
    ]

    def __init__(self, title: Safe, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._title = title
        self._choices = choices

    def compose(self) -> ComposeResult:
        """The dialog: field, list, what the view is about, keys."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = content(say(self._title, "strong", bold=True), palette_of(self), "surface")
            yield Picker(self._choices)
            yield Static(id="about", markup=False)
            hints = spaced([hint_line(hint) for hint in HINTS])
            yield Static(content(hints, palette_of(self), "surface"), id="hints", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Leave room for the field, the words and the keys."""
        for choices in self.query(ChoiceList):
            choices.styles.max_height = max(3, event.size.height - AROUND - 2)

    def action_leave(self) -> None:
        """Close without a choice."""
        leave(self, None)

    def action_pick(self, what: str) -> None:
        """Do this with the highlighted view."""
        choice = self.query_one(Picker).choice
        if choice is not None:
            leave(self, (what, choice.id))

    @on(Picker.Highlighted)
    def _say_note(self) -> None:
        choice = self.query_one(Picker).choice
        note = say(choice.note, "muted") if choice is not None else ()
        self.query_one("#about", Static).update(content(note, palette_of(self), "surface"))

    @on(Picker.Picked)
    def _picked(self, event: Picker.Picked) -> None:
        event.stop()
        leave(self, ("open", event.choice.id))
