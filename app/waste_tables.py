"""The tables of waste: how much machines were used, what runs took, what was left behind, and what is found in that."""

from __future__ import annotations

from cache.table import Table
from services.orphans import Orphan
from services.run_use import RunUse
from services.utilization import Utilization
from services.waste_finding import Finding

UTILIZATION = Table(name="utilization", record=Utilization, has_history=False, search=("name",))
RUN_USE = Table(name="run_use", record=RunUse, has_history=False)
ORPHANS = Table(name="orphans", record=Orphan, is_thinned=True, search=("name", "group"))
WASTE = Table(
    name="waste",
    record=Finding,
    is_thinned=True,
    indexes=("rank",),
    search=("what", "why", "evidence", "owner"),
    aliases={
        "name": "what",
        "cost": "per_day",
        "day": "per_day",
        "age": "since",
        "user": "owner",
        "sure": "confidence",
    },
)  # fmt: skip

TABLES = (UTILIZATION, RUN_USE, ORPHANS, WASTE)
"""Every table of this room."""
