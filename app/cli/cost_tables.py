"""What `amldeck costs` answers with beside the rows of its pane: records and their columns."""

from __future__ import annotations

from typing import Any

import msgspec

from app.cells import CellOf, value
from services.records import Money
from widgets import format as fmt
from widgets.pane import Cell, Column, Look, Pane, Span


class BilledPart(msgspec.Struct, frozen=True, kw_only=True):
    """One thing on the bill of this month. Exact amounts; a share is a part of 1."""

    name: str
    detail: str | None = None
    key: str | None = None
    billed: Money | None = None
    share: float | None = None
    change: float | None = None
    """Complete days against the same days of the month before."""
    kind: str


class ExpectedDay(msgspec.Struct, frozen=True, kw_only=True):
    """What one day to come is expected to cost."""

    day: str
    expected: Money
    source: str
    """forecast, or `last week` where Azure gives none."""


class BudgetState(msgspec.Struct, frozen=True, kw_only=True):
    """One budget and what was reached of it."""

    name: str
    scope: str
    amount: Money | None = None
    spent: Money | None = None
    forecast: Money | None = None
    share: float | None = None
    expected: float | None = None
    reached: str = ""
    evaluated: str | None = None


class UnusualDays(msgspec.Struct, frozen=True, kw_only=True):
    """Days that cost far more than their weekday usually does."""

    name: str
    since: str
    until: str
    goes_on: bool
    days: int
    per_day: Money
    usual: Money


def _share(field: str) -> CellOf:
    def cell(one: Any, look: Look) -> Cell:
        return (Span(fmt.percent(getattr(one, field)), "muted"),)

    return cell


def _money(field: str) -> CellOf:
    def cell(one: Any, look: Look) -> Cell:
        return (Span(fmt.money(getattr(one, field))),)

    return cell


def _change(one: BilledPart, look: Look) -> Cell:
    return (Span(fmt.change(one.change), "muted"),)


def _pane(name: str, record: type[Any], *columns: Column[Any]) -> Pane[Any]:
    """What a table of the command is: no pane of the deck."""
    return Pane(name=name, title=name, digit="", record=record, table="", sources=(), order="", in_tabs=False,
                empty="Nothing is known.", columns=columns)  # fmt: skip


PARTS = _pane(
    "costs", BilledPart,
    Column("name", value("name"), 28, grows=True, rank=1), Column("of", value("detail", "muted"), 22, rank=3),
    Column("billed", _money("billed"), 14, is_right=True, rank=1),
    Column("share", _share("share"), 6, is_right=True, rank=2),
    Column("change", _change, 8, is_right=True, rank=2),
)  # fmt: skip
DAYS = _pane(
    "forecast", ExpectedDay,
    Column("day", value("day"), 10, rank=1), Column("expected", _money("expected"), 14, is_right=True, rank=1),
    Column("by", value("source", "muted"), 10, rank=2),
)  # fmt: skip
BUDGETS = _pane(
    "budgets", BudgetState,
    Column("budget", value("name"), 24, grows=True, rank=1), Column("of", value("scope", "muted"), 24, rank=3),
    Column("amount", _money("amount"), 13, is_right=True, rank=1),
    Column("spent", _money("spent"), 13, is_right=True, rank=1),
    Column("", _share("share"), 6, is_right=True, rank=1),
    Column("expected", _money("forecast"), 13, is_right=True, rank=2),
    Column("", _share("expected"), 6, is_right=True, rank=2),
    Column("reached", value("reached"), 26, rank=3), Column("evaluated", value("evaluated", "muted"), 16, rank=4),
)  # fmt: skip
UNUSUAL = _pane(
    "unusual", UnusualDays,
    Column("what", value("name"), 28, grows=True, rank=1), Column("since", value("since"), 10, rank=1),
    Column("until", value("until", "muted"), 10, rank=2),
    Column("more a day", _money("per_day"), 13, is_right=True, rank=1),
    Column("usually", _money("usual"), 13, is_right=True, rank=2),
)  # fmt: skip
