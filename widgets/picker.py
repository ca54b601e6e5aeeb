"""A searchable list: type to narrow, arrows to move, enter to pick. Help, palette, sort and the menus are all this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widgets import Input

from widgets.bar import NO_TEXT
from widgets.field import Field
from widgets.lines import NO_LINE, blank, ends, line_text, say, strip, titled
from widgets.pane import Line, Span
from widgets.safe import Safe, plain
from widgets.theme import Ground, palette_of


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to pick. `words` are searched beside what is shown; `why_not` says why it cannot be picked now."""

    id: str
    line: Line
    right: Line = NO_LINE
    group: Safe = NO_TEXT
    words: str = ""
    why_not: Safe | None = None

    @property
    def searched(self) -> str:
        """All that typing looks in, in lower case."""
        return f"{line_text(self.line)} {line_text(self.right)} {self.group} {self.words}".lower()


NOTHING = say(plain("  Nothing matches; backspace widens the search."), "muted")

TO_SEARCH = plain("type to search")


class _Entry(NamedTuple):
    """A row of the list: a choice, or the title of a group, or the blank before it."""

    choice: Choice | None
    title: Safe = NO_TEXT


def matching(choices: Sequence[Choice], typed: str) -> list[Choice]:
    """The choices that hold every typed word, in their order; those where the first word starts one come first."""
    words = typed.lower().split()
    if not words:
        return list(choices)
    found = [choice for choice in choices if all(word in choice.searched for word in words)]
    starts = {id(choice): f" {words[0]}" in f" {line_text(choice.line).lower()}" for choice in found}
    return sorted(found, key=lambda choice: not starts[id(choice)])


def entries(choices: Sequence[Choice], *, is_grouped: bool) -> list[_Entry]:
    """The rows to show: choices, with a title above each group."""
    rows: list[_Entry] = []
    group = plain("")
    for choice in choices:
        if is_grouped and choice.group and choice.group != group:
            group = choice.group
            rows += [_Entry(None)] if rows else []
            rows.append(_Entry(None, group))
        rows.append(_Entry(choice))
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
        self._rows: list[_Entry] = []
        self._ground: Ground = ground

    @property
    def choice(self) -> Choice | None:
        """The highlighted choice."""
        return self._rows[self.at].choice if 0 <= self.at < len(self._rows) else None

    def show(self, rows: list[_Entry], highlight: str | None) -> None:
        """Show these rows with the choice of this id highlighted, or the first one."""
        self._rows = rows
        places = [index for index, row in enumerate(rows) if row.choice is not None]
        same = [index for index in places if (row := rows[index].choice) is not None and row.id == highlight]
        self.virtual_size = Size(0, len(rows))
        self.at = (same or places or [-1])[0]
        self._reveal()
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as there are; CSS may allow fewer."""
        return max(1, len(self._rows))

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
            line = NO_LINE if self._rows or y else NOTHING
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
    if is_here and choice.why_not:
        return say(choice.why_not, "warn")
    return tuple(span._replace(tone="muted", bold=False) for span in choice.line)


class Picker(Vertical):
    """A field over a list. Posts `Picked` for enter or a click on what can be picked."""

    DEFAULT_CSS = """
    Picker { height: auto; & > ChoiceList { margin-top: 1; } & > .none { display: none; } }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "move(1)", show=False),
        Binding("up,ctrl+p", "move(-1)", show=False),
        Binding("pagedown", "move(10)", show=False, priority=True),
        Binding("pageup", "move(-10)", show=False, priority=True),
        Binding("enter", "pick", show=False, priority=True),
    ]

    class Picked(Message):
        """A choice was picked."""

        def __init__(self, choice: Choice) -> None:
            self.choice = choice
            super().__init__()

    def __init__(self, choices: Sequence[Choice], *, placeholder: Safe = TO_SEARCH,
                 highlight: str | None = None, ground: Ground = "surface", id: str | None = None) -> None:  # fmt: skip
        super().__init__(id=id)
        self._choices = tuple(choices)
        self._placeholder = placeholder
        self._first = highlight
        self._ground: Ground = ground

    def compose(self) -> ComposeResult:
        """The field and the list."""
        yield Field(placeholder=self._placeholder)
        yield ChoiceList(ground=self._ground)

    def on_mount(self) -> None:
        """Show everything, ready to type."""
        self._show(self._first)
        self.query_one(Field).focus()

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

    def offer(self, choices: Sequence[Choice], highlight: str | None = None) -> None:
        """Replace the choices; what is typed stays, and the highlight, which begins on `highlight`."""
        here = self.choice
        self._choices = tuple(choices)
        self._show(here.id if here else highlight)

    def action_move(self, by: int) -> None:
        """Move the highlight."""
        self.query_one(ChoiceList).move(by)

    def action_pick(self) -> None:
        """Pick the highlighted choice, unless it says why not."""
        if (choice := self.choice) is not None and choice.why_not is None:
            self.post_message(self.Picked(choice))

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._show(None)

    @on(ChoiceList.Pressed)
    def _pressed(self, event: ChoiceList.Pressed) -> None:
        event.stop()
        self.action_pick()

    def _show(self, highlight: str | None) -> None:
        # What matches best stands first, so a search breaks the groups up.
        self.query_one(ChoiceList).show(entries(self.shown, is_grouped=not self.typed), highlight)
