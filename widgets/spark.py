"""Small pictures inside a row: sparklines, gauges, bars and node squares, as lines. No widget per row."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, isfinite

from widgets.pane import Line, Span, Tone
from widgets.safe import Safe, plain

CELLS = 12
"""Cells of a sparkline in a row."""

MOST_SQUARES = 20
"""Nodes drawn one by one; more become a gauge."""

_LEVELS = "▁▂▃▄▅▆▇"  # never █: rows must not touch
_ASCII_LEVELS = "_,-~=^#"  # never a dot: that is nothing measured


def spark(
    values: Sequence[float | None],
    *,
    width: int = CELLS,
    top: float | None = None,
    unusual_from: int | None = None,
    tone: Tone = "err",
    is_ascii: bool = False,
) -> Line:
    """A sparkline of the values, newest at the right end; `·` where nothing was measured.

    Usual values are `edge`; from the index `unusual_from` on they take `tone`. More values than cells: the largest
    of each share is kept, so no spike is lost. `top` is the value of a full cell, by default the largest.
    """
    shares = _shares(len(values), width)
    peaks = [_largest(values[start:stop]) for start, stop in shares]
    known = [peak for peak in peaks if peak is not None]
    full = top if top is not None else max(known, default=0.0)
    levels = _ASCII_LEVELS if is_ascii else _LEVELS
    nothing = "." if is_ascii else "·"
    cells = [nothing if peak is None else _level(peak, full, levels) for peak in peaks]
    usual = sum(1 for _start, stop in shares if unusual_from is None or stop <= unusual_from)
    text = nothing * (width - len(cells)) + "".join(cells)
    cut = width - len(cells) + usual
    return _spans((text[:cut], "edge"), (text[cut:], tone))


def gauge(
    share: float | None,
    width: int,
    *,
    tone: Tone | None = None,
    limit: float | None = None,
    is_ascii: bool = False,
) -> Line:
    """A share of 1 as `━` over a `─` track, a half cell as `╸`; a track alone when unknown.

    `run` below 90 %, `warn` above, `err` at 100 %, unless `tone` is given. `limit` stands as `┃` on the track. A
    gauge says little alone: write its number after it.
    """
    filled, half = _bar(share, width)
    colour = tone or _load_tone(share)
    bar = ("=" if is_ascii else "━") * filled + (("-" if is_ascii else "╸") if half else "")
    track = ("." if is_ascii else "─") * (width - len(bar))
    line = _spans((bar, colour), (track, "line"))
    return line if limit is None else _with_limit(line, round(limit * (width - 1)), "|" if is_ascii else "┃")


def amount_bar(share: float | None, width: int, *, is_ascii: bool = False) -> Line:
    """An amount without a limit as an accent bar of `width` cells at most, blanks after it and no track."""
    filled, half = _bar(share, width)
    bar = ("=" if is_ascii else "━") * filled + (("-" if is_ascii else "╸") if half else "")
    return _spans((bar, "accent"), (" " * (width - len(bar)), "text"))


def nodes(busy: int, idle: int, starting: int, free: int, *, width: int = 10, is_ascii: bool = False) -> Line:
    """Nodes as squares: `■` busy, `□` idle and paid, `▪` starting, `·` free; past 20 of them a bar of `width`."""
    counts: tuple[tuple[int, str, Tone], ...] = (
        (busy, "#" if is_ascii else "■", "run"),
        (idle, "o" if is_ascii else "□", "warn"),
        (starting, "+" if is_ascii else "▪", "run"),
        (free, "." if is_ascii else "·", "muted"),
    )
    total = sum(max(0, count) for count, _glyph, _tone in counts)
    if total <= MOST_SQUARES:
        return tuple(Span(Safe(glyph * count), tone) for count, glyph, tone in counts if count > 0)
    used, paid = ceil(width * busy / total), ceil(width * (idle + starting) / total)
    paid = min(paid, width - used)
    solid, track = ("=", ".") if is_ascii else ("━", "─")
    return _spans((solid * used, "run"), (solid * paid, "warn"), (track * (width - used - paid), "line"))


def _spans(*parts: tuple[str, Tone]) -> Line:
    return tuple(Span(Safe(text), tone) for text, tone in parts if text)


def _shares(count: int, width: int) -> list[tuple[int, int]]:
    """Which values each cell stands for: one each, or equal shares when there are more values than cells."""
    cells = min(count, width)
    return [(index * count // cells, (index + 1) * count // cells) for index in range(cells)]


def _largest(values: Sequence[float | None]) -> float | None:
    return max((value for value in values if value is not None and isfinite(value)), default=None)


def _level(value: float, full: float, levels: str) -> str:
    if full <= 0 or value <= 0:
        return levels[0]
    return levels[min(len(levels) - 1, int(value / full * (len(levels) - 1) + 0.5))]


def _bar(share: float | None, width: int) -> tuple[int, bool]:
    """Whole cells and whether a half follows; something is never nothing, and nearly full is never full."""
    if share is None or share <= 0 or not isfinite(share):
        return 0, False
    halves = width * 2 if share >= 1 else min(max(1, round(share * width * 2)), width * 2 - 1)
    return halves // 2, bool(halves % 2)


def _load_tone(share: float | None) -> Tone:
    if share is None or share < 0.9:
        return "run"
    return "warn" if share < 1 else "err"


def _with_limit(line: Line, at: int, glyph: str) -> Line:
    """The line with one cell replaced by the limit's sign."""
    spans: list[Span] = []
    x = 0
    for span in line:
        cut = at - x
        x += len(span.text)
        if not 0 <= cut < len(span.text):
            spans.append(span)
            continue
        pieces = (span.text[:cut], span.text[cut + 1 :])
        spans.append(span._replace(text=Safe(pieces[0])))
        spans.append(Span(Safe(glyph), "strong"))
        spans.append(span._replace(text=Safe(pieces[1])))
    return tuple(span for span in spans if span.text != plain(""))
