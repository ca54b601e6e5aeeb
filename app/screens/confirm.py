"""The last question before a write: the exact change, and enter, or the typed name where a mistake would hurt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from app.screens.dialog import AROUND, WIDTH, Dialog
from app.screens.leaving import leave
from widgets.card import CardView
from widgets.confirm import Proposal, is_typed, keys_line, proposal_lines
from widgets.drawn_lines import content
from widgets.field import Field
from widgets.footer import Hint, hint_line
from widgets.lines import NO_LINE, say, spaced
from widgets.pane import Line, Span
from widgets.safe import Safe, plain, safe
from widgets.theme import palette_of

SETTLED = 0.4
"""Seconds before enter alone confirms: a key still held from the list before is no answer to a question not read."""

FRAME = 7
"""Rows of the dialog around the change: border, blanks, the question and the keys."""

LOOK_EVERY = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """What is asked, and how. `typed` is what has to be typed, empty where enter is enough.

    `why_locked` says why nothing can be sent now, None when it can; it is asked again and again.
    """

    title: Safe
    where: Safe
    word: Safe
    proposal: Proposal
    why_locked: Callable[[], Safe | None]
    copy: Callable[[Safe, Safe], None]
    az: Safe
    rest: Safe
    typed: str = ""
    asks: Safe = plain("")  # noqa: RUF009 (an immutable text)
    is_ascii: bool = False


class Confirm(Dialog[bool]):
    """Gives True when it was confirmed, False when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,ctrl+c", "leave", show=False, priority=True),
        Binding("enter", "confirm", show=False, priority=True),
        Binding("tab,shift+tab", "other", show=False, priority=True),
        Binding("down", "scroll(1)", show=False, priority=True),
        Binding("up", "scroll(-1)", show=False, priority=True),
        Binding("y", "copy('az')", show=False),
        Binding("Y", "copy('rest')", show=False),
    ]

    def __init__(self, asked: Confirmation) -> None:
        super().__init__()
        self.asked = asked
        self._opened = monotonic()

    def compose(self) -> ComposeResult:
        """The change, the question, the keys."""
        with Vertical(id="dialog", classes="-confirm"):
            yield CardView(id="change", on="surface")
            yield Static(id="more", markup=False)
            with Horizontal(id="ask"):
                yield Static(id="asks", markup=False)
                yield Field(id="typed")
            yield Static(id="keys", markup=False)

    def on_mount(self) -> None:
        """Show it."""
        self._opened = monotonic()
        (self.query_one(Field) if self._is_asking else self.query_one(CardView)).focus()
        self.set_interval(LOOK_EVERY, self.draw)

    def on_resize(self, event: events.Resize) -> None:
        """Fit the new size: as much of the change as there is room for, the rest by scrolling."""
        lines = proposal_lines(self.asked.proposal, self._width, is_ascii=self.asked.is_ascii)
        card = self.query_one(CardView)
        card.styles.height = max(3, min(len(lines), event.size.height - AROUND - FRAME))
        card.say(NO_LINE, NO_LINE, lines)
        self.call_after_refresh(self.draw)  # how much is hidden is known once it is laid out

    @property
    def _width(self) -> int:
        return max(20, min(WIDTH, self.size.width - 6))

    @property
    def _is_asking(self) -> bool:
        return bool(self.asked.typed) and self.asked.why_locked() is None and self._is_typeable

    @property
    def _is_typeable(self) -> bool:
        return str(safe(self.asked.typed)) == self.asked.typed

    @property
    def is_ready(self) -> bool:
        """Whether enter would confirm now."""
        if self.asked.why_locked() is not None:
            return False
        return not self.asked.typed or is_typed(self.query_one(Field).value, self.asked.typed)

    def draw(self) -> None:
        """Say what is asked for, and which keys work."""
        asked, palette = self.asked, palette_of(self)
        self.entitle(asked.title, say(asked.where, "err", bold=True))
        self.query_one(Field).display = self._is_asking
        self.query_one("#asks", Static).update(content(self._question(), palette, "surface"))
        self.query_one("#ask").display = bool(self._question())
        card = self.query_one(CardView)
        hidden = card.body_height() - (card.top + card.page)
        more = say(Safe(f"{hidden} more below: ↓"), "warn") if hidden > 0 else NO_LINE
        self.query_one("#more", Static).update(content(more, palette, "surface"))
        keys = keys_line(self._ready(), _ways_out(), self._width)
        self.query_one("#keys", Static).update(content(keys, palette, "surface"))
        self.query_one("#dialog").border_subtitle = content(self._copying(), palette, "surface")

    def _copying(self) -> Line:
        """Which keys copy the command, where there is one."""
        if not self.asked.rest:
            return NO_LINE
        hints = [Hint(plain("y"), plain("copy")), Hint(plain("Y"), plain("as REST"))]
        hints = [Hint(plain("tab"), plain("to the change")), *hints] if self._is_asking else hints
        return spaced(map(hint_line, hints))

    def _question(self) -> Line:
        locked = self.asked.why_locked()
        if locked is not None:
            return say(locked, "warn")
        if self.asked.typed and not self._is_typeable:
            return say(plain("The name has signs nobody can type, so it cannot be confirmed."), "warn")
        return say(self.asked.asks) if self.asked.typed else NO_LINE

    def _ready(self) -> Line:
        if self.is_ready:
            return (Span(plain("enter"), "accent"), Span(Safe(f" {self.asked.word}"), "text", bold=True))
        until = plain("once unlocked") if self.asked.why_locked() else plain("once the name is complete")
        return say(Safe(f"enter {self.asked.word}, {until}"), "edge")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self.draw()

    def action_leave(self) -> None:
        """Change nothing."""
        leave(self, False)

    def action_confirm(self) -> None:
        """Go on, when everything that is asked for is there, and every letter of it has been typed."""
        self.query_one(Field).call_later(self._confirm)

    def _confirm(self) -> None:
        is_read = bool(self.asked.typed) or monotonic() - self._opened >= SETTLED
        if self.is_ready and is_read:
            leave(self, True)
        else:
            self.draw()

    def action_other(self) -> None:
        """Between the field and the change."""
        card, field = self.query_one(CardView), self.query_one(Field)
        (field if card.has_focus and self._is_asking else card).focus()

    def action_scroll(self, lines: int) -> None:
        """See more of the change."""
        self.query_one(CardView).action_scroll_lines(lines)
        self.draw()

    def action_copy(self, form: str) -> None:
        """Copy the command."""
        if form == "az" and self.asked.az:
            self.asked.copy(self.asked.az, plain("command"))
        elif self.asked.rest:
            self.asked.copy(self.asked.rest, plain("REST call"))


def _ways_out() -> tuple[Line, Line]:
    """The way out in words, and in one where the write before it needs the room."""
    esc = Span(plain("esc"), "accent")
    return (esc, Span(plain(" leave it as it is"))), (esc, Span(plain(" leave")))
