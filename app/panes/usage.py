"""Usage: what was used of each meter in the open billing period, with its quantity and what it costs so far."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from app.billing.words import days_of, is_calendars
from app.cells import exact as exactly
from app.cells import fact, value
from app.stack import BILL
from app.sums import MOST_ROWS
from services.records import Money
from services.usage_details import UsageLine
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tally
from widgets.safe import Safe, plain, safe

CENT = Decimal("0.005")


def span(one: UsageLine, look: Look) -> Cell:
    """The day, or the days it is a sum of."""
    if one.start is None:
        return fmt.DASH
    first, last = one.start, one.end or one.start
    if last - first <= timedelta(days=1):
        return (Span(Safe(f"{first.day} {first:%b}"), "muted"),)
    same = (first.year, first.month) == (last.year, last.month)
    text = f"{first.day}–{last.day} {last:%b}" if same else f"{first.day} {first:%b}–{last.day} {last:%b}"
    return (Span(Safe(text.replace("–", "-") if look.is_ascii else text), "muted"),)


def meter(one: UsageLine, look: Look) -> Cell:
    """What was counted: the meter, or the product where Azure gave no details of the meter."""
    return fmt.words(one.meter) if one.meter else fmt.words(one.product, "muted")


def quantity(one: UsageLine, look: Look) -> Cell:
    """How much; the unit has a column of its own."""
    if one.quantity is None:
        return fmt.DASH
    return (Span(Safe(f"{one.quantity:,.2f}" if abs(one.quantity) >= 0.005 else f"{one.quantity:.3g}")),)


def cost(one: UsageLine, look: Look) -> Cell:
    """What it costs; less than a cent is said to be that, not nothing."""
    if one.cost is not None and 0 < abs(one.cost.amount) < CENT:
        return (Span(plain("<0.01"), "muted"),)
    return (Span(fmt.amount(one.cost), "text" if one.cost else "muted"),)


def state(one: UsageLine, look: Look) -> Cell:
    """Whether the period is open: then it may change."""
    if one.is_estimated is None:
        return fmt.DASH
    if one.is_estimated:
        return (Span(plain("o open" if look.is_ascii else "◌ open"), "warn"),)
    return (Span(plain("v closed" if look.is_ascii else "✓ closed"), "muted"),)


def period(one: UsageLine, look: Look) -> Cell | None:
    """The billing period, with its days where they are known."""
    if one.period_start is None or one.period_end is None:
        return fmt.words(one.period) if one.period else None
    aside = "" if is_calendars(one.period_start, one.period_end) else ", not the calendar's month"
    name = f"{safe(one.period, 40)}, " if one.period else ""
    return (Span(Safe(f"{name}{days_of(one.period_start, one.period_end)}{aside}")),)


def verdict(tally: Tally, look: Look) -> Line:
    """The cost of the period, a sum a currency, and which days it has where they are no month of the calendar."""
    sums: dict[str, Decimal] = {}
    unknown, known, lines = 0, None, tally.rows()
    for one in lines:
        known = one if one.period_start is not None else known
        if one.cost is None:
            unknown += 1
        else:
            sums[one.cost.currency] = sums.get(one.cost.currency, Decimal(0)) + one.cost.amount
    if not lines:
        return (Span(plain("No usage is known here"), "muted"),)
    # One currency after the other: they are never added.
    least = "at least " if len(lines) >= MOST_ROWS else ""
    head = "  ".join(fmt.money(Money(amount, currency)) for currency, amount in sums.items()) or "–"
    is_open = any(one.is_estimated for one in lines)
    what = "in the open billing period" if is_open else "in this billing period"
    changes = "   may still change" if is_open else ""
    days = f", {days_of(known.period_start, known.period_end)}" if known and known.period_end else ""
    lacking = f"   {unknown} lines without a cost" if unknown else ""
    return (
        Span(Safe(f"{least}{head} {what}{days}"), "strong", bold=True),
        Span(Safe(f"{changes}{lacking}"), "muted"),
    )


def head(one: UsageLine, look: Look) -> Line:
    """Whose usage it is, and what it costs."""
    name = one.name or one.meter or one.product or "unnamed"
    return (Span(safe(name), "strong", bold=True), Span(Safe(f"  {fmt.money(one.cost)}"), "muted"))


def tag_lines(one: UsageLine, look: Look) -> list[Line]:
    """The tags it was used under."""
    return [(Span(safe(f"{name}  "), "muted"), *fmt.words(text)) for name, text in sorted(one.tags.items())]


USAGE: Pane[UsageLine] = Pane(
    name="usage",
    title="Usage",
    digit="",
    record=UsageLine,
    table="usage",
    noun="lines",
    sources=("usage",),
    order="-cost",
    in_tabs=False,
    empty="Azure says nothing of what this resource group used in the open billing period, or it is not read yet.",
    columns=(
        Column("day", span, 9, "start", rank=2),
        Column("resource", value("name"), 14, "name", grows=True, rank=1),
        Column("meter", meter, 17, "meter", grows=True, rank=1),
        Column("quantity", quantity, 9, "quantity", is_right=True, rank=2),
        Column("unit", value("unit", "muted"), 10, "unit", rank=3),
        Column("cost", cost, 10, "cost", is_right=True, rank=1),
        Column("", lambda one, look: fmt.words(one.cost.currency if one.cost else None, "muted"), 3, rank=1),
        Column("period", state, 8, "is_estimated", rank=4),
        Column("category", value("category", "muted"), 18, "category", rank=5),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section(
            "",
            facts=(
                Fact("cost", lambda one, look: (Span(fmt.money(one.cost)),), "cost"),
                Fact("quantity", quantity, "quantity"),
                fact("unit", "unit"),
                fact("meter", "meter"),
                fact("category", "category"),
                fact("within", "subcategory"),
                fact("product", "product"),
                fact("from", "start", exactly),
                fact("until", "end", exactly),
                Fact("period", period, "period"),
                Fact("state", state, "is_estimated"),
                fact("id", "resource"),
            ),
        ),
        Section("Tags", lines=tag_lines),
    ),
    drills=(
        Drill("enter", "its bill", "costs", lambda one: f'resource="{one.resource or ""}"'),
        Drill("T", "charts", "costs", lambda one: "", part=BILL),
    ),
    reference=Reference(lambda one: one.name or one.id, lambda one, workspace: one.resource),
    help="What was used of each meter, by day and resource, as the invoice counts it: quantity, unit and cost of the "
    "open billing period, which may be no month of the calendar. Nothing of it is final before the period is closed. "
    "Where Azure gives no details of a meter its product is named; what has no cost shows a dash.",
)
