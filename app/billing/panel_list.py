"""The panels beside the bill, in their order. Whoever has something to say about money adds one here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from app.billing.bill import Bill
from app.billing.budget_lines import budget_lines
from app.billing.panels import Shown, unusual_lines
from app.waste_lines import headline, waste_lines
from widgets.pane import Line
from widgets.safe import Safe, plain

Draw = Callable[[Sequence[Any], Bill, Shown, int], list[Line]]
"""The records of the panel's table, the bill, how it is looked at, the cells there are. No lines hide the panel."""


class Panel(NamedTuple):
    """One panel. `table` is the cache table its records are from; empty where the bill itself says it."""

    title: Safe
    draw: Draw
    table: str = ""


def _unusual(rows: Sequence[Any], bill: Bill, shown: Shown, width: int) -> list[Line]:
    return unusual_lines(bill, shown.look, width)


def _budgets(rows: Sequence[Any], bill: Bill, shown: Shown, width: int) -> list[Line]:
    return budget_lines(bill.budgets, bill.currency, shown.look, width)


def _waste(rows: Sequence[Any], bill: Bill, shown: Shown, width: int) -> list[Line]:
    lines = waste_lines(rows, shown.look, width)
    return [headline(rows, shown.look), *lines] if lines else []


PANELS: tuple[Panel, ...] = (
    Panel(plain("Waste"), _waste, "waste"),
    Panel(plain("Unusual"), _unusual),
    Panel(plain("Budgets"), _budgets),
)
"""Every panel there is."""
