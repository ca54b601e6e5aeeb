"""The bill on so many cells: charts, then where it went with the panels beside it, or all under one another. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.billing.asked import title_of
from app.billing.bill import Bill
from app.billing.charts import by_day, month
from app.billing.known import Known
from app.billing.panel_list import PANELS, Panel
from app.billing.panels import Shown, verdict_line, where_it_went
from app.billing.words import days_of, is_calendars, told
from widgets.chart_raster import Dots
from widgets.lines import NO_LINE, blank, fit_line, say, titled, wrap_line
from widgets.pane import Line, Look, Span
from widgets.safe import Safe, plain

WIDE = 120
"""Columns from which on two things stand side by side."""
RIGHT, GAP = 54, 3
PANELS_LEFT = tuple(panel for panel in PANELS if panel.is_left)
PANELS_RIGHT = tuple(panel for panel in PANELS if not panel.is_left)
TALL, LOW = 13, 8
"""Rows of a chart."""


def bill_lines(known: Known, shown: Shown, width: int, dots: Dots = "braille") -> list[Line]:
    """All of it, from the verdict down; a sentence while nothing is known of the cut."""
    if not known.bills:
        return [NO_LINE, *(row for said in (shown.note, shown.pace) for row in wrap_line(say(said, "muted"), width))]
    bill = known.bills[0]
    top = [verdict_line(bill, shown.look, width), *_notes(known, shown, width)]
    if width >= WIDE:
        return [NO_LINE, *top, NO_LINE, *charts(bill, shown, width, TALL, dots), NO_LINE, *_wide(known, shown, width)]
    bars = by_day(bill, shown.days, width, LOW, shown.look, is_mono=shown.is_mono)
    day = [_title(_per_day(bill, shown), shown.age, width), *bars]
    below = [_month_title(bill, width), *month(bill, width, LOW, shown.look, dots)]
    return [*top, NO_LINE, *_where(known, shown, width), NO_LINE, *day, NO_LINE, *below,
            *_panels(known, shown, width)]  # fmt: skip


def charts(bill: Bill, shown: Shown, width: int, height: int, dots: Dots) -> list[Line]:
    """Both charts side by side."""
    left = width - RIGHT - GAP
    days = [_title(_per_day(bill, shown), shown.age, left), NO_LINE,
            *by_day(bill, shown.days, left, height, shown.look, is_mono=shown.is_mono)]  # fmt: skip
    right = [_month_title(bill, RIGHT), NO_LINE, *month(bill, RIGHT, height, shown.look, dots)]
    return beside(days, right, left)


def _wide(known: Known, shown: Shown, width: int) -> list[Line]:
    left = width - RIGHT - GAP
    charts_left = [*_where(known, shown, left), *_panels(known, shown, left, PANELS_LEFT)]
    return beside(charts_left, _panels(known, shown, RIGHT, PANELS_RIGHT)[1:], left)


def beside(left: Sequence[Line], right: Sequence[Line], width: int) -> list[Line]:
    """Two columns of lines, the left one so many cells wide."""
    rows = max(len(left), len(right))
    pairs = zip([*left, *[NO_LINE] * (rows - len(left))], [*right, *[NO_LINE] * (rows - len(right))], strict=True)
    return [(*fit_line(one, width), blank(GAP), *other) if other else one for one, other in pairs]


def _title(head: Line, age: Line, width: int) -> Line:
    return titled(head, age, width)


def _per_day(bill: Bill, shown: Shown) -> Line:
    budget = bill.daily_budget
    limit = f"   budget {told(budget, bill.currency)} a day" if budget is not None else ""
    return (Span(plain("Per day"), "accent", bold=True), Span(Safe(f"  {shown.days} days, billed{limit}"), "muted"))


def _month_title(bill: Bill, width: int) -> Line:
    budget = bill.budget
    of = f" of {told(budget.amount.amount, bill.currency)}" if budget is not None and budget.amount is not None else ""
    who = "forecast" if bill.forecast is not None else "by last week"
    course = bill.course()
    then = f", then {told(course, bill.currency)} {who}" if course is not None else ""
    billed = Span(Safe(f"  {told(bill.month, bill.currency)}"), "strong")
    head: Line = (Span(plain("Month"), "strong", bold=True), billed, Span(Safe(f"{of}{then}"), "muted"))
    return titled(head, NO_LINE, width)


def _where(known: Known, shown: Shown, width: int) -> list[Line]:
    bill = known.bills[0]
    key = f", by {title_of(known.key)}" if known.key is not None and known.key != bill.looked.cut else ""
    head: Line = (Span(plain("Where it went"), "strong", bold=True),
                  Span(Safe(f"  this month by {title_of(bill.looked.cut)}{key}"), "muted"))  # fmt: skip
    return [titled(head, NO_LINE, width), *where_it_went(bill, shown, width)]


def _notes(known: Known, shown: Shown, width: int) -> list[Line]:
    """What limits what is shown, and when Azure may be asked again."""
    bill, lines = known.bills[0], list[Line]()
    if bill.is_last_day_only:
        said = "Azure gave the newest day alone: it does not tell days apart for this offer and grouping."
        lines.append(say(Safe(said), "warn"))
    if known.ahead is not None:
        how = "more than" if known.ahead.amount > 0 else "less than"
        over = told(abs(known.ahead.amount), known.ahead.currency)
        said = f"Amortised cost is {over} {how} the actual one in these days: reservations that were paid ahead."
        lines.append(say(Safe(said), "muted"))
    if known.is_of_subscription:
        said = "Asked of the subscription, for what is in the resource group: the group itself refused."
        lines.append(say(Safe(said), "muted"))
    if known.period is not None and not is_calendars(*known.period):
        said = f"Azure's open billing period is {days_of(*known.period)}: an invoice is not of one month shown here."
        lines.append(say(Safe(said), "muted"))
    if shown.pace:
        lines.append(say(shown.pace, "muted"))
    return [row for line in lines for row in wrap_line(line, width)]


def _panels(known: Known, shown: Shown, width: int, panels: Sequence[Panel] = PANELS) -> list[Line]:
    lines: list[Line] = []
    for title, drawn in _drawn_of(panels, known, shown, width):
        head: Line = (Span(title, "strong", bold=True),)
        lines += [NO_LINE, titled(head, NO_LINE, width), *drawn]
    return lines


def drawn_panels(known: Known, look: Look, width: int) -> list[tuple[Safe, list[Line]]]:
    """The panels beside the bill that have something to say, each with its lines."""
    return _drawn_of(PANELS_RIGHT, known, Shown(look), width)


def _drawn_of(panels: Sequence[Panel], known: Known, shown: Shown, width: int) -> list[tuple[Safe, list[Line]]]:
    made = [(panel.title, _drawn(panel, known, shown, width)) for panel in panels]
    return [(title, lines) for title, lines in made if lines]


def _drawn(panel: Panel, known: Known, shown: Shown, width: int) -> list[Line]:
    rows = known.beside.get(panel.title, ())
    needs_rows = panel.table or panel.read is not None
    return panel.draw(rows, known.bills[0], shown, width) if rows or not needs_rows else []
