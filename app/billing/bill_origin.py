"""What the numbers of a bill are made of, and where they came from: what `i` says there. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.billing.asked import KIND_WORDS, SERVICE, title_of
from app.billing.bill import Bill
from app.billing.known import Known
from app.billing.words import short_day, told
from app.origin import fact_lines
from app.source_state import SourceState
from services.anomalies import newest_complete_day
from services.cost_queries import API, scope_of, subscription_of
from services.records import WorkspaceRef
from widgets import format as fmt
from widgets.lines import NO_LINE
from widgets.pane import Line, Look
from widgets.safe import Safe, plain, safe


def bill_origin(known: Known, ref: WorkspaceRef, states: Sequence[SourceState], look: Look) -> list[Line]:
    """Source and age of the bill, then what each number on it is made of."""
    bill = known.bills[0]
    cut = known.key or bill.looked.cut
    read = next((state.last_ok for state in states if state.last_ok is not None), None)
    aged = f"{fmt.moment(read, look)}, {fmt.age(read, look.now)} ago" if read is not None else "not in this cache"
    scope = subscription_of(ref) if known.is_of_subscription else scope_of(ref)
    wide = ", asked of the subscription" if known.is_of_subscription else ""
    return [
        *fact_lines(
            ("source", Safe(f"Cost Management, resource group {safe(ref.resource_group, 90)}{wide}")),
            ("read", Safe(aged)),
            ("basis", Safe(f"billed: {KIND_WORDS[bill.looked.kind]}, in {safe(bill.currency, 8)} as Azure gave it")),
            ("by", safe(title_of(cut), 200) if cut != SERVICE else None),
            ("complete", Safe(f"until {short_day(newest_complete_day(bill.now))}: Azure adds usage for 48 hours")),
            ("call", safe(f"POST {scope}/providers/Microsoft.CostManagement/query", 400)),
            ("api-version", plain(API)),
        ),
        NO_LINE,
        *fact_lines(
            ("on course", _course(bill)),
            ("budget", _budget(bill)),
            ("change", plain("complete days of this month against as many of the month before")),
            ("unusual", plain("worked out here: median and MAD of the same weekday of four weeks")),
            ("waste", plain("estimated by list prices, never part of what is billed")),
            ("reconciled", plain("billed machines of closed days against list prices times hours")),
        ),
    ]


def _course(bill: Bill) -> Safe:
    rest = "Azure's forecast" if bill.forecast is not None and bill.forecast.days else "what the last week cost a day"
    return Safe(f"for {told(bill.course(), bill.currency)}: days billed before today, then {rest}")


def _budget(bill: Bill) -> Safe | None:
    budget = bill.budget
    if budget is None or budget.amount is None:
        return None
    return Safe(f"{safe(budget.name, 60)}, {fmt.money(budget.amount)} a month; its dashes are a day's part of it")
