"""The signals of a triage as lines: what is usual thin, what is not filled, changes and onset through all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from app.triaging.window import MINUTE, Window
from services.triage import Triage
from services.triage_charts import Chart
from widgets import format as fmt
from widgets.chart_raster import Dots
from widgets.course import Mark, column_of, course, strip
from widgets.lines import NO_LINE, blank, clip_line, fit_line, line_width, say
from widgets.pane import Line, Look, Span, Tone
from widgets.safe import Safe, cell_width, plain, safe

NUMBERS = (8, 10, 8)
"""Cells of what stands behind a chart: now, usual, change."""
TALL = 3
"""Rows of errors and latency where there is room."""
LIKELY = 0.4
"""The score from which on a suspect is one on the strip."""

_LEAST_TOP = {"errors": 1.0, "refused": 1.0, "cpu": 100.0}
"""What a scale reaches at least: half a per cent of errors shall not look like a wall."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What is drawn on: so many cells, in so fine dots, with room for tall charts or not."""

    look: Look
    width: int
    dots: Dots = "braille"
    is_tall: bool = False

    @property
    def label(self) -> int:
        """Cells of the names at the left."""
        return 13 if self.is_tall else 12

    @property
    def chart(self) -> int:
        """Cells of a chart."""
        return max(10, self.width - self.label - sum(NUMBERS) - 2)


def signal_lines(found: Triage, window: Window, paper: Paper) -> list[Line]:
    """The charts under their heading, the strip of changes under them."""
    stems = _stems(found, window, paper)
    lines: list[Line] = [_heading(window, paper)] if paper.is_tall or window.cursor is not None else []
    for chart in found.charts:
        high = TALL if paper.is_tall and chart.name in ("errors", "refused", "p95") else 1
        lines += _chart(chart, window, paper, high, stems)
        if paper.is_tall:
            lines.append(_stemmed(stems, paper))
    return [*lines, *strip_lines(found, window, paper), *_changed_at(found, window, paper)]


def _changed_at(found: Triage, window: Window, paper: Paper) -> Iterator[Line]:
    """What was changed in the minute under the cursor, and why it is not suspect where it is not."""
    at = window.cursor
    if at is None:
        return
    suspects = [(one.at, f"{one.what}{f' by {one.who}' if one.who else ''}") for one in found.suspects]
    cleared = [(one.change.at, f"{one.what}: {one.reason}") for one in found.cleared]
    said = [what for when, what in (*suspects, *cleared) if at <= when < at + MINUTE]
    for what in said or ["no change in this minute"]:
        line: Line = (Span(safe(what, 300), "text" if said else "muted"),)
        yield clip_line((blank(paper.label), *line), paper.width)


def _heading(window: Window, paper: Paper) -> Line:
    """What the numbers behind are: of now, or of the minute under the cursor."""
    at = window.cursor
    first = plain("now") if at is None else Safe(fmt.clock(at, paper.look))
    names: tuple[tuple[Safe, Tone], ...] = (
        (first, "muted" if at is None else "accent"),
        (plain("usual"), "muted"),
        (plain("change"), "muted"),
    )
    cells = [fit_line(say(word, tone), room, is_right=True) for (word, tone), room in zip(names, NUMBERS, strict=True)]
    return (blank(paper.label + paper.chart + 2), *(span for cell in cells for span in cell))


def values_in(chart: Chart, window: Window) -> list[float | None]:
    """The values of a chart minute by minute; the larger one where two fall into the same."""
    found: list[float | None] = [None] * window.minutes
    for at, value in zip(chart.times, chart.values, strict=True):
        if value is not None and window.is_in(at):
            place = window.place(at)
            known = found[place]
            found[place] = value if known is None else max(known, value)
    return found


def _unusual_from(chart: Chart, window: Window) -> int | None:
    places = [window.place(at) for at, is_odd in zip(chart.times, chart.unusual, strict=True) if is_odd]
    first = min(places, default=None)
    return None if first is None or first >= window.minutes else max(0, first)


def _chart(chart: Chart, window: Window, paper: Paper, high: int, stems: dict[int, Tone]) -> Iterator[Line]:
    values, odd = values_in(chart, window), _unusual_from(chart, window)
    rows = course(
        values, paper.chart, high, unusual_from=odd, least_top=_LEAST_TOP.get(chart.name, 0.0), stems=stems,
        dots=paper.dots,
    )  # fmt: skip
    label = (Span(safe(chart.name, 9), "strong" if paper.is_tall else "text", bold=paper.is_tall),
             Span(Safe(f" {chart.unit}"), "muted"))  # fmt: skip
    for row, line in enumerate(rows):
        head = label if row == 0 else _foot(row == high - 1)
        numbers = _numbers(chart, values, window, is_odd=odd is not None) if row == 0 else NO_LINE
        yield (*fit_line(head, paper.label, is_right=row > 0), *line, *numbers)


def _foot(is_last: bool) -> Line:
    return say(plain("0 "), "muted") if is_last else NO_LINE


def _numbers(chart: Chart, values: Sequence[float | None], window: Window, *, is_odd: bool) -> Line:
    """Now (or at the cursor), usual, and how far that is apart."""
    at = window.cursor
    now = chart.now if at is None else values[window.place(at)] if window.is_in(at) else None
    tone: Tone = "err" if is_odd and (at is None or _is_odd_at(chart, at)) else "text"
    cells = (
        say(number(now), tone, bold=tone == "err"),
        say(number(chart.usual), "muted"),
        say(difference(chart, now), tone if tone == "err" else "muted"),
    )
    return (blank(2), *(span for cell, room in zip(cells, NUMBERS, strict=True)
                        for span in fit_line(cell, room, is_right=True)))  # fmt: skip


