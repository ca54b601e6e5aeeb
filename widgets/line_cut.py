"""Pieces of lines: a window of cells out of one, a part of one changed, a long one in rows of equal width."""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile

from widgets.lines import blank
from widgets.pane import Line, Span
from widgets.safe import Safe, cell_width


def slice_line(line: Line, start: int, width: int) -> Line:
    """The cells `start` to `start + width` of a line. Half of a wide character becomes a blank."""
    spans: list[Span] = []
    x = 0
    for span in line:
        cells = cell_width(span.text)
        if x + cells > start and x < start + width:
            spans.append(span._replace(text=_slice(span.text, start - x, start + width - x)))
        x += cells
    return tuple(span for span in spans if span.text)


def change_line(line: Line, start: int, end: int, change: Callable[[Span], Span]) -> Line:
    """The line with its characters `start` to `end` changed: underlined, in another tone."""
    spans: list[Span] = []
    x = 0
    for span in line:
        text = span.text
        first, last = max(0, start - x), min(len(text), end - x)
        x += len(text)
        if first >= last:
            spans.append(span)
            continue
        spans.append(span._replace(text=Safe(text[:first])))
        spans.append(change(span._replace(text=Safe(text[first:last]))))
        spans.append(span._replace(text=Safe(text[last:])))
    return tuple(span for span in spans if span.text)


def fold(text: Safe, width: int) -> list[int]:
    """Where the rows of a text begin when it is broken every `width` cells, wherever that is."""
    if text.isascii():
        return list(range(0, max(1, len(text)), max(1, width)))
    starts, left = [0], width
    for index, char in enumerate(text):
        cells = cell_width(char)
        if cells > left and index > starts[-1]:
            starts.append(index)
            left = width
        left -= cells
    return starts


def indent_of(text: str) -> int:
    """Blanks a text begins with."""
    return sum(1 for _ in takewhile(" ".__eq__, text))


def _slice(text: Safe, start: int, end: int) -> Safe:
    """The cells of one text; a character cut in two is blank on the side that is shown."""
    if text.isascii():
        return Safe(text[max(0, start) : max(0, end)])
    kept: list[str] = []
    x = 0
    for char in text:
        cells = cell_width(char)
        if start <= x and x + cells <= end:
            kept.append(char)
        elif x < end and x + cells > start:
            kept.append(blank(min(end, x + cells) - max(start, x)).text)
        x += cells
    return Safe("".join(kept))
