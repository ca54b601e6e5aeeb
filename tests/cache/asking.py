"""Something that might be asked of Azure, for tests of the record."""

from __future__ import annotations

from cache.intent import Asked


def asked(name: str = "fraud-score", scope: str = "public/t/u/ws") -> Asked:
    return Asked(
        who="person01@example.com",
        scope=scope,
        workspace="/subscriptions/s/…/workspaces/ml-prod",
        verb="shift-traffic",
        target=f"/subscriptions/s/…/onlineEndpoints/{name}",
        name=name,
        what=f"Shift traffic of {name}",
        change='{"verb": "shift-traffic"}',
    )
