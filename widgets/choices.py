"""What a picker offers: choices, found by typing, listed under the titles of their groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from widgets.bar import NO_TEXT
from widgets.drawn_lines import strip
from widgets.lines import NO_LINE, blank, ends, line_text, say, titled
from widgets.pane import Line, Span
from widgets.safe import Safe, plain
from widgets.theme import Ground, palette_of


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick. `words` are searched beside what is shown; `why_not` says why it cannot be picked now.

    `note` is said in full under the list while the choice is highlighted, where the list has room for notes.
    """

    id: str
    line: Line
    right: Line = NO_LINE
    group: Safe = NO_TEXT
    words: str = ""
    why_not: Safe | None = None
    note: Safe = NO_TEXT

    @property
    def searched(self) -> str:
        """All that typing looks in, in lower case."""
        return f"{line_text(self.line)} {line_text(self.right)} {self.group} {self.words}".lower()


NOTHING: Sequence[Line] = (say(plain("  Nothing matches; backspace widens the search."), "muted"),)
"""What is said when no choice holds the typed words."""


class Entry(NamedTuple):
    """A row of the list: a choice, or the title of a group, or the blank before it."""

    choice: Choice | None
    title: Safe = NO_TEXT


def matching(choices: Sequence[Choice], typed: str) -> list[Choice]:
    """The choices that hold every typed word: words of the line that start so come first, then others of the line."""
    words = typed.lower().split()
    if not words:
        return list(choices)

    def rank(choice: Choice) -> int:
        line = f" {line_text(choice.line).lower()}"
        return 0 if f" {words[0]}" in line else 1 if words[0] in line else 2

    return sorted((choice for choice in choices if all(word in choice.searched for word in words)), key=rank)


def entries(choices: Sequence[Choice], *, is_grouped: bool) -> list[Entry]:
    """The rows to show: choices, with a title above each group."""
    rows: list[Entry] = []
    group = plain("")
    for choice in choices:
        if is_grouped and choice.group and choice.group != group:
            group = choice.group
            rows += [Entry(None)] if rows else []
            rows.append(Entry(None, group))
        rows.append(Entry(choice))
    return rows


class ChoiceList(ScrollView, can_focus=False):
    """The rows of a picker, drawn line by line. `at` is the row of the highlighted choice, -1 for none."""

    DEFAULT_CSS = "ChoiceList { height: auto; scrollbar-size-vertical: 1; }"
    at: reactive[int] = reactive(-1)

    class Pressed(Message):
        """A choice was clicked."""

        def __init__(self, choice: Choice) -> None:
            self.choice = choice
            super().__init__()

    def __init__(self, *, ground: Ground = "surface") -> None:
        super().__init__()
        self._rows: list[Entry] = []
        self._nothing: Sequence[Line] = NOTHING
        self._ground: Ground = ground

    @property
    def choice(self) -> Choice | None:
        """The highlighted choice."""
        return self._rows[self.at].choice if 0 <= self.at < len(self._rows) else None

    def show(self, rows: list[Entry], highlight: str | None, nothing: Sequence[Line] = NOTHING) -> None:
        """Show these rows with the choice of this id highlighted, or the first one; `nothing` where there are none."""
        self._rows, self._nothing = rows, nothing
        places = [index for index, row in enumerate(rows) if row.choice is not None]
        same = [index for index in places if (row := rows[index].choice) is not None and row.id == highlight]
        self.virtual_size = Size(0, len(rows))
        self.at = (same or places or [-1])[0]
        self._reveal()
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are; CSS may allow fewer."""
        return len(self._rows) or max(1, len(self._nothing))

    def move(self, by: int) -> None:
        """Highlight the choice so many choices further, stopping at the ends."""
        places = [index for index, row in enumerate(self._rows) if row.choice is not None]
        if places:
            now = places.index(self.at) if self.at in places else 0
            self.at = places[max(0, min(len(places) - 1, now + by))]
            self._reveal()

    def _reveal(self) -> None:
        height = self.size.height
        top = round(self.scroll_y)
        # A group's title belongs to its first choice.
        first = self.at - 1 if self.at > 0 and self._rows[self.at - 1].choice is None else self.at
        if first < top or self.at <= 1:
            self.scroll_to(y=0 if self.at <= 1 else first, animate=False, force=True)
        elif height and self.at >= top + height:
            self.scroll_to(y=self.at - height + 1, animate=False, force=True)

    def on_click(self, event: events.Click) -> None:
        """Pick what was clicked."""
        index = event.y + round(self.scroll_y)
        if 0 <= index < len(self._rows) and (choice := self._rows[index].choice) is not None:
            self.at = index
            self.post_message(self.Pressed(choice))

    def render_line(self, y: int) -> Strip:
        """One row: a title, or a choice with the cursor bar before it."""
        colours = palette_of(self)
        width = self.scrollable_content_region.width
        index = y + round(self.scroll_y)
        if not 0 <= index < len(self._rows):
            line = NO_LINE if self._rows or y >= len(self._nothing) else self._nothing[y]
            return strip(line, width, colours, self._ground)
        row = self._rows[index]
        if row.choice is None:
            line = titled(say(row.title, "strong", bold=True), NO_LINE, width) if row.title else NO_LINE
            return strip(line, width, colours, self._ground)
        is_here = index == self.at
        bar = Span(plain("▌ " if is_here else "  "), "accent")
        shown = _shown(row.choice, is_here=is_here)
        line = (bar, *ends(shown, row.choice.right, max(0, width - 3)), blank(1))
        return strip(line, width, colours, "cursor" if is_here else self._ground)


def _shown(choice: Choice, *, is_here: bool) -> Line:
    """The choice's line; one that cannot be picked is muted, and says why when the cursor is on it."""
    if choice.why_not is None:
        return choice.line
    if is_here and choice.why_not and not choice.note:
        return say(choice.why_not, "warn")
    return tuple(span._replace(tone="muted", bold=False) for span in choice.line)
