"""`F` counts the values of a column, `#` groups the rows with roll-ups; enter keeps the rows of one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from app.columns import is_azures_own
from app.doing.saving_views import save
from app.groups import group_cost, group_row
from app.quoting import quoted
from app.screens.groups import SAVE, GroupList
from app.screens.menu import ENTER, Menu
from cache.groups import Group, is_countable
from services.estimates import Sum
from widgets import format as fmt
from widgets.choices import Choice
from widgets.footer import Hint
from widgets.lines import fit_line, say, spaced
from widgets.pane import Line, Look, Span
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck

MOST = 1_000
"""Values listed; those with the most rows come first."""

FIRST = ("experiment", "user", "compute", "kind", "status", "state", "type", "error_code")
"""What rows are mostly grouped by, where they have it."""

_HINTS = (Hint(plain("enter"), plain("show its rows")), *ENTER[1:])
_NAME, _BAR = 24, 12

Lines = Callable[[Sequence[Group], Mapping[str, Sum], Look], tuple[Safe, list[Line]]]
"""The heading of the list, and a line for each group, by what its rows cost."""


def frequency(deck: Deck) -> None:
    """Choose a column, then see how often each of its values is there."""
    _ask(deck, plain("Count the values of"), _bars)


def group(deck: Deck) -> None:
    """Choose what to group by, then see the roll-ups."""
    _ask(deck, plain("Group by"), _sums)


def show_groups(deck: Deck, by: str) -> None:
    """See the roll-ups of the rows on the screen, as a saved view wants them."""
    if is_countable(deck.desk.finder.table(deck.view.pane), by):
        _count(deck, by, _sums)
    else:
        deck.tell(Safe(f"{deck.view.pane.title} cannot be grouped by {safe(by, 60)}."))


def _ask(deck: Deck, title: Safe, lines: Lines) -> None:
    pane, finder = deck.view.pane, deck.desk.finder

    def known() -> list[str]:
        fields = finder.countable(pane)
        first = [name for name in FIRST if name in fields]
        reaches = [name for name in finder.reaches(pane) if not is_azures_own(name.partition(".")[2])]
        return [*first, *sorted(name for name in reaches if not name.startswith("metric.")),
                *(name for name in fields if name not in first)]  # fmt: skip

    def show(names: list[str]) -> None:
        if deck.view.pane is not pane:
            return  # somebody went elsewhere meanwhile, where these are no fields
        if not names:
            deck.tell(plain("The rows here cannot be grouped."))
            return
        choices = [Choice(name, say(safe(name, 56))) for name in names]
        deck.push_screen(Menu(title, choices), lambda by: _count(deck, by, lines) if by else None)

    deck.view.ask(known, show)


def _count(deck: Deck, by: str, lines: Lines) -> None:
    view, desk = deck.view, deck.desk
    pane, text, finder = view.pane, view.query_text, desk.finder

    def read() -> tuple[list[Group], Mapping[str, Sum]]:
        return finder.groups(pane, text, by), finder.costs(pane, text, by) if lines is _sums else {}

    def show(read: tuple[list[Group], Mapping[str, Sum]]) -> None:
        found, costs = read
        if view.pane is not pane:
            return
        if not found:
            deck.tell(plain("There are no rows to count."))
            return

        def keep(at: str | None) -> None:
            if at == SAVE:
                save(deck, by)
            elif at:
                view.search(f"{text} {_condition(by, found[int(at)])}".strip())

        heading, made = lines(found[:MOST], costs, desk.look)
        title = Safe(f"{fmt.count(len(found))} {'value' if len(found) == 1 else 'values'} of {safe(by, 30)}")
        choices = [Choice(str(at), line, group=heading) for at, line in enumerate(made)]
        more = Safe(f"first {MOST:,}") if len(found) > MOST else plain("")
        is_kept = lines is _sums
        deck.push_screen((GroupList if is_kept else Menu)(title, choices, hints=_HINTS, note=more), keep)

    view.ask(read, show)


def _condition(by: str, one: Group) -> Safe:
    """The condition that keeps the rows of one value."""
    name, _, reach = by.partition(".")
    field = f"{name}.{quoted(reach)}" if reach else name
    return Safe(f"{field}={quoted(one.value)}") if one.value else Safe(f"{field}:none")


def _bars(found: Sequence[Group], costs: Mapping[str, Sum], look: Look) -> tuple[Safe, list[Line]]:
    most = max((one.size for one in found), default=1)
    whole = sum(one.size for one in found) or 1
    sign = "=" if look.is_ascii else "━"

    def line(one: Group) -> Line:
        bar = Safe(sign * max(1, round(_BAR * one.size / most)))
        return spaced([_name(one), _right(fmt.count(one.size), 9), _right(fmt.percent(one.size / whole), 6),
                       say(bar, "accent")])  # fmt: skip

    return _heading(("rows", 9), ("share", 6)), [line(one) for one in found]


def _sums(found: Sequence[Group], costs: Mapping[str, Sum], look: Look) -> tuple[Safe, list[Line]]:
    name, cost = (_NAME - 8, [("cost $", 10)]) if costs else (_NAME, [])

    def line(one: Group) -> Line:
        sums = group_row(one, costs)
        hours = fmt.count(None if sums.duration is None else round(sums.duration / 3600))
        failures = Span(fmt.count(sums.failed), "err") if sums.failed else Span(plain("·"), "muted")
        paid = [fit_line(group_cost(sums, look), 10, is_right=True)] if costs else []
        return spaced([_name(one, name), _right(fmt.count(sums.rows), 7), fit_line((failures,), 6, is_right=True),
                       _right(fmt.percent(sums.well), 5), _right(hours, 6), *paid,
                       _right(fmt.age(sums.latest, look.now), 4)], 1)  # fmt: skip

    heading = _heading(("rows", 7), ("failed", 6), ("well", 5), ("hours", 6), *cost, ("last", 4), gap=1, name=name)
    return heading, [line(one) for one in found]


def _name(one: Group, width: int = _NAME) -> Line:
    return fit_line(
        say(safe(one.value, 60) if one.value else plain("unknown"), "text" if one.value else "muted"), width
    )


def _right(text: Safe, width: int) -> Line:
    return fit_line(say(text, "muted" if text == "–" else "text"), width, is_right=True)


def _heading(*columns: tuple[str, int], gap: int = 2, name: int = _NAME) -> Safe:
    between = " " * gap
    return Safe(f"  {'value':<{name}}{between}" + between.join(f"{name:>{width}}" for name, width in columns))
