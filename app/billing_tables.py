"""The tables of what Cost Management says beside the daily bill."""

from __future__ import annotations

from cache.table import Table
from services.cost_budgets import Budget
from services.cost_cuts import CutLine
from services.cost_forecast import Forecast

COST_CUTS = Table(
    name="cost_cuts", record=CutLine, is_thinned=True, indexes=("cut+day",), search=("value", "detail"),
    aliases={"amount": "cost"},
)  # fmt: skip
FORECASTS = Table(name="forecasts", record=Forecast, is_thinned=True, search=("month",))
BUDGETS = Table(name="budgets", record=Budget, is_thinned=True, search=("name", "scope"), aliases={"used": "spent"})

TABLES: tuple[Table, ...] = (COST_CUTS, FORECASTS, BUDGETS)
"""All of them."""
