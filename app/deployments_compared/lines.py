"""A comparison of deployments as lines: a column for each, what differs marked, what is measured as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.panes.endpoints import tone_of
from services.deployment_comparison import TITLES, Row, Side, compare_deployments
from widgets.lines import NO_LINE, blank, fit_line, say, wrap_line
from widgets.pane import Line, Span
from widgets.safe import Safe, plain, safe

LABEL = 24


def compared_lines(sides: Sequence[Side], width: int, *, is_all: bool, is_ascii: bool = False) -> list[Line]:
    """Return the rows in `width` cells: what is measured and what differs, or everything."""
    rows = compare_deployments(sides)
    room = max(10, (width - LABEL) // len(sides))
    lines: list[Line] = [_names(sides, room), NO_LINE]
    for section, title in TITLES.items():
        own = [row for row in rows if row.section == section]
        shown = [row for row in own if is_all or row.differs or section == "measured"]
        if section == "measured" and not own:
            lines += [
                *_heading(title, ""),
                say(plain("Nothing: the triage of the endpoint reads its signals."), "muted"),
            ]
        elif shown:
            counted = "" if section == "measured" else f"{sum(row.differs for row in own)} of {len(own)} differ"
            lines += [
                *_heading(title, counted),
                *(line for row in shown for line in _row(row, room, is_ascii=is_ascii)),
            ]
        if shown or section == "measured":
            lines.append(NO_LINE)
    if not any(row.differs for row in rows):
        lines.append(say(plain("No setting differs between them."), "muted"))
    return lines


def _names(sides: Sequence[Side], room: int) -> Line:
    endpoints = {side.deployment.endpoint for side in sides}
    spans: list[Span] = [blank(LABEL)]
    for place, side in enumerate(sides):
        own = side.deployment.name if len(endpoints) == 1 else f"{side.deployment.endpoint} / {side.deployment.name}"
        name = say(safe(own, 60), tone_of(side.deployment.name, place), bold=True)
        spans += (*fit_line(name, room - 2), blank(2))
    return tuple(spans)


def _heading(title: str, counted: str) -> list[Line]:
    return [(Span(safe(title), "strong", bold=True), Span(Safe(f"  {safe(counted)}"), "muted"))]


def _row(row: Row, room: int, *, is_ascii: bool) -> Iterator[Line]:
    """One row, its values wrapped in their columns."""
    sign = plain("! ") if is_ascii else plain("≠ ")
    mark: Line = (Span(sign, "warn"),) if row.differs else (blank(2),)
    label = (*mark, Span(safe(row.name, 60), "muted"))
    cells = [wrap_line(say(plain("–"), "muted") if value is None else
                       say(safe(value, 300), "warn" if row.differs else "text"), room - 2)
             for value in row.values]  # fmt: skip
    for number in range(max(map(len, cells))):
        spans = [*fit_line(label if number == 0 else NO_LINE, LABEL, in_middle=True)]
        for cell in cells:
            spans += (*fit_line(cell[number] if number < len(cell) else NO_LINE, room - 2), blank(2))
        yield tuple(spans)
