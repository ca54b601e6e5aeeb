"""`c`: which columns to see, and in which order; `D`: those of what differs. A metric, param or tag can be one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from app.columns import default_of, is_azures_own, name_of
from app.differing import distinguishing
from app.screens.arrange import Arrange
from widgets.choices import Choice
from widgets.footer import Hint
from widgets.lines import say
from widgets.pane import Span
from widgets.safe import Safe, plain, safe

if TYPE_CHECKING:
    from app.deck import Deck

MOST_ROWS = 200
"""Marked rows that are compared: the first ones."""

MOST_NAMES = 2_000
"""Names offered as columns; what is typed finds among them."""

HINTS = (
    Hint(plain("enter"), plain("show or hide")),
    Hint(plain("< >"), plain("move")),
    Hint(plain("\\"), plain("the default")),
    Hint(plain("esc"), plain("done")),
)


class Columns:
    """The columns of the pane on the screen, being chosen (`app.screens.arrange.Arranged`)."""

    def __init__(self, deck: Deck) -> None:
        self._deck = deck
        self._pane = deck.view.pane
        self._names: list[str] = []

    @property
    def shown(self) -> list[str]:
        """The names of the columns on the screen, in order."""
        return [name_of(column) for column in self._deck.desk.columns(self._pane)]

    def choices(self) -> list[Choice]:
        """Those shown, in order; then the pane's others, then what could be a column."""
        shown = self.shown
        others = [name for name in default_of(self._pane) if name not in shown]
        found = [self._choice(name, plain("Shown"), is_shown=True) for name in shown[1:]]
        found += [self._choice(name, plain("Not shown"), is_shown=False) for name in others]
        seen = {*shown, *others}
        return found + [self._choice(name, plain("Seen in the rows"), is_shown=False)
                        for name in self._names if name not in seen]  # fmt: skip

    def offer_names(self, names: list[str]) -> list[Choice]:
        """Metrics, params and tags that were seen, as `metric.auc`."""
        self._names = names
        return self.choices()

    def toggle(self, name: str) -> list[Choice]:
        """Show or hide a column."""
        shown = self.shown
        return self._set([one for one in shown if one != name] if name in shown else self._with(shown, name))

    def shift(self, name: str, by: int) -> list[Choice]:
        """Move a shown column; the first one of the pane stays where it is."""
        shown = self.shown
        at = shown.index(name) if name in shown else 0
        to = at + by
        if at and 0 < to < len(shown):
            shown[at], shown[to] = shown[to], shown[at]
        return self._set(shown)

    def reset(self) -> list[Choice]:
        """Show the columns the pane has by itself."""
        return self._set(list(default_of(self._pane)))

    def _with(self, shown: list[str], name: str) -> list[str]:
        """A column of the pane goes back to its place, another one to the end."""
        order = default_of(self._pane)
        if name not in order:
            return [*shown, name]
        after = [one for one in order[: order.index(name)] if one in shown]
        at = shown.index(after[-1]) + 1 if after else 1
        return [*shown[:at], name, *shown[at:]]

    def _set(self, names: list[str]) -> list[Choice]:
        self._deck.desk.choose_columns(self._pane, names)
        self._deck.view.show_columns()
        return self.choices()

    def _choice(self, name: str, group: Safe, *, is_shown: bool) -> Choice:
        signs = ("v ", ". ") if self._deck.desk.is_ascii else ("✓ ", "· ")
        sign = Span(Safe(signs[0] if is_shown else signs[1]), "ok" if is_shown else "muted")
        return Choice(name, (sign, *say(safe(name, 56), "text" if is_shown else "muted")), group=group)


def columns(deck: Deck) -> None:
    """Choose which columns to see; the first always stays."""
    chooser = Columns(deck)
    screen = Arrange(plain("Columns"), chooser, hints=HINTS)
    deck.push_screen(screen, lambda _: deck.draw_chrome())
    pane, finder = deck.view.pane, deck.desk.finder

    def ask() -> list[str]:
        names = (name for name in finder.reaches(pane) if not is_azures_own(name.partition(".")[2]))
        return sorted(names)[:MOST_NAMES]

    deck.view.ask(ask, lambda names: screen.offer(chooser.offer_names(names)))


def differs(deck: Deck) -> None:
    """Columns for what differs among the marked rows, or those on the screen; a second time they go again."""
    view, desk = deck.view, deck.desk
    pane, finder = view.pane, desk.finder
    shown = [name_of(column) for column in desk.columns(pane)]
    added = desk.differing.pop(pane.name, ())
    if set(added) & set(shown):
        _take_back(deck, shown, added)
        return
    marks = list(view.marks)[:MOST_ROWS]
    seen = [row.record for row in view.table.rows_shown]

    def take(found: list[str]) -> None:
        if view.pane is not pane:
            return
        new = [name for name in found if name not in shown]
        if new:
            desk.differing[pane.name] = tuple(new)
            _show(deck, [*shown, *new])
        elif found:
            # A saved view brought them, so the key that would show them takes them back.
            _take_back(deck, shown, found)
            return
        deck.tell(_said(found, len(marks) or len(seen), is_marked=bool(marks)))

    view.ask(lambda: distinguishing(finder.records(pane, marks) if marks else seen), take)


def _take_back(deck: Deck, shown: Sequence[str], added: Sequence[str]) -> None:
    _show(deck, [name for name in shown if name not in added])
    deck.tell(plain("The columns of what differs are gone again."))


def _show(deck: Deck, names: list[str]) -> None:
    deck.desk.choose_columns(deck.view.pane, names)
    deck.view.show_columns()


def _said(found: list[str], rows: int, *, is_marked: bool) -> Safe:
    among = f"the {rows:,} {'marked rows' if is_marked else 'rows on the screen'}"
    if not found:
        return Safe(f"Nothing differs among {among}: no param, tag or metric.")
    return Safe(f"What differs among {among}: {safe(', '.join(found), 120)}.")
