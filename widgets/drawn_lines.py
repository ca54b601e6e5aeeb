"""Lines of spans, drawn: as Textual Content for stock widgets, as Strips for the line API. Never markup."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.segment import Segment
from textual.content import Content
from textual.content import Span as ContentSpan
from textual.strip import Strip

from widgets.lines import checked, fit_line
from widgets.pane import Line, Span
from widgets.theme import AREA, Ground, Palette


def content(line: Line, palette: Palette, on: Ground = "bg") -> Content:
    """The line as Textual Content. Raises TypeError for a bare `str`."""
    return contents((line,), palette, on)


def contents(lines: Iterable[Line], palette: Palette, on: Ground = "bg") -> Content:
    """Several lines as one Content. Raises TypeError for a bare `str` in place of a line."""
    text: list[str] = []
    spans: list[ContentSpan] = []
    position = 0
    for number, line in enumerate(lines):
        if number:
            text.append("\n")
            position += 1
        for span in checked(line):
            is_area = _is_area(span, palette)
            style = palette.content_style(span.tone, on, bold=span.bold, underline=span.underline, is_area=is_area)
            spans.append(ContentSpan(position, position + len(span.text), style))
            text.append(span.text)
            position += len(span.text)
    return Content("".join(text), spans)


def segments(line: Line, palette: Palette, on: Ground = "bg") -> list[Segment]:
    """The line as Rich segments on a ground. Raises TypeError for a bare `str`."""
    style = palette.style
    return [
        Segment(
            span.text,
            style(span.tone, on, bold=span.bold, underline=span.underline, is_area=_is_area(span, palette)),
        )
        for span in checked(line)
        if span.text
    ]


def strip(line: Line, width: int, palette: Palette, on: Ground = "bg") -> Strip:
    """The line as one Strip of exactly `width` cells, on its ground to the end."""
    return Strip(segments(fit_line(checked(line), width), palette, on), width)


def strips(lines: Sequence[Line], width: int, palette: Palette, on: Ground = "bg") -> list[Strip]:
    """Several lines as Strips of `width` cells."""
    return [strip(line, width, palette, on) for line in lines]


def _is_area(span: Span, palette: Palette) -> bool:
    return bool(palette.fills) and span.tone in palette.fills and AREA.issuperset(span.text)
