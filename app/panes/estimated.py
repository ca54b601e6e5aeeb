"""Estimated: what runs cost this month by list prices, by experiment, user, compute or tag, the dearest first."""

from __future__ import annotations

from collections.abc import Sequence

from app.cells import fact, value
from app.estimate_words import estimate_cell
from app.estimated_rows import BY
from app.estimated_table import ALL, EstimatedRow
from app.quoting import quoted
from services.estimates import Sum
from services.records import Money
from widgets import format as fmt
from widgets.pane import Cell, Column, Drill, Fact, Line, Look, Pane, Reference, Section, Span, Tally
from widgets.safe import Safe, plain, safe
from widgets.spark import spark


def _cell(money: Money | None, unknown: int, look: Look) -> Cell:
    return estimate_cell(Sum({money.currency: money.amount} if money is not None else {}, unknown), look)


def month(row: EstimatedRow, look: Look) -> Cell:
    """What started this month; `≥` where a part has no price."""
    return _cell(row.month, row.unknown, look)


def week(row: EstimatedRow, look: Look) -> Cell:
    """The last seven days."""
    return _cell(row.week, 0, look)


def change(row: EstimatedRow, look: Look) -> Cell:
    """The last seven days against those before; loud from half as much again."""
    if row.week is None or row.week_before is None or row.week_before.amount <= 0:
        return fmt.DASH
    if row.week.currency != row.week_before.currency:
        return fmt.DASH
    rise = float(row.week.amount / row.week_before.amount) - 1
    return (Span(fmt.change(rise), "warn" if rise >= 0.5 else "muted"),)


def days(row: EstimatedRow, look: Look) -> Cell:
    """The twelve newest days as a spark."""
    return spark([_number(text) for text in row.days[-12:]], is_ascii=look.is_ascii)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def head(row: EstimatedRow, look: Look) -> Line:
    """What is summed up, and its month."""
    name = safe(row.name) if row.name else plain("everything" if row.by == ALL else "unknown")
    return (Span(name, "strong", bold=True), Span(Safe(f"  {safe(row.by, 30)}"), "muted"))


def verdict(tally: Tally, look: Look) -> Line:
    """The month so far, and what all that is up costs an hour now."""
    rows: list[EstimatedRow] = list(tally.rows())
    whole = next((row for row in rows if row.by == ALL), None)
    if whole is None or (whole.month is None and whole.per_hour is None):
        return (Span(plain("No price is known yet: :prices reads list prices"), "muted"),)
    least = "at least " if whole.unknown else ""
    spans = [Span(Safe(f"{least}{fmt.money(whole.month, is_estimate=True)} estimated for this month's runs"),
                  "strong", bold=True)]  # fmt: skip
    if whole.per_hour is not None:
        spans.append(Span(Safe(f"   {fmt.money(whole.per_hour, is_estimate=True)} an hour now"), "text"))
    if whole.idle_per_hour is not None and whole.idle_per_hour.amount:
        spans.append(Span(Safe(f", {fmt.money(whole.idle_per_hour, is_estimate=True)} of it idle"), "warn"))
    return tuple(spans)


def following(row: EstimatedRow) -> str:
    """The filter of the next thing to sum by."""
    return f"by={BY[(BY.index(row.by) + 1) % len(BY)] if row.by in BY else BY[0]}"


def its_runs(row: EstimatedRow) -> str:
    """The filter that finds the runs."""
    if row.by == ALL:
        return "parent:none started<31d"
    return f"{row.by}={quoted(row.name)} started<31d" if row.name else f"{row.by}:none started<31d"


def basis(row: EstimatedRow, look: Look) -> Sequence[Line]:
    """What it is made of."""
    return [(Span(safe(text, 200), "muted"),) for text in row.priced]


ESTIMATED: Pane[EstimatedRow] = Pane(
    name="estimated",
    title="Estimated",
    digit="",
    record=EstimatedRow,
    table="estimated_rows",
    noun="sums",
    sources=("runs", "compute", "estimated_rows"),
    order="-month",
    filter=f"by={BY[0]}",
    in_tabs=False,
    empty="No run of the last month is known here, or none has a price: :prices reads list prices.",
    columns=(
        Column("what", lambda row, look: fmt.words(row.name or plain("unknown")), 20, "name", grows=True, rank=1),
        Column("by", value("by", "muted"), 10, "by", rank=5),
        Column("last 12 days", days, 12, rank=3),
        Column("7 days", week, 10, "week", is_right=True, rank=2),
        Column("change", change, 7, is_right=True, rank=3),
        Column("month $", month, 11, "month", is_right=True, rank=1),
        Column("share", lambda row, look: (Span(fmt.percent(row.share), "muted"),), 6, "share", is_right=True, rank=2),
    ),
    head=head,
    verdict=verdict,
    sections=(
        Section(
            "",
            facts=(
                Fact("month", month, "month"),
                Fact("7 days", week, "week"),
                Fact("before", lambda row, look: _cell(row.week_before, 0, look), "week_before"),
                Fact("no price", lambda row, look: fmt.words(f"{row.unknown:,} runs") if row.unknown else None),
                fact("by", "by"),
            ),
        ),
        Section("Made of", lines=basis),
    ),
    drills=(
        Drill("enter", "its runs", "runs", its_runs),
        Drill("T", "next grouping", "estimated", following, is_here=True),
    ),
    reference=Reference(lambda row: row.name or row.by),
    help="What runs cost by list prices, never what was billed: by experiment, user, compute or tag (`by=tag.team`).",
)
