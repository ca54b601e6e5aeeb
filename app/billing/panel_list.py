"""The panels beside the bill, in their order. Whoever has something to say about money adds one here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from app.billing.bill import Bill
from app.billing.budget_lines import budget_lines
from app.billing.estimated_charts import experiment_lines, node_hours
from app.billing.panels import Shown, unusual_lines
from app.reconciled_lines import reconciled_lines
from app.reconciling import reconciled
from app.waste_lines import headline, waste_lines
from widgets.lines import clip_line, wrap_line
from widgets.pane import Line
from widgets.safe import Safe, plain

if TYPE_CHECKING:
    from cache.store import Store

Draw = Callable[[Sequence[Any], Bill, Shown, int], list[Line]]
"""The records of the panel's table, the bill, how it is looked at, the cells there are. No lines hide the panel."""


Read = Callable[["Store", str, str, datetime], Sequence[Any]]
"""The cache, the scope in it, the workspace's ARM id, the moment: what a panel is made of beside a table."""


class Panel(NamedTuple):
    """One panel. `table` is the cache table its records are from; empty where the bill itself says it.

    `read` works out what is in no table; that may take a second, so it is done where the whole bill is looked at.
    """

    title: Safe
    draw: Draw
    table: str = ""
    read: Read | None = None
    is_left: bool = False
    """Under where it went, where two things stand side by side: it is a chart, and wants room."""


def _unusual(rows: Sequence[Any], bill: Bill, shown: Shown, width: int) -> list[Line]:
    return unusual_lines(bill, shown.look, width)


def _budgets(rows: Sequence[Any], bill: Bill, shown: Shown, width: int) -> list[Line]:
    if not bill.are_budgets_known:
        return []
    return budget_lines(bill.budgets, bill.currency, shown.look, width)


def _waste(rows: Sequence[Any], bill: Bill, shown: Shown, width: int) -> list[Line]:
    lines = waste_lines(rows, shown.look, width)
    return [clip_line(line, width) for line in (headline(rows, shown.look), *lines)] if lines else []


def _reconciled(rows: Sequence[Any], bill: Bill, shown: Shown, width: int) -> list[Line]:
    # Whole sentences, which are wrapped: not as much of them as one line holds.
    lines = [line for found in rows for line in reconciled_lines(found, shown.look, 4 * width)]
    return [row for line in lines for row in wrap_line(line, width)]


def _read_reconciled(store: Store, scope: str, workspace: str, now: datetime) -> Sequence[Any]:
    return (reconciled(store, scope, workspace, now),) if workspace else ()


def _experiments(rows: Sequence[Any], bill: Bill, shown: Shown, width: int) -> list[Line]:
    return experiment_lines(rows, shown.look, width)


def _node_hours(rows: Sequence[Any], bill: Bill, shown: Shown, width: int) -> list[Line]:
    return [line for found in rows for line in node_hours(found, shown, width)]


PANELS: tuple[Panel, ...] = (
    Panel(plain("Cost per experiment"), _experiments, "estimated_rows", is_left=True),
    Panel(plain("Idle against busy node-hours"), _node_hours, read=_read_reconciled, is_left=True),
    Panel(plain("Waste"), _waste, "waste"),
    Panel(plain("Unusual"), _unusual),
    Panel(plain("Budgets"), _budgets),
    Panel(plain("Reconciled"), _reconciled, read=_read_reconciled),
)
"""Every panel there is."""
