"""The tags that usage carries, and what a reservation that was paid ahead adds to it."""

from __future__ import annotations

from services.emulator.costs import Billed

TEAMS = {"fraud": "risk", "churn": "growth", "gpu": "research", "embed": "search", "geo": "search", "t4": "research"}
"""Who pays for what begins like this; everything else carries no tag of a team."""

RESERVED = "fraud-score"
"""The endpoint whose machines are reserved: paid ahead, so a part of what it costs is on no bill of its days."""
RESERVED_SHARE = 0.22


def tags_of(item: Billed) -> dict[str, str]:
    """Return the tags of what was used. Keys are Azure's, and the user's own."""
    parts = item.resource.split("/")
    kind, name = (parts[-2], parts[-1]) if len(parts) > 2 else ("", "")
    found: dict[str, str] = {}
    if kind == "onlineendpoints":
        found["azuremlendpoint"] = name
        found["azuremldeployment"] = item.deployment
    elif kind == "computes":
        found["azuremlcompute"] = name
    team = next((team for start, team in TEAMS.items() if name.startswith(start)), None)
    return {**found, "team": team} if team else found


def paid_ahead(item: Billed, cost: float) -> float:
    """Return what of earlier payments belongs to usage that cost so much."""
    return cost * RESERVED_SHARE if item.resource.endswith(f"/onlineendpoints/{RESERVED}") else 0.0
