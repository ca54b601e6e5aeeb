"""Stacked bars: heights in eighths, the colour of most of a cell, and something is never nothing."""

from widgets.lines import line_text
from widgets.stacks import Piece, stacks


def test_the_highest_bar_fills_the_height_and_others_have_their_share_in_eighths() -> None:
    rows = stacks([[Piece(16, "edge")], [Piece(9, "edge")], [], [Piece(0.01, "edge")]], 2)
    assert [line_text(row) for row in rows] == ["█▁  ", "██ ▁"]


def test_a_cell_has_the_colour_of_what_has_most_of_it() -> None:
    rows = stacks([[Piece(5, "edge"), Piece(3, "err")], [Piece(3, "edge"), Piece(5, "err")]], 1)
    assert [(span.text, span.tone) for span in rows[0]] == [("█", "edge"), ("█", "err")]
    high, low = stacks([[Piece(4, "edge"), Piece(4, "err")]], 2)
    assert (high[0].tone, low[0].tone) == ("err", "edge")


def test_without_anything_there_is_no_bar() -> None:
    assert stacks([[], [Piece(0, "err")]], 4) == []
