"""How a filter text is coloured: field muted, operator accent, value bold, a bad clause underlined.

This only paints; what a clause means is decided by whoever runs the query.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal, NamedTuple

from widgets.line_cut import change_line
from widgets.pane import Line, Span, Tone
from widgets.safe import Safe

_WORD = re.compile(r"""(?:"[^"]*"?|'[^']*'?|[^\s"'])+|\s+""")
_CLAUSE = re.compile(r"(!?)([A-Za-z_][\w.\-]*)(!=|>=|<=|[:=<>~])(.*)", re.DOTALL)
_NOT = re.compile(r"(!)(.+)", re.DOTALL)


class Problem(NamedTuple):
    """A clause that could not be understood: its place in the text, and why."""

    start: int
    end: int
    message: Safe


def paint(text: Safe, problems: Iterable[Problem] = ()) -> Line:
    """The filter text as a line; problems are underlined."""
    spans: list[Span] = []
    for word in _WORD.findall(text):
        spans += _paint_word(word)
    line: Line = tuple(spans)
    for problem in problems:
        end = max(problem.end, problem.start + 1)
        line = change_line(line, problem.start, end, lambda span: span._replace(tone="warn", underline=True))
    return line


def _paint_word(word: str) -> list[Span]:
    clause = _CLAUSE.fullmatch(word)
    if clause is not None:
        tones: tuple[tuple[Tone, bool], ...] = (
            ("accent", False),
            ("muted", False),
            ("accent", False),
            ("strong", True),
        )
        parts = zip(clause.groups(), tones, strict=True)
        return [Span(Safe(part), tone, bold) for part, (tone, bold) in parts if part]
    negated = _NOT.fullmatch(word)
    if negated is not None:
        return [Span(Safe("!"), "accent"), Span(Safe(negated[2]))]
    return [Span(Safe(word), _plain_tone(word))]


def _plain_tone(word: str) -> Literal["accent", "text"]:
    return "accent" if word == "|" else "text"
