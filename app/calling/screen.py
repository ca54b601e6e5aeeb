"""The answers of a test call over the whole screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen

from app.calling.lines import outcome_lines
from app.screens.leaving import leave
from services.endpoint_calls import Outcome
from widgets.card import CardView
from widgets.footer import Footer, Hint
from widgets.lines import NO_LINE, say
from widgets.pane import Line
from widgets.raw_text import lines_of
from widgets.safe import Safe, join, plain, safe

HINTS = (
    Hint(plain("↓ ↑"), plain("scroll")),
    Hint(plain("r"), plain("call again")),
    Hint(plain("y"), plain("copy the answer")),
    Hint(plain("i"), plain("copy the request id")),
    Hint(plain("esc"), plain("back")),
)


class CallScreen(Screen[Safe | None]):
    """Gives a text when it shall be copied, AGAIN when it shall be sent once more, None when it was only read."""

    AGAIN: ClassVar[Safe] = plain("\n")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,ctrl+c", "leave", show=False),
        Binding("r", "again", show=False),
        Binding("y", "copy", show=False),
        Binding("i", "copy_id", show=False),
    ]

    def __init__(self, title: Line, outcomes: Sequence[Outcome], is_ascii: bool) -> None:
        super().__init__()
        self._title = title
        self._outcomes = tuple(outcomes)
        self._is_ascii = is_ascii

    def compose(self) -> ComposeResult:
        """The answers and the keys."""
        yield CardView(id="answers")
        yield Footer(id="footer", has_help=False)

    def on_mount(self) -> None:
        """Take the keys."""
        self.query_one(CardView).focus()
        self.query_one(Footer).say(HINTS)

    def on_resize(self) -> None:
        """Fit the width: columns of answers are as wide as there is room."""
        lines = outcome_lines(self._outcomes, self.size.width - 2, is_ascii=self._is_ascii)
        at = max((one.scored.at for one in self._outcomes if one.scored is not None), default=None)
        when = say(Safe(f"{at:%d %b %H:%M:%S}Z"), "muted") if at is not None else NO_LINE
        self.query_one(CardView).say(self._title, when, (NO_LINE, *lines))

    def action_leave(self) -> None:
        """Back to the rows."""
        leave(self, None)

    def action_again(self) -> None:
        """Ask for the same call once more."""
        leave(self, self.AGAIN)

    def action_copy(self) -> None:
        """Copy what was answered, as it is shown."""
        bodies = [one.scored.body for one in self._outcomes if one.scored is not None]
        leave(self, join([line for body in bodies for line in lines_of(body, "json")], Safe("\n")) or None)

    def action_copy_id(self) -> None:
        """Copy the request ids, which logs and Microsoft's support know a request by."""
        ids = [safe(one.scored.request_id) for one in self._outcomes if one.scored and one.scored.request_id]
        leave(self, join(ids, Safe("\n")) or None)
