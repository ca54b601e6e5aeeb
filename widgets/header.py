"""The top row: which workspace, whether it may be written to, where in it, how old it is, and whether it lives."""

from __future__ import annotations

from dataclasses import dataclass, replace

from textual import events

from widgets.age import Age
from widgets.bar import NO_TEXT, Bar
from widgets.lines import NO_LINE, line_width, say, spaced
from widgets.pane import Line, Span
from widgets.safe import Safe, cell_width, clip_middle, plain
from widgets.theme import Ground

WIDE = 120
"""Columns from which on the header names its sources and the region."""


READ_ONLY = plain("read-only")


@dataclass(frozen=True, slots=True)
class HeaderFacts:
    """What the header says. `age` is the one age there is room for at 80 columns."""

    workspace: Safe
    region: Safe = NO_TEXT
    mode: Safe = READ_ONLY
    crumbs: tuple[Safe, ...] = ()
    ages: tuple[Age, ...] = ()
    age: Age | None = None
    badge: Line = NO_LINE
    is_writing: bool = False


def crumb_line(crumbs: tuple[Safe, ...]) -> Line:
    """`Endpoints › fraud-score`, the last one bold."""
    spans: list[Span] = []
    for index, crumb in enumerate(crumbs):
        is_last = index == len(crumbs) - 1
        spans.append(Span(crumb, "strong" if is_last else "muted", bold=is_last))
        if not is_last:
            spans.append(Span(plain(" › "), "muted"))
    return tuple(spans)


def _left(facts: HeaderFacts, *, is_wide: bool) -> Line:
    mode = (
        say(facts.mode, "err", bold=True) if facts.is_writing else say(facts.mode, "muted") if facts.mode else NO_LINE
    )
    region = say(facts.region, "muted") if facts.region and is_wide else NO_LINE
    place = spaced([say(facts.workspace, "strong", bold=True), region, mode])
    return spaced([place, crumb_line(facts.crumbs)], 3)


def _age_line(age: Age, *, is_named: bool) -> Line:
    tone = "warn" if age.is_late else "muted"
    named = is_named or age.is_late
    return say(Safe(f"{age.name} {age.text}") if named and age.name else age.text, tone)


def _right(facts: HeaderFacts, *, is_wide: bool) -> Line:
    if is_wide:
        return spaced([*(_age_line(age, is_named=True) for age in facts.ages), facts.badge], 3)
    return spaced([_age_line(facts.age, is_named=False) if facts.age else NO_LINE, facts.badge])


def header_lines(facts: HeaderFacts, width: int) -> tuple[Line, Line]:
    """Left and right of the header in `width` cells. The least decisive goes first: ages, region, mode, crumbs."""
    is_wide = width >= WIDE - 2
    tries = [
        (_left(facts, is_wide=is_wide), _right(facts, is_wide=is_wide)),
        (_left(facts, is_wide=False), _right(facts, is_wide=False)),
        (_left(facts, is_wide=False), facts.badge),
    ]
    for left, right in tries:
        if line_width(left) + line_width(right) + 2 <= width:
            return left, right
    return _squeezed(facts, width)


def _squeezed(facts: HeaderFacts, width: int) -> tuple[Line, Line]:
    last = facts.crumbs[-1:]
    shorter = facts if facts.is_writing else replace(facts, mode=plain(""))
    room = width - line_width(facts.badge) - 2
    for crumbs in (facts.crumbs, last):
        left = _left(replace(shorter, crumbs=crumbs), is_wide=False)
        if line_width(left) <= room:
            return left, facts.badge
    taken = sum(cell_width(crumb) for crumb in last) + 3
    name = clip_middle(facts.workspace, max(4, room - taken))
    return _left(replace(shorter, workspace=name, crumbs=last), is_wide=False), facts.badge


class Header(Bar):
    """The top row of the deck."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._facts: HeaderFacts | None = None

    def say(self, facts: HeaderFacts) -> None:
        """Show these facts; nothing is sent when they read as before."""
        self._facts = facts
        ground: Ground = "errbg" if facts.is_writing else "surface"
        if self.room and not self.is_said(facts):
            self.show(*header_lines(facts, self.room), on=ground)

    def left_in(self, mode: Safe) -> Line:
        """What stands at its left, in this mode and never in writing: for the title of a picture of the screen."""
        if self._facts is None:
            return NO_LINE
        return header_lines(replace(self._facts, mode=mode, is_writing=False), self.room)[0]

    def on_resize(self, event: events.Resize) -> None:
        """Fit the new width."""
        if self._facts is not None:
            self.say(self._facts)