def _is_odd_at(chart: Chart, at: datetime) -> bool:
    return any(odd and abs(one - at) < MINUTE for one, odd in zip(chart.times, chart.unusual, strict=True))


def number(value: float | None) -> Safe:
    """`7.9`, `2,110`, `61`: one digit behind the point below ten."""
    if value is None:
        return plain("–")
    return Safe(f"{value:,.1f}" if abs(value) < 9.95 else f"{value:,.0f}")


def difference(chart: Chart, now: float | None) -> Safe:
    """`79×` far above what is usual, else `+3 %`, or `+3` where the values are shares themselves."""
    if now is None or chart.usual is None:
        return plain("–")
    times = now / chart.usual if chart.usual > 0 else None
    if times is not None and times >= 2:
        return Safe(f"{times:.1f}×" if times < 10 else f"{times:,.0f}×")
    apart = now - chart.usual if chart.unit == "%" else (times - 1) * 100 if times is not None else None
    if apart is None:
        return plain("–")
    whole = round(apart)
    sign = "−" if whole < 0 else "+" if whole > 0 else ""
    return Safe(f"{sign}{abs(whole):,}{'' if chart.unit == '%' else ' %'}")


def _stems(found: Triage, window: Window, paper: Paper) -> dict[int, Tone]:
    """The columns a change, the onset or the cursor goes through."""
    through: dict[datetime, Tone] = {one.at: "line" for one in found.suspects if one.score >= LIKELY}
    if found.onset is not None:
        through[found.onset] = "err"
    if window.cursor is not None:
        through[window.cursor] = "accent"
    return {
        column_of(window.place(at), window.minutes, paper.chart): tone
        for at, tone in through.items()
        if window.is_in(at)
    }


def _stemmed(stems: dict[int, Tone], paper: Paper) -> Line:
    (line,) = course((), paper.chart, 1, stems=stems, dots=paper.dots)
    return (blank(paper.label), *line)


class Moment(NamedTuple):
    """Something on the strip. Without a word it is only a sign."""

    at: datetime
    sign: Safe
    tone: Tone
    word: str = ""


def moments(found: Triage, window: Window, *, is_ascii: bool) -> list[Moment]:
    """Changes and the onset, what matters most last."""
    calm, sign = plain("o" if is_ascii else "◇"), plain("+" if is_ascii else "◆")
    quiet = [Moment(one.change.at, calm, "muted") for one in found.cleared]
    some = [
        Moment(one.at, sign, "run", one.kind) if one.score >= LIKELY else Moment(one.at, calm, "muted", one.kind)
        for one in reversed(found.suspects)
    ]
    onset = [Moment(found.onset, plain("!" if is_ascii else "▲"), "err", "onset")] if found.onset is not None else []
    return [one for one in (*quiet, *some, *onset) if window.is_in(one.at)]


def strip_lines(found: Triage, window: Window, paper: Paper) -> list[Line]:
    """The strip of changes, with what and when under it where there is room."""
    shown = moments(found, window, is_ascii=paper.look.is_ascii)
    marks = [Mark(window.place(one.at), one.sign, one.tone) for one in shown]
    line = strip(marks, window.minutes, paper.chart, is_ascii=paper.look.is_ascii)
    label = say(plain("changes"), "strong" if paper.is_tall else "text", bold=paper.is_tall)
    strip_line = (*fit_line(label, paper.label), *line)
    if paper.is_tall:
        return [strip_line, *_named([one for one in reversed(shown) if one.word], window, paper)]
    said = Safe(f"onset {fmt.clock(found.onset, paper.look)}") if found.onset is not None else plain("")
    return [(*strip_line, *fit_line(say(said, "err"), paper.width - line_width(strip_line), is_right=True))]


def _named(shown: Sequence[Moment], window: Window, paper: Paper) -> list[Line]:
    """Two rows under the strip: words, then times. What would touch another is left out, the onset never."""
    words: list[tuple[int, Span]] = []
    times: list[tuple[int, Span]] = []
    taken: list[tuple[int, int]] = []
    for one in shown:
        at = one.at.astimezone() if paper.look.is_local else one.at.astimezone(UTC)
        word, time = safe(one.word, 12), Safe(f"{at:%H:%M}")
        wide = max(cell_width(word), len(time))
        start = column_of(window.place(one.at), window.minutes, paper.chart) - wide // 2
        start = min(max(0, start), paper.chart - wide)
        if any(start <= stop and begin <= start + wide for begin, stop in taken):
            continue
        taken.append((start, start + wide))
        words.append((start + (wide - cell_width(word)) // 2, Span(word, "text" if one.tone == "run" else one.tone)))
        times.append((start + (wide - len(time)) // 2, Span(time, "muted")))
    return [_placed(row, paper) for row in (words, times)] if taken else []


def _placed(spans: Sequence[tuple[int, Span]], paper: Paper) -> Line:
    made: list[Span] = [blank(paper.label)]
    at = 0
    for start, span in sorted(spans, key=lambda one: one[0]):
        made += [blank(start - at), span]
        at = start + cell_width(span.text)
    return tuple(made)
