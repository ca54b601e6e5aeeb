"""Lines of spans: measured, cut, fitted and put side by side. `widgets.drawn_lines` draws them. No Textual.

A line is a tuple of `Span`s, a bare `str` is refused. Widths are terminal cells.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

from widgets.pane import Line, Span, Tone
from widgets.safe import Safe, cell_width, clip, clip_middle, is_wider, plain, safe

GAP = Span(plain("  "))
"""Two blank cells: what stands between things on one line."""

NO_LINE: Line = ()


def blank(cells: int) -> Span:
    """So many blank cells."""
    return Span(Safe(" " * max(0, cells)))


def say(text: Safe, tone: Tone = "text", *, bold: bool = False, underline: bool = False) -> Line:
    """A line of one span."""
    return (Span(text, tone, bold, underline),)


def spaced(parts: Iterable[Line], gap: int = 2) -> Line:
    """Several lines side by side with so many cells between; empty ones take no room."""
    shown = [part for part in parts if part]
    between = (blank(gap),)
    return tuple(chain.from_iterable(between + part if index else part for index, part in enumerate(shown)))


def line_width(line: Line) -> int:
    """Cells a line takes."""
    return sum(cell_width(span.text) for span in line)


def line_text(line: Line) -> str:
    """What a line says, without its colours."""
    return "".join(span.text for span in line)


def clip_line(line: Line, width: int, *, in_middle: bool = False) -> Line:
    """The line in at most `width` cells, ending in `…` in the tone it was cut in; nothing is cut silently.

    `in_middle` puts the `…` into the longest span instead, for names that differ at the end.
    """
    excess = line_width(line) - width
    if excess <= 0:
        return line
    if in_middle:
        longest = max(range(len(line)), key=lambda index: cell_width(line[index].text))
        room = cell_width(line[longest].text) - excess
        if room >= 5:
            shorter = line[longest]._replace(text=clip_middle(line[longest].text, room))
            return (*line[:longest], shorter, *line[longest + 1 :])
    return _clip_end(line, width)


def _clip_end(line: Line, width: int) -> Line:
    kept: list[Span] = []
    left = width
    for span in line:
        cells = cell_width(span.text)
        # The rest does not fit after this span, so the `…` has to come out of this one.
        if cells >= left:
            if left > 0:
                kept.append(span._replace(text=clip(Safe(span.text + "…"), left)))
            break
        kept.append(span)
        left -= cells
    return tuple(kept)


def fit_line(line: Line, width: int, *, is_right: bool = False, in_middle: bool = False) -> Line:
    """The line in exactly `width` cells: clipped, or with blanks after it (`is_right`: before it)."""
    missing = width - line_width(line)
    if missing == 0:
        return line
    if missing < 0:
        line = clip_line(line, width, in_middle=in_middle)
        missing = width - line_width(line)
    if len(line) == 1 and not line[0].underline:
        # By far the most cells are one span: padding it is quicker than adding a second one.
        span = line[0]
        pad = " " * missing
        return (Span(Safe(pad + span.text if is_right else span.text + pad), span.tone, span.bold),)
    return (blank(missing), *line) if is_right else (*line, blank(missing))


def ends(left: Line, right: Line, width: int) -> Line:
    """Left and right parts of one line of `width` cells; the left one is clipped when both do not fit."""
    room = width - line_width(right) - 2
    if not right or room < 4:
        return clip_line(left, width)
    return (*fit_line(left, room), GAP, *right)


def titled(head: Line, right: Line, width: int, *, is_focused: bool = False) -> Line:
    """A panel's title line: head, hairline, and what stands at the right end (its age)."""
    tail = (blank(1), *right) if right else NO_LINE
    shown = clip_line(head, max(0, width - line_width(tail) - 1))
    room = width - line_width(shown) - line_width(tail) - 1
    rule = Span(Safe("─" * max(0, room)), "edge" if is_focused else "line")
    return clip_line((*shown, blank(1), rule, *tail), width)


def wrap_line(line: Line, width: int, *, indent: int = 0) -> list[Line]:
    """The line in rows of at most `width` cells, broken at blanks if it has any; later rows are indented."""
    if line_width(line) <= width or width <= indent + 1:
        return [clip_line(line, width)]
    rows: list[list[Span]] = [[]]
    left = width
    for span in line:
        for word in _words(span.text):
            left = _put(rows, span, word, left, width - indent)
    if not rows[-1]:
        rows.pop()
    indented = (blank(indent),) if indent else NO_LINE
    return [tuple(rows[0]), *((*indented, *row) for row in rows[1:])]


def _put(rows: list[list[Span]], span: Span, word: str, left: int, width: int) -> int:
    """Put a word on the last row or on as many new ones as it needs; gives the cells left on the last."""
    while is_wider(word, left):
        bare = word.rstrip(" ")
        if not is_wider(bare, left):
            rows[-1].append(span._replace(text=Safe(bare)))
            return 0
        if left > 0 and not (rows[-1] and not is_wider(bare, width)):
            piece = _piece(word, left)
            # A wide character does not fit into the last cell of a row; a row of its own always has two.
            if cell_width(piece) <= left:
                rows[-1].append(span._replace(text=Safe(piece)))
                word = word[len(piece) :]
        rows.append([])
        left = width
    if word:
        rows[-1].append(span._replace(text=Safe(word)))
    return left - cell_width(word)


def _piece(word: str, width: int) -> str:
    """The first cells of a word that is longer than a row; at least one character, so that it ends.

    Addresses end a row with a `/` where one is near.
    """
    if word.isascii():
        cut = word.rfind("/", width // 2, width) + 1
        return word[: cut or max(1, width)]
    return clip(Safe(word), width + 1)[:-1] or word[:1]


def _words(text: str) -> list[str]:
    """Words with the blanks after them."""
    parts: list[str] = []
    start = 0
    for index in range(1, len(text)):
        if text[index - 1] == " " and text[index] != " ":
            parts.append(text[start:index])
            start = index
    parts.append(text[start:])
    return parts


def checked(line: Line) -> Line:
    """The line, with every text that did not come through the door sent through it now."""
    if isinstance(line, str):  # pyright: ignore[reportUnnecessaryIsInstance] (the type is a promise, this is the lock)
        raise TypeError("a line is a tuple of Spans, not a str")
    if all(type(span.text) is Safe for span in line):
        return line
    return tuple(span._replace(text=safe(span.text)) for span in line)
