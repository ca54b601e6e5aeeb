"""The notes on an endpoint as lines. What stands in them is as foreign as a log: it may come out of a bundle."""

from __future__ import annotations

from collections.abc import Sequence

from app.note import Note
from widgets import format as fmt
from widgets.lines import blank, line_width, say, wrap_line
from widgets.pane import Line, Look, Span
from widgets.safe import safe, safe_lines

MOST_ROWS = 6
"""Rows of one note on the screen."""


def note_lines(notes: Sequence[Note], look: Look, width: int) -> list[Line]:
    """Each note: when, by whom, and what it says."""
    lines: list[Line] = []
    for one in notes:
        head: Line = (
            Span(fmt.clock(one.at, look), "muted"),
            blank(2),
            Span(safe(one.by or "–", 24), "accent"),
            blank(2),
        )
        room = max(20, width - line_width(head))
        rows = [row for text in safe_lines(one.text) for row in wrap_line(say(text), room)][:MOST_ROWS]
        lines += [(*(head if number == 0 else (blank(line_width(head)),)), *row) for number, row in enumerate(rows)]
    return lines
