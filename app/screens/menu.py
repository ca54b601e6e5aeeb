"""A dialog with a searchable list: help, palette, workspaces, sort, columns and copy are all this one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from app.screens.dialog import Dialog
from app.screens.leaving import leave
from widgets.bar import NO_TEXT
from widgets.choices import NOTHING, Choice, ChoiceList
from widgets.drawn_lines import content, contents
from widgets.footer import Hint, hint_line
from widgets.lines import clip_line, ends, say, spaced, wrap_line
from widgets.pane import Line, Span
from widgets.picker import TO_SEARCH, Picker
from widgets.safe import Safe, plain
from widgets.theme import palette_of

Toggle = Callable[[str], Sequence[Choice]]
"""For lists that stay open: what the picked choice changes, and the choices as they are then."""

ENTER = (Hint(plain("enter"), plain("choose")), Hint(plain("↓ ↑"), plain("move")), Hint(plain("esc"), plain("leave")))


AROUND = 11
"""Rows of the screen a list leaves free."""

WIDTH = 62
"""Cells of a line in a dialog of 70."""

NOTE_ROWS = 4
"""Rows for what is said about the highlighted choice."""


class Menu(Dialog[str | None]):
    """Gives the id of the picked choice, or None when it was left. With `toggle` it stays open until it is left.

    With `note_rows` what the highlighted choice has to say is written out under the list, in so many rows.
    """

    OWN_SIGNS: ClassVar[tuple[str, ...]] = ()
    """Signs that are keys of the list and not searched for."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+c", "leave", show=False, priority=True)]

    def __init__(
        self,
        title: Safe,
        choices: Sequence[Choice],
        *,
        placeholder: Safe = TO_SEARCH,
        highlight: str | None = None,
        hints: Sequence[Hint] = ENTER,
        toggle: Toggle | None = None,
        note: Safe = NO_TEXT,
        note_rows: int = 0,
    ) -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        self._placeholder = placeholder
        self._highlight = highlight
        self._hints = hints
        self._toggle = toggle
        self._note = note
        self._note_rows = note_rows
        self._nothing: Sequence[Line] = ()

    def compose(self) -> ComposeResult:
        """The dialog: field, list, keys."""
        with Vertical(id="dialog") as dialog:
            dialog.border_title = content(say(self._title, "strong", bold=True), palette_of(self), "surface")
            yield Picker(self._choices, placeholder=self._placeholder, highlight=self._highlight, lent=self.OWN_SIGNS,
                         nothing=self._nothing)  # fmt: skip
            if self._note_rows:
                note = Static(id="note", markup=False)
                note.styles.height = self._note_rows
                yield note
            hints = ends(spaced([hint_line(hint) for hint in self._hints]), say(self._note, "muted"), WIDTH)
            yield Static(content(hints, palette_of(self), "surface"), id="hints", markup=False)

    def on_resize(self, event: events.Resize) -> None:
        """Leave room around the list: for the field, the keys and a little of what is behind."""
        around = AROUND + (self._note_rows + 1 if self._note_rows else 0)
        for choices in self.query(ChoiceList):
            choices.styles.max_height = max(3, event.size.height - around)

    def offer(self, choices: Sequence[Choice], highlight: str | None = None, nothing: Sequence[Line] = NOTHING) -> None:
        """Show other choices; what is typed stays. They may come before the list is there, or after it has gone.

        `nothing` says why there are none.
        """
        self._choices, self._highlight, self._nothing = choices, highlight, nothing
        for picker in self.query(Picker):
            picker.offer(choices, highlight, nothing)

    def action_leave(self) -> None:
        """Close without a choice."""
        leave(self, None)

    @on(Picker.Highlighted)
    def _say_note(self) -> None:
        choice = self.query_one(Picker).choice
        if not self._note_rows:
            return
        lines = wrap_line(say(choice.note, "warn" if choice.why_not else "muted"), WIDTH) if choice is not None else []
        if len(lines) > self._note_rows:
            lines = [*lines[: self._note_rows - 1], clip_line((*lines[self._note_rows - 1], Span(plain("…"))), WIDTH)]
        self.query_one("#note", Static).update(contents(lines, palette_of(self), "surface"))

    @on(Picker.Picked)
    def _picked(self, event: Picker.Picked) -> None:
        event.stop()
        if self._toggle is None:
            leave(self, event.choice.id)
        else:
            self.offer(self._toggle(event.choice.id))
