"""What the first screen says, drawn line by line: three choices, one column, no logo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from textual import events
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from widgets.bar import NO_TEXT
from widgets.drawn_lines import strip
from widgets.lines import NO_LINE, blank, fit_line, say, wrap_line
from widgets.pane import Line, Span
from widgets.safe import Safe, plain, safe
from widgets.theme import palette_of

Way = Literal["sign in", "address", "demo", "another way"]
WAYS: tuple[Way, ...] = ("sign in", "address", "demo")
TITLES = {"sign in": plain("Sign in"), "address": plain("Paste a studio URL"), "demo": plain("Demo")}


@dataclass(frozen=True, slots=True)
class Who:
    """Who `az` says is signed in: a user, or why there is none, in a few words."""

    user: str | None
    problem: Safe = NO_TEXT


@dataclass(frozen=True, slots=True)
class Fact:
    """One line about this machine: fine or not, what, how."""

    is_good: bool
    name: Safe
    words: Safe


@dataclass(frozen=True, slots=True)
class Shown:
    """What the screen shows now."""

    facts: Sequence[Fact]
    version: Safe
    at: int = 0
    who: Who | None = None
    said: Safe = NO_TEXT


def _note(way: Way, shown: Shown) -> Line:
    is_here = WAYS[shown.at] == way
    tone = "text" if is_here else "muted"
    if way == "address":
        return say(plain("the workspace is read from it"), tone)
    if way == "demo":
        return say(plain("a living workspace, no account, no network"), tone)
    if shown.who is None:
        return say(plain("asking az who you are…"), tone)
    if shown.who.user is None:
        return say(shown.who.problem, "warn")
    return say(Safe(f"as {safe(shown.who.user)}, found with az"), tone)


def rows(shown: Shown, room: int) -> list[tuple[Line, bool]]:
    """The screen's rows in `room` cells, and whether each is the choice under the cursor."""
    made: list[Line] = [
        (Span(plain("amldeck"), "accent", bold=True), Span(Safe(f"  {shown.version}"), "muted")),
        say(plain("Azure Machine Learning, without leaving the terminal")),
        *[NO_LINE] * 3,
    ]
    first = len(made)
    for index, way in enumerate(WAYS):
        title = fit_line(say(TITLES[way], "strong", bold=True), 20)
        made += [(Span(Safe(f"{index + 1}  "), "accent", bold=True), *title, *_note(way, shown)), NO_LINE]
    made += [*(wrap_line(say(shown.said, "warn"), room) if shown.said else [NO_LINE])]
    made += [say(plain("It starts read-only. What it sees stays on this machine."), "muted"), NO_LINE]
    made += [_fact(fact) for fact in shown.facts]
    return [(line, index == first + 2 * shown.at) for index, line in enumerate(made)]


def _fact(fact: Fact) -> Line:
    sign = Span(plain("✓ "), "ok") if fact.is_good else Span(plain("▲ "), "warn")
    return (sign, Span(Safe(f"{fact.name:<10}"), "muted"), Span(fact.words))


class Choosing(Widget):
    """The rows of the first screen; posts `Pressed` for a click on a choice."""

    WIDE: ClassVar[int] = 72
    FIRST_ROW: ClassVar[int] = 3
    CHOICE: ClassVar[int] = 5
    """The first choice stands so many rows below the name."""

    class Pressed(Message):
        """A choice was clicked."""

        def __init__(self, at: int) -> None:
            self.at = at
            super().__init__()

    def __init__(self, shown: Shown) -> None:
        super().__init__()
        self.shown = shown

    def show(self, shown: Shown) -> None:
        """Show this from now on."""
        if shown != self.shown:
            self.shown = shown
            self.refresh()

    @property
    def margin(self) -> int:
        """Cells before the text."""
        return 10 if self.size.width >= self.WIDE else 3

    def top(self) -> int:
        """The first row used: a little above the middle when there is room."""
        return min(self.FIRST_ROW, max(0, self.size.height - 17)) + max(0, (self.size.height - 23) // 3)

    def row_of(self, at: int) -> int:
        """The screen row of a choice."""
        return self.top() + self.CHOICE + 2 * at

    def render_line(self, y: int) -> Strip:
        """One row; the choice has the cursor's ground from its bar to its end."""
        width, margin = self.size.width, self.margin
        made = rows(self.shown, width - margin - 1)
        index = y - self.top()
        colours = palette_of(self)
        line, is_here = made[index] if 0 <= index < len(made) else (NO_LINE, False)
        if not is_here:
            return strip((blank(margin), *line), width, colours)
        wide = min(68, width - margin + 3)
        lit = strip((Span(plain("▌"), "accent"), blank(2), *line), wide, colours, "cursor")
        before, after = strip(NO_LINE, margin - 3, colours), strip(NO_LINE, width - margin + 3 - wide, colours)
        return Strip.join([before, lit, after])

    def on_click(self, event: events.Click) -> None:
        """Tell which choice was clicked."""
        for at in range(len(WAYS)):
            if event.y == self.row_of(at):
                self.post_message(self.Pressed(at))
