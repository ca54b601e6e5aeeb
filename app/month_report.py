"""The cost report of a month as Markdown: billed and estimated in tables of their own, ages, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.markdown import escaped, table
from app.month_costs import CostOf, MonthCosts
from services.reconcile import PARTS, Reconciliation
from services.records import Money
from widgets import format as fmt

MOST = 40
"""Rows of a table; the CSV holds all of them."""


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a report as a whole: whose it is, when it was written, how old its sides are."""

    workspace: str
    now: datetime
    billed_at: datetime | None
    """When the bill was last read; None when it never was."""
    runs_at: datetime | None
    missing: Sequence[str] = ()
    """What else could not be read, a sentence each."""


def month_report(found: MonthCosts, reconciled: Reconciliation, about: About) -> str:
    """The report. Amounts are whole to the cent; the CSV holds them exactly."""
    return "\n".join(_lines(found, reconciled, about)) + "\n"


def _lines(found: MonthCosts, reconciled: Reconciliation, about: About) -> Iterator[str]:
    yield f"# What {escaped(about.workspace)} cost in {found.month:%B %Y}"
    yield ""
    yield f"Written {about.now:%Y-%m-%d %H:%M}Z. Billed and estimated stand apart and are never added up."
    yield from ("", "## Billed", "")
    yield _billed_basis(found, about)
    for by in ("service", "endpoint", "resource"):
        yield from _section(found.of("billed", by), f"By {by}", by, "billed")
    yield from ("", "## Estimated", "")
    yield _estimated_basis(about)
    for by in ("experiment", "user", "endpoint"):
        yield from _section(found.of("estimated", by), f"By {by}", by, "estimated")
    yield from ("", "## Reconciled", "")
    yield from _reconciled(reconciled)
    yield from ("", "## What is missing", "")
    yield from (f"- {line}" for line in _missing(found, about))


def _billed_basis(found: MonthCosts, about: About) -> str:
    age = f"read {fmt.age(about.billed_at, about.now)} ago" if about.billed_at else "never read"
    return (
        f"Actual cost of the resource group, as Cost Management says it, {age}. {found.billed_days} of {found.days} "
        f"days are known; days after {found.closed_until:%Y-%m-%d} are not complete."
    )


def _estimated_basis(about: About) -> str:
    age = f"runs read {fmt.age(about.runs_at, about.now)} ago" if about.runs_at else "runs never read"
    return (
        f"List prices times machines, {age}: runs that started in the month, without waiting, preparing, idle nodes, "
        "disks and discounts; endpoints with the instances of now since they were made. ≥ marks a sum of which a part "
        "is not known."
    )


def _section(rows: Sequence[CostOf], title: str, by: str, kind: str) -> Iterator[str]:
    yield from ("", f"### {title}", "")
    if not rows:
        yield f"Nothing {kind} is known by {by}."
        return
    yield from table((by, kind), ([escaped(row.name) or "–", _amount(row)] for row in rows[:MOST]), (False, True))
    if len(rows) > MOST:
        yield from ("", f"{len(rows) - MOST:,} more are in the CSV.")


def _amount(row: CostOf) -> str:
    if row.amount is None:
        return f"– ({row.unknown:,} without a price)" if row.unknown else "–"
    text = fmt.money(row.amount, is_estimate=row.kind == "estimated")
    return f"≥ {text} ({row.unknown:,} without a price)" if row.unknown else escaped(text)


def _reconciled(found: Reconciliation) -> Iterator[str]:
    if found.why_not:
        yield found.why_not
        return
    first, last = found.days[0].day, found.days[-1].day
    yield f"The bill of machines of {first:%Y-%m-%d} to {last:%Y-%m-%d}, all closed, against the estimates."
    yield ""
    rows = [["billed", str(fmt.money(found.money())), "100 %"]]
    for name in PARTS:
        share = found.share(name)
        text = fmt.money(Money(found.part(name), found.currency), is_estimate=name != "unexplained")
        rows.append([name, str(text), f"{(share or 0) * 100:.1f} %"])
    yield from table(("part", "amount", "share"), rows, (False, True, True))


def _missing(found: MonthCosts, about: About) -> Iterator[str]:
    unknown = sum(row.unknown for row in found.of("estimated", "experiment"))
    if unknown:
        have = "1 run has" if unknown == 1 else f"{unknown:,} runs have"
        yield f"{have} no price: they ran locally, on attached computes or on sizes nobody priced, or have not begun."
    last = found.month + timedelta(days=found.days)
    if last > about.now:
        yield f"The month goes on: this is what is known until {about.now:%Y-%m-%d}."
    if found.billed_days < min(found.days, (about.now - found.month).days):
        yield "Days that were never read are in no sum of what was billed: the bill is kept from the first reading on."
    yield "Taxes, reservations and savings plans are not told apart; amortised cost is another number."
    yield from map(escaped, about.missing)
