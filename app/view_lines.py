"""The one line above a table: the filter with its count while there is one, else what all the rows say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual.app import ComposeResult
from textual.containers import Vertical

from widgets import format as fmt
from widgets.bar import NO_TEXT, Bar
from widgets.filter_bar import Complete, FilterBar
from widgets.filter_clauses import Problem, paint
from widgets.lines import NO_LINE, line_width, say, spaced
from widgets.pane import Line, Look, Pane, Row, Span
from widgets.safe import Safe, plain

EVERYWHERE: Line = (Span(plain("// "), "accent", bold=True),)
"""What the filter of all panes begins with on the screen."""

WIDE = 120
"""Columns from which on counts name what they count."""


@dataclass(frozen=True, slots=True)
class Above:
    """What the line is made of. `count` and `total` are None while they are counted."""

    pane: Pane[Any]
    text: Safe
    problems: Sequence[Problem]
    count: int | None
    total: int | None
    verdict: Line
    is_stale: bool
    everywhere: Safe = NO_TEXT
    """The filter of all panes."""
    why_not_everywhere: Safe = NO_TEXT
    """Why it does not apply here; empty when it does."""

    @property
    def has_filter(self) -> bool:
        """Whether there is a filter of the user's own, which then takes the line."""
        return bool(self.text) and self.text != self.pane.filter


def count_line(above: Above, *, is_wide: bool) -> Line:
    """`7 of 41,208`, the first bold; with the noun where there is room, `cached` while offline, `…` while counting."""
    if above.count is None:
        return say(plain("…"), "muted")
    rest = f" of {fmt.count(above.total)}" if above.total is not None else ""
    noun = f" {above.pane.noun}" if is_wide else ""
    tail = " cached" if above.is_stale else ""
    return (Span(fmt.count(above.count), "strong", bold=True), Span(Safe(f"{rest}{noun}{tail}"), "muted"))


def verdict_row(above: Above) -> tuple[Line, Line]:
    """The verdict, or the pane's title while there is none; right what the filter the pane starts with leaves out."""
    left = above.verdict or say(Safe(above.pane.title), "strong", bold=True)
    if above.text and above.count != above.total:
        shown = count_line(above, is_wide=False)
        return left, spaced([(Span(plain("/ "), "accent", bold=True), *paint(above.text)), shown])
    has_count = above.verdict or above.everywhere
    return left, NO_LINE if has_count else count_line(above, is_wide=True)


def everywhere_row(above: Above) -> Line:
    """What stands at the right of the filter of all panes: the count where no other line has it, or why it fails."""
    if above.why_not_everywhere:
        sign = Span(plain("not here: "), "warn", bold=True)
        # The hint after the colon is for who types; here it would push the filter itself off the line.
        why = above.why_not_everywhere.partition(":")[0].rstrip(".")
        return (sign, Span(Safe(f"{why}; all rows are shown"), "warn"))
    if above.everywhere and not above.text:
        return count_line(above, is_wide=False)
    return say(plain("in every pane"), "muted")


def whole_parts(line: Line, width: int) -> Line:
    """The line without the last of its parts that do not fit: half a sentence says nothing."""
    while len(line) > 1 and line_width(line) > width > 0:
        line = line[:-1]
    return line


class LineAbove(Vertical):
    """Verdict and filter bar in the same place: one of them is shown."""

    def __init__(self, complete: Complete, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._complete = complete

    def compose(self) -> ComposeResult:
        """All of them: the filter of all panes has a row of its own while there is one."""
        yield FilterBar(self._complete, sign=EVERYWHERE, id="everywhere")
        yield Bar(id="verdict")
        yield FilterBar(self._complete, id="filter")

    @property
    def bar(self) -> FilterBar:
        """The filter."""
        return self.query_one("#filter", FilterBar)

    @property
    def everywhere(self) -> FilterBar:
        """The filter of all panes."""
        return self.query_one("#everywhere", FilterBar)

    @property
    def is_editing(self) -> bool:
        """Whether one of both is being typed."""
        return self.bar.is_editing or self.everywhere.is_editing

    def edit_everywhere(self, text: Safe) -> None:
        """Start typing the filter of all panes."""
        self.everywhere.display = True
        self.everywhere.edit(text)

    def edit(self, text: Safe) -> None:
        """Start typing."""
        self._swap(has_filter=True)
        self.bar.edit(text)

    def say(self, above: Above) -> None:
        """Show this."""
        self._swap(has_filter=self.bar.is_editing or above.has_filter)
        self.bar.show(above.text, above.problems, count_line(above, is_wide=self.size.width >= WIDE))
        self.everywhere.display = bool(above.everywhere) or self.everywhere.is_editing
        self.everywhere.show(above.everywhere, (), everywhere_row(above))
        left, right = verdict_row(above)
        verdict = self.query_one(Bar)
        verdict.show(whole_parts(left, verdict.room - line_width(right) - 2), right, on="bg")

    def _swap(self, *, has_filter: bool) -> None:
        self.bar.display = has_filter
        self.query_one(Bar).display = not has_filter


def age_line(row: Row, look: Look) -> Line:
    """The age of what is known about a row, `~3h` while nothing newer can come."""
    if row.fetched_at is None:
        return NO_LINE
    age = fmt.age(row.fetched_at, look.now)
    return say(Safe(f"~{age}"), "warn") if look.is_stale else say(age, "muted")
