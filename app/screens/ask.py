"""The questions of a verb in one dialog, before its change is worked out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from app.screens.dialog import WIDTH, Dialog
from app.screens.leaving import leave
from widgets.confirm import keys_line
from widgets.drawn_lines import content, contents
from widgets.lines import NO_LINE, say, wrap_line
from widgets.pane import Line, Span
from widgets.questions import Asked, Questions
from widgets.safe import Safe, plain
from widgets.theme import palette_of


class Ask(Dialog[dict[str, str] | None]):
    """Gives the answers by name, None when it was left. `word` is what enter does once all is answered well."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,ctrl+c", "leave", show=False, priority=True)]

    def __init__(self, title: Safe, where: Safe, subject: Line, word: Safe, questions: Sequence[Asked]) -> None:
        super().__init__()
        self._title = title
        self._where = where
        self._subject = subject
        self._word = word
        self._questions = tuple(questions)

    def compose(self) -> ComposeResult:
        """What it is about, the questions, the keys."""
        with Vertical(id="dialog", classes="-ask"):
            yield Static(id="subject", markup=False)
            yield Questions(self._questions)
            yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """Show it."""
        self.entitle(self._title, say(self._where, "err", bold=True))
        self.draw()

    def on_resize(self) -> None:
        """Fit the new width."""
        self.entitle(self._title, say(self._where, "err", bold=True))
        self.draw()

    @on(Questions.Changed)
    def draw(self) -> None:
        """Say which keys work."""
        palette, width = palette_of(self), max(20, min(WIDTH, self.size.width - 6))
        subject = wrap_line(self._subject, width) if self._subject else (NO_LINE,)
        self.query_one("#subject", Static).update(contents(subject, palette, "surface"))
        is_fine = not any(self.query_one(Questions).problems)
        enter: Line = (Span(plain("enter"), "accent"), Span(Safe(f" {self._word}")))
        waiting = say(Safe(f"enter {self._word}, once every answer is right"), "edge")
        out: Line = (Span(plain("esc"), "accent"), Span(plain(" leave")))
        line = keys_line(enter if is_fine else waiting, (out,), width)
        self.query_one("#keys", Static).update(content(line, palette, "surface"))

    @on(Questions.Answered)
    def _answered(self, event: Questions.Answered) -> None:
        event.stop()
        leave(self, event.answers)

    def action_leave(self) -> None:
        """Ask for nothing."""
        leave(self, None)
