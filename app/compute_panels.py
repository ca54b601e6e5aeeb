"""What stands under the rows of Compute: the quotas that are fullest, and the runs that wait, as lines. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.machine_rows import ComputeRow, QuotaRow
from app.panes import quotas as cells
from widgets import format as fmt
from widgets.lines import NO_LINE, blank, clip_line, fit_line, say, spaced, titled
from widgets.pane import Cell, Line, Look, Span
from widgets.safe import Safe, plain, safe

MOST_QUOTAS, MOST_WAITING = 6, 4
_FAMILY = 26
_SIZES = (_FAMILY, 20, 6, 6, 6)
"""Cells of a quota's columns: family, gauge, used, limit, left; what waits comes last."""
_FIRST_NUMBER = 2
"""The first of them that holds numbers."""
INDENT = 3
"""Cells before a row: as many as the gutter of the table above has."""


def panels(quotas: Sequence[QuotaRow], computes: Sequence[ComputeRow], read: datetime | None, look: Look,
           width: int) -> list[Line]:  # fmt: skip
    """Both panels, one under the other; what there is nothing of is left out."""
    return [*_quota(quotas, read, look, width), *_waiting(computes, look, width)]


def in_use(quotas: Sequence[QuotaRow]) -> list[QuotaRow]:
    """The quotas that say something now, the fullest first: of families and of all together, in use or waited for."""
    found = [one for one in quotas if one.workspace is None and (one.used or one.waiting)]
    return sorted(found, key=lambda one: (not one.waiting, -(cells.share(one) or 0.0), one.name))


def _quota(quotas: Sequence[QuotaRow], read: datetime | None, look: Look, width: int) -> list[Line]:
    found = in_use(quotas)
    if not found:
        return []
    places = sorted({one.location for one in found if one.location})
    more = f", the {MOST_QUOTAS} fullest of {len(found)} in use" if len(found) > MOST_QUOTAS else ""
    about = Safe(f"  {safe(', '.join(places), 60)}, vCPUs{more}")
    head = (Span(plain("Quota"), "strong", bold=True), Span(about, "muted"))
    names = (plain("family"), plain(""), plain("used"), plain("limit"), plain("left"))
    parts = [fit_line(say(name, "muted"), size, is_right=at >= _FIRST_NUMBER)
             for at, (name, size) in enumerate(zip(names, _SIZES, strict=True))]  # fmt: skip
    waits = say(plain("waiting"), "muted") if any(one.waiting for one in found) else NO_LINE
    age = say(fmt.age(read, look.now), "muted") if read is not None else NO_LINE
    return [titled(head, age, width), (blank(INDENT), *spaced([*parts, waits])),
            *(clip_line(_row(one, look), width) for one in found[:MOST_QUOTAS])]  # fmt: skip


def _row(one: QuotaRow, look: Look) -> Line:
    used, limit = ((Span(fmt.count(number)),) for number in (one.used, one.limit))
    shown: tuple[Cell, ...] = (
        cells.family(one, look), cells.gauge(one, look), used, limit, cells.headroom(one, look)
    )  # fmt: skip
    fitted = [fit_line(cell, size, is_right=at >= _FIRST_NUMBER, in_middle=at == 0)
              for at, (cell, size) in enumerate(zip(shown, _SIZES, strict=True))]  # fmt: skip
    waits = cells.waiting(one, look) if one.waiting else NO_LINE
    return (blank(INDENT), *spaced([*fitted, waits]))


def _waiting(computes: Sequence[ComputeRow], look: Look, width: int) -> list[Line]:
    found = [(one.name, *text.partition(": ")[::2]) for one in computes for text in one.waiting]
    total = sum(one.queue or 0 for one in computes)
    if not found:
        return []
    head = (Span(plain("Waiting runs"), "strong", bold=True), Span(Safe(f"  {total:,}"), "muted"))
    sign = plain("o " if look.is_ascii else "◇ ")
    rows = [
        clip_line(
            (blank(INDENT), *spaced([
                fit_line((Span(sign, "muted"), Span(safe(run))), _FAMILY, in_middle=True),
                fit_line((Span(safe(compute), "muted"),), 16, in_middle=True),
                (Span(safe(why, 200)),),
            ])),
            width,
        )
        for compute, run, why in found[:MOST_WAITING]
    ]  # fmt: skip
    rest = total - len(rows)
    more = [(blank(INDENT), Span(Safe(f"and {rest:,} more"), "muted"))] if rest > 0 else []
    return [NO_LINE, titled(head, NO_LINE, width), *rows, *more]
