"""A log line as spans: its node, its stamp muted, its level in the colour of its state, what is sought underlined."""

from __future__ import annotations

from typing import NamedTuple

from widgets.line_cut import change_line, fold, slice_line
from widgets.lines import NO_LINE, clip_line, line_width
from widgets.log_marks import Level, marks_of
from widgets.log_source import Hunt
from widgets.pane import Line, Span, Tone
from widgets.safe import Safe, cell_width, safe

LONGEST = 8_192
"""Characters of one line that are shown; what is cut ends in `…`."""
NODE_END = "\x1f"
"""What ends the node at the beginning of a line of merged logs."""

_LEVELS: dict[Level, Tone] = {"error": "err", "warning": "warn", "debug": "muted"}
_SERIES: tuple[Tone, ...] = ("series1", "series2", "series3", "series4", "series5", "series6", "series7")


class Paint(NamedTuple):
    """How lines are drawn."""

    has_stamps: bool = True
    has_nodes: bool = False
    is_wrapped: bool = False
    left: int = 0
    """Cells scrolled to the side."""


def rows_of(raw: bytes, how: Paint, width: int, hunt: Hunt | None) -> list[Line]:
    """The rows a line takes: one, unless it is wrapped."""
    node, line, text = _line(raw, how, hunt)
    room = max(8, width - line_width(node))
    if not how.is_wrapped:
        return [(*node, *clip_line(slice_line(line, how.left, room + 1), room))]
    rows: list[Line] = []
    for start in fold(text, room):
        rows.append((*node, *slice_line(line, cell_width(text[:start]), room)))
    return rows


def _line(raw: bytes, how: Paint, hunt: Hunt | None) -> tuple[Line, Line, Safe]:
    text = raw.decode("utf-8", "backslashreplace")
    node = NO_LINE
    if how.has_nodes:
        name, _, text = text.partition(NODE_END)
        node = _node(name)
    text = as_left(text)
    marks = marks_of(text)
    start = marks.stamp_end
    stamp = safe(text[:start], LONGEST) if how.has_stamps and start else Safe("")
    rest = safe(text[start:].expandtabs(4), LONGEST)
    base: Tone = "muted" if marks.level == "debug" else "text"
    line: Line = (Span(rest, base),)
    if marks.level and marks.level != "debug":
        # What `safe` changed moved what stands behind it; the level stands near the beginning, where little is.
        word = safe(text[marks.start : marks.end])
        at = rest.find(word)
        if at >= 0:
            tone = _LEVELS[marks.level]
            line = change_line(line, at, at + len(word), lambda span: span._replace(tone=tone))
    line = (Span(stamp, "muted"), *line) if stamp else line
    whole = Safe(stamp + rest)
    for first, last in hunt.spans(whole) if hunt is not None else ():
        line = change_line(line, first, last, _found)
    return node, line, whole


def as_left(text: str) -> str:
    """A line as a terminal would leave it: of what was drawn over itself, the last, behind an `…`."""
    if "\r" not in text:
        return text
    parts = [part for part in text.split("\r") if part.strip()]
    return f"… {parts[-1]}" if len(parts) > 1 else parts[0] if parts else ""


def _node(name: str) -> Line:
    tone = _SERIES[int(name) % len(_SERIES)] if name.isdigit() else "muted"
    return (Span(safe(f"{name:>2} "), tone), Span(Safe("│ "), "line"))


def _found(span: Span) -> Span:
    return span._replace(tone="accent", bold=True, underline=True)
