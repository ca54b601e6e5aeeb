"""What a confirmation says, as lines: now → after with bars, what to know, how to take it back, the exact command."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from widgets.lines import NO_LINE, blank, clip_line, fit_line, line_width, say, wrap_line
from widgets.pane import Line, Span, Tone
from widgets.safe import Safe, cell_width, plain

LABEL = 10
"""Cells of a label and the blanks after it, at least."""

VALUE = 10
"""Cells of a value that stands in the columns; a longer one gets lines of its own."""

NOW, AFTER, BAR = 32, 43, 46
"""Cells where the value now and the value after end, and where the bar begins."""

BAR_CELLS = 16


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the table. `share` (0 to 1) is drawn as a bar in the label's tone."""

    label: Safe
    now: Safe
    after: Safe
    share: float | None = None
    tone: Tone = "text"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know before saying yes; a warning has the sign of attention."""

    label: Safe
    text: Safe
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is proposed. `id` is given when the name alone could be mistaken for another."""

    name: Safe
    differences: tuple[Difference, ...] = ()
    remarks: tuple[Remark, ...] = ()
    undo: Safe | None = None
    commands: tuple[Safe, ...] = ()
    id: Safe | None = None


def proposal_lines(one: Proposal, width: int, *, is_ascii: bool = False) -> list[Line]:
    """All of it in rows of at most `width` cells."""
    remarks = [_remark(remark, is_ascii=is_ascii) for remark in one.remarks]
    if one.undo is not None:
        remarks.append((plain("undo"), say(one.undo)))
    labels = max([LABEL - 2, *(cell_width(label) for label, _ in remarks)]) + 2
    rows = _table(one, width, is_ascii=is_ascii)
    if one.id is not None:
        rows += _labelled(plain("id"), say(one.id), labels, width)
    rows.append(NO_LINE)
    for label, line in remarks:
        rows += _labelled(label, line, labels, width)
    for index, command in enumerate(one.commands):
        rows += _labelled(plain("command") if index == 0 else plain(""), say(command), labels, width, indent=2)
    return rows


def _remark(remark: Remark, *, is_ascii: bool) -> tuple[Safe, Line]:
    sign = (Span(plain("! ") if is_ascii else plain("▲ "), "warn"),) if remark.is_warning else NO_LINE
    return remark.label, (*sign, Span(remark.text))


def _labelled(label: Safe, line: Line, labels: int, width: int, *, indent: int = 0) -> list[Line]:
    """A muted label and what it is about, wrapped under itself; later rows are indented by so many cells more."""
    wrapped = wrap_line(line, width - labels, indent=indent)
    first = fit_line(say(label, "muted"), labels)
    return [(*(first if number == 0 else (blank(labels),)), *row) for number, row in enumerate(wrapped)]


def _table(one: Proposal, width: int, *, is_ascii: bool) -> list[Line]:
    is_tabular = width > AFTER and all(_fits(difference) for difference in one.differences)
    if not is_tabular or not one.differences:
        rows = wrap_line(say(one.name, "strong", bold=True), width)
        labels = max([LABEL, *(min(24, cell_width(row.label) + 2) for row in one.differences)])
        for row in one.differences:
            rows += _in_full(row, labels, width, is_ascii=is_ascii)
        return rows
    head = say(one.name, "strong", bold=True)
    columns = (*fit_line(say(plain("now"), "muted"), VALUE, is_right=True), blank(AFTER - NOW - 5),
               Span(plain("after"), "muted"))  # fmt: skip
    begin = NOW - VALUE
    # A name is never cut here: one that is too long stands on lines of its own.
    rows = [(*fit_line(head, begin), *columns)] if line_width(head) < begin else [*wrap_line(head, width),
                                                                                 (blank(begin), *columns)]  # fmt: skip
    return rows + [_in_columns(row, width, is_ascii=is_ascii) for row in one.differences]


def _fits(row: Difference) -> bool:
    widths = cell_width(row.label), cell_width(row.now), cell_width(row.after)
    return all(width < room for width, room in zip(widths, (NOW - VALUE, VALUE, AFTER - NOW - 3), strict=True))


def _in_columns(row: Difference, width: int, *, is_ascii: bool) -> Line:
    is_same = row.now == row.after
    arrow = plain("->") if is_ascii else plain("→ ")
    after = say(row.after, "muted" if is_same else "strong", bold=not is_same)
    line = (
        *fit_line(say(row.label, row.tone, bold=row.tone != "text"), NOW - VALUE),
        *fit_line(say(row.now, "muted"), VALUE, is_right=True),
        blank(2),
        Span(plain("  ") if is_same else arrow, "muted"),
        *fit_line(after, AFTER - NOW - 4, is_right=True),
        blank(BAR - AFTER),
        *(say(plain("unchanged"), "muted") if is_same else _bar(row, min(BAR_CELLS, width - BAR), is_ascii=is_ascii)),
    )
    return clip_line(line, width)


def _bar(row: Difference, cells: int, *, is_ascii: bool) -> Line:
    if row.share is None or cells < 4:
        return NO_LINE
    halves = round(min(1.0, max(0.0, row.share)) * cells * 2)
    full, half = divmod(halves, 2)
    on, between, off = ("=", "-", "-") if is_ascii else ("━", "╸", "─")
    drawn = Safe(on * full + between * half)
    return (Span(drawn, row.tone if row.tone != "text" else "accent"), Span(Safe(off * (cells - full - half)), "line"))


def _in_full(row: Difference, labels: int, width: int, *, is_ascii: bool) -> list[Line]:
    """Values too long for the columns, wrapped: nothing of what will be written is cut."""
    if row.now == row.after:
        line: Line = (Span(row.now, "muted"), Span(plain("  unchanged"), "muted"))
    else:
        arrow = plain(" -> ") if is_ascii else plain(" → ")
        line = (Span(row.now, "muted"), Span(arrow, "muted"), Span(row.after, "strong", bold=True))
    if cell_width(row.label) + 2 > labels:
        return [*wrap_line(say(row.label, row.tone), width), *_labelled(plain(""), line, labels, width)]
    return _labelled(row.label, line, labels, width)


def escaped(text: str) -> Safe:
    """The text with every character beyond ASCII spelled out: two that look alike do not read alike."""
    return Safe("".join(char if " " <= char <= "~" else f"⟨U+{ord(char):04X}⟩" for char in text))


def looks_like_itself(text: str) -> bool:
    """Whether a text can be read only one way: printable ASCII throughout."""
    return text.isascii() and text.isprintable()


def is_typed(typed: str, name: str) -> bool:
    """Whether what was typed is the name, byte for byte."""
    return bool(name) and typed.encode("utf-8", "surrogatepass") == name.encode("utf-8", "surrogatepass")


def keys_line(ready: Line, ways: Sequence[Line], width: int) -> Line:
    """The write at the left, the way out at the right end: the first wording that leaves room for both, or the last."""
    leave = next((way for way in ways if line_width(ready) + 2 + line_width(way) <= width), ways[-1])
    room = max(0, width - line_width(leave))
    return (*fit_line(ready, max(0, room - 2)), blank(min(2, room)), *leave)
