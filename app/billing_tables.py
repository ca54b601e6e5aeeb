"""The tables of what Cost Management says beside the daily bill."""

from __future__ import annotations

from cache.table import Table
from services.cost_budgets import Budget
from services.cost_cuts import CutLine
from services.cost_forecast import Forecast
from services.usage_details import UsageLine

COST_CUTS = Table(
    name="cost_cuts", record=CutLine, is_thinned=True, indexes=("cut+day",), search=("value", "detail"),
    aliases={"amount": "cost"},
)  # fmt: skip
FORECASTS = Table(name="forecasts", record=Forecast, is_thinned=True, search=("month",))
BUDGETS = Table(name="budgets", record=Budget, is_thinned=True, search=("name", "scope"), aliases={"used": "spent"})
USAGE = Table(
    name="usage", record=UsageLine, is_thinned=True, indexes=("start",), search=("name", "meter", "product"),
    aliases={"day": "start", "amount": "cost", "service": "category", "open": "is_estimated"},
)  # fmt: skip

TABLES: tuple[Table, ...] = (COST_CUTS, FORECASTS, BUDGETS, USAGE)
"""All of them."""
