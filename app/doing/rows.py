"""Filter, order and marks of the rows on the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.finding import conditions

if TYPE_CHECKING:
    from app.deck import Deck


def edit_filter(deck: Deck) -> None:
    """Type a filter."""
    deck.view.edit_filter()


def edit_filter_of_all(deck: Deck) -> None:
    """Type a filter for every pane."""
    deck.view.edit_everywhere()


def clear_filter_of_all(deck: Deck) -> None:
    """Let every pane show all its rows."""
    deck.view.filter_everywhere("")


def trouble(deck: Deck) -> None:
    """Problems only: add the pane's own condition for them, or take it out again."""
    view = deck.view
    wanted = conditions(view.pane.trouble)
    parts = conditions(view.query_text)
    has_them = all(part in parts for part in wanted)
    kept = [part for part in parts if part not in wanted]
    view.search(" ".join(kept if has_them else [*kept, *wanted]))


def mark(deck: Deck) -> None:
    """Mark or unmark the row under the cursor."""
    deck.view.table.action_mark()


def mark_range(deck: Deck) -> None:
    """Mark from the row marked last to here."""
    deck.view.table.action_mark_range()


def mark_all(deck: Deck) -> None:
    """Mark every row."""
    deck.view.table.action_mark_all()


def unmark(deck: Deck) -> None:
    """Clear the marks."""
    deck.view.table.action_clear_marks()


def sort_previous(deck: Deck) -> None:
    """Sort by the column to the left."""
    deck.view.table.action_sort_beside(-1)


def sort_next(deck: Deck) -> None:
    """Sort by the column to the right."""
    deck.view.table.action_sort_beside(1)


def sort_reverse(deck: Deck) -> None:
    """The other end first."""
    deck.view.table.action_reverse()
