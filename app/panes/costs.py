"""Costs: what Azure billed, by resource and service, the dearest first."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from app.cells import fact, value
from app.rows import CostRow
from app.stack import BILL
from services.records import Money
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tally
from widgets.safe import Safe, plain, safe
from widgets.spark import spark


def amounts(row: CostRow) -> list[float | None]:
    """The days as numbers for drawing; None where Azure gave no line."""
    numbers: list[float | None] = []
    for text in row.days:
        try:
            numbers.append(float(Decimal(text)) if text else None)
        except InvalidOperation:
            numbers.append(None)
    return numbers


def change(row: CostRow, look: Look) -> Cell:
    """This week against the one before; loud from half as much again."""
    if row.week is None or row.week_before is None or row.week_before.amount <= 0:
        return fmt.DASH
    share = float(row.week.amount / row.week_before.amount) - 1
    return (Span(fmt.change(share), "warn" if share >= 0.5 else "muted"),)


def days(row: CostRow, look: Look) -> Cell:
    """Twelve newest days as a spark."""
    return spark(amounts(row)[-12:], is_ascii=look.is_ascii)


def head(row: CostRow, look: Look) -> Line:
    """Name and this month."""
    return (
        Span(safe(row.name or row.service or "unnamed"), "strong", bold=True),
        Span(Safe(f"  {fmt.money(row.month)} this month"), "muted"),
    )


def verdict(tally: Tally, look: Look) -> Line:
    """Billed this month, a sum a currency: currencies are never added."""
    months: dict[str, Decimal] = {}
    weeks: dict[str, Decimal] = {}
    for row in tally.rows():
        for money, sums in ((row.month, months), (row.week, weeks)):
            if money is not None:
                sums[money.currency] = sums.get(money.currency, Decimal(0)) + money.amount
    if not months and not weeks:
        return (Span(plain("Nothing billed that is known here"), "muted"),)
    month = "  ".join(fmt.money(Money(amount, currency)) for currency, amount in months.items())
    week = "  ".join(fmt.money(Money(amount, currency)) for currency, amount in weeks.items())
    return (
        Span(Safe(f"{month or '–'} billed this month"), "strong", bold=True),
        Span(plain("   actual cost"), "muted"),
        Span(Safe(f"   {week} in the last 7 complete days   newest 48 h incomplete"), "muted"),
    )


def day_lines(row: CostRow, look: Look) -> Sequence[Line]:
    """The newest fortnight, a bar a day against its dearest."""
    numbers = amounts(row)[-14:]
    top = max((number for number in numbers if number), default=0.0)
    lines: list[Line] = []
    for back, number in zip(range(len(numbers) - 1, -1, -1), numbers, strict=True):
        full = round(24 * number / top) if number and top else 0
        on = "=" if look.is_ascii else "━"
        value = plain("–") if number is None else Safe(f"{number:,.2f}")
        lines.append(
            (
                Span(Safe(f"{back:>2}d ago  " if back else "today    "), "muted"),
                Span(value if len(value) >= 9 else Safe(f"{value:>9}"), "text"),
                Span(Safe(f"  {on * full}"), "accent"),
            )
        )
    return lines


COSTS: Pane[CostRow] = Pane(
    name="costs",
    title="Costs",
    digit="7",
    record=CostRow,
    table="cost_rows",
    noun="resources",
    sources=("costs", "cost_rows"),
    order="-month",
    empty="Azure has billed nothing to this resource group in the last 30 days, or does not say.",
    columns=(
        Column("resource", value("name"), 20, "name", grows=True, rank=1),
        Column("service", value("service", "muted"), 22, "service", rank=2),
        Column("last 12 days", days, 12, rank=3),
        Column(
            "last day",
            lambda row, look: (Span(fmt.amount(row.day), "text" if row.day else "muted"),),
            9,
            "day",
            is_right=True,
            rank=4,
        ),
        Column(
            "7 days",
            lambda row, look: (Span(fmt.amount(row.week), "text" if row.week else "muted"),),
            10,
            "week",
            is_right=True,
            rank=2,
        ),
        Column("change", change, 7, is_right=True, rank=3),
        Column(
            "month",
            lambda row, look: (Span(fmt.amount(row.month), "text" if row.month else "muted"),),
            10,
            "month",
            is_right=True,
            rank=1,
        ),
        Column(
            "", lambda row, look: fmt.words((row.month or row.week or row.day or _NONE).currency, "muted"), 3, rank=1
        ),
        Column("type", lambda row, look: fmt.words((row.type or "").split("/")[-1], "muted"), 16, "type", rank=6),
        Column("group", value("group", "muted"), 16, "group", rank=7),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section(
            "",
            facts=(
                Fact(
                    "month",
                    lambda row, look: (Span(fmt.money(row.month)), Span(plain(" billed so far"), "muted")),
                    "month",
                ),
                Fact(
                    "7 days",
                    lambda row, look: (Span(fmt.money(row.week)), Span(plain(" billed, complete days"), "muted")),
                    "week",
                ),
                Fact("before", lambda row, look: (Span(fmt.money(row.week_before)),), "week_before"),
                Fact("last day", lambda row, look: (Span(fmt.money(row.day)),), "day"),
                fact("service", "service"),
                fact("type", "type"),
                fact("group", "group"),
                fact("id", "resource"),
            ),
        ),
        Section("By day", lines=day_lines),
    ),
    drills=(
        Drill("enter", "its activity", "activity", lambda row: f'resource="{row.resource or ""}"'),
        Drill("T", "charts", "costs", lambda row: row.id, part=BILL),
        Drill("n", "budgets", "budgets", lambda row: ""),
        Drill("u", "usage", "usage", lambda row: f'resource="{row.resource}"' if row.resource else ""),
    ),
    reference=Reference(lambda row: row.resource or row.id, lambda row, workspace: row.resource),
    help="Billed, never estimated. The newest 48 hours are incomplete: Azure fills them in late, and asking again "
    "before a quarter of an hour is over brings nothing. Unusual days are found here, by the same weekday of four "
    "weeks; Azure's own anomaly alerts are mails that the portal sets up, under Cost Management.",
)


class _NoMoney:
    amount = Decimal(0)
    currency = ""


_NONE = _NoMoney()
